#!/usr/bin/env bash
# Checks each crate by itself, as it is built outside of this workspace: without a driver, with one.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

check() {
  printf 'features.sh: %s\n' "$*"
  cargo clippy --quiet "$@" -- -D warnings
}

check -p schema-core --no-default-features
check -p schema-core --no-default-features --features html,bigdecimal,chrono,ipnetwork,json,rust_decimal,time,uuid
check -p app-models
for driver in postgres sqlite; do
  check -p schema-core --no-default-features --features "$driver"
  check -p sync-bin --no-default-features --features "$driver"
done
