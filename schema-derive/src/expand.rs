//! Writes the constants. The macro collects and the core decides: no type is matched by name.

use proc_macro2::TokenStream;
use quote::{format_ident, quote, quote_spanned};
use syn::ext::IdentExt;
use syn::spanned::Spanned;
use syn::{Data, DeriveInput, Expr, ExprLit, Lit, LitByteStr, UnOp};

use crate::ast::{Column, Columns, Field, Json, Labels, Target, find, rename_all, root, sqlx_text};
use crate::attr::{self, Value, Word};
use crate::ctxt::Ctxt;
use crate::{case, check, parts, symbol};

type Work = fn(&DeriveInput, &mut Ctxt) -> TokenStream;

/// Parses the item, does the work, and returns its code or all of its errors.
pub(crate) fn run(input: TokenStream, work: Work) -> TokenStream {
    let input: DeriveInput = match syn::parse2(input) {
        Ok(input) => input,
        Err(error) => return error.to_compile_error(),
    };
    let mut cx = Ctxt::default();
    if !input.generics.params.is_empty() {
        let borrows = input.generics.type_params().next().is_none()
            && input.generics.const_params().next().is_none();
        let problem = match borrows {
            true => "a model owns its data: `String` instead of `&str`; remove the lifetime",
            false => "generic types have no one table or type; remove the parameters",
        };
        cx.error(input.generics.span(), problem);
    }
    let code = work(&input, &mut cx);
    cx.finish().unwrap_or(code)
}

