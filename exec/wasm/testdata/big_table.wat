(module (table 1 100000000 funcref) (func (export "ok") (param i64) (result i64) (local.get 0)))
