//! A table as a struct, and the details of it that no word says.

use std::collections::BTreeMap;
use std::fmt::Write;

use super::names::{Names, is_column_of, raw};
use super::types::{self, RustType};
use super::words::{self, Fields, text};
use crate::dialect::postgres::normalize::sequence::sequence_options;
use crate::dialect::postgres::types::kept_null;
use crate::diff::own_name;
use crate::model::is_unique;
use crate::schema::{
    Action, Column, Constraint, ConstraintKind, DataType, Expr, Family, ForeignKey, GeneratedKind,
    Ident, Identity, IndexKey, IndexPart, Key, Match, Name, Parameters, Quoted, ReplicaIdentity,
    Schema, Sequence, SequenceOptions, Table, TableOptions, quote_literal, sequence_name,
};

/// A table in Rust.
pub(super) struct Model {
    /// The struct.
    pub(super) text: String,
    /// What is to be carried beside it.
    pub(super) details: Option<Table>,
    /// The details in words.
    pub(super) unsaid: Vec<String>,
    /// Sequences that a serial column says.
    pub(super) sequences: Vec<Name>,
}

/// Writes a table as a struct.
pub(super) fn model(family: Family, schema: &Schema, names: &Names, table: &Table) -> Model {
    let writer = Writer {
        family,
        schema,
        names,
        table,
        fields: &names.fields[&table.name],
        words: Vec::new(),
        on_fields: BTreeMap::new(),
        details: Table {
            name: table.name.clone(),
            ..Table::default()
        },
        unsaid: Vec::new(),
        sequences: Vec::new(),
    };
    writer.write()
}

struct Writer<'a> {
    family: Family,
    schema: &'a Schema,
    names: &'a Names,
    table: &'a Table,
    fields: &'a Fields,
    /// One attribute each, on the struct.
    words: Vec<String>,
    /// Words of fields, from keys and constraints of one column.
    on_fields: BTreeMap<Ident, Vec<String>>,
    details: Table,
    unsaid: Vec<String>,
    sequences: Vec<Name>,
}

