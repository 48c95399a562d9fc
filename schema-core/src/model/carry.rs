//! What models cannot say, in a file that they include: `schema_core::carry!("carried.json");`.
//!
//! `sync introspect` writes the file. It has two parts, both fragments of a schema: `objects` that no
//! model has (a sequence that stands alone, a partition, a composite type), and `details` of what the
//! models have (how a column is stored, the name of a primary key). A detail whose table or column is in no
//! model any more is an error: it is removed from the file, not forgotten.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::schema::{
    Column, Constraint, ConstraintKind, Domain, Family, Ident, Name, ReplicaIdentity, Schema,
    Table, UserType,
};

/// A file that models include.
#[doc(hidden)]
pub struct Carry {
    /// The file, as the models name it.
    pub file: &'static str,
    /// The module that includes it.
    pub module: &'static str,
    /// What is in it.
    pub text: &'static str,
}

inventory::collect!(Carry);

/// Includes a file that `sync introspect` wrote: what no model can say, beside the models.
///
/// The path is relative to the file that includes it.
#[macro_export]
macro_rules! carry {
    ($file:literal) => {
        const _: () = {
            use $crate::__private as __sync;
            __sync::inventory::submit! {
                __sync::Carry {
                    file: $file,
                    module: ::core::module_path!(),
                    text: ::core::include_str!($file),
                }
            }
        };
    };
}

/// Returns all carried files that are linked into this program.
#[doc(hidden)]
pub fn carries() -> Vec<&'static Carry> {
    let mut carries: Vec<_> = inventory::iter::<Carry>.into_iter().collect();
    carries.sort_by_key(|it| (it.module, it.file));
    carries
}

/// What is carried: two fragments of a schema.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Carried {
    /// What no model has.
    pub objects: Schema,
    /// What is to be added to what models have: anything that is not its default.
    pub details: Schema,
}

/// The version that is written, and the newest that is read.
const VERSION: u32 = 1;

const FORMAT: &str = "schema-sync carried";

#[derive(Serialize, Deserialize)]
struct File {
    format: String,
    version: u32,
    family: Family,
    /// Of the rest: what was changed by hand is not overwritten.
    #[serde(default)]
    hash: String,
    #[serde(default)]
    objects: Schema,
    #[serde(default)]
    details: Schema,
}

impl Carried {
    /// Tells whether nothing is carried.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Writes it as a file: the same gives the same text, byte for byte.
    pub fn write(&self, family: Family) -> String {
        let file = |hash: String| File {
            format: FORMAT.into(),
            version: VERSION,
            family,
            hash,
            objects: self.objects.clone(),
            details: self.details.clone(),
        };
        let hash = hash(&pretty(file(String::new())));
        pretty(file(hash))
    }

    /// Tells whether a file is as it was written, unchanged by hand.
    pub fn is_as_written(text: &str) -> bool {
        let Ok(mut value) = serde_json::from_str::<Value>(text) else {
            return false;
        };
        let Some(Value::String(told)) = value.get_mut("hash").map(Value::take) else {
            return false;
        };
        value["hash"] = Value::String(String::new());
        hash(&spelled(&value)) == told
    }

    /// Reads a file.
    ///
    /// # Errors
    ///
    /// Text that is no such file, or one of a later version.
    pub fn read(text: &str) -> Result<(Family, Self), String> {
        let file: File = serde_json::from_str(text)
            .map_err(|error| format!("is not what `sync introspect` writes: {error}"))?;
        if file.format != FORMAT {
            return Err(format!("its format is `{}`, not `{FORMAT}`", file.format));
        }
        if file.version > VERSION {
            return Err(format!(
                "has version {}, this program reads up to {VERSION}; update it",
                file.version
            ));
        }
        let carried = Self {
            objects: file.objects,
            details: file.details,
        };
        Ok((file.family, carried))
    }
}

fn pretty(file: File) -> String {
    let value = serde_json::to_value(file).expect("a schema has string keys alone");
    spelled(&spare(value, ""))
}

fn spelled(value: &Value) -> String {
    let mut text = serde_json::to_string_pretty(value).expect("a value has string keys alone");
    text.push('\n');
    text
}

