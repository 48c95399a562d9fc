//! Reads the item: its fields as columns, its variants as labels, what a reference points to.

use proc_macro2::{Span, TokenStream};
use quote::quote;
use syn::ext::IdentExt;
use syn::spanned::Spanned;
use syn::{Data, DeriveInput, Expr, ExprLit, ExprPath, Fields, Ident, Lit, Path, Type};

use crate::attr::{self, Part, Value, Word};
use crate::ctxt::Ctxt;
use crate::{case, check, symbol};

/// The fields of a struct.
pub(crate) struct Columns {
    pub(crate) fields: Vec<Field>,
    /// Other structs add columns that the macro cannot see.
    pub(crate) flattened: bool,
}

/// A field that is in the table.
pub(crate) enum Field {
    Column(Box<Column>),
    /// `#[sqlx(flatten)]`.
    Flatten(Type),
}

/// A field that is a column.
pub(crate) struct Column {
    pub(crate) field: String,
    pub(crate) name: String,
    /// What sqlx reads from the database: the field's type, or that of `try_from`.
    pub(crate) ty: Type,
    pub(crate) json: Option<Json>,
    pub(crate) docs: Option<String>,
    pub(crate) words: Vec<Word>,
}

/// A field that is stored as JSON.
#[derive(Clone, Copy)]
pub(crate) enum Json {
    /// NULL is `None`: `#[sync(json)]`.
    ByType,
    /// `None` is the JSON value `null`, and NULL cannot be read: `#[sqlx(json)]`.
    NotNull,
    /// `#[sqlx(json(nullable))]`.
    Nullable,
}

impl Column {
    /// Returns a word of the field.
    pub(crate) fn word(&self, name: &str) -> Option<&Word> {
        find(&self.words, name)
    }
}

impl Columns {
    /// Reads a struct.
    pub(crate) fn parse(input: &DeriveInput, with_docs: bool, cx: &mut Ctxt) -> Option<Self> {
        let problem = match &input.data {
            Data::Struct(data) => match &data.fields {
                Fields::Named(_) => "",
                Fields::Unnamed(fields) if fields.unnamed.len() == 1 => {
                    "the fields need names: they are the columns; for a newtype that is a column's type, derive `SyncType`"
                }
                Fields::Unnamed(_) => "the fields need names: they are the columns",
                Fields::Unit => "there are no fields: they are the columns",
            },
            Data::Enum(_) => {
                "only a struct with named fields can be a table; for an enum that is a column's type, derive `SyncEnum`"
            }
            Data::Union(_) => "only a struct with named fields can be a table",
        };
        let Data::Struct(syn::DataStruct {
            fields: Fields::Named(fields),
            ..
        }) = &input.data
        else {
            cx.error(input.ident.span(), problem);
            return None;
        };
        let rule = rename_all(&attr::sqlx(&input.attrs), cx);
        let mut columns = Self {
            fields: Vec::new(),
            flattened: false,
        };
        for field in &fields.named {
            let Some(ident) = &field.ident else { continue };
            let words = attr::sync(&field.attrs, symbol::FIELD, &["check"], cx);
            let sqlx = attr::sqlx(&field.attrs);
            let from = sqlx_text(&sqlx, "try_from").and_then(|it| syn::parse_str(&it).ok());
            if find(&words, "skip").is_some() || find(&sqlx, "skip").is_some() {
                if let Some(word) = find(&words, "skip") {
                    word.flag(cx);
                }
                if let Some(word) = words.iter().find(|it| it.name != "skip") {
                    cx.error(
                        word.span,
                        format!("`{}` on a field that is skipped", word.name),
                    );
                }
                continue;
            }
            if find(&sqlx, "flatten").is_some() {
                if let Some(word) = words.first() {
                    cx.error(
                        word.span,
                        format!("`{}` on a field that is flattened", word.name),
                    );
                }
                columns.flattened = true;
                let from = from.unwrap_or_else(|| field.ty.clone());
                columns.fields.push(Field::Flatten(from));
                continue;
            }
            let own = ident.unraw().to_string();
            let by_rule = rule
                .as_deref()
                .and_then(|rule| case::rename(rule, &own))
                .unwrap_or_else(|| own.clone());
            let mut name = sqlx_text(&sqlx, "rename").unwrap_or(by_rule);
            if let Some(word) = find(&words, "column") {
                name = word.string(cx).unwrap_or_default();
            }
            if columns.list().any(|it| it.name == name) {
                cx.error(ident.span(), format!("column `{name}` is there twice"));
            }
            let commented = find(&words, "comment").is_some();
            columns.fields.push(Field::Column(Box::new(Column {
                field: own,
                name,
                ty: from.unwrap_or_else(|| field.ty.clone()),
                json: json(&words, &sqlx),
                docs: attr::docs(&field.attrs).filter(|_| with_docs && !commented),
                words,
            })));
        }
        if columns.fields.is_empty() {
            cx.error(input.ident.span(), "no field is a column");
        }
        let renames: Vec<Rename> = (columns.list())
            .filter_map(|it| Rename::new("column", &it.name, it.word("renamed_from")?))
            .collect();
        check::renames(&renames, cx);
        Some(columns)
    }

