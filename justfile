# All checks, as CI runs them.
check:
    .ci/run

# All tests; arguments go to `cargo test`.
test *args:
    scripts/test.sh {{args}}

# The same against several majors of PostgreSQL.
matrix:
    SYNC_TEST_PG=14,15,16,17,18 scripts/test.sh

doc:
    RUSTDOCFLAGS=-Dwarnings cargo doc --workspace --no-deps
