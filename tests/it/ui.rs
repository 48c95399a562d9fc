//! What the derive macros say to mistakes; each file in `tests/ui` is one.

#[test]
fn mistakes() {
    trybuild::TestCases::new().compile_fail("ui/*.rs");
}