    /// Returns the columns that the macro can see.
    pub(crate) fn list(&self) -> impl Iterator<Item = &Column> {
        self.fields.iter().filter_map(|it| match it {
            Field::Column(column) => Some(&**column),
            Field::Flatten(_) => None,
        })
    }

    /// Returns the column of a field or of that name.
    pub(crate) fn find(&self, text: &str) -> Option<&Column> {
        let by_field = self.list().find(|it| it.field == text);
        by_field.or_else(|| self.list().find(|it| it.name == text))
    }

    /// Returns the name of the column that a part means.
    pub(crate) fn name(&self, part: &Part, cx: &mut Ctxt) -> String {
        let found = self.find(&part.text);
        if found.is_none() && !self.flattened {
            let hint = symbol::did_you_mean(&part.text, self.list().map(|it| it.field.as_str()));
            cx.error(part.span, format!("no column `{}`{hint}", part.text));
        }
        found.map_or_else(|| part.text.clone(), |it| it.name.clone())
    }

    /// Returns the columns in a word's parentheses.
    pub(crate) fn names(&self, word: &Word, cx: &mut Ctxt) -> Vec<String> {
        let Value::List(list) = &word.value else {
            cx.error(
                word.span,
                format!("`{0}` wants columns: `{0}(a, b)`", word.name),
            );
            return Vec::new();
        };
        let mut names = Vec::new();
        for part in attr::parts(list, cx) {
            if part.expr || part.descending || part.nulls_first.is_some() {
                let cure = if part.expr { ", without quotes" } else { "" };
                let text = format!("`{}` wants columns alone{cure}", word.name);
                cx.error(part.span, text);
            }
            let name = self.name(&part, cx);
            if names.contains(&name) {
                cx.error(part.span, format!("column `{name}` is named twice"));
            }
            names.push(name);
        }
        if list.is_empty() {
            cx.error(word.span, format!("`{}` names no column", word.name));
        }
        names
    }
}

/// What `references = ..` points to.
pub(crate) enum Target {
    /// `"schema.table(column)"`.
    Text(syn::LitStr),
    /// `Model`, `Model::field`, `Model(a, b)`.
    Model { model: Path, fields: Vec<Ident> },
}

impl Target {
    /// Reads the value of `references`.
    pub(crate) fn parse(word: &Word, cx: &mut Ctxt) -> Option<Self> {
        match &word.value {
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
                Some(Self::Text(text.clone()))
            }
            Value::Expr(Expr::Path(path)) => Some(split(path)),
            Value::Expr(Expr::Call(call)) => {
                let Expr::Path(path) = &*call.func else {
                    cx.error(word.span, "`references` wants `Model(a, b)`");
                    return None;
                };
                let mut fields = Vec::new();
                for arg in &call.args {
                    match arg {
                        Expr::Path(it) if it.path.get_ident().is_some() => {
                            fields.extend(it.path.get_ident().cloned());
                        }
                        _ => cx.error(arg.span(), "wants a field of the other model"),
                    }
                }
                Some(Self::Model {
                    model: path.path.clone(),
                    fields,
                })
            }
            Value::None | Value::Expr(_) | Value::List(_) => {
                cx.error(
                    word.span,
                    "`references` wants `Model`, `Model::field` or \"table(column)\"",
                );
                None
            }
        }
    }
}