impl Writer<'_> {
    fn write(mut self) -> Model {
        let table = self.table;
        let model = &self.names.structs[&table.name];
        let mut head = vec![format!("table = {}", text(&table.name.name))];
        if let Some(schema) = table
            .name
            .schema
            .as_ref()
            .filter(|it| it.as_str() != "public")
        {
            head.push(format!("schema = {}", text(schema)));
        }
        self.options(&mut head);
        for constraint in table.constraints.iter().filter(|part| !part.inherited) {
            self.constraint(constraint);
        }
        for index in table.indexes.iter().filter(|part| !part.inherited) {
            let name = index
                .name
                .as_ref()
                .filter(|name| **name != own_name::index(table, index));
            match (words::index(index, name, self.fields), index.parts.first()) {
                // `index(a)` of one column that is nothing more is a word of its field.
                (
                    Some(word),
                    Some(IndexPart {
                        key: IndexKey::Column(column),
                        ..
                    }),
                ) if !word.contains([',', ' ', '"']) && !self.has(column, "index") => {
                    self.say(column, "index".into());
                }
                (Some(word), _) => self.words.push(word),
                (None, _) => {
                    self.unsaid(format!(
                        "index {}",
                        Quoted(&index.name.clone().unwrap_or_default())
                    ));
                    self.details.indexes.push(index.clone());
                }
            }
        }
        self.partitions();
        let docs = Docs::of(table);
        if docs.word {
            head.push("docs".into());
        }
        let mut body = String::new();
        docs.write(&mut body, "", table.comment.as_ref());
        body.push_str("#[derive(Clone, Debug, PartialEq, SyncTable)]\n");
        if let Some(word) = docs.comment(table.comment.as_ref()) {
            head.push(word);
        }
        let _ = writeln!(body, "#[sync({})]", head.join(", "));
        for column in &table.columns {
            self.column_words(column);
        }
        for word in &self.words {
            let _ = writeln!(body, "#[sync({word})]");
        }
        let _ = writeln!(body, "pub struct {model} {{");
        for column in &table.columns {
            docs.write(&mut body, "    ", column.comment.as_ref());
            let mut words = self.on_fields.remove(&column.name).unwrap_or_default();
            words.extend(docs.comment(column.comment.as_ref()));
            if !words.is_empty() {
                let _ = writeln!(body, "    #[sync({})]", words.join(", "));
            }
            let RustType { name, .. } = self.rust_type(&column.ty);
            let name = if column.nullable && !self.in_key(column) {
                format!("Option<{name}>")
            } else {
                name
            };
            let _ = writeln!(body, "    pub {}: {name},", raw(&self.fields[&column.name]));
        }
        body.push_str("}\n");
        let bare = Table {
            name: table.name.clone(),
            ..Table::default()
        };
        Model {
            text: body,
            details: (self.details != bare).then_some(self.details),
            unsaid: self.unsaid,
            sequences: self.sequences,
        }
    }

    fn unsaid(&mut self, what: impl std::fmt::Display) {
        self.unsaid
            .push(format!("table {}: {what}", self.table.name));
    }

    fn rust_type(&self, ty: &DataType) -> RustType {
        types::rust_type(self.family, ty, self.schema, self.names, "super::")
    }

    fn in_key(&self, column: &Column) -> bool {
        let key = self.table.primary_key();
        key.is_some_and(|key| key.columns.contains(&column.name))
    }

    fn options(&mut self, head: &mut Vec<String>) {
        let options = &self.table.options;
        for (set, word) in [
            (options.unlogged, "unlogged"),
            (options.strict, "strict"),
            (options.without_rowid, "without_rowid"),
        ] {
            if set {
                head.push(word.into());
            }
        }
        let mut rest = TableOptions {
            unlogged: false,
            strict: false,
            without_rowid: false,
            tablespace: None,
            replica_identity: ReplicaIdentity::Default,
            ..options.clone()
        };
        let identity = match &options.replica_identity {
            ReplicaIdentity::Default => None,
            ReplicaIdentity::Full => Some("full".to_owned()),
            ReplicaIdentity::Nothing => Some("nothing".to_owned()),
            ReplicaIdentity::Index(name) => Some(text(name)),
        };
        head.extend(identity.map(|it| format!("replica_identity = {it}")));
        if !options.with.is_empty() && words::keys_are_words(options.with.keys()) {
            rest.with = Parameters::new();
            head.push(words::with(&options.with));
        }
        head.extend(
            options
                .tablespace
                .as_ref()
                .map(|it| format!("tablespace = {}", text(it))),
        );
        if rest == TableOptions::default() {
            return;
        }
        let mut what = Vec::new();
        if !rest.with.is_empty() {
            what.push("storage parameters");
        }
        if rest.row_security || rest.row_security_forced {
            what.push("row-level security");
        }
        if rest.access_method.is_some() {
            what.push("the access method");
        }
        if rest.clustered_on.is_some() {
            what.push("the index of CLUSTER");
        }
        self.unsaid(what.join(", "));
        self.details.options = rest;
    }

    /// How it is spread, and whose part it is.
    fn partitions(&mut self) {
        let table = self.table;
        if !table.inherits.is_empty() {
            let above: Vec<String> = table.inherits.iter().map(Name::to_string).collect();
            self.unsaid(format!("inherits from {}", above.join(", ")));
            self.details.inherits.clone_from(&table.inherits);
        }
        if let Some(of_type) = &table.of_type {
            self.unsaid(format!("table of type {of_type}"));
            self.details.of_type = Some(of_type.clone());
        }
        let Some(partition_by) = &table.partition_by else {
            return;
        };
        if partition_by.key.as_str() == Quoted(&partition_by.columns).to_string() {
            let columns = words::list(&partition_by.columns, self.fields);
            let strategy = &partition_by.strategy;
            self.words
                .push(format!("partition_by({strategy}({columns}))"));
        } else {
            self.unsaid("how it is partitioned");
            self.details.partition_by = Some(partition_by.clone());
        }
    }

    fn has(&self, column: &Ident, word: &str) -> bool {
        let words = self.on_fields.get(column);
        words.is_some_and(|it| it.iter().any(|it| it == word))
    }

    fn say(&mut self, column: &Ident, word: String) {
        self.on_fields.entry(column.clone()).or_default().push(word);
    }

    fn constraint(&mut self, constraint: &Constraint) {
        let table = self.table;
        let own = constraint
            .name
            .as_ref()
            .is_none_or(|name| *name == own_name::constraint(table, constraint));
        let name = constraint.name.as_ref().filter(|_| !own);
        let plain = own && words::sayable(constraint);
        let word = match &constraint.kind {
            ConstraintKind::PrimaryKey(key) => {
                self.primary_key(constraint, key, own);
                return;
            }
            ConstraintKind::Unique(key) => match key.columns.as_slice() {
                [column] if plain && words::plain(key) && !constraint.deferrable => {
                    self.say(column, "unique".into());
                    return;
                }
                _ => words::unique(constraint, key, name, self.fields),
            },
            ConstraintKind::Check { .. } => {
                let word = words::check(constraint, name);
                match (word, own_name::check_column(table, constraint)) {
                    (Some(word), Some(column)) if word.starts_with("check = ") => {
                        self.say(&column, word);
                        return;
                    }
                    (word, _) => word,
                }
            }
            ConstraintKind::ForeignKey(key) => {
                if self.foreign_key(constraint, key, name) {
                    return;
                }
                None
            }
            ConstraintKind::Exclude(exclude) => {
                words::exclude(constraint, exclude, name, self.fields)
            }
        };
        match word {
            Some(word) => self.words.push(word),
            None => {
                self.unsaid(match &constraint.name {
                    Some(name) => format!("constraint {}", Quoted(name)),
                    None => unnamed(constraint),
                });
                self.details.constraints.push(constraint.clone());
            }
        }
    }

    /// A key is always said, for those that refer to it; what is odd about it is carried.
    fn primary_key(&mut self, constraint: &Constraint, key: &Key, own: bool) {
        match key.columns.as_slice() {
            [column] => self
                .on_fields
                .entry(column.clone())
                .or_default()
                .insert(0, "primary_key".into()),
            columns => {
                let columns = words::list(columns, self.fields);
                self.words.insert(0, format!("primary_key({columns})"));
            }
        }
        let plain = own && words::sayable(constraint) && words::plain(key);
        if !plain || constraint.deferrable {
            let what = match &constraint.name {
                Some(name) if !own => format!("the name of its primary key, {}", Quoted(name)),
                Some(_) | None => "the details of its primary key".into(),
            };
            self.unsaid(what);
            self.details.constraints.push(constraint.clone());
        }
    }

    /// Says a foreign key, if there are words for it.
    fn foreign_key(
        &mut self,
        constraint: &Constraint,
        key: &ForeignKey,
        name: Option<&Ident>,
    ) -> bool {
        let sets_null = [key.on_delete, key.on_update].contains(&Action::SetNull);
        let never_null = |it: &Ident| self.table.column(it).is_none_or(|it| !it.nullable);
        if !words::sayable(constraint)
            || key.period
            || !key.on_delete_columns.is_empty()
            || (sets_null && key.columns.iter().any(never_null))
        {
            return false;
        }
        let single = key.columns.len() == 1 && key.references.len() == 1;
        let on_field = single && name.is_none() && key.matching == Match::Simple && {
            let words = self.on_fields.get(&key.columns[0]);
            !words.is_some_and(|it| it.iter().any(|word| word.starts_with("references = ")))
        };
        let Some(target) = self.target(key, on_field) else {
            return false;
        };
        let mut words = Vec::new();
        if !on_field {
            words.push(format!(
                "columns({})",
                words::list(&key.columns, self.fields)
            ));
        }
        words.push(format!("references = {target}"));
        words.extend(words::action("on_delete", key.on_delete));
        words.extend(words::action("on_update", key.on_update));
        if key.matching == Match::Full {
            words.push("match = full".into());
        }
        words.extend(words::endings(constraint, name));
        if on_field {
            words
                .into_iter()
                .for_each(|word| self.say(&key.columns[0], word));
        } else {
            self.words
                .push(format!("foreign_key({})", words.join(", ")));
        }
        true
    }

    /// What a foreign key points to: a model, or a name where the types differ.
    fn target(&self, key: &ForeignKey, on_field: bool) -> Option<String> {
        let other = self.schema.tables.get(&key.table)?;
        let ty = |table: &Table, column: &Ident| table.column(column).map(|it| it.ty.clone());
        // SQLite takes one that refers to what is not there, or not unique.
        let pairs = key.references.len() == key.columns.len();
        if !pairs || !is_unique(other, &key.references) {
            return None;
        }
        let mut pairs = key.columns.iter().zip(&key.references);
        let alike = pairs.all(|(here, there)| ty(self.table, here) == ty(other, there));
        if let Some(model) = self.names.structs.get(&key.table).filter(|_| alike) {
            let path = if key.table == self.table.name {
                model.clone()
            } else {
                format!("super::{model}")
            };
            let fields = &self.names.fields[&key.table];
            let list = words::list(&key.references, fields);
            // The macro tells a field from a model by its first letter.
            let small = list
                .trim_start_matches("r#")
                .starts_with(|c: char| c.is_lowercase() || c == '_');
            return match (on_field, small) {
                (true, true) => Some(format!("{path}::{list}")),
                (true, false) => None,
                (false, _) => Some(format!("{path}({list})")),
            };
        }
        let odd = |it: &str| it.contains(['.', '(', ')', ',']) || it.trim() != it;
        let parts = key
            .references
            .iter()
            .chain([&key.table.name])
            .chain(&key.table.schema);
        let mut parts = parts.map(Ident::as_str);
        if parts.any(odd) {
            return None;
        }
        let columns: Vec<&str> = key.references.iter().map(Ident::as_str).collect();
        let table = match &key.table.schema {
            Some(schema) if schema.as_str() != "public" => format!("{schema}.{}", key.table.name),
            Some(_) | None => key.table.name.to_string(),
        };
        Some(text(format!("{table}({})", columns.join(", "))))
    }

    fn column_words(&mut self, column: &Column) {
        let mut words = Vec::new();
        let field = &self.fields[&column.name];
        if !is_column_of(field, &column.name) {
            words.push(format!("column = {}", text(&column.name)));
        }
        let mut detail = Column {
            name: column.name.clone(),
            not_null_unvalidated: column.not_null_unvalidated,
            not_null_name: column.not_null_name.clone(),
            not_null_no_inherit: column.not_null_no_inherit,
            not_null_local: (column.not_null_local).filter(|_| !self.table.inherits.is_empty()),
            not_null_comment: column.not_null_comment.clone(),
            storage: column.storage.clone(),
            compression: column.compression.clone(),
            statistics: column.statistics,
            options: column.options.clone(),
            inherited: column.inherited && !self.table.inherits.is_empty(),
            nullable: column.nullable && self.in_key(column),
            ..Column::default()
        };
        let serial = self.serial(column);
        match &serial {
            Some((word, sequence)) => {
                words.push(format!("type = \"{word}\""));
                self.sequences.push(sequence.clone());
            }
            None => words.extend(self.rust_type(&column.ty).word),
        }
        if let Some(identity) = &column.identity {
            match self.identity(identity, &column.ty) {
                Some(word) => words.push(word),
                None => detail.identity = Some(identity.clone()),
            }
            // What the word does not say is carried whole.
            let more = identity.sequence.is_some()
                || identity.logged.is_some()
                || identity.comment.is_some();
            if more || more_than_words(&identity.options) {
                detail.identity = Some(identity.clone());
            }
        }
        if let Some(default) = column.default.as_ref().filter(|_| serial.is_none()) {
            // A model's NULL is no default; this one is what a server keeps of it.
            let word = kept_null(&column.ty).is_some_and(|it| it == default.as_str());
            if default.as_str().starts_with("NULL") && !word {
                detail.default = Some(default.clone());
            } else {
                words.push(format!("default = {}", text(default)));
            }
        }
        if let Some(generated) = &column.generated {
            let word = match generated.kind {
                GeneratedKind::Stored => "generated",
                GeneratedKind::Virtual => "generated_virtual",
            };
            words.push(format!("{word} = {}", text(&generated.expr)));
        }
        if let Some(collation) = &column.collation {
            match collation.schema.as_ref().map(Ident::as_str) {
                None | Some("pg_catalog") => {
                    words.push(format!("collate = {}", text(&collation.name)));
                }
                Some(_) => detail.collation = Some(collation.clone()),
            }
        }
        self.unsaid.extend(unsaid_column(&self.table.name, &detail));
        let bare = Column {
            name: column.name.clone(),
            ..Column::default()
        };
        if detail != bare {
            self.details.columns.push(detail);
        }
        let own = self.on_fields.entry(column.name.clone()).or_default();
        // The key first, then what the column is, then what it must be.
        let at = usize::from(own.first().is_some_and(|word| word == "primary_key"));
        own.splice(at..at, words);
    }

    fn identity(&self, identity: &Identity, ty: &DataType) -> Option<String> {
        if self.family == Family::Sqlite {
            return Some("autoincrement".into());
        }
        if !matches!(ty.name.as_str(), "smallint" | "integer" | "bigint") || ty.schema.is_some() {
            return None;
        }
        let options = &identity.options;
        let mut words = Vec::new();
        words.extend(options.start.map(|it| format!("start = {it}")));
        words.extend(options.increment.map(|it| format!("increment = {it}")));
        Some(match (identity.always, words.is_empty()) {
            (true, true) => "identity = always".into(),
            (false, true) => "identity".into(),
            (true, false) => format!("identity(always, {})", words.join(", ")),
            (false, false) => format!("identity({})", words.join(", ")),
        })
    }

    /// Returns `bigserial` and the sequence, where that says all about a column and its sequence.
    fn serial(&self, column: &Column) -> Option<(&'static str, Name)> {
        let word = match (column.ty.name.as_str(), &column.ty.schema) {
            ("smallint", None) => "smallserial",
            ("integer", None) => "serial",
            ("bigint", None) => "bigserial",
            _ => return None,
        };
        let name = sequence_name(&self.table.name, &column.name);
        let sequence = self.schema.sequences.get(&name)?;
        let quoted = quote_literal(&Quoted(&name).to_string());
        let default = Expr::new(format!("nextval({quoted}::regclass)"));
        let said = Sequence {
            ty: column.ty.clone(),
            options: sequence_options(&SequenceOptions::default(), &column.ty),
            owned_by: Some((self.table.name.clone(), column.name.clone())),
            ..Sequence::default()
        };
        let all = column.default.as_ref() == Some(&default) && !column.nullable && !column.ty.array;
        (all && *sequence == said).then_some((word, name))
    }
}

