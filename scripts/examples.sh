#!/usr/bin/env bash
# Builds and runs what a user would have: the project in examples/, and that of docs/guide.md, as it
# is written there. They are projects of their own, so they are built apart from the workspace.
#
#   scripts/examples.sh
#   SYNC_TEST_BLESS=1 scripts/examples.sh    writes what the commands print into the guide
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

target=${CARGO_TARGET_DIR:-$PWD/target}
export CARGO_TARGET_DIR=$target/examples

(
  cd examples/shop-service
  cargo fmt --check
  cargo clippy --all-targets -- -D warnings
  cargo test
  scratch=$(mktemp -d)
  trap 'rm -rf "$scratch"' EXIT
  export DATABASE_URL=sqlite:$scratch/shop.db
  cargo run --quiet --bin sync -- --apply
  cargo run --quiet
  cargo run --quiet --bin sync -- verify --quiet
)

# The test of the guide starts cargo itself.
CARGO_TARGET_DIR=$target cargo test -p tests --test it guides:: -- --ignored