/// `SyncTable`.
pub(crate) fn table(input: &DeriveInput, cx: &mut Ctxt) -> TokenStream {
    let words = attr::sync(&input.attrs, symbol::TABLE, symbol::REPEATED, cx);
    let root = root(&words, cx);
    let with_docs = find(&words, "docs").is_some();
    let Some(columns) = Columns::parse(input, with_docs, cx) else {
        return TokenStream::new();
    };
    let model = input.ident.unraw().to_string();
    let (fields, coded, mut proofs) = coded(&columns, &model, cx);
    let mut name = case::snake(&model);
    let mut sets = Vec::new();
    let (mut uniques, mut indexes, mut keys, mut checks) = (vec![], vec![], vec![], vec![]);
    let (mut excludes, mut extensions, mut partitions) = (vec![], vec![], vec![]);
    for word in &words {
        match word.name.as_str() {
            "table" => name = word.string(cx).unwrap_or_default(),
            "schema" | "tablespace" | "renamed_from" | "comment" | "engine" | "charset"
            | "collate" => sets.push(set_text(word, cx)),
            "unlogged" | "strict" | "without_rowid" => {
                word.flag(cx);
                let field = format_ident!("{}", word.name);
                sets.push(quote!(#field: true));
            }
            "docs" => {
                word.flag(cx);
            }
            "with" => {
                let pairs = settings(word, cx);
                sets.push(quote!(with: #pairs));
            }
            "replica_identity" => sets.push(replica_identity(word, cx)),
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
                check::one_key(word, &columns, cx);
                let named = check::columns_named(&names, &coded);
                proofs.push(check::key_not_null(word.span, &named));
                sets.push(quote!(primary_key: &[#(#names),*]));
            }
            "unique" => uniques.push(parts::unique(word, &columns, cx)),
            "index" => indexes.push(parts::index(word, &columns, cx)),
            "foreign_key" => {
                let (key, proof) = parts::foreign_key(word, &columns, &coded, cx);
                keys.push(key);
                proofs.push(proof);
            }
            "check" => checks.push(parts::check(word, cx)),
            "exclude" => excludes.push(parts::exclude(word, cx)),
            "extension" => extensions.extend(word.string(cx)),
            _ => {}
        }
    }
    check::renamed(&words, &name, cx);
    let by = find(&words, "partition_by").and_then(|it| parts::partition_by(it, &columns, cx));
    if let Some((strategy, names)) = &by {
        sets.push(quote!(partition_by: ::core::option::Option::Some((#strategy, &[#(#names),*]))));
    }
    // How the table is partitioned is said once, and may be wrong itself.
    let wrong_by = by.is_none() && find(&words, "partition_by").is_some();
    for word in words
        .iter()
        .filter(|it| it.name == "partition" && !wrong_by)
    {
        partitions.extend(parts::partition(word, &name, by.as_ref(), cx));
    }
    let commented = find(&words, "comment").is_some();
    if let Some(text) = attr::docs(&input.attrs).filter(|_| with_docs && !commented) {
        sets.push(quote!(comment: ::core::option::Option::Some(#text)));
    }
    let (partitions, ident) = (pairs(&partitions), &input.ident);
    quote! {
        const _: () = {
            use #root::__private as __sync;
            static TABLE: __sync::TableDef = __sync::TableDef {
                name: #name, model: #model, module: ::core::module_path!(), file: ::core::file!(), line: ::core::line!(),
                fields: &[#(#fields),*], uniques: &[#(#uniques),*], indexes: &[#(#indexes),*],
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
    let Some(columns) = Columns::parse(input, find(&words, "docs").is_some(), cx) else {
        return TokenStream::new();
    };
    let (fields, _, proofs) = coded(&columns, &input.ident.unraw().to_string(), cx);
    let ident = &input.ident;
    quote! {
        const _: () = {
            use #root::__private as __sync;
            #[automatically_derived]
            impl __sync::SyncFields for #ident { const FIELDS: &'static [__sync::FieldDef] = &[#(#fields),*]; }
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
    if let Some(repr) = input.attrs.iter().find(|it| it.path().is_ident("repr")) {
        cx.error(
            repr.span(),
            "sqlx stores an enum with `repr` as a number, and a label is text; remove `repr`, or the derive and write `#[sync(type = \"integer\")]` on the fields",
        );
    }
    let sqlx = attr::sqlx(&input.attrs);
    let rule = rename_all(&sqlx, cx);
    let name = sqlx_text(&sqlx, "type_name")
        .unwrap_or_else(|| case::snake(&input.ident.unraw().to_string()));
    let Labels { names, renamed } = Labels::parse(data, rule.as_deref(), input.ident.span(), cx);
    let mut sets = Vec::new();
    // For sqlx this is the column's type: no type of the enum's own.
    let said_by_sqlx = matches!(name.as_str(), "text" | "varchar" | "TEXT" | "VARCHAR");
    if said_by_sqlx && find(&words, "as_text").is_none() {
        sets.push(quote!(as_text: true));
    }
    check::renamed(&words, &name, cx);
    if said_by_sqlx || find(&words, "as_text").is_some() {
        check::no_type(&words, cx);
    }
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
            const NOTHING: __sync::EnumDef = __sync::EnumDef { name: #name, schema: #none, labels: &[#(#names),*], renamed: #renamed, renamed_from: #none, as_text: false, comment: #none };
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
            check::renamed(&words, &name, cx);
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

/// A column's code, and what the proofs need of it.
pub(crate) struct Coded {
    pub(crate) name: String,
    pub(crate) ty: TokenStream,
    pub(crate) nullable: TokenStream,
}

/// Returns the fields as code, the columns, and the proofs.
fn coded(
    columns: &Columns,
    model: &str,
    cx: &mut Ctxt,
) -> (Vec<TokenStream>, Vec<Coded>, Vec<TokenStream>) {
    let (mut fields, mut list, mut proofs) = (Vec::new(), Vec::new(), Vec::new());
    for field in &columns.fields {
        match field {
            Field::Flatten(ty) => fields.push(
                quote_spanned!(ty.span()=> __sync::FieldDef::Flatten(<#ty as __sync::SyncFields>::FIELDS)),
            ),
            Field::Column(column) => {
                check::field(&column.words, cx);
                let (name, own) = (&column.name, &column.field);
                let coded = types(column, &mut proofs, cx);
                let sets = sets(column, &coded, &mut proofs, cx);
                let Coded { ty, nullable, .. } = &coded;
                fields.push(quote! {
                    __sync::FieldDef::Column(__sync::ColumnDef { name: #name, field: #own, model: #model, ty: #ty, nullable: #nullable, #(#sets,)* ..__sync::ColumnDef::NEW })
                });
                list.push(coded);
            }
        }
    }
    (fields, list, proofs)
}

/// Returns a column's type and whether it holds NULL.
fn types(column: &Column, proofs: &mut Vec<TokenStream>, cx: &mut Ctxt) -> Coded {
    let ty = &column.ty;
    let mut ty_code = quote_spanned!(ty.span()=> <#ty as __sync::SqlType>::TYPE);
    let mut nullable = quote_spanned!(ty.span()=> <#ty as __sync::SqlType>::NULLABLE);
    let probe = quote!({ #[allow(unused_imports)] use __sync::NotOption as _; <__sync::Probe<#ty>>::NULLABLE });
    if let Some(json) = column.json {
        ty_code = quote!(__sync::TypeDef::new("jsonb", "TEXT"));
        nullable = match json {
            Json::ByType => probe.clone(),
            Json::NotNull => quote!(false),
            Json::Nullable => quote!(true),
        };
    }
    if let Some(word) = column.word("type") {
        let whole = matches!(&word.value, Value::Expr(_));
        let rest = (!whole).then_some(&ty_code);
        ty_code = type_code(word, rest, cx);
        if whole {
            nullable = probe;
        }
    }
    if let Some(word) = column.word("max_length") {
        if let Value::Expr(Expr::Lit(ExprLit {
            lit: Lit::Int(length),
            ..
        })) = &word.value
        {
            let text = format!("varchar({})", length.base10_digits());
            proofs.push(check::max_length(word, &ty_code));
            ty_code = quote!(__sync::TypeDef { postgres: #text, sqlite: "TEXT", ..#ty_code });
        } else {
            cx.error(word.span, "`max_length` wants a number");
        }
    }
    if column.word("nullable").is_some() {
        nullable = quote!(true);
    }
    if column.word("not_null").is_some() {
        nullable = quote!(false);
    }
    Coded {
        name: column.name.clone(),
        ty: ty_code,
        nullable,
    }
}

/// Returns what else is said of a column, and adds its proofs.
fn sets(
    column: &Column,
    coded: &Coded,
    proofs: &mut Vec<TokenStream>,
    cx: &mut Ctxt,
) -> Vec<TokenStream> {
    let (mut sets, mut checks) = (Vec::new(), Vec::new());
    for word in &column.words {
        match word.name.as_str() {
            "primary_key" | "autoincrement" => {
                word.flag(cx);
                let field = format_ident!("{}", word.name);
                sets.push(quote!(#field: true));
                proofs.push(match word.name.as_str() {
                    "primary_key" => check::key_not_null(word.span, &[coded]),
                    _ => check::autoincrement(word, coded),
                });
            }
            "max_length" => {
                if let Value::Expr(length) = &word.value {
                    sets.push(quote!(max_length: ::core::option::Option::Some(#length)));
                }
            }
            "nullable" | "not_null" | "json" => {
                word.flag(cx);
            }
            "identity" => {
                sets.push(identity(word, cx));
                proofs.push(check::identity(word, coded));
            }
            "default" | "generated" | "generated_virtual" | "collate" | "comment"
            | "renamed_from" | "backfill" | "using" => {
                sets.push(set_text(word, cx));
            }
            "default_value" => match literal(&word.value) {
                Some(value) => {
                    proofs.push(check::default_value(word, coded, &value));
                    sets.push(quote!(default_value: ::core::option::Option::Some(#value)));
                }
                None => cx.error(
                    word.span,
                    "`default_value` wants a literal, of an enum the label; for SQL write `default = \"..\"`",
                ),
            },
            "unique" | "index" => {
                let field = format_ident!("{}", word.name);
                let group = group_of(word, cx);
                sets.push(quote!(#field: ::core::option::Option::Some(#group)));
            }
            "check" => checks.extend(word.string(cx)),
            "references" => {
                let Some(target) = Target::parse(word, cx) else {
                    continue;
                };
                let reference = parts::reference(&target, &column.words, cx);
                sets.push(quote!(references: ::core::option::Option::Some(#reference)));
                let name = std::slice::from_ref(&coded.name);
                let list = std::slice::from_ref(coded);
                proofs.push(check::reference(word, &target, name, list, cx));
                proofs.push(check::set_null(&column.words, &[coded]));
            }
            _ => {}
        }
    }
    if let Some(text) = &column.docs {
        sets.push(quote!(comment: ::core::option::Option::Some(#text)));
    }
    sets.push(quote!(checks: &[#(#checks),*]));
    sets
}

/// Returns the group of a field that is unique, or has an index, together with others.
fn group_of(word: &Word, cx: &mut Ctxt) -> String {
    match &word.value {
        Value::None => String::new(),
        Value::Expr(Expr::Lit(ExprLit {
            lit: Lit::Str(_), ..
        })) => word.string(cx).unwrap_or_default(),
        Value::Expr(_) | Value::List(_) => {
            cx.error(
                word.span,
                format!(
                    "`{0}` stands alone, or names a group: `{0} = \"..\"`; what has more to say stands on the struct: `{0}(columns(..), ..)`",
                    word.name
                ),
            );
            String::new()
        }
    }
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

fn replica_identity(word: &Word, cx: &mut Ctxt) -> TokenStream {
    let kind = match (&word.value, word.text().as_str()) {
        (Value::Expr(Expr::Lit(_)), _) => {
            let index = word.string(cx).unwrap_or_default();
            quote!(Index(#index))
        }
        (Value::Expr(_), "full") => quote!(Full),
        (Value::Expr(_), "nothing") => quote!(Nothing),
        (Value::None | Value::Expr(_) | Value::List(_), _) => {
            cx.error(
                word.span,
                "`replica_identity` is `full`, `nothing`, or the name of a unique index as a string",
            );
            quote!(Full)
        }
    };
    quote!(replica_identity: ::core::option::Option::Some(__sync::ReplicaIdentityDef::#kind))
}

/// Returns `key = value` pairs of a word as code.
pub(crate) fn settings(word: &Word, cx: &mut Ctxt) -> TokenStream {
    let list: Vec<_> = word
        .pairs(cx)
        .into_iter()
        .map(|it| (it.key, it.value))
        .collect();
    pairs(&list)
}

pub(crate) fn set_text(word: &Word, cx: &mut Ctxt) -> TokenStream {
    let (field, text) = (
        format_ident!("{}", word.name),
        word.string(cx).unwrap_or_default(),
    );
    quote!(#field: ::core::option::Option::Some(#text))
}

pub(crate) fn pairs(list: &[(String, String)]) -> TokenStream {
    let list = list.iter().map(|(key, value)| quote!((#key, #value)));
    quote!(&[#(#list),*])
}