fn more_than_words(options: &SequenceOptions) -> bool {
    *options
        != SequenceOptions {
            start: options.start,
            increment: options.increment,
            ..SequenceOptions::default()
        }
}

/// Calls a constraint by what it is.
fn unnamed(constraint: &Constraint) -> String {
    match &constraint.kind {
        ConstraintKind::PrimaryKey(key) => format!("primary key {}", columns(&key.columns)),
        ConstraintKind::Unique(key) => {
            let action = key.on_conflict.as_deref().unwrap_or_default();
            let on = if action.is_empty() {
                ""
            } else {
                " on conflict "
            };
            let action = action.to_ascii_lowercase();
            format!("unique {}{on}{action}", columns(&key.columns))
        }
        ConstraintKind::Check { expr, .. } => format!("check {expr}"),
        ConstraintKind::ForeignKey(key) => {
            format!("foreign key {} to {}", columns(&key.columns), key.table)
        }
        ConstraintKind::Exclude(_) => "an exclusion constraint".into(),
    }
}

fn columns(names: &[Ident]) -> String {
    let names: Vec<&str> = names.iter().map(Ident::as_str).collect();
    format!("({})", names.join(", "))
}

fn unsaid_column(table: &Name, detail: &Column) -> Option<String> {
    let mut what = Vec::new();
    for (set, word) in [
        (detail.nullable, "in the key and may be NULL"),
        (detail.not_null_unvalidated, "NOT NULL is not validated"),
        (detail.not_null_name.is_some(), "the name of NOT NULL"),
        (detail.not_null_no_inherit, "NOT NULL is not inherited"),
        (
            detail.not_null_local.is_some(),
            "whether NOT NULL is its own",
        ),
        (detail.not_null_comment.is_some(), "the comment on NOT NULL"),
        (detail.identity.is_some(), "the options of its sequence"),
        (detail.default.is_some(), "the default"),
        (detail.collation.is_some(), "the collation"),
        (detail.storage.is_some(), "the storage"),
        (detail.compression.is_some(), "the compression"),
        (detail.statistics.is_some(), "the statistics target"),
        (!detail.options.is_empty(), "attribute options"),
    ] {
        if set {
            what.push(word);
        }
    }
    (!what.is_empty()).then(|| format!("column {table}.{}: {}", detail.name, what.join(", ")))
}

