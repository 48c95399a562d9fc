//! Writes the constants. The macro collects and the core decides: no type is matched by name.

use proc_macro2::{Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::ext::IdentExt;
use syn::spanned::Spanned;
use syn::{Data, DeriveInput, Expr, ExprLit, ExprPath, Fields, Lit, LitByteStr, Path, Type, UnOp};

use crate::attr::{self, Part, Value, Word};
use crate::ctxt::Ctxt;
use crate::{case, symbol};

type Work = fn(&DeriveInput, &mut Ctxt) -> TokenStream;

/// Parses the item, does the work, and returns its code or all of its errors.
pub(crate) fn run(input: TokenStream, work: Work) -> TokenStream {
    let input: DeriveInput = match syn::parse2(input) {
        Ok(input) => input,
        Err(error) => return error.to_compile_error(),
    };
    let mut cx = Ctxt::default();
    if !input.generics.params.is_empty() {
        cx.error(
            input.generics.span(),
            "generic types have no one table or type; remove the parameters",
        );
    }
    let code = work(&input, &mut cx);
    cx.finish().unwrap_or(code)
}

/// `SyncTable`.
pub(crate) fn table(input: &DeriveInput, cx: &mut Ctxt) -> TokenStream {
    let words = attr::sync(&input.attrs, symbol::TABLE, symbol::REPEATED, cx);
    let root = root(&words, cx);
    let with_docs = words.iter().any(|it| it.name == "docs");
    let Some(columns) = columns(input, with_docs, cx) else {
        return TokenStream::new();
    };
    let model = input.ident.unraw().to_string();
    let mut name = case::snake(&model);
    let mut sets = Vec::new();
    let (mut uniques, mut indexes, mut keys, mut checks) = (vec![], vec![], vec![], vec![]);
    let (mut excludes, mut extensions, mut partitions) = (vec![], vec![], vec![]);
    let mut commented = false;
    for word in &words {
        match word.name.as_str() {
            "table" => name = word.string(cx).unwrap_or_default(),
            "schema" | "tablespace" | "renamed_from" => sets.push(set_text(word, cx)),
            "comment" => {
                commented = true;
                sets.push(set_text(word, cx));
            }
            "unlogged" | "strict" | "without_rowid" => {
                word.flag(cx);
                let field = format_ident!("{}", word.name);
                sets.push(quote!(#field: true));
            }
            "docs" => {
                word.flag(cx);
            }
            "with" => {
                let pairs = pairs(&word.pairs(cx));
                sets.push(quote!(with: #pairs));
            }
            "managed" => match &word.value {
                Value::Expr(Expr::Lit(ExprLit {
                    lit: Lit::Bool(managed),
                    ..
                })) => {
                    let unmanaged = !managed.value;
                    sets.push(quote!(unmanaged: #unmanaged));
                }
                Value::None | Value::Expr(_) | Value::List(_) => {
                    cx.error(word.span, "`managed` is `true` or `false`");
                }
            },
            "primary_key" => {
                let names = columns.names(word, cx);
                if let Some(column) = columns.list.iter().find(|it| it.primary_key) {
                    cx.error(
                        word.span,
                        format!("the key is declared here and on field `{}`", column.field),
                    );
                }
                sets.push(quote!(primary_key: &[#(#names),*]));
            }
            "unique" => uniques.push(unique(word, &columns, cx)),
            "index" => indexes.push(index(word, &columns, cx)),
            "foreign_key" => keys.push(foreign_key(word, &columns, cx)),
            "check" => checks.push(check(word, cx)),
            "exclude" => excludes.push(exclude(word, cx)),
            "extension" => extensions.extend(word.string(cx)),
            "partition_by" => {
                let strategies = word.words(cx, &["range", "list", "hash"]);
                let Some(strategy) = strategies.first() else {
                    continue;
                };
                let names = columns.names(strategy, cx);
                let strategy = &strategy.name;
                sets.push(
                    quote!(partition_by: ::core::option::Option::Some((#strategy, &[#(#names),*]))),
                );
            }
            "partition" => partitions.extend(partition(word, cx)),
            _ => {}
        }
    }
    if let Some(text) = attr::docs(&input.attrs).filter(|_| with_docs && !commented) {
        sets.push(quote!(comment: ::core::option::Option::Some(#text)));
    }
    let partitions = pairs(&partitions);
    let (code, proofs, ident) = (&columns.code, &columns.proofs, &input.ident);
    quote! {
        const _: () = {
            use #root::__private as __sync;
            static TABLE: __sync::TableDef = __sync::TableDef {
                name: #name, model: #model, module: ::core::module_path!(), file: ::core::file!(), line: ::core::line!(),
                fields: &[#(#code),*], uniques: &[#(#uniques),*], indexes: &[#(#indexes),*],
                foreign_keys: &[#(#keys),*], checks: &[#(#checks),*], excludes: &[#(#excludes),*],
                extensions: &[#(#extensions),*], partitions: #partitions,
                #(#sets,)* ..__sync::TableDef::NEW
            };
            #[automatically_derived]
            impl __sync::SyncTable for #ident { const TABLE: &'static __sync::TableDef = &TABLE; }
            __sync::inventory::submit! { __sync::Registered(&TABLE) }
            #(#proofs)*
        };
    }
}

/// `SyncFields`.
pub(crate) fn fields(input: &DeriveInput, cx: &mut Ctxt) -> TokenStream {
    let words = attr::sync(&input.attrs, &["crate", "docs"], &[], cx);
    let root = root(&words, cx);
    let Some(columns) = columns(input, words.iter().any(|it| it.name == "docs"), cx) else {
        return TokenStream::new();
    };
    let (code, proofs, ident) = (&columns.code, &columns.proofs, &input.ident);
    quote! {
        const _: () = {
            use #root::__private as __sync;
            #[automatically_derived]
            impl __sync::SyncFields for #ident { const FIELDS: &'static [__sync::FieldDef] = &[#(#code),*]; }
            #(#proofs)*
        };
    }
}

/// `SyncEnum`.
pub(crate) fn labels(input: &DeriveInput, cx: &mut Ctxt) -> TokenStream {
    let words = attr::sync(&input.attrs, symbol::TYPE, &[], cx);
    let root = root(&words, cx);
    let Data::Enum(data) = &input.data else {
        cx.error(
            input.ident.span(),
            "`SyncEnum` is for enums; on a newtype derive `SyncType`",
        );
        return TokenStream::new();
    };
    let sqlx = attr::sqlx(&input.attrs);
    let rule = sqlx_text(&sqlx, "rename_all");
    let name = sqlx_text(&sqlx, "type_name")
        .unwrap_or_else(|| case::snake(&input.ident.unraw().to_string()));
    let (mut labels, mut renamed) = (Vec::<String>::new(), Vec::new());
    for variant in &data.variants {
        if !matches!(variant.fields, Fields::Unit) {
            cx.error(
                variant.span(),
                format!(
                    "variant `{}` has fields; a label cannot hold them",
                    variant.ident
                ),
            );
        }
        let own = variant.ident.unraw().to_string();
        let by_rule = rule
            .as_deref()
            .and_then(|rule| case::rename(rule, &own))
            .unwrap_or(own);
        let label = sqlx_text(&attr::sqlx(&variant.attrs), "rename").unwrap_or(by_rule);
        for word in attr::sync(&variant.attrs, symbol::VARIANT, &[], cx) {
            renamed.extend(word.string(cx).map(|old| (label.clone(), old)));
        }
        if labels.contains(&label) {
            cx.error(
                variant.ident.span(),
                format!("label `{label}` is there twice"),
            );
        }
        labels.push(label);
    }
    if labels.is_empty() {
        cx.error(input.ident.span(), "an enum without variants has no labels");
    }
    let mut sets = Vec::new();
    for word in &words {
        match word.name.as_str() {
            "as_text" => {
                word.flag(cx);
                sets.push(quote!(as_text: true));
            }
            "schema" | "renamed_from" | "comment" => sets.push(set_text(word, cx)),
            "type" | "domain" | "check" => cx.error(
                word.span,
                format!("`{}` is for `SyncType`, not for an enum", word.name),
            ),
            _ => {}
        }
    }
    let (renamed, ident) = (pairs(&renamed), &input.ident);
    let none = quote!(::core::option::Option::None);
    quote! {
        const _: () = {
            use #root::__private as __sync;
            const NOTHING: __sync::EnumDef = __sync::EnumDef { name: #name, schema: #none, labels: &[#(#labels),*], renamed: #renamed, renamed_from: #none, as_text: false, comment: #none };
            #[allow(clippy::needless_update)]
            static USER: __sync::UserTypeDef = __sync::UserTypeDef::Enum(__sync::EnumDef { #(#sets,)* ..NOTHING });
            #[automatically_derived]
            impl __sync::SqlType for #ident { const TYPE: __sync::TypeDef = __sync::TypeDef::user(&USER, "TEXT"); }
            #[automatically_derived]
            impl __sync::SqlElement for #ident { const ARRAY_TYPE: __sync::TypeDef = __sync::TypeDef::user(&USER, "TEXT").array(); }
        };
    }
}

/// `SyncType`.
pub(crate) fn newtype(input: &DeriveInput, cx: &mut Ctxt) -> TokenStream {
    let words = attr::sync(&input.attrs, symbol::TYPE, &["check"], cx);
    let root = root(&words, cx);
    let field = match &input.data {
        Data::Struct(data) if data.fields.len() == 1 => data.fields.iter().next(),
        Data::Struct(_) | Data::Enum(_) | Data::Union(_) => None,
    };
    let Some(field) = field else {
        cx.error(
            input.ident.span(),
            "`SyncType` is for a struct of one field; on an enum derive `SyncEnum`",
        );
        return TokenStream::new();
    };
    let inner = &field.ty;
    let mut base = quote_spanned!(inner.span()=> <#inner as __sync::SqlType>::TYPE);
    let nullable = quote!(<#inner as __sync::SqlType>::NULLABLE);
    let (mut nullable_code, mut domain, mut checks, mut sets) =
        (nullable, None, Vec::new(), Vec::new());
    for word in &words {
        match word.name.as_str() {
            "type" => {
                base = type_code(word, None, cx);
                nullable_code = quote!(false);
            }
            "domain" => domain = word.string(cx),
            "check" => checks.extend(word.string(cx)),
            "schema" | "renamed_from" | "comment" => sets.push(set_text(word, cx)),
            "as_text" => cx.error(word.span, "`as_text` is for `SyncEnum`"),
            _ => {}
        }
    }
    if domain.is_none()
        && let Some(word) = words.iter().find(|it| {
            matches!(
                it.name.as_str(),
                "check" | "schema" | "comment" | "renamed_from"
            )
        })
    {
        cx.error(
            word.span,
            format!("`{}` needs `domain = \"..\"`", word.name),
        );
    }
    let ident = &input.ident;
    let (user, ty) = match domain {
        None => (TokenStream::new(), base),
        Some(name) => {
            let none = quote!(::core::option::Option::None);
            let user = quote! {
                const NOTHING: __sync::DomainDef = __sync::DomainDef { name: #name, schema: #none, base: #base, checks: &[#(#checks),*], renamed_from: #none, comment: #none };
                #[allow(clippy::needless_update)]
                static USER: __sync::UserTypeDef = __sync::UserTypeDef::Domain(__sync::DomainDef { #(#sets,)* ..NOTHING });
            };
            (user, quote!(__sync::TypeDef::user(&USER, (#base).sqlite)))
        }
    };
    quote! {
        const _: () = {
            use #root::__private as __sync;
            #user
            #[automatically_derived]
            impl __sync::SqlType for #ident { const TYPE: __sync::TypeDef = #ty; const NULLABLE: bool = #nullable_code; }
            #[automatically_derived]
            impl __sync::SqlElement for #ident { const ARRAY_TYPE: __sync::TypeDef = (#ty).array(); }
        };
    }
}

/// The columns of a struct: their code, what the compiler must prove, and their names.
struct Columns {
    code: Vec<TokenStream>,
    proofs: Vec<TokenStream>,
    list: Vec<Named>,
    /// Other structs add columns that the macro cannot see.
    flattened: bool,
}

struct Named {
    field: String,
    column: String,
    primary_key: bool,
}

impl Columns {
    fn column(&self, part: &Part, cx: &mut Ctxt) -> String {
        let by_field = self.list.iter().find(|it| it.field == part.text);
        let found = by_field.or_else(|| self.list.iter().find(|it| it.column == part.text));
        if found.is_none() && !self.flattened {
            let hint =
                symbol::did_you_mean(&part.text, self.list.iter().map(|it| it.field.as_str()));
            cx.error(part.span, format!("no column `{}`{hint}", part.text));
        }
        found.map_or_else(|| part.text.clone(), |it| it.column.clone())
    }

    /// Returns the columns in a word's parentheses.
    fn names(&self, word: &Word, cx: &mut Ctxt) -> Vec<String> {
        let Value::List(list) = &word.value else {
            cx.error(
                word.span,
                format!("`{0}` wants columns: `{0}(a, b)`", word.name),
            );
            return Vec::new();
        };
        let mut names = Vec::new();
        for part in attr::parts(list, cx) {
            let name = self.column(&part, cx);
            if names.contains(&name) {
                cx.error(part.span, format!("column `{name}` is named twice"));
            }
            names.push(name);
        }
        if names.is_empty() {
            cx.error(word.span, format!("`{}` names no column", word.name));
        }
        names
    }
}

fn columns(input: &DeriveInput, with_docs: bool, cx: &mut Ctxt) -> Option<Columns> {
    let Data::Struct(data) = &input.data else {
        cx.error(
            input.ident.span(),
            "only a struct with named fields can be a table",
        );
        return None;
    };
    let Fields::Named(fields) = &data.fields else {
        cx.error(
            input.ident.span(),
            "the fields need names: they are the columns",
        );
        return None;
    };
    let rule = sqlx_text(&attr::sqlx(&input.attrs), "rename_all");
    let mut columns = Columns {
        code: vec![],
        proofs: vec![],
        list: vec![],
        flattened: false,
    };
    let model = input.ident.unraw().to_string();
    for field in &fields.named {
        let Some(ident) = &field.ident else { continue };
        let words = attr::sync(&field.attrs, symbol::FIELD, &["check"], cx);
        let sqlx = attr::sqlx(&field.attrs);
        let has = |words: &[Word], name: &str| words.iter().any(|it| it.name == name);
        if has(&words, "skip") || has(&sqlx, "skip") {
            if let Some(word) = words.iter().find(|it| it.name != "skip") {
                cx.error(
                    word.span,
                    format!("`{}` on a field that is skipped", word.name),
                );
            }
            continue;
        }
        let ty = &field.ty;
        if has(&sqlx, "flatten") {
            columns.flattened = true;
            columns.code.push(quote_spanned!(ty.span()=> __sync::FieldDef::Flatten(<#ty as __sync::SyncFields>::FIELDS)));
            continue;
        }
        let own = ident.unraw().to_string();
        let by_rule = rule
            .as_deref()
            .and_then(|rule| case::rename(rule, &own))
            .unwrap_or_else(|| own.clone());
        let mut name = sqlx_text(&sqlx, "rename").unwrap_or(by_rule);
        if let Some(word) = words.iter().find(|it| it.name == "column") {
            name = word.string(cx).unwrap_or_default();
        }
        if columns.list.iter().any(|it| it.column == name) {
            cx.error(ident.span(), format!("column `{name}` is there twice"));
        }
        conflicts(&words, cx);
        columns.list.push(Named {
            field: own.clone(),
            column: name.clone(),
            primary_key: has(&words, "primary_key"),
        });
        let docs = attr::docs(&field.attrs).filter(|_| with_docs && !has(&words, "comment"));
        let from = sqlx_text(&sqlx, "try_from").and_then(|it| syn::parse_str::<Type>(&it).ok());
        let json = has(&words, "json") || has(&sqlx, "json");
        let (sets, proofs) = column(&words, from.as_ref().unwrap_or(ty), json, cx);
        let docs = docs.map(|it| quote!(comment: ::core::option::Option::Some(#it),));
        columns.proofs.extend(proofs);
        columns.code.push(quote! {
            __sync::FieldDef::Column(__sync::ColumnDef { name: #name, field: #own, model: #model, #(#sets,)* #docs ..__sync::ColumnDef::NEW })
        });
    }
    if columns.code.is_empty() {
        cx.error(input.ident.span(), "no field is a column");
    }
    Some(columns)
}

/// Words that do not go together.
fn conflicts(words: &[Word], cx: &mut Ctxt) {
    const PAIRS: &[(&str, &str)] = &[
        ("default", "default_value"),
        ("nullable", "not_null"),
        ("generated", "generated_virtual"),
        ("generated", "default"),
        ("generated", "default_value"),
        ("generated", "identity"),
        ("generated_virtual", "default"),
        ("generated_virtual", "default_value"),
        ("identity", "default"),
        ("identity", "default_value"),
        ("type", "max_length"),
        ("json", "type"),
        ("json", "max_length"),
        ("primary_key", "nullable"),
    ];
    let find = |name: &str| words.iter().find(|it| it.name == name);
    for (one, other) in PAIRS {
        if let (Some(_), Some(word)) = (find(one), find(other)) {
            cx.error(
                word.span,
                format!("`{one}` and `{other}` do not go together"),
            );
        }
    }
    if find("references").is_none() {
        for name in ["on_delete", "on_update", "deferrable", "initially_deferred"] {
            if let Some(word) = find(name) {
                cx.error(word.span, format!("`{name}` needs `references = ..`"));
            }
        }
    }
    if let (Some(word), None) = (find("autoincrement"), find("primary_key")) {
        cx.error(word.span, "`autoincrement` needs `primary_key`");
    }
}

fn column(
    words: &[Word],
    ty: &Type,
    json: bool,
    cx: &mut Ctxt,
) -> (Vec<TokenStream>, Vec<TokenStream>) {
    let (mut sets, mut proofs, mut checks) = (Vec::new(), Vec::new(), Vec::new());
    let mut ty_code = quote_spanned!(ty.span()=> <#ty as __sync::SqlType>::TYPE);
    let mut nullable = quote_spanned!(ty.span()=> <#ty as __sync::SqlType>::NULLABLE);
    let probe = quote!({ #[allow(unused_imports)] use __sync::NotOption as _; <__sync::Probe<#ty>>::NULLABLE });
    if json {
        ty_code = quote!(__sync::TypeDef::new("jsonb", "TEXT"));
        nullable = probe.clone();
    }
    for word in words {
        match word.name.as_str() {
            "type" => {
                let whole = matches!(&word.value, Value::Expr(_));
                let rest = (!whole).then_some(&ty_code);
                ty_code = type_code(word, rest, cx);
                if whole {
                    nullable = probe.clone();
                }
            }
            "max_length" => match &word.value {
                Value::Expr(Expr::Lit(ExprLit {
                    lit: Lit::Int(length),
                    ..
                })) => {
                    let text = format!("varchar({})", length.base10_digits());
                    ty_code =
                        quote!(__sync::TypeDef { postgres: #text, sqlite: #text, ..#ty_code });
                }
                Value::None | Value::Expr(_) | Value::List(_) => {
                    cx.error(word.span, "`max_length` wants a number");
                }
            },
            "primary_key" | "autoincrement" => {
                word.flag(cx);
                let field = format_ident!("{}", word.name);
                sets.push(quote!(#field: true));
            }
            "identity" => sets.push(identity(word, cx)),
            "default" | "generated" | "generated_virtual" | "collate" | "comment"
            | "renamed_from" | "backfill" | "using" => {
                sets.push(set_text(word, cx));
            }
            "default_value" => match literal(&word.value) {
                Some(value) => {
                    sets.push(quote!(default_value: ::core::option::Option::Some(#value)));
                }
                None => cx.error(
                    word.span,
                    "`default_value` wants a literal; for SQL write `default = \"..\"`",
                ),
            },
            "unique" | "index" => {
                let field = format_ident!("{}", word.name);
                let group = match &word.value {
                    Value::None => String::new(),
                    Value::Expr(_) | Value::List(_) => word.string(cx).unwrap_or_default(),
                };
                sets.push(quote!(#field: ::core::option::Option::Some(#group)));
            }
            "check" => checks.extend(word.string(cx)),
            "nullable" | "not_null" => {
                word.flag(cx);
                let yes = word.name == "nullable";
                nullable = quote!(#yes);
            }
            _ => {}
        }
    }
    if let Some(word) = words.iter().find(|it| it.name == "references") {
        let (reference, proof) = reference(word, words, cx);
        sets.push(quote!(references: ::core::option::Option::Some(#reference)));
        proofs.extend(proof);
        for action in words.iter().filter(|it| {
            matches!(it.name.as_str(), "on_delete" | "on_update") && it.text() == "set_null"
        }) {
            let message = format!(
                "`{} = set_null` on a field that cannot be NULL; make it an `Option`",
                action.name
            );
            proofs.push(
                quote_spanned!(action.span=> const _: () = ::core::assert!(#nullable, #message);),
            );
        }
    }
    if let Some(word) = words.iter().find(|it| it.name == "primary_key") {
        proofs.push(quote_spanned!(word.span=> const _: () = ::core::assert!(!(#nullable), "a primary key cannot be NULL; the field must not be an `Option`");));
    }
    sets.push(quote!(ty: #ty_code, nullable: #nullable, checks: &[#(#checks),*]));
    (sets, proofs)
}

fn type_code(word: &Word, rest: Option<&TokenStream>, cx: &mut Ctxt) -> TokenStream {
    let Value::List(_) = &word.value else {
        let text = word.string(cx).unwrap_or_default();
        return quote!(__sync::TypeDef::new(#text, #text));
    };
    let mut sets = Vec::new();
    for inner in word.words(cx, &["postgres", "sqlite", "mysql"]) {
        let text = inner.string(cx).unwrap_or_default();
        let field = format_ident!("{}", inner.name);
        match inner.name.as_str() {
            "postgres" => {
                sets.push(quote!(#field: #text, user: ::core::option::Option::None, array: false));
            }
            "sqlite" => sets.push(quote!(#field: #text)),
            _ => {}
        }
    }
    let rest = rest
        .cloned()
        .unwrap_or_else(|| quote!(__sync::TypeDef::new("text", "TEXT")));
    quote!(__sync::TypeDef { #(#sets,)* ..#rest })
}

fn identity(word: &Word, cx: &mut Ctxt) -> TokenStream {
    let none = quote!(::core::option::Option::None);
    let (mut always, mut start, mut increment) = (false, none.clone(), none);
    match &word.value {
        Value::None => {}
        Value::Expr(_) if word.text() == "always" => always = true,
        Value::Expr(_) => cx.error(word.span, "`identity` is `always` or stands alone"),
        Value::List(_) => {
            for inner in word.words(cx, &["start", "increment", "always"]) {
                match (&inner.value, inner.name.as_str()) {
                    (Value::Expr(value), "start") => {
                        start = quote!(::core::option::Option::Some(#value));
                    }
                    (Value::Expr(value), "increment") => {
                        increment = quote!(::core::option::Option::Some(#value));
                    }
                    (_, "always") => always = inner.flag(cx),
                    _ => cx.error(inner.span, format!("`{}` wants a number", inner.name)),
                }
            }
        }
    }
    quote!(identity: ::core::option::Option::Some(__sync::IdentityDef { always: #always, start: #start, increment: #increment }))
}

fn literal(value: &Value) -> Option<TokenStream> {
    let Value::Expr(expr) = value else {
        return None;
    };
    let (sign, expr) = match expr {
        Expr::Unary(it) if matches!(it.op, UnOp::Neg(_)) => ("-", &*it.expr),
        other => ("", other),
    };
    let Expr::Lit(ExprLit { lit, .. }) = expr else {
        return None;
    };
    Some(match lit {
        Lit::Int(it) => {
            let number: i128 = format!("{sign}{}", it.base10_digits()).parse().ok()?;
            quote!(__sync::Literal::Int(#number))
        }
        Lit::Float(it) => {
            let text = format!("{sign}{}", it.base10_digits());
            quote!(__sync::Literal::Number(#text))
        }
        Lit::Bool(it) if sign.is_empty() => quote!(__sync::Literal::Bool(#it)),
        Lit::Str(it) if sign.is_empty() => quote!(__sync::Literal::Text(#it)),
        Lit::ByteStr(it) if sign.is_empty() => {
            let bytes = LitByteStr::new(&it.value(), it.span());
            quote!(__sync::Literal::Bytes(#bytes))
        }
        _ => return None,
    })
}

/// Returns a foreign key and the proof that a named field exists.
fn reference(word: &Word, words: &[Word], cx: &mut Ctxt) -> (TokenStream, Option<TokenStream>) {
    let mut sets = Vec::new();
    let mut proof = None;
    let target = match &word.value {
        Value::Expr(Expr::Lit(ExprLit {
            lit: Lit::Str(text),
            ..
        })) => {
            if !text.value().trim_end().ends_with(')') || !text.value().contains('(') {
                cx.error(
                    text.span(),
                    "wants `table(column)` or `schema.table(column)`",
                );
            }
            quote!(__sync::Target::Text(#text))
        }
        Value::Expr(Expr::Path(path)) => {
            let (model, field) = split(path);
            if let Some(field) = field {
                let name = field.unraw().to_string();
                sets.push(quote!(references: &[#name]));
                proof = Some(
                    quote_spanned!(field.span()=> const _: fn(&#model) = |model| { let _ = &model.#field; };),
                );
            }
            model_target(&model)
        }
        Value::Expr(Expr::Call(call)) => {
            let Expr::Path(path) = &*call.func else {
                cx.error(word.span, "`references` wants `Model(a, b)`");
                return (TokenStream::new(), None);
            };
            let names: Vec<String> = call
                .args
                .iter()
                .map(|it| quote!(#it).to_string().trim_start_matches("r#").to_owned())
                .collect();
            let fields = &call.args;
            let model = &path.path;
            sets.push(quote!(references: &[#(#names),*]));
            let fields = fields.iter();
            proof = Some(
                quote_spanned!(word.span=> const _: fn(&#model) = |model| { #(let _ = &model.#fields;)* };),
            );
            model_target(model)
        }
        Value::None | Value::Expr(_) | Value::List(_) => {
            cx.error(
                word.span,
                "`references` wants `Model`, `Model::field` or \"table(column)\"",
            );
            return (TokenStream::new(), None);
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
                let full = word.text() == "full";
                sets.push(quote!(#field: #full));
            }
            _ => {}
        }
    }
    (
        quote!(__sync::ReferenceDef { #(#sets,)* ..__sync::ReferenceDef::new(#target) }),
        proof,
    )
}

fn model_target(model: &Path) -> TokenStream {
    quote_spanned!(model.span()=> __sync::Target::Model(|| <#model as __sync::SyncTable>::TABLE))
}

/// Splits `Model::field`: fields are written small, models large.
fn split(path: &ExprPath) -> (Path, Option<syn::Ident>) {
    let mut model = path.path.clone();
    let small = |ident: &syn::Ident| {
        ident
            .unraw()
            .to_string()
            .starts_with(|c: char| c.is_lowercase() || c == '_')
    };
    if model.segments.len() < 2 || !model.segments.last().is_some_and(|it| small(&it.ident)) {
        return (model, None);
    }
    let field = model.segments.pop().map(|it| it.into_value().ident);
    model.segments.pop_punct();
    (model, field)
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

fn unique(word: &Word, columns: &Columns, cx: &mut Ctxt) -> TokenStream {
    let Some(words) = long_form(word, symbol::UNIQUE, cx) else {
        let names = columns.names(word, cx);
        return quote!(__sync::UniqueDef { columns: &[#(#names),*], ..__sync::UniqueDef::NEW });
    };
    needs(&words, "columns", word, cx);
    let sets: Vec<_> = words.iter().map(|it| shared(it, columns, cx)).collect();
    quote!(__sync::UniqueDef { #(#sets,)* ..__sync::UniqueDef::NEW })
}

fn index(word: &Word, columns: &Columns, cx: &mut Ctxt) -> TokenStream {
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
                    "opclass" | "collate" | "with" => {
                        let field = format_ident!("{}", inner.name);
                        let pairs = pairs(&inner.pairs(cx));
                        quote!(#field: #pairs)
                    }
                    _ => shared(inner, columns, cx),
                });
            }
        }
    }
    quote!(__sync::IndexDef { #(#sets,)* ..__sync::IndexDef::NEW })
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
        let text = if part.expr { part.text.clone() } else { columns.column(part, cx) };
        let (expr, descending) = (part.expr, part.descending);
        let nulls = part.nulls_first.map_or(quote!(::core::option::Option::None), |it| quote!(::core::option::Option::Some(#it)));
        quote!(__sync::IndexColumnDef { text: #text, expr: #expr, descending: #descending, nulls_first: #nulls })
    });
    let code: Vec<_> = code.collect();
    quote!(columns: &[#(#code),*])
}

fn foreign_key(word: &Word, columns: &Columns, cx: &mut Ctxt) -> TokenStream {
    let words = word.words(cx, symbol::FOREIGN_KEY);
    needs(&words, "columns", word, cx);
    needs(&words, "references", word, cx);
    let Some(target) = words.iter().find(|it| it.name == "references") else {
        return TokenStream::new();
    };
    let own = words
        .iter()
        .filter(|it| matches!(it.name.as_str(), "columns" | "name"));
    let sets: Vec<_> = own.map(|it| shared(it, columns, cx)).collect();
    let (reference, _) = reference(target, &words, cx);
    quote!(__sync::ReferenceDef { #(#sets,)* ..#reference })
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

fn needs(words: &[Word], name: &str, word: &Word, cx: &mut Ctxt) {
    if !words.iter().any(|it| it.name == name) {
        cx.error(word.span, format!("`{}` needs `{name}`", word.name));
    }
}

fn check(word: &Word, cx: &mut Ctxt) -> TokenStream {
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

fn exclude(word: &Word, cx: &mut Ctxt) -> TokenStream {
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
fn partition(word: &Word, cx: &mut Ctxt) -> Option<(String, String)> {
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

fn set_text(word: &Word, cx: &mut Ctxt) -> TokenStream {
    let (field, text) = (
        format_ident!("{}", word.name),
        word.string(cx).unwrap_or_default(),
    );
    quote!(#field: ::core::option::Option::Some(#text))
}

fn pairs(list: &[(String, String)]) -> TokenStream {
    let list = list.iter().map(|(key, value)| quote!((#key, #value)));
    quote!(&[#(#list),*])
}

fn root(words: &[Word], cx: &mut Ctxt) -> TokenStream {
    match words.iter().find(|it| it.name == "crate") {
        None => quote!(::schema_core),
        Some(Word {
            value: Value::Expr(Expr::Path(path)),
            ..
        }) => quote!(#path),
        Some(word) => {
            cx.error(word.span, "`crate` wants a path: `crate = my::schema_core`");
            quote!(::schema_core)
        }
    }
}

fn sqlx_text(words: &[Word], name: &str) -> Option<String> {
    let word = words.iter().find(|it| it.name == name)?;
    match &word.value {
        Value::Expr(Expr::Lit(ExprLit {
            lit: Lit::Str(text),
            ..
        })) => Some(text.value()),
        Value::None | Value::Expr(_) | Value::List(_) => None,
    }
}
