(module (table 1 funcref) (func (export "ok") (param i64) (result i64) (local.get 0)))
