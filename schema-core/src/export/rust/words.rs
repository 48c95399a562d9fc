//! Keys, constraints and indexes as words of `#[sync(..)]`; `None` for what has no words.

use std::collections::BTreeMap;

use super::names::{is_column_of, raw};
use crate::schema::{
    Action, Constraint, ConstraintKind, DataType, Exclude, ExcludeElement, Ident, Index, IndexKey,
    IndexPart, Key, Name, Parameters, Quoted,
};

/// Fields by column.
pub(super) type Fields = BTreeMap<Ident, String>;

/// Writes a Rust string literal.
pub(super) fn text(value: impl ToString) -> String {
    let value = value.to_string();
    // Raw where that saves more than it costs: SQL is full of quotes.
    let quotes = value.matches('"').count();
    let plain = !value.contains("\"#") && !value.contains(['\\', '\r', '\n', '\t', '\0']);
    let printable = value.chars().all(|c| !c.is_control());
    if quotes > 1 && plain && printable && value.escape_debug().to_string().len() > value.len() {
        return format!("r#\"{value}\"#");
    }
    format!("{value:?}")
}

/// Writes a type as SQL.
pub(super) fn sql_type(ty: &DataType) -> String {
    match &ty.schema {
        Some(schema) => {
            let name = Name::new(schema.clone(), ty.name.as_str());
            ty.spell(&Quoted(&name).to_string())
        }
        None => ty.spell(&ty.name),
    }
}

/// Writes columns as the fields that they are.
pub(super) fn list(columns: &[Ident], fields: &Fields) -> String {
    let names: Vec<String> = columns.iter().map(|it| field(it, fields)).collect();
    names.join(", ")
}

fn field(column: &Ident, fields: &Fields) -> String {
    fields
        .get(column)
        .map_or_else(|| raw(column.as_str()), |field| raw(field))
}

/// Tells whether a key is nothing but its columns.
pub(super) fn plain(key: &Key) -> bool {
    *key == Key {
        columns: key.columns.clone(),
        ..Key::default()
    }
}

/// Returns a constraint with nothing but its name, its kind and when it is checked.
pub(super) fn sayable(constraint: &Constraint) -> bool {
    *constraint
        == Constraint {
            name: constraint.name.clone(),
            deferrable: constraint.deferrable,
            initially_deferred: constraint.initially_deferred,
            ..Constraint::new(constraint.kind.clone())
        }
}

/// `deferrable`, `initially_deferred` and the name, as far as they are to be said.
pub(super) fn endings(constraint: &Constraint, name: Option<&Ident>) -> Vec<String> {
    let mut words = Vec::new();
    if constraint.deferrable {
        words.push("deferrable".to_owned());
    }
    if constraint.initially_deferred {
        words.push("initially_deferred".to_owned());
    }
    words.extend(name.map(|name| format!("name = {}", text(name))));
    words
}

/// `unique(..)`.
pub(super) fn unique(
    constraint: &Constraint,
    key: &Key,
    name: Option<&Ident>,
    fields: &Fields,
) -> Option<String> {
    let said = Key {
        columns: key.columns.clone(),
        include: key.include.clone(),
        nulls_not_distinct: key.nulls_not_distinct,
        ..Key::default()
    };
    if said != *key || !sayable(constraint) {
        return None;
    }
    let mut words = vec![format!("columns({})", list(&key.columns, fields))];
    if !key.include.is_empty() {
        words.push(format!("include({})", list(&key.include, fields)));
    }
    if key.nulls_not_distinct {
        words.push("nulls_not_distinct".into());
    }
    words.extend(endings(constraint, name));
    Some(match words.len() {
        1 => format!("unique({})", list(&key.columns, fields)),
        _ => format!("unique({})", words.join(", ")),
    })
}

/// `check(..)`.
pub(super) fn check(constraint: &Constraint, name: Option<&Ident>) -> Option<String> {
    let ConstraintKind::Check { expr, no_inherit } = &constraint.kind else {
        return None;
    };
    if !sayable(constraint) || constraint.deferrable {
        return None;
    }
    if name.is_none() && !no_inherit {
        return Some(format!("check = {}", text(expr)));
    }
    let mut words: Vec<String> = Vec::new();
    words.extend(name.map(|name| format!("name = {}", text(name))));
    words.push(format!("expr = {}", text(expr)));
    if *no_inherit {
        words.push("no_inherit".into());
    }
    Some(format!("check({})", words.join(", ")))
}

/// `exclude(..)`.
pub(super) fn exclude(
    constraint: &Constraint,
    exclude: &Exclude,
    name: Option<&Ident>,
    fields: &Fields,
) -> Option<String> {
    let element = |it: &ExcludeElement| {
        let bare = IndexPart {
            nulls_first: it.part.nulls_first,
            ..IndexPart::of(it.part.key.clone())
        };
        let natural = it.part.nulls_first.is_none_or(|first| !first);
        let key = match &it.part.key {
            IndexKey::Column(column) => column.as_str(),
            IndexKey::Expr(expr) if fields.keys().any(|it| it.as_str() == expr.as_str()) => {
                return None;
            }
            IndexKey::Expr(expr) => expr.as_str(),
        };
        (bare == it.part && natural).then(|| format!("{} = {}", text(key), text(&it.operator)))
    };
    let elements: Vec<String> = exclude
        .elements
        .iter()
        .map(element)
        .collect::<Option<_>>()?;
    let said = Exclude {
        method: exclude.method.clone(),
        elements: exclude.elements.clone(),
        predicate: exclude.predicate.clone(),
        ..Exclude::default()
    };
    if said != *exclude || !sayable(constraint) || constraint.deferrable {
        return None;
    }
    let mut words = vec![
        format!("method = {}", text(&exclude.method)),
        format!("elements({})", elements.join(", ")),
    ];
    words.extend(
        exclude
            .predicate
            .as_ref()
            .map(|it| format!("where = {}", text(it))),
    );
    words.extend(name.map(|name| format!("name = {}", text(name))));
    Some(format!("exclude({})", words.join(", ")))
}