/// Comments: doc comments where that gives them back as they are, else `comment = ".."`.
struct Docs {
    word: bool,
}

impl Docs {
    fn of(table: &Table) -> Self {
        let columns = table.columns.iter().filter_map(|it| it.comment.as_ref());
        let mut comments = table.comment.iter().chain(columns);
        Self {
            word: comments.any(|it| is_doc(it)),
        }
    }

    fn write(&self, out: &mut String, indent: &str, comment: Option<&String>) {
        let Some(comment) = comment.filter(|it| is_doc(it)) else {
            return;
        };
        for line in comment.split('\n') {
            let blank = if line.is_empty() { "" } else { " " };
            let _ = writeln!(out, "{indent}///{blank}{line}");
        }
    }

    fn comment(&self, comment: Option<&String>) -> Option<String> {
        let comment = comment.filter(|it| !is_doc(it))?;
        Some(format!("comment = {}", text(comment)))
    }
}

/// Tells whether a doc comment gives the text back: the macro trims its lines.
fn is_doc(comment: &str) -> bool {
    let lines = comment.split('\n').map(str::trim);
    let back = lines.collect::<Vec<_>>().join("\n");
    back.trim() == comment
        && !comment.is_empty()
        && !comment.chars().any(|c| c.is_control() && c != '\n')
}

