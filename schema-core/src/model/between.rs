//! What is wrong between models: references, and names that are taken.

use std::collections::{BTreeMap, BTreeSet};

use super::TableDef;
use super::collect::Lowering;
use super::prove::comparable;
use crate::schema::{ConstraintKind, Family, Ident, IndexKey, Name, Quoted, Schema, Table};

/// The longest name that PostgreSQL keeps.
const NAME_BYTES_MAX: usize = 63;

impl Lowering {
    /// Types that a foreign key cannot be between.
    pub(super) fn check_types(
        &mut self,
        def: &TableDef,
        columns: &[&str],
        target: &TableDef,
        names: &[&str],
    ) {
        let (here, there) = (def.columns(), target.columns());
        for (column, name) in columns.iter().zip(names) {
            let from = here.iter().find(|it| it.name == *column);
            let to = there.iter().find(|it| it.name == *name);
            let (Some(from), Some(to)) = (from, to) else {
                continue;
            };
            if !comparable(from.ty, to.ty) {
                let (from_ty, to_ty) = (self.data_type(&from.ty), self.data_type(&to.ty));
                let problem = format!(
                    "column `{column}` is {from_ty}, but `{}.{name}`, which it references, is {to_ty}",
                    target.name
                );
                self.error(def, problem);
            }
        }
    }

    /// References to what is not there, or not unique, in what the models say: SQLite takes such ones,
    /// and where it has, they are carried.
    pub(super) fn check_references(&mut self, def: &TableDef, said: &Schema) {
        let Some(table) = said.tables.get(&self.table_name(def)) else {
            return;
        };
        for constraint in &table.constraints {
            let ConstraintKind::ForeignKey(key) = &constraint.kind else {
                continue;
            };
            let find = |name: &Name| {
                let bare = || self.schema.tables.get(&Name::bare(name.name.clone()));
                self.schema.tables.get(name).or_else(bare)
            };
            let target = find(&key.table);
            let columns = Quoted(&key.columns).to_string();
            let Some(target) = target else {
                self.error(
                    def,
                    format!(
                        "column `{columns}` references table `{}`, which no model has; give it one, with `#[sync(managed = false)]` when it is another's",
                        key.table
                    ),
                );
                continue;
            };
            if let Some(missing) = key.references.iter().find(|it| target.column(it).is_none()) {
                self.error(
                    def,
                    format!(
                        "column `{columns}` references `{}.{missing}`, which does not exist",
                        key.table
                    ),
                );
                continue;
            }
            if key.references.len() != key.columns.len() {
                self.error(def, format!("column `{columns}` references {} columns of `{}`; name them: `references = Model::field`", key.references.len(), key.table));
                continue;
            }
            // A partition has the keys of the tables above it.
            let lineage = std::iter::successors(Some(target), |table| {
                find(&table.partition_of.as_ref()?.parent)
            });
            let mut lineage = lineage.take(self.schema.tables.len());
            let put_off = self.family == Family::Postgres
                && lineage
                    .clone()
                    .any(|table| is_put_off(table, &key.references));
            if put_off {
                self.error(def, format!("column `{columns}` references `{}.{}`, whose key is deferrable, which PostgreSQL refuses; take `deferrable` from the key, or reference another one", key.table, Quoted(&key.references)));
            } else if !lineage.any(|table| is_unique(table, &key.references)) {
                self.error(def, format!("column `{columns}` references `{}.{}`, which is not unique; add `#[sync(unique)]` there", key.table, Quoted(&key.references)));
            }
        }
    }

