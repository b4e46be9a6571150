#!/bin/sh
# Makes the modules of the .wat files beside it with wat2wasm of wabt.
set -eu
cd "$(dirname "$0")"
for f in *.wat; do wat2wasm -o "${f%.wat}.wasm" "$f"; done
