//! A schema as Rust models: one file a table, which compile as they are.
//!
//! What no word of a model says is carried in a file beside them ([`Carried`]): the models and the file
//! together are the schema, exactly.

mod names;
pub mod region;
mod table;
mod types;
mod words;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use names::{Names, raw};
use types::CRATES;

pub use names::Singular;

use crate::model::Carried;
use crate::schema::{Family, Name, Other, Quoted, Schema, Table, UserType, bookkeeping};
use crate::wording::some_of;

/// How models are written.
#[derive(Clone, Copy, Debug, Default)]
pub struct Options {
    /// Gives a struct the singular of its table's last word.
    pub singular: Option<Singular>,
}

/// Models, and what they cannot say.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Models {
    /// What each module says, by its name; `types` holds enums and newtypes.
    pub modules: BTreeMap<String, String>,
    /// The crates and features that they need: `chrono`, `json`.
    pub needs: Vec<(&'static str, &'static str)>,
    /// The text of the file beside them, when there is something to carry.
    pub carried: Option<String>,
    /// What that is, a line each.
    pub unsaid: Vec<String>,
    /// Views, functions and the like, which are left alone.
    pub unmanaged: Vec<String>,
    /// What the reader should know of names.
    pub notes: Vec<String>,
}

/// The name of the file beside the models.
pub const CARRIED: &str = "carried.json";

/// Writes a normalized schema as Rust models.
pub fn rust(family: Family, schema: &Schema, options: Options) -> Models {
    let mut out = Models::default();
    let mut carried = Carried::default();
    let mut schema = schema.clone();
    for (name, tool) in bookkeeping::take(&mut schema, |_| false) {
        out.unmanaged
            .push(format!("table {name}, the bookkeeping of {tool}"));
    }
    let schema = &schema;
    let modelled: BTreeMap<&Name, &Table> = schema
        .tables
        .iter()
        .filter(|(_, it)| has_model(it))
        .map(|(name, table)| (name, &**table))
        .collect();
    let names = Names::of(schema, modelled.values().copied(), options.singular);
    let mut said: BTreeSet<Name> = BTreeSet::new();
    for (name, table) in &modelled {
        let model = table::model(family, schema, &names, table);
        out.unsaid.extend(model.unsaid);
        said.extend(model.sequences);
        if let Some(details) = model.details {
            carried
                .details
                .tables
                .insert((*name).clone(), details.into());
        }
        let (partitions, rest) = partitions(schema, table);
        for child in rest {
            out.unsaid
                .push(format!("table {}: is a partition", child.name));
            carried
                .objects
                .tables
                .insert(child.name.clone(), child.clone().into());
        }
        let text = with_partitions(&model.text, &partitions);
        let text = format!("//! Table `{name}`.\n\nuse schema_core::SyncTable;\n\n{text}");
        out.modules.insert(names.modules[*name].clone(), text);
    }
    for (name, table) in &schema.tables {
        let parent = table.partition_of.as_ref().map(|it| &it.parent);
        let beneath_model = parent.is_some_and(|it| modelled.contains_key(it));
        if modelled.contains_key(name) || beneath_model {
            continue;
        }
        let why = match parent {
            Some(_) => "is a partition",
            None => "has no columns",
        };
        out.unsaid.push(format!("table {name}: {why}"));
        carried.objects.tables.insert(name.clone(), table.clone());
    }
    user_types(family, schema, &names, &mut out, &mut carried);
    for (name, sequence) in schema
        .sequences
        .iter()
        .filter(|(name, _)| !said.contains(name))
    {
        out.unsaid.push(format!("sequence {name}"));
        carried
            .objects
            .sequences
            .insert(name.clone(), sequence.clone());
    }
    for (name, statistics) in &schema.statistics {
        out.unsaid.push(format!("statistics {name}"));
        carried
            .objects
            .statistics
            .insert(name.clone(), statistics.clone());
    }
    beside(schema, &mut out, &mut carried);
    out.notes.extend(unknown_types(family, schema, &names));
    out.notes.splice(0..0, names.notes);
    if !carried.is_empty() {
        out.carried = Some(carried.write(family));
    }
    let uses = |path: &str| out.modules.values().any(|text| text.contains(path));
    let needed = CRATES.iter().filter(|(path, ..)| uses(path));
    out.needs = needed.map(|(_, name, feature)| (*name, *feature)).collect();
    out
}