    /// Tables and types of which one name cannot become the other.
    pub(super) fn check_renames(&mut self, defs: &[&'static TableDef]) {
        let before = |def: &TableDef| {
            let old = def.renamed_from?;
            Some(self.folded(&self.table_name(def).sibling(old)))
        };
        let (of, renames): (Vec<&'static TableDef>, Vec<(Name, Name)>) = defs
            .iter()
            .filter_map(|def| Some((*def, (self.folded(&self.table_name(def)), before(def)?))))
            // To SQLite, what differs in case alone is one name.
            .filter(|(_, (new, old))| self.family == Family::Postgres || new != old)
            .unzip();
        for (at, problem) in tangled(&renames) {
            self.error(of[at], problem);
        }
        let in_own = self.schema.types.keys().filter_map(|name| {
            let schema = self.server_schema(name)?;
            Some((name.clone(), format!("schema `{schema}` is the server's own, and no place for types; name another one")))
        });
        for (name, problem) in in_own.collect::<Vec<_>>() {
            self.error_of_type(&name, problem);
        }
        let types = self.schema.hints.renamed_types.iter();
        let renames: Vec<(Name, Name)> = types
            .map(|(new, old)| (new.clone(), new.sibling(old.clone())))
            .collect();
        for (at, problem) in tangled(&renames) {
            self.error_of_type(&renames[at].0, problem);
        }
    }

    /// Names that are taken, or too long.
    pub(super) fn check_names(&mut self, defs: &[&'static TableDef]) {
        // Tables and indexes share their names within a schema, constraints theirs within a table.
        let mut relations: BTreeMap<Name, String> = BTreeMap::new();
        for def in defs {
            if let Some(table) = self.schema.tables.get(&self.table_name(def)) {
                let name = self.folded(&table.name);
                relations.insert(name, format!("table `{}`", table.name));
            }
        }
        for def in defs {
            let Some(table) = self.schema.tables.get(&self.table_name(def)).cloned() else {
                continue;
            };
            if let Some(schema) = self.server_schema(&table.name) {
                self.error(
                    def,
                    format!("schema `{schema}` is the server's own, and no place for tables; name another one"),
                );
            }
            if self.has_type_called(&table.name) {
                self.error(
                    def,
                    "a type of the models has this name too, and the rows of a table are a type of its name; rename one of them",
                );
            }
            let mut constraints: BTreeSet<Name> = BTreeSet::new();
            let mut names: Vec<Ident> = vec![table.name.name.clone()];
            names.extend(table.columns.iter().map(|it| it.name.clone()));
            for constraint in &table.constraints {
                let Some(name) = constraint.name.clone() else {
                    continue;
                };
                let full = self.folded(&table.name.sibling(name.clone()));
                if !constraints.insert(full.clone()) {
                    self.error(def, format!("two constraints are named `{name}`"));
                } else if self.family == Family::Postgres && has_index(&constraint.kind) {
                    let what = format!("constraint `{name}` of `{}`", table.name);
                    if let Some(other) = relations.insert(full, what) {
                        self.error(
                            def,
                            format!(
                                "constraint `{name}` makes an index of the same name as {other}"
                            ),
                        );
                    }
                }
                names.push(name);
            }
            for name in table.indexes.iter().filter_map(|it| it.name.clone()) {
                let full = self.folded(&table.name.sibling(name.clone()));
                let what = format!("index `{name}` of `{}`", table.name);
                if let Some(other) = relations.insert(full, what) {
                    self.error(def, format!("index `{name}` has the same name as {other}"));
                }
                names.push(name);
            }
            let cut = match self.family {
                Family::Postgres => NAME_BYTES_MAX,
                Family::Sqlite => usize::MAX,
            };
            for name in names.iter().filter(|it| it.as_str().len() > cut) {
                self.error(
                    def,
                    format!(
                        "name `{name}` is {} bytes long; a database keeps {NAME_BYTES_MAX}",
                        name.as_str().len()
                    ),
                );
            }
        }
    }

    /// Returns the schema of a table or a type where it is one of the server's own.
    fn server_schema<'a>(&self, name: &'a Name) -> Option<&'a Ident> {
        let schema = name.schema.as_ref()?;
        let own = schema.as_str().starts_with("pg_") || schema.as_str() == "information_schema";
        (own && self.family == Family::Postgres).then_some(schema)
    }

    /// Tells whether a type of the database has a name, in its schema or in the usual one.
    fn has_type_called(&self, name: &Name) -> bool {
        let full = |name: &Name| {
            let schema = name.schema.clone().unwrap_or_else(|| "public".into());
            Name::new(schema, name.name.clone())
        };
        let is_it = |ty: &Name| full(ty) == full(name);
        self.family == Family::Postgres && self.schema.types.keys().any(is_it)
    }

    /// Returns the name as the database tells names apart.
    pub(super) fn folded(&self, name: &Name) -> Name {
        match self.family {
            Family::Postgres => name.clone(),
            Family::Sqlite => Name::bare(name.name.as_str().to_ascii_lowercase()),
        }
    }
}

/// Returns what is wrong among renames, each the new name and the old one, with the place of it: two
/// from one, or names that change hands, of which nobody could tell whether they have.
fn tangled(renames: &[(Name, Name)]) -> Vec<(usize, String)> {
    let mut problems = Vec::new();
    for (n, (new, old)) in renames.iter().enumerate() {
        if let Some((first, _)) = renames[..n].iter().find(|it| it.1 == *old) {
            let problem = format!(
                "is renamed from `{old}`, and so is `{first}`; take `renamed_from` from the one that is new"
            );
            problems.push((n, problem));
            continue;
        }
        let older = |name: &Name| renames.iter().find(|it| it.0 == *name).map(|it| &it.1);
        let mut lineage = std::iter::successors(older(old), |it| older(it));
        if lineage.by_ref().take(renames.len()).any(|it| it == new) {
            let problem = format!(
                "is renamed from `{old}`, which is renamed as well, and the names only change hands: the database would not show whether that was done; rename one to a third name first, apply, and then take the names"
            );
            problems.push((n, problem));
        }
    }
    problems
}

/// Tells whether rows of a table differ in these columns, by a key or a whole unique index.
pub(crate) fn is_unique(table: &Table, columns: &[Ident]) -> bool {
    let wanted: BTreeSet<&Ident> = columns.iter().collect();
    let keys = table.constraints.iter().filter_map(|it| match &it.kind {
        ConstraintKind::PrimaryKey(key) | ConstraintKind::Unique(key) => {
            Some(key.columns.iter().collect::<BTreeSet<_>>())
        }
        ConstraintKind::Check { .. }
        | ConstraintKind::ForeignKey(_)
        | ConstraintKind::Exclude(_) => None,
    });
    let indexes = table
        .indexes
        .iter()
        .filter(|it| it.unique && it.predicate.is_none())
        .map(|it| {
            it.parts
                .iter()
                .filter_map(|part| match &part.key {
                    IndexKey::Column(name) => Some(name),
                    IndexKey::Expr(_) => None,
                })
                .collect()
        });
    keys.chain(indexes).any(|it: BTreeSet<&Ident>| it == wanted)
}

/// Tells whether only keys that are checked late say that columns are unique.
fn is_put_off(table: &Table, columns: &[Ident]) -> bool {
    let mut at_once = table.clone();
    at_once.constraints.retain(|it| !it.deferrable);
    is_unique(table, columns) && !is_unique(&at_once, columns)
}

/// Returns whether PostgreSQL makes an index for it, of its name.
fn has_index(kind: &ConstraintKind) -> bool {
    match kind {
        ConstraintKind::PrimaryKey(_) | ConstraintKind::Unique(_) | ConstraintKind::Exclude(_) => {
            true
        }
        ConstraintKind::Check { .. } | ConstraintKind::ForeignKey(_) => false,
    }
}