/// Splits `Model::field`: fields are written small, models large.
fn split(path: &ExprPath) -> Target {
    let mut model = path.path.clone();
    let small = |ident: &Ident| {
        ident
            .unraw()
            .to_string()
            .starts_with(|c: char| c.is_lowercase() || c == '_')
    };
    if model.segments.len() < 2 || !model.segments.last().is_some_and(|it| small(&it.ident)) {
        return Target::Model {
            model,
            fields: Vec::new(),
        };
    }
    let fields = model.segments.pop().map(|it| it.into_value().ident);
    model.segments.pop_punct();
    Target::Model {
        model,
        fields: fields.into_iter().collect(),
    }
}

/// The variants of an enum.
#[derive(Default)]
pub(crate) struct Labels {
    pub(crate) names: Vec<String>,
    /// New label, old label.
    pub(crate) renamed: Vec<(String, String)>,
}

impl Labels {
    /// Reads an enum.
    pub(crate) fn parse(
        data: &syn::DataEnum,
        rule: Option<&str>,
        ident: Span,
        cx: &mut Ctxt,
    ) -> Self {
        let mut labels = Self::default();
        let mut renames = Vec::new();
        for variant in &data.variants {
            if !matches!(variant.fields, Fields::Unit) {
                cx.error(
                    variant.span(),
                    format!(
                        "variant `{}` has fields; a label cannot hold them. Without this derive, `#[sync(json)]` on a field stores them",
                        variant.ident
                    ),
                );
            }
            let own = variant.ident.unraw().to_string();
            let by_rule = rule
                .and_then(|rule| case::rename(rule, &own))
                .unwrap_or(own);
            let label = sqlx_text(&attr::sqlx(&variant.attrs), "rename").unwrap_or(by_rule);
            for word in attr::sync(&variant.attrs, symbol::VARIANT, &[], cx) {
                let old = word.string(cx);
                labels.renamed.extend(old.map(|old| (label.clone(), old)));
                renames.extend(Rename::new("label", &label, &word));
            }
            if labels.names.contains(&label) {
                cx.error(
                    variant.ident.span(),
                    format!("label `{label}` is there twice"),
                );
            }
            labels.names.push(label);
        }
        check::renames(&renames, cx);
        if labels.names.is_empty() {
            cx.error(ident, "an enum without variants has no labels");
        }
        labels
    }
}

/// A column or label with the name that it had.
pub(crate) struct Rename {
    pub(crate) kind: &'static str,
    pub(crate) new: String,
    pub(crate) old: String,
    pub(crate) span: Span,
}

impl Rename {
    /// Reads `renamed_from`; what is no text is told where the word is read.
    fn new(kind: &'static str, new: &str, word: &Word) -> Option<Self> {
        let old = word.text();
        (!old.is_empty()).then(|| Self {
            kind,
            new: new.to_owned(),
            old,
            span: word.span,
        })
    }
}

/// What sqlx reads decides: the table must not hold what it cannot read.
fn json(words: &[Word], sqlx: &[Word]) -> Option<Json> {
    match find(sqlx, "json").map(|it| &it.value) {
        Some(Value::None | Value::Expr(_)) => Some(Json::NotNull),
        Some(Value::List(_)) => Some(Json::Nullable),
        None => find(words, "json").map(|_| Json::ByType),
    }
}

/// Returns a word of a list.
pub(crate) fn find<'a>(words: &'a [Word], name: &str) -> Option<&'a Word> {
    words.iter().find(|it| it.name == name)
}

/// Returns the path to `schema_core`.
pub(crate) fn root(words: &[Word], cx: &mut Ctxt) -> TokenStream {
    match find(words, "crate") {
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

/// Returns the rule of `#[sqlx(rename_all = "..")]`, if it is one.
pub(crate) fn rename_all(words: &[Word], cx: &mut Ctxt) -> Option<String> {
    let rule = sqlx_text(words, "rename_all")?;
    let known = case::rename(&rule, "x").is_some();
    if let (Some(word), false) = (find(words, "rename_all"), known) {
        let hint = symbol::did_you_mean(&rule, case::RULES.iter().copied());
        let all = case::RULES.join("`, `");
        cx.error(word.span, format!("`rename_all` is one of `{all}`{hint}"));
    }
    known.then_some(rule)
}

/// Returns the string of a word of `#[sqlx(..)]`.
pub(crate) fn sqlx_text(words: &[Word], name: &str) -> Option<String> {
    match &find(words, name)?.value {
        Value::Expr(Expr::Lit(ExprLit {
            lit: Lit::Str(text),
            ..
        })) => Some(text.value()),
        Value::None | Value::Expr(_) | Value::List(_) => None,
    }
}
