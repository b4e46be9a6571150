#!/bin/sh
# Makes the modules beside it: needs clang and lld, wabt (wat2wasm), and rustc with the target
# wasm32-unknown-unknown. The modules are committed, so that tests need none of them.
set -eu
cd "$(dirname "$0")"
CLANG=${CLANG:-clang}
for f in *.wat; do wat2wasm -o "${f%.wat}.wasm" "$f"; done
for f in *.c; do
  "$CLANG" --target=wasm32 -O2 -nostdlib -Wl,--no-entry -Wl,--strip-all -o "${f%.c}.wasm" "$f"
done
for f in *.rs; do
  rustc --target wasm32-unknown-unknown --edition 2021 -C opt-level=s -C strip=symbols -C panic=abort --crate-type cdylib -o "${f%.rs}.wasm" "$f"
done
