//! A schema as Rust models: one file a table, which compile as they are.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use crate::schema::{
    Action, Column, Constraint, ConstraintKind, EnumType, ForeignKey, GeneratedKind, Ident, Index,
    IndexKey, IndexPart, Key, Match, Name, Schema, Table, UserType,
};

/// Models as files, and what they cannot say.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Models {
    /// File name to text; `mod.rs` is among them.
    pub files: BTreeMap<String, String>,
    /// What is in the database and in no model, for the reader.
    pub unsaid: Vec<String>,
}

/// Writes a normalized schema as Rust models.
pub fn rust(schema: &Schema) -> Models {
    let mut models = Models::default();
    let structs = struct_names(schema);
    let enums = enum_names(schema, &structs);
    let mut modules: BTreeMap<String, String> = BTreeMap::new();
    for (name, table) in &schema.tables {
        if table.partition_of.is_some() || !table.inherits.is_empty() {
            models
                .unsaid
                .push(format!("table {name}: is a partition or inherits"));
            continue;
        }
        let writer = Writer {
            schema,
            structs: &structs,
            enums: &enums,
            table,
        };
        let text = writer.model(&mut models.unsaid);
        modules.insert(module_name(&structs[name]), text);
    }
    let mut labels = String::new();
    for (name, ty) in &schema.types {
        match ty {
            UserType::Enum(ty) => labels.push_str(&enum_text(name, ty, &enums[name])),
            UserType::Domain(_) | UserType::Composite(_) | UserType::Range(_) => {
                models.unsaid.push(format!("{} {name}", ty.keyword()));
            }
        }
    }
    if !labels.is_empty() {
        let text = format!("//! Enumerations.\n\nuse schema_core::SyncEnum;\n{labels}");
        modules.insert("enums".into(), text);
    }
    for (name, sequence) in &schema.sequences {
        if sequence.owned_by.is_none() {
            models.unsaid.push(format!("sequence {name}"));
        }
    }
    models.unsaid.extend(
        schema
            .statistics
            .keys()
            .map(|name| format!("statistics {name}")),
    );
    models.unsaid.extend(
        schema
            .others
            .iter()
            .map(|other| format!("{} {}", other.kind, other.name)),
    );
    models
        .files
        .insert("mod.rs".into(), mod_text(&modules, &models.unsaid));
    for (module, text) in modules {
        models.files.insert(format!("{module}.rs"), text);
    }
    models
}

fn mod_text(modules: &BTreeMap<String, String>, unsaid: &[String]) -> String {
    let mut text = String::from("//! Models of the database, written by `sync introspect`.\n");
    if !unsaid.is_empty() {
        text.push_str("//!\n//! In the database and in no model:\n");
        for line in unsaid {
            let _ = writeln!(text, "//! - {}", line.replace('\n', " "));
        }
    }
    text.push('\n');
    for module in modules.keys() {
        let _ = writeln!(text, "mod {};", raw(module));
    }
    text.push('\n');
    for module in modules.keys() {
        let _ = writeln!(text, "pub use {}::*;", raw(module));
    }
    text
}

fn module_name(model: &str) -> String {
    let mut out = String::new();
    for (at, c) in model.chars().enumerate() {
        if c.is_uppercase() && at > 0 {
            out.push('_');
        }
        out.extend(c.to_lowercase());
    }
    if out == "enums" || out == "mod" {
        format!("{out}_table")
    } else {
        out
    }
}

/// A name of a struct for each table, without collisions.
fn struct_names(schema: &Schema) -> BTreeMap<Name, String> {
    unique_names(schema.tables.keys(), &BTreeSet::new())
}

fn enum_names(schema: &Schema, structs: &BTreeMap<Name, String>) -> BTreeMap<Name, String> {
    unique_names(schema.types.keys(), &structs.values().cloned().collect())
}