/// Types that have no Rust type here: where they are, and what the fields are instead.
fn unknown_types(family: Family, schema: &Schema, names: &Names) -> Vec<String> {
    let mut found: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for table in schema.tables.values().filter(|it| has_model(it)) {
        for column in &table.columns {
            if !types::rust_type(family, &column.ty, schema, names, "").known {
                let ty = words::sql_type(&column.ty);
                let place = format!("{}.{}", table.name, column.name);
                found.entry(ty).or_default().push(place);
            }
        }
    }
    if found.is_empty() {
        return Vec::new();
    }
    let line =
        |(ty, places): (String, Vec<String>)| format!("\n  {ty}: {}", some_of(places.into_iter()));
    let lines: String = found.into_iter().map(line).collect();
    vec![format!(
        "no Rust type is known for some columns; a `String` stands for it, which the driver may not read: \
         give the fields another type{lines}"
    )]
}

/// A partition is a part of its parent's model, and a struct has at least one field.
fn has_model(table: &Table) -> bool {
    table.partition_of.is_none() && !table.columns.is_empty()
}

/// Partitions in words, and those that have none.
fn partitions<'a>(schema: &'a Schema, table: &Table) -> (Vec<String>, Vec<&'a Table>) {
    let (mut words, mut rest) = (Vec::new(), Vec::new());
    let of_this = |it: &&Table| {
        it.partition_of
            .as_ref()
            .is_some_and(|of| of.parent == table.name)
    };
    let plain = table
        .partition_by
        .as_ref()
        .is_some_and(|by| by.key.as_str() == Quoted(&by.columns).to_string());
    for child in schema.tables.values().map(|it| &**it).filter(of_this) {
        match table::partition_word(child, table).filter(|_| plain) {
            Some(word) => words.push(word),
            None => rest.push(child),
        }
    }
    (words, rest)
}

fn with_partitions(model: &str, partitions: &[String]) -> String {
    let lines: String = partitions
        .iter()
        .map(|it| format!("#[sync({it})]\n"))
        .collect();
    model.replacen("pub struct ", &format!("{lines}pub struct "), 1)
}

fn user_types(
    family: Family,
    schema: &Schema,
    names: &Names,
    out: &mut Models,
    carried: &mut Carried,
) {
    let mut text = String::new();
    let mut derives = BTreeSet::new();
    for (name, ty) in &schema.types {
        // A type that no column has is not reached from a table, and would not be there.
        let used = is_used(schema, name);
        match ty {
            UserType::Enum(ty) if !ty.labels.is_empty() && used => {
                text.push_str(&types::enum_text(name, ty, &names.types[name]));
                derives.insert("SyncEnum");
            }
            UserType::Domain(domain) if used => {
                let inner = types::rust_type(family, &domain.base, schema, names, "");
                let (code, detail) = types::domain_text(name, domain, &inner, &names.types[name]);
                text.push_str(&code);
                derives.insert("SyncType");
                if let Some(detail) = detail {
                    out.unsaid.push(types::unsaid_domain(name, &detail));
                    let detail = UserType::Domain(detail);
                    carried.details.types.insert(name.clone(), detail);
                }
            }
            UserType::Enum(_)
            | UserType::Domain(_)
            | UserType::Composite(_)
            | UserType::Range(_) => {
                out.unsaid.push(format!("{} {name}", ty.keyword()));
                carried.objects.types.insert(name.clone(), ty.clone());
            }
        }
    }
    if derives.is_empty() {
        return;
    }
    let list: Vec<&str> = derives.into_iter().collect();
    let list = match list.as_slice() {
        [one] => (*one).to_owned(),
        several => format!("{{{}}}", several.join(", ")),
    };
    let text = format!("//! Enums and domains.\n\nuse schema_core::{list};\n{text}");
    out.modules.insert("types".into(), text);
}

