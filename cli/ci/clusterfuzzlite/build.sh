#!/bin/bash
# Builds every target of `fuzz/`, in which `reveille::fuzz!` stands, as `cargo fuzz init` made it.
set -eu
cd "$SRC/my-crate"
# Not the debug build: a run is short, and many of them are wanted.
cargo fuzz build -O --debug-assertions
for target in fuzz/fuzz_targets/*.rs; do
  name=$(basename "$target" .rs)
  cp "fuzz/target/x86_64-unknown-linux-gnu/release/$name" "$OUT/"
  # A run needs few bytes: two for its faults, one for each choice.
  printf '[libfuzzer]\nmax_len = 4096\n' >"$OUT/$name.options"
done