fn unique_names<'a>(
    names: impl Iterator<Item = &'a Name>,
    taken: &BTreeSet<String>,
) -> BTreeMap<Name, String> {
    let mut taken = taken.clone();
    let mut out = BTreeMap::new();
    for name in names {
        let stem = pascal(name.name.as_str());
        let mut candidate = stem.clone();
        let mut n = 2;
        // Names that the generated code itself uses.
        let reserved = [
            "String", "Vec", "Option", "Uuid", "Decimal", "DateTime", "Utc", "Value", "Self",
        ];
        while taken.contains(&candidate) || reserved.contains(&candidate.as_str()) {
            candidate = format!("{stem}{n}");
            n += 1;
        }
        taken.insert(candidate.clone());
        out.insert(name.clone(), candidate);
    }
    out
}

fn pascal(name: &str) -> String {
    let mut out = String::new();
    let mut upper = true;
    for c in name.chars() {
        if !c.is_alphanumeric() {
            upper = true;
        } else if upper {
            out.extend(c.to_uppercase());
            upper = false;
        } else {
            out.push(c);
        }
    }
    match out.chars().next() {
        Some(first) if first.is_numeric() => format!("T{out}"),
        Some(_) => out,
        None => "Unnamed".into(),
    }
}

/// A field for each column: snake case, raw where it is a keyword, without collisions.
fn field_names(table: &Table) -> BTreeMap<Ident, String> {
    let mut taken = BTreeSet::new();
    let mut out = BTreeMap::new();
    for column in &table.columns {
        let mut stem = String::new();
        let mut last_lower = false;
        for c in column.name.as_str().chars() {
            if !c.is_alphanumeric() && c != '_' {
                stem.push('_');
                last_lower = false;
                continue;
            }
            if c.is_uppercase() && last_lower {
                stem.push('_');
            }
            last_lower = c.is_lowercase() || c.is_numeric();
            stem.extend(c.to_lowercase());
        }
        if stem.is_empty() || stem.starts_with(char::is_numeric) || stem == "_" {
            stem = format!("column_{stem}");
        }
        let mut candidate = stem.clone();
        let mut n = 2;
        while !taken.insert(candidate.clone()) {
            candidate = format!("{stem}_{n}");
            n += 1;
        }
        out.insert(column.name.clone(), candidate);
    }
    out
}

const KEYWORDS: [&str; 51] = [
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "do", "dyn",
    "else", "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl", "in", "let",
    "loop", "macro", "match", "mod", "move", "mut", "override", "priv", "pub", "ref", "return",
    "static", "struct", "trait", "true", "try", "type", "typeof", "unsafe", "unsized", "use",
    "virtual", "where", "while", "yield", "union", "raw", "safe",
];

fn raw(name: &str) -> String {
    match name {
        "self" | "super" | "crate" | "Self" => format!("{name}_"),
        _ if KEYWORDS.contains(&name) => format!("r#{name}"),
        _ => name.to_owned(),
    }
}

/// A Rust string literal.
fn text(value: impl ToString) -> String {
    format!("{:?}", value.to_string())
}

fn docs(out: &mut String, indent: &str, comment: Option<&String>) {
    if let Some(comment) = comment {
        let _ = writeln!(out, "{indent}#[sync(comment = {})]", text(comment));
    }
}

fn enum_text(name: &Name, ty: &EnumType, model: &str) -> String {
    let mut out = String::new();
    let _ = writeln!(
        out,
        "\n#[derive(Clone, Copy, Debug, PartialEq, Eq, SyncEnum)]"
    );
    let schema = name
        .schema
        .as_ref()
        .filter(|schema| schema.as_str() != "public");
    if let Some(schema) = schema {
        let _ = writeln!(out, "#[sync(schema = {})]", text(schema));
    }
    docs(&mut out, "", ty.comment.as_ref());
    let _ = writeln!(out, "#[sqlx(type_name = {})]", text(&name.name));
    let _ = writeln!(out, "pub enum {model} {{");
    let mut taken = BTreeSet::new();
    for label in &ty.labels {
        let stem = pascal(label);
        let mut variant = if stem == "Self" {
            "Self_".into()
        } else {
            stem.clone()
        };
        let mut n = 2;
        while !taken.insert(variant.clone()) {
            variant = format!("{stem}{n}");
            n += 1;
        }
        let _ = writeln!(out, "    #[sqlx(rename = {})]", text(label));
        let _ = writeln!(out, "    {variant},");
    }
    out.push_str("}\n");
    out
}