/// Columns of a partition are its parent's; returns what a model says of it, if that is all there is.
pub(super) fn partition_word(partition: &Table, parent: &Table) -> Option<String> {
    let bound = &partition.partition_of.as_ref()?.bound;
    let plain = |column: &Column| Column {
        inherited: false,
        not_null_name: None,
        ..column.clone()
    };
    let alike = |column: &Column| {
        parent.column(&column.name).is_some_and(|above| {
            // A partition has the NOT NULL of the table above, under its name.
            let named = column.nullable
                || column.not_null_name == above.not_null_name
                || column.name_of_not_null(&partition.name) == above.name_of_not_null(&parent.name);
            named && plain(column) == plain(above)
        })
    };
    let said = Table {
        name: partition.name.clone(),
        columns: partition.columns.clone(),
        constraints: partition
            .constraints
            .iter()
            .filter(|it| it.inherited)
            .cloned()
            .collect(),
        indexes: partition
            .indexes
            .iter()
            .filter(|it| it.inherited)
            .cloned()
            .collect(),
        partition_of: partition.partition_of.clone(),
        ..Table::default()
    };
    if said != *partition
        || partition.name.schema != parent.name.schema
        || partition.columns.len() != parent.columns.len()
        || !partition.columns.iter().all(alike)
    {
        return None;
    }
    let name = format!("name = {}", text(&partition.name.name));
    if bound == "DEFAULT" {
        return Some(format!("partition({name}, default)"));
    }
    let rest = bound.strip_prefix("FOR VALUES ")?;
    if let Some(rest) = rest.strip_prefix("FROM ") {
        let (from, rest) = bound_values(rest)?;
        let (to, rest) = bound_values(rest.strip_prefix(" TO ")?)?;
        let said = |values: Vec<String>| match &values[..] {
            [one] => one.clone(),
            several => format!("({})", several.join(", ")),
        };
        let (from, to) = (said(from), said(to));
        return rest
            .is_empty()
            .then(|| format!("partition({name}, from = {from}, to = {to})"));
    }
    if let Some(rest) = rest.strip_prefix("WITH (modulus ") {
        let (modulus, remainder) = rest.strip_suffix(')')?.split_once(", remainder ")?;
        let number = |it: &str| it.chars().all(|c| c.is_ascii_digit());
        return (number(modulus) && number(remainder))
            .then(|| format!("partition({name}, modulus = {modulus}, remainder = {remainder})"));
    }
    let (items, rest) = bound_values(rest.strip_prefix("IN ")?)?;
    rest.is_empty()
        .then(|| format!("partition({name}, in({}))", items.join(", ")))
}

