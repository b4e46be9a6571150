(module (memory 1)
  (func (export "glaux_alloc") (param i32) (result i32) (i32.const -64))
  (func (export "ok") (param i32 i32 i32) (result i32) (i32.const 0)))
