(module (start 0) (func (unreachable)) (func (export "ok") (param i64) (result i64) (local.get 0)))
