//! The rules across words and fields: those the macro sees, and those it asks the compiler to prove.
//!
//! A proof is a constant that does not evaluate when a rule is broken: types are compared by what they are
//! in the database, through the traits, and never by their names in the source.

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::ext::IdentExt;
use syn::spanned::Spanned;

use crate::ast::{Columns, Rename, Target, find};
use crate::attr::Word;
use crate::ctxt::Ctxt;
use crate::expand::Coded;

/// Words of a field that do not go together, or not alone.
pub(crate) fn field(words: &[Word], cx: &mut Ctxt) {
    const PAIRS: &[(&str, &str)] = &[
        ("default", "default_value"),
        ("nullable", "not_null"),
        ("generated", "generated_virtual"),
        ("generated", "default"),
        ("generated", "default_value"),
        ("generated", "identity"),
        ("generated_virtual", "default"),
        ("generated_virtual", "default_value"),
        ("generated_virtual", "identity"),
        ("generated", "backfill"),
        ("generated", "using"),
        ("generated_virtual", "backfill"),
        ("generated_virtual", "using"),
        ("identity", "default"),
        ("identity", "default_value"),
        ("identity", "nullable"),
        ("type", "max_length"),
        ("json", "type"),
        ("json", "max_length"),
        ("primary_key", "nullable"),
    ];
    for (one, other) in PAIRS {
        if let (Some(_), Some(word)) = (find(words, one), find(words, other)) {
            cx.error(
                word.span,
                format!("`{one}` and `{other}` do not go together"),
            );
        }
    }
    if find(words, "references").is_none() {
        for name in ["on_delete", "on_update", "deferrable", "initially_deferred"] {
            if let Some(word) = find(words, name) {
                cx.error(word.span, format!("`{name}` needs `references = ..`"));
            }
        }
    }
    if let (Some(word), None) = (find(words, "autoincrement"), find(words, "primary_key")) {
        cx.error(word.span, "`autoincrement` needs `primary_key`");
    }
}

/// A table or type that is renamed from its own name.
pub(crate) fn renamed(words: &[Word], name: &str, cx: &mut Ctxt) {
    if let Some(word) = find(words, "renamed_from")
        && word.text() == name
    {
        let elsewhere = match find(words, "schema") {
            Some(_) => {
                "; a table or type moves here from another schema by `ALTER .. SET SCHEMA`, once and by hand"
            }
            None => "",
        };
        cx.error(
            word.span,
            format!("`{name}` is its own name; `renamed_from` is the one before{elsewhere}"),
        );
    }
}

/// Columns or labels of which one name cannot become the other: two from one, one from itself, and
/// those that change names, of which nobody could tell whether they have.
pub(crate) fn renames(renames: &[Rename], cx: &mut Ctxt) {
    for (n, rename) in renames.iter().enumerate() {
        let Rename { kind, new, old, .. } = rename;
        if old == new {
            cx.error(
                rename.span,
                format!("`{new}` is its own name; `renamed_from` is the one before"),
            );
        } else if let Some(first) = renames[..n].iter().find(|it| it.old == *old) {
            cx.error(
                rename.span,
                format!("{kind} `{}` is renamed from `{old}` too", first.new),
            );
        } else if comes_back(rename, renames) {
            cx.error(
                rename.span,
                format!(
                    "{kind} `{old}` is renamed as well, and the names only change hands: the database would not show whether that was done; rename one to a third name first, apply, and then take the names"
                ),
            );
        }
    }
}

/// Tells whether the names that came before lead back to this one.
fn comes_back(rename: &Rename, all: &[Rename]) -> bool {
    let before = |name: &str| all.iter().find(|it| it.new == name).map(|it| &it.old);
    let mut name = &rename.old;
    for _ in all {
        match before(name) {
            Some(old) if *old == rename.new => return true,
            Some(old) => name = old,
            None => return false,
        }
    }
    false
}

/// Words about a type, on an enum that makes none.
pub(crate) fn no_type(words: &[Word], cx: &mut Ctxt) {
    for word in words {
        if matches!(word.name.as_str(), "schema" | "renamed_from" | "comment") {
            cx.error(
                word.span,
                format!(
                    "`{}` has no effect: the enum is kept as text, and no type is made",
                    word.name
                ),
            );
        }
    }
}

/// A word that is missing in another's parentheses.
pub(crate) fn needs(words: &[Word], name: &str, word: &Word, cx: &mut Ctxt) {
    if find(words, name).is_none() {
        cx.error(word.span, format!("`{}` needs `{name}`", word.name));
    }
}