/// Reads the values of a bound that stand in parentheses, and what follows them.
fn bound_values(sql: &str) -> Option<(Vec<String>, &str)> {
    let mut rest = sql.strip_prefix('(')?;
    let mut values = Vec::new();
    loop {
        let (value, after) = bound_value(rest)?;
        values.push(value);
        match after.strip_prefix(')') {
            Some(end) => return Some((values, end)),
            None => rest = after.strip_prefix(", ")?,
        }
    }
}

/// A value of a bound as Rust, and what follows it: `'2024-01-01'` is a string, `10` a number.
fn bound_value(sql: &str) -> Option<(String, &str)> {
    if let Some(mut rest) = sql.strip_prefix('\'') {
        let mut said = String::new();
        loop {
            let (part, after) = rest.split_once('\'')?;
            said.push_str(part);
            match after.strip_prefix('\'') {
                Some(more) => {
                    said.push('\'');
                    rest = more;
                }
                None => return Some((text(said), after)),
            }
        }
    }
    let (word, rest) = sql.split_at(sql.find([',', ')'])?);
    let truth = word.to_lowercase();
    if matches!(truth.as_str(), "true" | "false") {
        return Some((truth, rest));
    }
    let number = word.strip_prefix('-').unwrap_or(word);
    let mut digits = number.splitn(2, '.');
    let is_number = digits.all(|it| !it.is_empty() && it.chars().all(|c| c.is_ascii_digit()));
    let is_word = matches!(word, "MINVALUE" | "MAXVALUE" | "NULL");
    (is_number || is_word).then(|| (word.to_owned(), rest))
}
