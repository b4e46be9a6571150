;; Functions of numbers, called once a row: no memory, no glaux_alloc.
(module
  ;; CREATE FUNCTION hypotenuse(a double, b double) RETURNS double LANGUAGE wasm AS '.../numbers.wasm'
  (func (export "hypotenuse") (param f64 f64) (result f64)
    (f64.sqrt (f64.add (f64.mul (local.get 0) (local.get 0)) (f64.mul (local.get 1) (local.get 1)))))

  ;; CREATE FUNCTION collatz(n bigint) RETURNS integer ...: the steps of n to 1
  (func (export "collatz") (param $n i64) (result i32) (local $steps i32)
    (if (i64.lt_s (local.get $n) (i64.const 1)) (then (unreachable)))
    (block $done
      (loop $next
        (br_if $done (i64.eq (local.get $n) (i64.const 1)))
        (local.set $steps (i32.add (local.get $steps) (i32.const 1)))
        (if (i64.eqz (i64.and (local.get $n) (i64.const 1)))
          (then (local.set $n (i64.shr_u (local.get $n) (i64.const 1))))
          (else (local.set $n (i64.add (i64.mul (local.get $n) (i64.const 3)) (i64.const 1)))))
        (br $next)))
    (local.get $steps))

  (func (export "divide") (param i64 i64) (result i64) (i64.div_s (local.get 0) (local.get 1)))
  (func (export "weekend") (param $day i32) (result i32)
    (i32.lt_s (i32.rem_s (i32.add (i32.rem_s (i32.add (local.get $day) (i32.const 5)) (i32.const 7)) (i32.const 7)) (i32.const 7)) (i32.const 2)))
  (func (export "narrow") (param i64) (result i32) (i32.wrap_i64 (local.get 0)))
  (func (export "spin") (param i64) (result i64) (loop (br 0)) (unreachable))
  (func $deep (export "deep") (param i64) (result i64) (i64.add (call $deep (i64.add (local.get 0) (i64.const 1))) (i64.const 1))))