/// Tells whether a model has a field of this type, or of a domain over it.
fn is_used(schema: &Schema, name: &Name) -> bool {
    let columns = schema.tables.values().filter(|it| has_model(it));
    let mut columns = columns.flat_map(|table| &table.columns);
    let domains = schema.types.iter().any(|(over, ty)| match ty {
        UserType::Domain(domain) => {
            domain.base.user().as_ref() == Some(name) && over != name && is_used(schema, over)
        }
        UserType::Enum(_) | UserType::Composite(_) | UserType::Range(_) => false,
    });
    domains || columns.any(|column| column.ty.user().as_ref() == Some(name))
}

/// Schemas, extensions, and what is not managed.
fn beside(schema: &Schema, out: &mut Models, carried: &mut Carried) {
    let reached: BTreeSet<_> = schema
        .tables
        .values()
        .filter(|it| has_model(it))
        .filter_map(|it| it.name.schema.clone())
        .collect();
    for (name, namespace) in &schema.namespaces {
        // The server itself comments on `public`.
        let own = namespace.comment.is_none()
            || (name.as_str() == "public"
                && namespace.comment.as_deref() == Some("standard public schema"));
        if own && (reached.contains(name) || name.as_str() == "public") {
            continue;
        }
        out.unsaid.push(match namespace.comment {
            Some(_) => format!("schema {name}: its comment"),
            None => format!("schema {name}"),
        });
        let namespace = namespace.clone();
        carried.details.namespaces.insert(name.clone(), namespace);
    }
    for (name, extension) in &schema.extensions {
        if name.as_str() == "plpgsql" {
            continue;
        }
        let mut extension = extension.clone();
        // An update of it is none of the models' business.
        extension.version = None;
        out.unsaid.push(format!("extension {name}"));
        carried.objects.extensions.insert(name.clone(), extension);
    }
    out.unmanaged.extend(schema.others.iter().map(Other::title));
}

impl Models {
    /// Returns the file that holds the others together.
    pub fn root(&self) -> String {
        let mut text = self.head();
        for module in self.modules.keys() {
            // The compiler looks for no file of another name than an ASCII one by itself.
            if !module.is_ascii() {
                let file = words::text(format!("{module}.rs"));
                let _ = writeln!(text, "#[path = {file}]");
            }
            let _ = writeln!(text, "mod {};", raw(module));
        }
        if !self.modules.is_empty() {
            text.push('\n');
        }
        for module in self.modules.keys() {
            let _ = writeln!(text, "pub use {}::*;", raw(module));
        }
        self.carry(&mut text, CARRIED);
        text
    }

    /// Returns all of them as one file; `carried` is the name of the file beside it.
    pub fn single(&self, carried: &str) -> String {
        let mut text = self.head();
        for (module, code) in &self.modules {
            let _ = writeln!(text, "mod {} {{", raw(module));
            for line in code.lines() {
                let indent = if line.is_empty() { "" } else { "    " };
                let _ = writeln!(text, "{indent}{line}");
            }
            text.push_str("}\n");
            let _ = writeln!(text, "pub use {}::*;\n", raw(module));
        }
        self.carry(&mut text, carried);
        text
    }

    fn head(&self) -> String {
        let mut text = String::from("//! Models of the database, written by `sync introspect`.\n");
        if !self.needs.is_empty() {
            let crates: Vec<String> = self.needs.iter().map(|it| format!("`{}`", it.0)).collect();
            let features: Vec<String> = self.needs.iter().map(|it| format!("`{}`", it.1)).collect();
            let _ = writeln!(
                text,
                "//!\n//! They need the {} {}, and of `schema-core` the {} {}.",
                if crates.len() == 1 { "crate" } else { "crates" },
                crates.join(", "),
                if features.len() == 1 {
                    "feature"
                } else {
                    "features"
                },
                features.join(", ")
            );
        }
        // In a private module of a binary, what that does not use yet would be warned of.
        text.push_str("\n#![allow(dead_code, unused_imports)]\n\n");
        text
    }

    fn carry(&self, text: &mut String, file: &str) {
        if self.carried.is_none() {
            return;
        }
        text.push_str(
            "\n// What no word of a model says is in this file, and belongs to the models:\n",
        );
        for line in &self.unsaid {
            let _ = writeln!(text, "// - {}", line.replace(char::is_control, " "));
        }
        let _ = writeln!(text, "::schema_core::carry!({});", words::text(file));
    }
}
