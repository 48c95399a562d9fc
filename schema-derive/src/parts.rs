//! Writes the parts of a table: constraints, indexes, partitions.

use proc_macro2::{Span, TokenStream, TokenTree};
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
    let tokens: Vec<TokenTree> = list.clone().into_iter().collect();
    // A column may be called as a word is: only what follows tells them apart.
    let is_word = |pair: &[TokenTree]| match pair {
        [TokenTree::Ident(name), TokenTree::Group(_)] => known.iter().any(|it| name == it),
        [TokenTree::Ident(name), TokenTree::Punct(sign)] => {
            sign.as_char() == '=' && known.iter().any(|it| name == it)
        }
        _ => false,
    };
    let long = tokens.windows(2).any(is_word);
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
    if list.is_empty() {
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

/// Returns the strategy and the columns of `partition_by(range(a, b))`.
pub(crate) fn partition_by(
    word: &Word,
    columns: &Columns,
    cx: &mut Ctxt,
) -> Option<(String, Vec<String>)> {
    let strategies = word.words(cx, &["range", "list", "hash"]);
    let strategy = strategies.first();
    if let Some(second) = strategies.get(1) {
        cx.error(
            second.span,
            "a table is partitioned in one way: by `range`, `list` or `hash`",
        );
    }
    if strategy.is_none() && matches!(word.value, Value::List(_)) {
        cx.error(
            word.span,
            "`partition_by` wants `range(..)`, `list(..)` or `hash(..)`",
        );
    }
    let strategy = strategy?;
    let names = columns.names(strategy, cx);
    if strategy.name == "list" && names.len() > 1 {
        cx.error(strategy.span, "`list` is by one column");
    }
    Some((strategy.name.clone(), names))
}

/// Returns a partition's name and bound. `by` is how its table is partitioned.
pub(crate) fn partition(
    word: &Word,
    table: &str,
    by: Option<&(String, Vec<String>)>,
    cx: &mut Ctxt,
) -> Option<(String, String)> {
    let words = word.words(cx, symbol::PARTITION);
    needs(&words, "name", word, cx);
    let name = find(&words, "name").and_then(|it| it.string(cx));
    if name.as_deref() == Some(table) {
        cx.error(
            word.span,
            format!("a partition cannot have the name of its table, `{table}`"),
        );
    }
    let bound = bound(word, &words, cx);
    let Some((strategy, key)) = by else {
        cx.error(
            word.span,
            "`partition` needs `partition_by(..)`, which says how the table is partitioned",
        );
        return None;
    };
    let (form, bound) = bound?;
    let fits = match form {
        Form::Range { .. } => strategy == "range",
        Form::List => strategy == "list",
        Form::Hash => strategy == "hash",
        Form::Default => strategy != "hash",
    };
    if !fits {
        let wants = match strategy.as_str() {
            "range" => "`from` and `to`, or `default`",
            "list" => "`in(..)`, or `default`",
            _ => "`modulus` and `remainder`",
        };
        cx.error(
            word.span,
            format!("the table is partitioned by `{strategy}`: a partition has {wants}"),
        );
    }
    if let Form::Range { values } = form
        && strategy == "range"
        && let Some((span, count)) = values.into_iter().find(|it| it.1 != key.len())
    {
        let columns = key.len();
        let cure = match columns {
            1 => "",
            _ => "; write them in parentheses: `(1, \"a\")`",
        };
        cx.error(
            span,
            format!("the bound has {count}, and the table is partitioned by {columns}{cure}"),
        );
    }
    Some((name?, bound))
}

/// Which rows a partition takes.
enum Form {
    /// `from` and `to`: where they stand, and how many values they have.
    Range {
        values: [(Span, usize); 2],
    },
    List,
    Hash,
    Default,
}

/// Returns the bound of a partition: one form, and whole.
fn bound(word: &Word, words: &[Word], cx: &mut Ctxt) -> Option<(Form, String)> {
    const FORMS: [&[&str]; 4] = [
        &["from", "to"],
        &["in"],
        &["modulus", "remainder"],
        &["default"],
    ];
    let said = |form: &&&[&str]| form.iter().any(|name| find(words, name).is_some());
    let forms: Vec<_> = FORMS.iter().filter(said).collect();
    let Some(form) = forms.first() else {
        cx.error(
            word.span,
            "`partition` needs `from` and `to`, `in(..)`, `modulus` and `remainder`, or `default`",
        );
        return None;
    };
    if let Some(second) = forms.get(1)
        && let Some(other) = second.iter().find_map(|it| find(words, it))
    {
        let one = form.iter().find(|it| find(words, it).is_some());
        let one = one.unwrap_or(&"default");
        cx.error(
            other.span,
            format!("`{one}` and `{}` do not go together", other.name),
        );
        return None;
    }
    for name in form.iter() {
        needs(words, name, word, cx);
    }
    let mut value = |name: &str| values(find(words, name)?, cx);
    match form[0] {
        "from" => {
            let (from, to) = (value("from"), value("to"));
            let (from, to) = (from?, to?);
            let values = [(from.span, from.count), (to.span, to.count)];
            let bound = format!("FOR VALUES FROM ({}) TO ({})", from.sql, to.sql);
            Some((Form::Range { values }, bound))
        }
        "in" => Some((Form::List, format!("FOR VALUES IN ({})", value("in")?.sql))),
        "modulus" => {
            let (modulus, remainder) = (value("modulus"), value("remainder"));
            let bound = format!(
                "FOR VALUES WITH (modulus {}, remainder {})",
                modulus?.sql, remainder?.sql
            );
            Some((Form::Hash, bound))
        }
        _ => {
            find(words, "default")?.flag(cx);
            Some((Form::Default, "DEFAULT".into()))
        }
    }
}

/// Values of a bound as SQL.
struct Values {
    span: Span,
    count: usize,
    sql: String,
}

/// Reads `from = 1`, `from = (1, "a")`, `in(1, "a")`.
fn values(word: &Word, cx: &mut Ctxt) -> Option<Values> {
    use syn::parse::Parser;
    let list = match &word.value {
        Value::Expr(Expr::Tuple(tuple)) => tuple.elems.iter().cloned().collect(),
        Value::Expr(Expr::Paren(paren)) => vec![(*paren.expr).clone()],
        Value::Expr(expr) => vec![expr.clone()],
        Value::List(list) => {
            let all = syn::punctuated::Punctuated::<Expr, syn::Token![,]>::parse_terminated;
            match all.parse2(list.clone()) {
                Ok(list) => list.into_iter().collect(),
                Err(error) => {
                    cx.syn(error);
                    return None;
                }
            }
        }
        Value::None => Vec::new(),
    };
    if list.is_empty() {
        cx.error(word.span, format!("`{}` wants a value", word.name));
        return None;
    }
    let texts: Vec<Option<String>> = list.iter().map(|it| value(it, cx)).collect();
    let texts: Option<Vec<String>> = texts.into_iter().collect();
    Some(Values {
        span: word.span,
        count: list.len(),
        sql: texts?.join(", "),
    })
}

/// Returns one value of a bound as SQL.
fn value(expr: &Expr, cx: &mut Ctxt) -> Option<String> {
    const WORDS: [&str; 3] = ["MINVALUE", "MAXVALUE", "NULL"];
    let number = |lit: &Lit| match lit {
        Lit::Int(it) => Some(it.base10_digits().to_owned()),
        Lit::Float(it) => Some(it.base10_digits().to_owned()),
        _ => None,
    };
    let text = match expr {
        Expr::Lit(ExprLit {
            lit: Lit::Str(text),
            ..
        }) => Some(format!("'{}'", text.value().replace('\'', "''"))),
        Expr::Lit(ExprLit {
            lit: Lit::Bool(it), ..
        }) => Some(it.value.to_string()),
        Expr::Lit(ExprLit { lit, .. }) => number(lit),
        Expr::Unary(syn::ExprUnary {
            op: syn::UnOp::Neg(_),
            expr,
            ..
        }) => match &**expr {
            Expr::Lit(ExprLit { lit, .. }) => number(lit).map(|it| format!("-{it}")),
            _ => None,
        },
        Expr::Path(path) => path.path.get_ident().and_then(|it| {
            let word = it.to_string().to_uppercase();
            WORDS.contains(&word.as_str()).then_some(word)
        }),
        _ => None,
    };
    if text.is_none() {
        cx.error(
            expr.span(),
            "a bound is a number, a string, `true`, `false`, `NULL`, `MINVALUE` or `MAXVALUE`",
        );
    }
    text
}
