//! Reads `#[sync(..)]`, and the words of `#[sqlx(..)]` that rename or skip.

use proc_macro2::{Span, TokenStream};
use quote::ToTokens;
use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream, Parser};
use syn::punctuated::Punctuated;
use syn::{Attribute, Expr, ExprLit, Ident, Lit, Token, parenthesized};

use crate::ctxt::Ctxt;
use crate::symbol;

/// One word: `skip`, `table = ".."`, `index(..)`.
pub(crate) struct Word {
    pub(crate) name: String,
    pub(crate) span: Span,
    pub(crate) value: Value,
}

/// What follows a word.
pub(crate) enum Value {
    None,
    Expr(Expr),
    List(TokenStream),
}

impl Parse for Word {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let ident = input.call(Ident::parse_any)?;
        let value = if input.peek(Token![=]) {
            input.parse::<Token![=]>()?;
            Value::Expr(input.parse()?)
        } else if input.peek(syn::token::Paren) {
            let content;
            parenthesized!(content in input);
            Value::List(content.parse()?)
        } else {
            Value::None
        };
        Ok(Self {
            name: ident.unraw().to_string(),
            span: ident.span(),
            value,
        })
    }
}

impl Word {
    /// Returns the string after `=`.
    pub(crate) fn string(&self, cx: &mut Ctxt) -> Option<String> {
        if let Value::Expr(Expr::Lit(ExprLit {
            lit: Lit::Str(text),
            ..
        })) = &self.value
        {
            // A column of SQLite need not have a type.
            let may = matches!(self.name.as_str(), "comment" | "sqlite");
            if text.value().is_empty() && !may {
                let cure = match self.name.as_str() {
                    "default" => ", it is SQL; for an empty text `default_value = \"\"`",
                    _ => "",
                };
                cx.error(
                    text.span(),
                    format!("`{}` must not be empty{cure}", self.name),
                );
            }
            return Some(text.value());
        }
        let other = match self.name.as_str() {
            "default" => ", which is SQL; for a value of Rust `default_value = ..`",
            _ => "",
        };
        cx.error(
            self.span,
            format!("`{0}` wants a string: `{0} = \"..\"`{other}", self.name),
        );
        None
    }

    /// Checks that nothing follows.
    pub(crate) fn flag(&self, cx: &mut Ctxt) -> bool {
        if !matches!(self.value, Value::None) {
            cx.error(self.span, format!("`{}` takes no value", self.name));
        }
        true
    }

    /// Returns the words in the parentheses.
    pub(crate) fn words(&self, cx: &mut Ctxt, known: &[&str]) -> Vec<Self> {
        let Value::List(list) = &self.value else {
            cx.error(
                self.span,
                format!("`{0}` wants parentheses: `{0}(..)`", self.name),
            );
            return Vec::new();
        };
        let words = parse(list.clone(), cx);
        check_known(&words, known, &[], cx);
        words
    }

    /// Returns `key = value` pairs in the parentheses.
    pub(crate) fn pairs(&self, cx: &mut Ctxt) -> Vec<Pair> {
        let Value::List(list) = &self.value else {
            cx.error(
                self.span,
                format!("`{0}` wants parentheses: `{0}(key = ..)`", self.name),
            );
            return Vec::new();
        };
        match Punctuated::<Pair, Token![,]>::parse_terminated.parse2(list.clone()) {
            Ok(pairs) => {
                let pairs: Vec<Pair> = pairs.into_iter().collect();
                for (n, pair) in pairs.iter().enumerate() {
                    if pairs[..n].iter().any(|it| it.key == pair.key) {
                        cx.error(pair.span, format!("`{}` is said twice", pair.key));
                    }
                }
                pairs
            }
            Err(error) => {
                cx.syn(error);
                Vec::new()
            }
        }
    }

    /// Returns the value as text, a string without its quotes.
    pub(crate) fn text(&self) -> String {
        match &self.value {
            Value::Expr(expr) => text(expr),
            Value::List(list) => list.to_string(),
            Value::None => String::new(),
        }
    }
}

/// A setting: `fillfactor = 70`, `toast.autovacuum_enabled = false`, `"lower(email)" = "text_pattern_ops"`.
pub(crate) struct Pair {
    pub(crate) key: String,
    pub(crate) span: Span,
    pub(crate) value: String,
}

impl Parse for Pair {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let span = input.span();
        let mut key = match input.peek(syn::LitStr) {
            true => input.parse::<syn::LitStr>()?.value(),
            false => input.call(Ident::parse_any)?.unraw().to_string(),
        };
        while input.peek(Token![.]) {
            input.parse::<Token![.]>()?;
            key = format!("{key}.{}", input.call(Ident::parse_any)?.unraw());
        }
        input.parse::<Token![=]>()?;
        let value = text(&input.parse()?);
        Ok(Self { key, span, value })
    }
}

/// A column in a list: `placed_at desc nulls last`, `"lower(email)"`.
pub(crate) struct Part {
    pub(crate) text: String,
    pub(crate) span: Span,
    pub(crate) expr: bool,
    pub(crate) descending: bool,
    pub(crate) nulls_first: Option<bool>,
}