struct Writer<'a> {
    schema: &'a Schema,
    structs: &'a BTreeMap<Name, String>,
    enums: &'a BTreeMap<Name, String>,
    table: &'a Table,
}

impl Writer<'_> {
    fn model(&self, unsaid: &mut Vec<String>) -> String {
        let table = self.table;
        let fields = field_names(table);
        let model = &self.structs[&table.name];
        let mut words = vec![format!("table = {}", text(&table.name.name))];
        if let Some(schema) = table
            .name
            .schema
            .as_ref()
            .filter(|name| name.as_str() != "public")
        {
            words.push(format!("schema = {}", text(schema)));
        }
        if table.options.unlogged {
            words.push("unlogged".into());
        }
        if table.options.strict {
            words.push("strict".into());
        }
        if table.options.without_rowid {
            words.push("without_rowid".into());
        }
        let mut body = String::new();
        let _ = writeln!(body, "#[sync({})]", words.join(", "));
        docs(&mut body, "", table.comment.as_ref());
        for constraint in table.constraints.iter().filter(|part| !part.inherited) {
            match self.constraint(constraint, &fields) {
                Some(line) => {
                    let _ = writeln!(body, "#[sync({line})]");
                }
                None => unsaid.push(format!(
                    "constraint {} of {}",
                    constraint.name.clone().unwrap_or_default(),
                    table.name
                )),
            }
        }
        for index in table.indexes.iter().filter(|part| !part.inherited) {
            let _ = writeln!(body, "#[sync({})]", index_word(index, &fields));
        }
        let _ = writeln!(body, "pub struct {model} {{");
        for column in &table.columns {
            self.column(&mut body, column, &fields[&column.name], unsaid);
        }
        body.push_str("}\n");
        let imports = if body.contains("super::") { "\n" } else { "" };
        let derive = "#[derive(Clone, Debug, SyncTable)]\n";
        format!(
            "//! Table `{}`.\n\nuse schema_core::SyncTable;\n{imports}\n{derive}{body}",
            table.name
        )
    }

    fn column(&self, out: &mut String, column: &Column, field: &str, unsaid: &mut Vec<String>) {
        let (ty, over) = self.rust_type(column);
        let mut words = Vec::new();
        if field != column.name.as_str() {
            words.push(format!("column = {}", text(&column.name)));
        }
        if let Some(over) = over {
            words.push(format!("type = {}", text(over)));
        }
        match &column.identity {
            Some(identity) if identity.always => words.push("identity = always".into()),
            Some(_) => words.push("identity".into()),
            None => {}
        }
        if let Some(default) = &column.default {
            words.push(format!("default = {}", text(default)));
        }
        if let Some(generated) = &column.generated {
            let word = match generated.kind {
                GeneratedKind::Stored => "generated",
                GeneratedKind::Virtual => "generated_virtual",
            };
            words.push(format!("{word} = {}", text(&generated.expr)));
        }
        if let Some(collation) = &column.collation {
            words.push(format!("collate = {}", text(&collation.name)));
        }
        if let Some(comment) = &column.comment {
            words.push(format!("comment = {}", text(comment)));
        }
        let odd = column.storage.is_some()
            || column.compression.is_some()
            || column.statistics.is_some()
            || !column.options.is_empty();
        if odd {
            unsaid.push(format!(
                "storage of column {}.{}",
                self.table.name, column.name
            ));
        }
        if !words.is_empty() {
            let _ = writeln!(out, "    #[sync({})]", words.join(", "));
        }
        let ty = if column.nullable {
            format!("Option<{ty}>")
        } else {
            ty
        };
        let _ = writeln!(out, "    pub {}: {ty},", raw(field));
    }

    /// The Rust type, and the SQL type where the Rust type does not say it.
    fn rust_type(&self, column: &Column) -> (String, Option<String>) {
        let ty = &column.ty;
        let (name, exact) = match (ty.user(), ty.name.as_str()) {
            (Some(name), _) => match self.schema.types.get(&name) {
                Some(UserType::Enum(_)) => (format!("super::{}", self.enums[&name]), true),
                Some(UserType::Domain(_) | UserType::Composite(_) | UserType::Range(_)) | None => {
                    ("String".to_owned(), false)
                }
            },
            (None, "boolean" | "BOOLEAN") => ("bool".into(), true),
            (None, "smallint") => ("i16".into(), true),
            (None, "integer") => ("i32".into(), true),
            (None, "bigint" | "INTEGER") => ("i64".into(), true),
            (None, "real") => ("f32".into(), true),
            (None, "double precision" | "REAL") => ("f64".into(), true),
            (None, "text" | "TEXT") => ("String".into(), true),
            (None, "bytea" | "BLOB") => ("Vec<u8>".into(), true),
            (None, "uuid") => ("uuid::Uuid".into(), true),
            (None, "jsonb") => ("serde_json::Value".into(), true),
            (None, "json") => ("serde_json::Value".into(), false),
            (None, "date") => ("chrono::NaiveDate".into(), true),
            (None, "time without time zone") => ("chrono::NaiveTime".into(), true),
            (None, "timestamp without time zone") => ("chrono::NaiveDateTime".into(), true),
            (None, "timestamp with time zone") => ("chrono::DateTime<chrono::Utc>".into(), true),
            (None, "numeric") => ("rust_decimal::Decimal".into(), true),
            (None, _) => ("String".into(), false),
        };
        let over = (!exact || !ty.modifiers.is_empty()).then(|| sql_type(column));
        let name = if ty.array && exact {
            format!("Vec<{name}>")
        } else {
            name
        };
        (name, over)
    }

    fn constraint(
        &self,
        constraint: &Constraint,
        fields: &BTreeMap<Ident, String>,
    ) -> Option<String> {
        if constraint.not_valid || constraint.not_enforced || constraint.comment.is_some() {
            return None;
        }
        let name = constraint
            .name
            .as_ref()
            .map(|name| format!("name = {}", text(name)));
        let mut words: Vec<String> = Vec::new();
        let word = match &constraint.kind {
            ConstraintKind::PrimaryKey(key) if plain(key) && !constraint.deferrable => {
                return Some(format!("primary_key({})", list(&key.columns, fields)));
            }
            ConstraintKind::PrimaryKey(_) => return None,
            ConstraintKind::Unique(key) => {
                if !key.with.is_empty() || key.tablespace.is_some() || key.without_overlaps {
                    return None;
                }
                words.push(format!("columns({})", list(&key.columns, fields)));
                if !key.include.is_empty() {
                    words.push(format!("include({})", list(&key.include, fields)));
                }
                if key.nulls_not_distinct {
                    words.push("nulls_not_distinct".into());
                }
                "unique"
            }
            ConstraintKind::Check { expr, no_inherit } => {
                words.push(format!("expr = {}", text(expr)));
                if *no_inherit {
                    words.push("no_inherit".into());
                }
                "check"
            }
            ConstraintKind::ForeignKey(key) => {
                self.foreign_key(key, fields, &mut words)?;
                "foreign_key"
            }
            ConstraintKind::Exclude(_) => return None,
        };
        words.extend(name);
        if constraint.deferrable {
            words.push("deferrable".into());
        }
        if constraint.initially_deferred {
            words.push("initially_deferred".into());
        }
        Some(format!("{word}({})", words.join(", ")))
    }

    fn foreign_key(
        &self,
        key: &ForeignKey,
        fields: &BTreeMap<Ident, String>,
        words: &mut Vec<String>,
    ) -> Option<()> {
        let other = self.schema.tables.get(&key.table)?;
        if key.period || !key.on_delete_columns.is_empty() || other.partition_of.is_some() {
            return None;
        }
        let model = self.structs.get(&key.table)?;
        let path = if key.table == self.table.name {
            model.clone()
        } else {
            format!("super::{model}")
        };
        words.push(format!("columns({})", list(&key.columns, fields)));
        words.push(format!(
            "references = {path}({})",
            list(&key.references, &field_names(other))
        ));
        for (word, action) in [("on_delete", key.on_delete), ("on_update", key.on_update)] {
            let value = match action {
                Action::NoAction => continue,
                Action::Restrict => "restrict",
                Action::Cascade => "cascade",
                Action::SetNull => "set_null",
                Action::SetDefault => "set_default",
            };
            words.push(format!("{word} = {value}"));
        }
        if key.matching == Match::Full {
            words.push("match = full".into());
        }
        Some(())
    }
}

