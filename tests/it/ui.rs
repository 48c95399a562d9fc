//! Mistakes in models: each file in `ui/` makes one, and is named after it.

#[test]
fn ui() {
    trybuild::TestCases::new().compile_fail("ui/*.rs");
}
