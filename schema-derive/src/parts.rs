//! Writes the parts of a table: constraints, indexes, partitions.

use proc_macro2::{Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::ext::IdentExt;
use syn::spanned::Spanned;
use syn::{Expr, ExprLit, Lit};

use crate::ast::{Columns, Target, find};
use crate::attr::{self, Pair, Value, Word};
use crate::check::{self, needs};
use crate::ctxt::Ctxt;
use crate::expand::{Coded, pairs, set_text, settings};
use crate::symbol;

/// Returns a foreign key without its own columns.
pub(crate) fn reference(target: &Target, words: &[Word], cx: &mut Ctxt) -> TokenStream {
    let mut sets = Vec::new();
    let target = match target {
        Target::Text(text) => quote!(__sync::Target::Text(#text)),
        Target::Model { model, fields } => {
            let names = fields.iter().map(|it| it.unraw().to_string());
            sets.push(quote!(references: &[#(#names),*]));
            quote_spanned!(model.span()=> __sync::Target::Model(|| <#model as __sync::SyncTable>::TABLE))
        }
    };
    for word in words {
        let field = format_ident!(
            "{}",
            if word.name == "match" {
                "match_full"
            } else {
                &word.name
            }
        );
        match word.name.as_str() {
            "on_delete" | "on_update" => {
                let action = action(word, cx);
                sets.push(quote!(#field: __sync::Action::#action));
            }
            "deferrable" | "initially_deferred" => {
                word.flag(cx);
                sets.push(quote!(#field: true));
            }
            "match" => {
                let text = word.text();
                if !matches!(text.as_str(), "full" | "simple") {
                    cx.error(word.span, "`match` is `full` or `simple`");
                }
                let full = text == "full";
                sets.push(quote!(#field: #full));
            }
            _ => {}
        }
    }
    quote!(__sync::ReferenceDef { #(#sets,)* ..__sync::ReferenceDef::new(#target) })
}

fn action(word: &Word, cx: &mut Ctxt) -> syn::Ident {
    let text = word.text();
    let name = match text.as_str() {
        "cascade" => "Cascade",
        "restrict" => "Restrict",
        "set_null" => "SetNull",
        "set_default" => "SetDefault",
        "no_action" => "NoAction",
        other => {
            let hint = symbol::did_you_mean(other, symbol::ACTIONS.iter().copied());
            let all = symbol::ACTIONS.join("`, `");
            cx.error(
                word.span,
                format!("`{}` is one of `{all}`{hint}", word.name),
            );
            "NoAction"
        }
    };
    syn::Ident::new(name, Span::call_site())
}

/// Returns the inner words of `index(columns(..), ..)`; none for the short form `index(a, b)`.
fn long_form(word: &Word, known: &[&str], cx: &mut Ctxt) -> Option<Vec<Word>> {
    let Value::List(list) = &word.value else {
        return None;
    };
    let mut tokens = list.clone().into_iter();
    let first = tokens.next().map(|it| it.to_string());
    let long = known.iter().any(|it| first.as_deref() == Some(it))
        && !matches!(tokens.next(), Some(proc_macro2::TokenTree::Punct(it)) if it.as_char() == ',');
    long.then(|| word.words(cx, known))
}

pub(crate) fn unique(word: &Word, columns: &Columns, cx: &mut Ctxt) -> TokenStream {
    let Some(words) = long_form(word, symbol::UNIQUE, cx) else {
        let names = columns.names(word, cx);
        return quote!(__sync::UniqueDef { columns: &[#(#names),*], ..__sync::UniqueDef::NEW });
    };
    needs(&words, "columns", word, cx);
    let sets: Vec<_> = words.iter().map(|it| shared(it, columns, cx)).collect();
    quote!(__sync::UniqueDef { #(#sets,)* ..__sync::UniqueDef::NEW })
}

pub(crate) fn index(word: &Word, columns: &Columns, cx: &mut Ctxt) -> TokenStream {
    let mut sets = Vec::new();
    match long_form(word, symbol::INDEX, cx) {
        None => sets.push(index_columns(word, columns, cx)),
        Some(words) => {
            needs(&words, "columns", word, cx);
            for inner in &words {
                sets.push(match inner.name.as_str() {
                    "columns" => index_columns(inner, columns, cx),
                    "method" => {
                        let text = inner.string(cx).unwrap_or_default();
                        quote!(method: #text)
                    }
                    "where" => {
                        let text = inner.string(cx).unwrap_or_default();
                        quote!(predicate: ::core::option::Option::Some(#text))
                    }
                    "opclass" | "collate" => {
                        let field = format_ident!("{}", inner.name);
                        let pairs = pairs(&by_column(inner, &words, columns, cx));
                        quote!(#field: #pairs)
                    }
                    "with" => {
                        let pairs = settings(inner, cx);
                        quote!(with: #pairs)
                    }
                    _ => shared(inner, columns, cx),
                });
            }
        }
    }
    quote!(__sync::IndexDef { #(#sets,)* ..__sync::IndexDef::NEW })
}

/// Returns the pairs of `opclass(..)` or `collate(..)`: the key is a field, a column, or an expression of the index.
fn by_column(
    word: &Word,
    words: &[Word],
    columns: &Columns,
    cx: &mut Ctxt,
) -> Vec<(String, String)> {
    let parts = match find(words, "columns").map(|it| &it.value) {
        Some(Value::List(list)) => attr::parts(list, &mut Ctxt::default()),
        Some(Value::None | Value::Expr(_)) | None => Vec::new(),
    };
    let column = |text: &str| {
        columns
            .find(text)
            .map_or(text.to_owned(), |it| it.name.clone())
    };
    let mut pairs = Vec::new();
    for Pair { key, span, value } in word.pairs(cx) {
        let name = column(&key);
        let known =
            |part: &attr::Part| part.text == key || (!part.expr && column(&part.text) == name);
        match parts.iter().find(|it| known(it)) {
            Some(part) if part.expr => pairs.push((part.text.clone(), value)),
            Some(_) => pairs.push((name, value)),
            None => cx.error(
                span,
                format!("`{}` names `{key}`, which is not in this index", word.name),
            ),
        }
    }
    pairs
}

fn index_columns(word: &Word, columns: &Columns, cx: &mut Ctxt) -> TokenStream {
    let Value::List(list) = &word.value else {
        cx.error(
            word.span,
            format!("`{0}` wants columns: `{0}(a, b)`", word.name),
        );
        return quote!(columns: &[]);
    };
    let parts = attr::parts(list, cx);
    if parts.is_empty() {
        cx.error(word.span, format!("`{}` names no column", word.name));
    }
    let code = parts.iter().map(|part| {
        let text = if part.expr { part.text.clone() } else { columns.name(part, cx) };
        let (expr, descending) = (part.expr, part.descending);
        let nulls = part.nulls_first.map_or(quote!(::core::option::Option::None), |it| quote!(::core::option::Option::Some(#it)));
        quote!(__sync::IndexColumnDef { text: #text, expr: #expr, descending: #descending, nulls_first: #nulls })
    });
    let code: Vec<_> = code.collect();
    quote!(columns: &[#(#code),*])
}

/// Returns a foreign key of several columns, and its proofs.
pub(crate) fn foreign_key(
    word: &Word,
    columns: &Columns,
    coded: &[Coded],
    cx: &mut Ctxt,
) -> (TokenStream, TokenStream) {
    let words = word.words(cx, symbol::FOREIGN_KEY);
    needs(&words, "columns", word, cx);
    needs(&words, "references", word, cx);
    let names = find(&words, "columns").map(|it| columns.names(it, cx));
    let references = find(&words, "references");
    let target = references.and_then(|it| Target::parse(it, cx));
    let (Some(names), Some(references), Some(target)) = (names, references, target) else {
        return (TokenStream::new(), TokenStream::new());
    };
    let proofs = check::all([
        check::reference(references, &target, &names, coded, cx),
        check::set_null(&words, &check::columns_named(&names, coded)),
    ]);
    let name = find(&words, "name").map(|it| {
        let name = set_text(it, cx);
        quote!(#name,)
    });
    let reference = reference(&target, &words, cx);
    let code = quote!(__sync::ReferenceDef { columns: &[#(#names),*], #name ..#reference });
    (code, proofs)
}

/// A word that unique constraints, indexes and foreign keys share.
fn shared(word: &Word, columns: &Columns, cx: &mut Ctxt) -> TokenStream {
    match word.name.as_str() {
        "columns" | "include" => {
            let (field, names) = (format_ident!("{}", word.name), columns.names(word, cx));
            quote!(#field: &[#(#names),*])
        }
        "nulls_not_distinct" | "deferrable" | "initially_deferred" | "unique" => {
            word.flag(cx);
            let field = format_ident!("{}", word.name);
            quote!(#field: true)
        }
        _ => set_text(word, cx),
    }
}

pub(crate) fn check(word: &Word, cx: &mut Ctxt) -> TokenStream {
    let none = quote!(::core::option::Option::None);
    let (mut name, mut expr, mut no_inherit) = (none, None, false);
    if matches!(&word.value, Value::List(_)) {
        for inner in word.words(cx, &["name", "expr", "no_inherit"]) {
            match inner.name.as_str() {
                "name" => {
                    let text = inner.string(cx).unwrap_or_default();
                    name = quote!(::core::option::Option::Some(#text));
                }
                "expr" => expr = inner.string(cx),
                "no_inherit" => no_inherit = inner.flag(cx),
                _ => {}
            }
        }
        if expr.is_none() {
            cx.error(word.span, "`check` needs `expr = \"..\"`");
        }
    } else {
        expr = word.string(cx);
    }
    let expr = expr.unwrap_or_default();
    quote!(__sync::CheckDef { name: #name, expr: #expr, no_inherit: #no_inherit })
}

pub(crate) fn exclude(word: &Word, cx: &mut Ctxt) -> TokenStream {
    let none = quote!(::core::option::Option::None);
    let (mut name, mut predicate, mut method, mut elements) =
        (none.clone(), none, String::from("gist"), Vec::new());
    let words = word.words(cx, &["method", "elements", "where", "name"]);
    needs(&words, "elements", word, cx);
    for inner in &words {
        match (inner.name.as_str(), &inner.value) {
            ("method", _) => method = inner.string(cx).unwrap_or_default(),
            ("name", _) => {
                let text = inner.string(cx).unwrap_or_default();
                name = quote!(::core::option::Option::Some(#text));
            }
            ("where", _) => {
                let text = inner.string(cx).unwrap_or_default();
                predicate = quote!(::core::option::Option::Some(#text));
            }
            ("elements", Value::List(list)) => {
                use syn::parse::Parser;
                let pair = |input: syn::parse::ParseStream<'_>| {
                    let text = input.parse::<syn::LitStr>()?.value();
                    input.parse::<syn::Token![=]>()?;
                    Ok((text, input.parse::<syn::LitStr>()?.value()))
                };
                let all = |input: syn::parse::ParseStream<'_>| {
                    input.parse_terminated(pair, syn::Token![,])
                };
                match all.parse2(list.clone()) {
                    Ok(pairs) => elements.extend(pairs),
                    Err(error) => cx.syn(error),
                }
            }
            _ => {}
        }
    }
    let elements = pairs(&elements);
    quote!(__sync::ExcludeDef { name: #name, method: #method, elements: #elements, predicate: #predicate })
}

/// Returns a partition's name and bound.
pub(crate) fn partition(word: &Word, cx: &mut Ctxt) -> Option<(String, String)> {
    let words = word.words(
        cx,
        &[
            "name",
            "from",
            "to",
            "in",
            "modulus",
            "remainder",
            "default",
        ],
    );
    needs(&words, "name", word, cx);
    let find = |name: &str| words.iter().find(|it| it.name == name);
    let value = |word: &Word| match &word.value {
        Value::Expr(Expr::Lit(ExprLit {
            lit: Lit::Str(text),
            ..
        })) => format!("'{}'", text.value().replace('\'', "''")),
        Value::None | Value::Expr(_) | Value::List(_) => word.text(),
    };
    let bound = if let (Some(from), Some(to)) = (find("from"), find("to")) {
        format!("FOR VALUES FROM ({}) TO ({})", value(from), value(to))
    } else if let Some(list) = find("in") {
        format!("FOR VALUES IN ({})", value(list).replace('"', "'"))
    } else if let (Some(modulus), Some(remainder)) = (find("modulus"), find("remainder")) {
        format!(
            "FOR VALUES WITH (modulus {}, remainder {})",
            value(modulus),
            value(remainder)
        )
    } else {
        if find("default").is_none() {
            cx.error(word.span, "`partition` needs `from` and `to`, `in(..)`, `modulus` and `remainder`, or `default`");
        }
        "DEFAULT".into()
    };
    Some((find("name")?.string(cx)?, bound))
}
