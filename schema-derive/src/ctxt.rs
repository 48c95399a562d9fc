//! Collects errors, so that one compile shows them all.

use std::fmt::Display;

use proc_macro2::{Span, TokenStream};

/// The errors so far.
#[derive(Default)]
pub(crate) struct Ctxt(Vec<syn::Error>);

impl Ctxt {
    /// Notes an error at a place.
    pub(crate) fn error(&mut self, span: Span, message: impl Display) {
        self.0.push(syn::Error::new(span, message));
    }

    /// Notes an error of syn.
    pub(crate) fn syn(&mut self, error: syn::Error) {
        self.0.push(error);
    }

    /// Returns the errors as code, if any.
    pub(crate) fn finish(self) -> Option<TokenStream> {
        let all = self.0.into_iter().reduce(|mut all, error| {
            all.combine(error);
            all
        })?;
        Some(all.to_compile_error())
    }
}