/// One key, on fields or on the struct.
pub(crate) fn one_key(word: &Word, columns: &Columns, cx: &mut Ctxt) {
    if let Some(column) = columns.list().find(|it| it.word("primary_key").is_some()) {
        cx.error(
            word.span,
            format!("the key is declared here and on field `{}`", column.field),
        );
    }
}

/// Proves that columns of a key hold no NULL.
pub(crate) fn key_not_null(span: Span, columns: &[&Coded]) -> TokenStream {
    columns
        .iter()
        .map(|it| {
            let (nullable, name) = (&it.nullable, &it.name);
            let message =
                format!("a primary key cannot be NULL; field `{name}` must not be an `Option`");
            quote_spanned!(span=> const _: () = ::core::assert!(!(#nullable), #message);)
        })
        .collect()
}

/// Proves that a column can number itself.
pub(crate) fn identity(word: &Word, column: &Coded) -> TokenStream {
    let (ty, nullable) = (&column.ty, &column.nullable);
    quote_spanned!(word.span=> const _: () = __sync::prove::identity(#ty, #nullable);)
}

/// Proves that SQLite can number a column.
pub(crate) fn autoincrement(word: &Word, column: &Coded) -> TokenStream {
    let ty = &column.ty;
    quote_spanned!(word.span=> const _: () = __sync::prove::autoincrement(#ty);)
}

/// Proves that values of a type have a length.
pub(crate) fn max_length(word: &Word, ty: &TokenStream) -> TokenStream {
    quote_spanned!(word.span=> const _: () = __sync::prove::max_length(#ty);)
}

/// Proves that a default is a value of its column.
pub(crate) fn default_value(word: &Word, column: &Coded, value: &TokenStream) -> TokenStream {
    let ty = &column.ty;
    quote_spanned!(word.span=> const _: () = __sync::prove::default_value(#ty, #value);)
}

/// Proves that `set_null` can set NULL.
pub(crate) fn set_null(words: &[Word], columns: &[&Coded]) -> TokenStream {
    let mut proofs = TokenStream::new();
    for word in words {
        if !matches!(word.name.as_str(), "on_delete" | "on_update") || word.text() != "set_null" {
            continue;
        }
        for column in columns {
            let (nullable, name) = (&column.nullable, &column.name);
            let message = format!(
                "`{} = set_null` on field `{name}`, which cannot be NULL; make it an `Option`",
                word.name
            );
            proofs.extend(
                quote_spanned!(word.span=> const _: () = ::core::assert!(#nullable, #message);),
            );
        }
    }
    proofs
}

/// Proves that the referenced columns exist and have the types of those that refer to them.
pub(crate) fn reference(
    word: &Word,
    target: &Target,
    names: &[String],
    coded: &[Coded],
    cx: &mut Ctxt,
) -> TokenStream {
    let Target::Model { model, fields } = target else {
        return TokenStream::new();
    };
    let table = quote_spanned!(model.span()=> <#model as __sync::SyncTable>::TABLE);
    if !fields.is_empty() && fields.len() != names.len() {
        cx.error(
            word.span,
            format!("{} columns refer to {}", names.len(), fields.len()),
        );
        return TokenStream::new();
    }
    let count = names.len();
    let mut proofs = TokenStream::new();
    for (n, name) in names.iter().enumerate() {
        // A column of a flattened struct is left to the registry.
        let Some(column) = coded.iter().find(|it| it.name == *name) else {
            continue;
        };
        let ty = &column.ty;
        proofs.extend(match fields.get(n) {
            Some(field) => {
                let there = field.unraw().to_string();
                quote_spanned!(field.span()=> const _: () = __sync::prove::reference(#name, #ty, #table, #there);)
            }
            None => {
                quote_spanned!(model.span()=> const _: () = __sync::prove::reference_to_key(#name, #ty, #table, #n, #count);)
            }
        });
    }
    proofs
}

/// Returns the columns of these names that the macro can see.
pub(crate) fn columns_named<'a>(names: &[String], coded: &'a [Coded]) -> Vec<&'a Coded> {
    let named = names.iter();
    named
        .filter_map(|name| coded.iter().find(|it| it.name == *name))
        .collect()
}

/// Wraps proofs, so that they stand beside the constants.
pub(crate) fn all(proofs: impl IntoIterator<Item = TokenStream>) -> TokenStream {
    let proofs = proofs.into_iter();
    quote!(#(#proofs)*)
}