impl Parse for Part {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let mut part = Self {
            text: String::new(),
            span: input.span(),
            expr: false,
            descending: false,
            nulls_first: None,
        };
        if input.peek(syn::LitStr) {
            part.text = input.parse::<syn::LitStr>()?.value();
            part.expr = true;
        } else {
            part.text = input.call(Ident::parse_any)?.unraw().to_string();
        }
        let mut ordered = false;
        while !input.is_empty() && !input.peek(Token![,]) {
            let word = input.call(Ident::parse_any)?;
            let twice = match word.to_string().as_str() {
                "asc" | "desc" => std::mem::replace(&mut ordered, true),
                "nulls" => part.nulls_first.is_some(),
                _ => false,
            };
            if twice {
                return Err(syn::Error::new(
                    word.span(),
                    format!("the order of `{}` is said twice", part.text),
                ));
            }
            match word.to_string().as_str() {
                "asc" => {}
                "desc" => part.descending = true,
                "nulls" => {
                    let place = input.call(Ident::parse_any)?;
                    part.nulls_first = match place.to_string().as_str() {
                        "first" => Some(true),
                        "last" => Some(false),
                        _ => {
                            return Err(syn::Error::new(
                                place.span(),
                                "`nulls` is `first` or `last`",
                            ));
                        }
                    };
                }
                other => {
                    let hint =
                        symbol::did_you_mean(&other.to_lowercase(), ["asc", "desc", "nulls"]);
                    return Err(syn::Error::new(
                        word.span(),
                        format!("unknown order `{other}`{hint}"),
                    ));
                }
            }
        }
        Ok(part)
    }
}

/// Parses the columns of a list.
pub(crate) fn parts(list: &TokenStream, cx: &mut Ctxt) -> Vec<Part> {
    match Punctuated::<Part, Token![,]>::parse_terminated.parse2(list.clone()) {
        Ok(parts) => parts.into_iter().collect(),
        Err(error) => {
            cx.syn(error);
            Vec::new()
        }
    }
}

/// Returns an expression as text, a string without its quotes.
fn text(expr: &Expr) -> String {
    match expr {
        Expr::Lit(ExprLit {
            lit: Lit::Str(text),
            ..
        }) => text.value(),
        other => other.to_token_stream().to_string(),
    }
}

fn parse(list: TokenStream, cx: &mut Ctxt) -> Vec<Word> {
    match Punctuated::<Word, Token![,]>::parse_terminated.parse2(list) {
        Ok(words) => words.into_iter().collect(),
        Err(error) => {
            cx.syn(error);
            Vec::new()
        }
    }
}

/// Returns the words of all `#[sync(..)]`.
pub(crate) fn sync(
    attrs: &[Attribute],
    known: &[&str],
    repeated: &[&str],
    cx: &mut Ctxt,
) -> Vec<Word> {
    let mut words = Vec::new();
    for attr in attrs.iter().filter(|it| it.path().is_ident("sync")) {
        match attr.meta.require_list() {
            Ok(list) => words.extend(parse(list.tokens.clone(), cx)),
            Err(error) => cx.syn(error),
        }
    }
    check_known(&words, known, repeated, cx);
    words
}

/// Returns the words of all `#[sqlx(..)]`; what is wrong there is for sqlx to say.
pub(crate) fn sqlx(attrs: &[Attribute]) -> Vec<Word> {
    let lists = attrs.iter().filter(|it| it.path().is_ident("sqlx"));
    let lists = lists.filter_map(|it| it.meta.require_list().ok());
    lists
        .flat_map(|it| parse(it.tokens.clone(), &mut Ctxt::default()))
        .collect()
}

/// Returns where a word stands that stands in the wrong place.
fn elsewhere(word: &str, known: &[&str]) -> Option<&'static str> {
    let places = [
        (symbol::FIELD, symbol::TABLE, "struct"),
        (symbol::TABLE, symbol::FIELD, "field"),
    ];
    let mut places = places.into_iter().filter(|it| it.0 == known);
    places.find_map(|(_, other, place)| other.contains(&word).then_some(place))
}

fn check_known(words: &[Word], known: &[&str], repeated: &[&str], cx: &mut Ctxt) {
    for (n, word) in words.iter().enumerate() {
        if !known.contains(&word.name.as_str()) {
            let hint = match elsewhere(&word.name, known) {
                Some(place) => format!(" here; it stands on the {place}"),
                None => symbol::did_you_mean(&word.name, known.iter().copied()),
            };
            cx.error(word.span, format!("unknown word `{}`{hint}", word.name));
        } else if !repeated.contains(&word.name.as_str())
            && words[..n].iter().any(|it| it.name == word.name)
        {
            cx.error(word.span, format!("`{}` is said twice", word.name));
        }
    }
}

/// Returns the doc comment, its lines joined.
pub(crate) fn docs(attrs: &[Attribute]) -> Option<String> {
    let lines: Vec<String> = attrs
        .iter()
        .filter(|it| it.path().is_ident("doc"))
        .filter_map(|it| match &it.meta.require_name_value().ok()?.value {
            Expr::Lit(ExprLit {
                lit: Lit::Str(text),
                ..
            }) => Some(text.value().trim().to_owned()),
            _ => None,
        })
        .collect();
    let text = lines.join("\n").trim().to_owned();
    (!text.is_empty()).then_some(text)
}