fn hash(text: &str) -> String {
    let hash = Sha256::digest(text.as_bytes());
    hash[..6].iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Leaves out what is its default when it is read: nobody reads forty lines of `null`.
fn spare(value: Value, within: &str) -> Value {
    match value {
        Value::Object(map) => Value::Object(
            map.into_iter()
                .map(|(key, value)| {
                    let value = spare(value, &key);
                    (key, value)
                })
                .filter(|(key, value)| !is_nothing(within, key, value))
                .collect(),
        ),
        Value::Array(list) => {
            let list = list.into_iter().map(|value| spare(value, ""));
            Value::Array(list.collect())
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => value,
    }
}

fn is_nothing(within: &str, key: &str, value: &Value) -> bool {
    match value {
        Value::Null => true,
        // NULLS LAST is not the default of a descending key, nor what a table is that of its sequences.
        Value::Bool(false) => !matches!(key, "nulls_first" | "logged"),
        Value::Array(list) => list.is_empty(),
        // A schema or an extension of which nothing is known but its name.
        Value::Object(map) => map.is_empty() && !matches!(within, "namespaces" | "extensions"),
        Value::String(text) => match key {
            "replica_identity" => text == "Default",
            "modifiers" => text.is_empty(),
            _ => false,
        },
        Value::Bool(true) | Value::Number(_) => false,
    }
}

/// What is wrong with a carried file: the table that it is about, and the problem.
pub(super) type Problem = (String, String);

/// Adds what is carried to what the models say.
pub(super) fn add(schema: &mut Schema, carried: Carried, problems: &mut Vec<Problem>) {
    let Carried { objects, details } = carried;
    objects_into(schema, objects, problems);
    for (name, namespace) in details.namespaces {
        let ours = schema.namespaces.entry(name).or_default();
        set(&mut ours.comment, namespace.comment);
    }
    for (name, extension) in details.extensions {
        let ours = schema.extensions.entry(name).or_default();
        set(&mut ours.schema, extension.schema);
        set(&mut ours.comment, extension.comment);
    }
    for (name, ty) in details.types {
        match (schema.types.get_mut(&name), ty) {
            (Some(UserType::Domain(ours)), UserType::Domain(more)) => {
                domain(&name, ours, more, problems);
            }
            (Some(_) | None, _) => problems.push(gone(&name, "domain", "")),
        }
    }
    for (name, more) in details.tables {
        let ours = key(schema, &name).and_then(|name| schema.tables.get_mut(&name));
        match ours {
            Some(ours) => table(&name, ours, more.into_inner(), problems),
            None => problems.push(gone(&name, "table", "")),
        }
    }
}

fn objects_into(schema: &mut Schema, objects: Schema, problems: &mut Vec<Problem>) {
    let twice = |name: &Name| {
        let problem = "is carried and is in a model; remove it from the carried file";
        (name.to_string(), problem.to_owned())
    };
    for (name, namespace) in objects.namespaces {
        schema.namespaces.entry(name).or_insert(namespace);
    }
    for (name, extension) in objects.extensions {
        schema.extensions.entry(name).or_insert(extension);
    }
    for (name, ty) in objects.types {
        match schema.types.get(&name) {
            Some(ours) if *ours != ty => problems.push(twice(&name)),
            Some(_) | None => {
                schema.types.insert(name, ty);
            }
        }
    }
    for (name, mut table) in objects.tables {
        match key(schema, &name) {
            Some(_) => problems.push(twice(&name)),
            None => {
                // As the models name it: `public` is left out.
                let name = bare(name);
                table.name = name.clone();
                schema.tables.insert(name, table);
            }
        }
    }
    schema.sequences.extend(objects.sequences);
    schema.statistics.extend(objects.statistics);
}

fn gone(name: &Name, kind: &str, part: &str) -> Problem {
    let problem = match part {
        "" => format!("details of this {kind} are carried, and no model has it"),
        part => format!("details of its {kind} `{part}` are carried, and the model has none"),
    };
    let cure = "remove them from the carried file";
    (name.to_string(), format!("{problem}; {cure}"))
}

fn bare(name: Name) -> Name {
    match &name.schema {
        Some(schema) if schema.as_str() == "public" => Name::bare(name.name),
        Some(_) | None => name,
    }
}

/// Finds a table by its name with or without `public`.
fn key(schema: &Schema, name: &Name) -> Option<Name> {
    let spellings = [name.clone(), bare(name.clone())];
    let public = Name::new("public", name.name.clone());
    let spellings = spellings
        .into_iter()
        .chain(name.schema.is_none().then_some(public));
    spellings
        .into_iter()
        .find(|it| schema.tables.contains_key(it))
}

fn set<T>(ours: &mut Option<T>, more: Option<T>) {
    if more.is_some() {
        *ours = more;
    }
}

fn domain(name: &Name, ours: &mut Domain, more: Domain, problems: &mut Vec<Problem>) {
    ours.not_null |= more.not_null;
    set(&mut ours.not_null_name, more.not_null_name);
    set(&mut ours.not_null_comment, more.not_null_comment);
    set(&mut ours.default, more.default);
    set(&mut ours.collation, more.collation);
    for check in more.checks {
        match ours.checks.iter_mut().find(|it| it.expr == check.expr) {
            Some(it) => *it = check,
            None => problems.push(gone(name, "check", check.expr.as_str())),
        }
    }
}

fn table(name: &Name, ours: &mut Table, more: Table, problems: &mut Vec<Problem>) {
    for detail in more.columns {
        match ours.columns.iter_mut().find(|it| it.name == detail.name) {
            Some(ours) => column(ours, detail),
            None => problems.push(gone(name, "column", detail.name.as_str())),
        }
    }
    for detail in more.constraints {
        constraint(name, ours, detail, problems);
    }
    ours.indexes.extend(more.indexes);
    set(&mut ours.comment, more.comment);
    set(&mut ours.partition_by, more.partition_by);
    set(&mut ours.partition_of, more.partition_of);
    if !more.inherits.is_empty() {
        ours.inherits = more.inherits;
    }
    set(&mut ours.of_type, more.of_type);
    let options = more.options;
    ours.options.unlogged |= options.unlogged;
    ours.options.with.extend(options.with);
    if options.replica_identity != ReplicaIdentity::Default {
        ours.options.replica_identity = options.replica_identity;
    }
    ours.options.row_security |= options.row_security;
    ours.options.row_security_forced |= options.row_security_forced;
    set(&mut ours.options.tablespace, options.tablespace);
    set(&mut ours.options.access_method, options.access_method);
    set(&mut ours.options.clustered_on, options.clustered_on);
}

fn column(ours: &mut Column, more: Column) {
    ours.nullable |= more.nullable;
    ours.not_null_unvalidated |= more.not_null_unvalidated;
    set(&mut ours.not_null_name, more.not_null_name);
    ours.not_null_no_inherit |= more.not_null_no_inherit;
    set(&mut ours.not_null_local, more.not_null_local);
    set(&mut ours.not_null_comment, more.not_null_comment);
    set(&mut ours.default, more.default);
    set(&mut ours.identity, more.identity);
    set(&mut ours.generated, more.generated);
    set(&mut ours.collation, more.collation);
    set(&mut ours.storage, more.storage);
    set(&mut ours.compression, more.compression);
    set(&mut ours.statistics, more.statistics);
    ours.options.extend(more.options);
    set(&mut ours.comment, more.comment);
    ours.inherited |= more.inherited;
}

/// A constraint is added; a primary key gives its details to that of the model.
fn constraint(name: &Name, ours: &mut Table, more: Constraint, problems: &mut Vec<Problem>) {
    let columns = |it: &Constraint| -> Option<Vec<Ident>> {
        match &it.kind {
            ConstraintKind::PrimaryKey(key) => Some(key.columns.clone()),
            ConstraintKind::Unique(_)
            | ConstraintKind::Check { .. }
            | ConstraintKind::ForeignKey(_)
            | ConstraintKind::Exclude(_) => None,
        }
    };
    let Some(key) = columns(&more) else {
        ours.constraints.push(more);
        return;
    };
    match ours.constraints.iter_mut().find(|it| columns(it).is_some()) {
        Some(it) if columns(it).as_ref() == Some(&key) => *it = more,
        Some(_) => problems.push(gone(name, "primary key", &names(&key))),
        None => ours.constraints.insert(0, more),
    }
}

fn names(columns: &[Ident]) -> String {
    let names: Vec<&str> = columns.iter().map(Ident::as_str).collect();
    names.join(", ")
}
