(module (import "glaux" "fail" (func (param f64) (result f64))) (memory 1) (func (export "ok") (param i64) (result i64) (local.get 0)))