fn sql_type(column: &Column) -> String {
    let ty = &column.ty;
    let quoted = |name: &str| crate::schema::Quoted(&Ident::new(name)).to_string();
    match &ty.schema {
        Some(schema) => {
            let name = format!("{}.{}", quoted(schema.as_str()), quoted(&ty.name));
            ty.spell(&name)
        }
        None => ty.spell(&ty.name),
    }
}

fn plain(key: &Key) -> bool {
    key.include.is_empty()
        && key.with.is_empty()
        && key.tablespace.is_none()
        && !key.without_overlaps
}

fn list(columns: &[Ident], fields: &BTreeMap<Ident, String>) -> String {
    let names: Vec<String> = columns
        .iter()
        .map(|column| {
            fields
                .get(column)
                .map_or_else(|| column.to_string(), |field| raw(field))
        })
        .collect();
    names.join(", ")
}

fn index_word(index: &Index, fields: &BTreeMap<Ident, String>) -> String {
    let parts: Vec<String> = index
        .parts
        .iter()
        .map(|part| part_word(part, fields))
        .collect();
    let mut words = vec![format!("columns({})", parts.join(", "))];
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
    let opclasses: Vec<String> = index
        .parts
        .iter()
        .filter_map(|part| {
            let IndexKey::Column(column) = &part.key else {
                return None;
            };
            let opclass = part.opclass.as_ref()?;
            let field = fields.get(column)?;
            Some(format!("{} = {}", raw(field), text(opclass)))
        })
        .collect();
    if !opclasses.is_empty() {
        words.push(format!("opclass({})", opclasses.join(", ")));
    }
    if !index.with.is_empty() {
        let with: Vec<String> = index
            .with
            .iter()
            .map(|(key, value)| format!("{key} = {}", text(value)))
            .collect();
        words.push(format!("with({})", with.join(", ")));
    }
    if let Some(name) = &index.name {
        words.push(format!("name = {}", text(name)));
    }
    format!("index({})", words.join(", "))
}

fn part_word(part: &IndexPart, fields: &BTreeMap<Ident, String>) -> String {
    let mut out = match &part.key {
        IndexKey::Column(column) => fields
            .get(column)
            .map_or_else(|| column.to_string(), |field| raw(field)),
        IndexKey::Expr(expr) => text(expr),
    };
    if part.descending {
        out.push_str(" desc");
    }
    match part.nulls_first {
        Some(true) if !part.descending => out.push_str(" nulls first"),
        Some(false) if part.descending => out.push_str(" nulls last"),
        Some(_) | None => {}
    }
    out
}