/// `index(..)`.
pub(super) fn index(index: &Index, name: Option<&Ident>, fields: &Fields) -> Option<String> {
    let said = Index {
        name: index.name.clone(),
        unique: index.unique,
        method: index.method.clone(),
        parts: index.parts.clone(),
        include: index.include.clone(),
        nulls_not_distinct: index.nulls_not_distinct,
        predicate: index.predicate.clone(),
        with: index.with.clone(),
        ..Index::default()
    };
    let parts: Vec<Part> = index
        .parts
        .iter()
        .map(|it| part(it, index, fields))
        .collect::<Option<_>>()?;
    if said != *index || !keys_are_words(index.with.keys()) {
        return None;
    }
    let columns: Vec<&str> = parts.iter().map(|it| it.column.as_str()).collect();
    let mut words = vec![format!("columns({})", columns.join(", "))];
    if index.unique {
        words.push("unique".into());
    }
    if index.method != "btree" {
        words.push(format!("method = {}", text(&index.method)));
    }
    if let Some(predicate) = &index.predicate {
        words.push(format!("where = {}", text(predicate)));
    }
    if !index.include.is_empty() {
        words.push(format!("include({})", list(&index.include, fields)));
    }
    if index.nulls_not_distinct {
        words.push("nulls_not_distinct".into());
    }
    let pairs = |pick: fn(&Part) -> Option<&String>| -> Vec<String> {
        let all = parts.iter().filter_map(|it| Some((&it.key, pick(it)?)));
        all.map(|(key, value)| format!("{key} = {}", text(value)))
            .collect()
    };
    let opclasses = pairs(|it| it.opclass.as_ref());
    if !opclasses.is_empty() {
        words.push(format!("opclass({})", opclasses.join(", ")));
    }
    let collations = pairs(|it| it.collation.as_ref());
    if !collations.is_empty() {
        words.push(format!("collate({})", collations.join(", ")));
    }
    if !index.with.is_empty() {
        words.push(with(&index.with));
    }
    words.extend(name.map(|name| format!("name = {}", text(name))));
    Some(match words.len() {
        1 => format!("index({})", columns.join(", ")),
        _ => format!("index({})", words.join(", ")),
    })
}

/// A part of an index in words.
struct Part {
    /// As it stands in `columns(..)`.
    column: String,
    /// As it stands in `opclass(..)`.
    key: String,
    opclass: Option<String>,
    collation: Option<String>,
}

fn part(it: &IndexPart, index: &Index, fields: &Fields) -> Option<Part> {
    // The words find their part by the column's own name, or by the expression as it is written.
    let (key, found) = match &it.key {
        IndexKey::Column(name) => {
            let found = fields.get(name).is_some_and(|it| is_column_of(it, name));
            (field(name, fields), found)
        }
        IndexKey::Expr(expr) => (text(expr), true),
    };
    let special = it.opclass.is_some() || it.collation.is_some();
    let twins = index
        .parts
        .iter()
        .filter(|other| other.key == it.key)
        .count();
    if !it.opclass_options.is_empty() || (special && (!found || twins > 1)) {
        return None;
    }
    let collation = match &it.collation {
        None => None,
        Some(name) => match name.schema.as_ref().map(Ident::as_str) {
            None | Some("pg_catalog") => Some(name.name.as_str().to_owned()),
            Some(_) => return None,
        },
    };
    let mut column = key.clone();
    if it.descending {
        column.push_str(" desc");
    }
    match it.nulls_first {
        Some(true) if !it.descending => column.push_str(" nulls first"),
        Some(false) if it.descending => column.push_str(" nulls last"),
        Some(_) | None => {}
    }
    let opclass = it.opclass.clone();
    Some(Part {
        column,
        key,
        opclass,
        collation,
    })
}

/// Tells whether settings may stand as `key = ..`.
pub(super) fn keys_are_words<'a>(mut keys: impl Iterator<Item = &'a String>) -> bool {
    keys.all(|key| {
        let word = |it: &str| {
            let start = it.starts_with(|c: char| c.is_ascii_lowercase());
            start && it.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
        };
        key.split('.').all(word)
    })
}

/// `with(..)`.
pub(super) fn with(settings: &Parameters) -> String {
    let pairs = settings.iter().map(|(key, value)| {
        let plain = value.parse::<u64>().is_ok() || matches!(value.as_str(), "true" | "false");
        match plain {
            true => format!("{key} = {value}"),
            false => format!("{key} = {}", text(value)),
        }
    });
    format!("with({})", pairs.collect::<Vec<_>>().join(", "))
}

/// `on_delete = ..`, when it is not the default.
pub(super) fn action(word: &str, action: Action) -> Option<String> {
    let value = match action {
        Action::NoAction => return None,
        Action::Restrict => "restrict",
        Action::Cascade => "cascade",
        Action::SetNull => "set_null",
        Action::SetDefault => "set_default",
    };
    Some(format!("{word} = {value}"))
}
