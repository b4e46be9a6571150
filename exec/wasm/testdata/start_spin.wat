(module (start 0) (func (loop (br 0))) (func (export "ok") (param i64) (result i64) (local.get 0)))
