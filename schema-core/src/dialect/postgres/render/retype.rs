//! A column changes its type.

use super::column::collate;
use super::condition::has_column;
use super::constraint::{add_constraint_sql, drop_constraint_sql, validate_all};
use super::object::comment_on;
use super::{Draft, Writer};
use crate::change::display::types;
use crate::change::{Change, ColumnChange, Object, constraint_uses, index_uses};
use crate::dialect::postgres::form::Form;
use crate::dialect::postgres::types::{Cast, is_number, is_textual, spell, type_change};
use crate::schema::{
    Column, Composite, Constraint, ConstraintKind, DataType, EnumType, Ident, IndexKey, Name,
    Quoted, Schema, UserType, quote_literal,
};
use crate::step::{HazardKind, Statement};

/// Columns of a table that change their types in one statement.
pub(super) struct Retype {
    /// What is done first.
    before: Vec<Statement>,
    form: Form,
    /// `ALTER COLUMN a TYPE bigint`.
    actions: Vec<String>,
    /// The condition that they are still to be done.
    guard: Option<String>,
    /// What is done then.
    after: Vec<Statement>,
}

impl Retype {
    /// Takes another column's change along: all are done, or none.
    pub(super) fn join(&mut self, other: Self) {
        self.before.extend(other.before);
        self.actions.extend(other.actions);
        self.guard = self.guard.take().or(other.guard);
        self.after.extend(other.after);
    }

    pub(super) fn write(self, out: &mut Draft, table: &Name) {
        let alter = format!("ALTER TABLE {} {}", Quoted(table), self.actions.join(", "));
        let statement = Statement {
            guard: self.guard,
            ..self.form.sql(alter)
        };
        out.statements.extend(self.before);
        out.push(statement);
        out.statements.extend(self.after);
    }
}

impl Writer<'_> {
    /// Returns how a column changes its type; says in `out` what it costs.
    pub(super) fn retype(
        &self,
        out: &mut Draft,
        table: &Name,
        column: &Column,
        from: &Column,
        using: Option<&crate::schema::Expr>,
    ) -> Result<Retype, String> {
        if let Some(function) = self.held_by(from) {
            return Err(format!(
                "column {table}.{}: was computed by `{function}`: PostgreSQL before 15 \
                 goes on to think so, and changes its type no more; make a new column, copy the values, and drop this one",
                column.name
            ));
        }
        let (mut before, mut after) = (Vec::new(), Vec::new());
        let cost = type_change(&from.ty, &column.ty);
        let what = types(&from.ty, &column.ty);
        // What an expression gives is another value, whatever the types are.
        let rewrites = cost.rewrite || using.is_some();
        let (checks, indexes) = self.dependents(table, column, from);
        // What is dropped around it comes again in the same transaction, which then cannot end here.
        let around = self
            .changes
            .iter()
            .any(|change| matches!(change, Change::DropOther { .. }));
        // Checks are read anew under the lock, unless they are proven afterwards.
        let later: Vec<&Constraint> = if rewrites || around || !self.busy(table) {
            Vec::new()
        } else {
            let own = |check: &&&Constraint| !check.inherited && self.is_desired(table, check);
            checks.iter().filter(own).copied().collect()
        };
        let name = Quoted(&column.name).to_string();
        let cast = match using {
            Some(using) => format!(" USING {using}"),
            None => conversion(self.live, self.desired, &name, &from.ty, &column.ty)
                .map(|value| format!(" USING {value}"))
                .unwrap_or_default(),
        };
        // A default of the old type may have no cast to the new one.
        let another = !from.ty.is_like(&column.ty);
        let dropped = |change: &Change| {
            matches!(change, Change::AlterColumn { table: on, column: of, change: ColumnChange::Default { to: None, .. } }
                if on == table && of.name == column.name)
        };
        let redefault = from.default.is_some() && another && !self.changes.iter().any(dropped);
        if redefault {
            let drop = self.alter_default(table, column, None);
            before.push(Statement {
                guard: None,
                ..drop
            });
        }
        let another_type = another_type(&column.ty);
        let guard = has_column(table, &column.name, &another_type);
        let retyped = from.ty != column.ty;
        let form = if rewrites {
            Form::RetypeRewrite
        } else if !indexes.is_empty() {
            Form::RetypeIndex
        } else if later.len() < checks.len() {
            Form::RetypeScan
        } else {
            Form::Retype
        };
        for check in &later {
            let name = check.name.clone().unwrap_or_default();
            before.push(drop_constraint_sql(table, check, &name));
        }
        let action = format!(
            "ALTER COLUMN {name} TYPE {}{}{cast}",
            spell(&column.ty),
            collate(column.collation.as_ref())
        );
        // Another one comes by a change of its own.
        let changed = self.sets_default(table, &column.name);
        if redefault && column.default.is_some() && !changed {
            after.push(self.alter_default(table, column, column.default.as_ref()));
        }
        for check in &later {
            after.push(add_constraint_sql(table, check, " NOT VALID"));
            if let (Some(name), Some(text)) = (&check.name, &check.comment) {
                let object = Object::Constraint(table.clone(), name.clone());
                after.push(comment_on(&object, Some(text)));
            }
        }
        if !later.is_empty() {
            after.push(validate_all(table, &names(&later)));
        }
        out.note = if rewrites {
            "rewrites the table".into()
        } else if !indexes.is_empty() {
            "no rewrite, but indexes are built anew".into()
        } else {
            "instant, no rewrite".into()
        };
        if self.busy(table) && form == Form::RetypeIndex {
            out.hazard(
                HazardKind::BlockingIndex,
                format!(
                    "column {table}.{}: {what} builds {} anew ({} of table) under ACCESS EXCLUSIVE: readers and writers wait",
                    column.name,
                    indexes.join(", "),
                    self.figures(table)
                ),
            );
        }
        if self.busy(table) && form != Form::RetypeRewrite && later.len() < checks.len() {
            out.hazard(
                HazardKind::BlockingScan,
                format!(
                    "column {table}.{}: {what} proves {} anew: the table is read in full ({}) under ACCESS EXCLUSIVE",
                    column.name,
                    quoted_list(&names(&checks)),
                    self.figures(table)
                ),
            );
        }
        if rewrites && self.busy(table) {
            out.note = format!("rewrites the table ({})", self.figures(table));
            out.hazard(
                HazardKind::Rewrite,
                format!(
                    "column {table}.{}: {what} rewrites the table ({}) under ACCESS EXCLUSIVE: readers and writers wait",
                    column.name,
                    self.figures(table)
                ),
            );
        }
        if self.narrows(&from.ty, &column.ty) {
            out.hazard(
                HazardKind::Narrowing,
                format!(
                    "column {table}.{}: {what} can lose or refuse values",
                    column.name
                ),
            );
        }
        Ok(Retype {
            before,
            form,
            actions: vec![action],
            // A value of the new type is not to be cast once more.
            guard: (retyped && !cast.is_empty()).then_some(guard),
            after,
        })
    }

    /// Tells whether a type can lose or refuse values of another. One that is made anew is judged by
    /// what it is made of; of the conditions of domains rows are asked.
    fn narrows(&self, from: &DataType, to: &DataType) -> bool {
        let Some(name) = to.user() else {
            return type_change(from, to).narrowing;
        };
        let labels = (self.enum_of(from), self.desired.types.get(&name));
        if let (Some(old), Some(UserType::Enum(new))) = labels
            && from.array == to.array
        {
            return old.labels.iter().any(|label| !new.labels.contains(label));
        }
        if from.user() != Some(name.aside()) || from.array != to.array {
            return type_change(from, to).narrowing;
        }
        match (self.live.types.get(&name), self.desired.types.get(&name)) {
            (Some(UserType::Domain(old)), Some(UserType::Domain(new))) => {
                let base = new.base.user().map(|name| name.aside());
                // What it is made of may be made anew as well.
                let anew = self.changes.iter().any(|change| {
                    matches!(change, Change::RenameType { to, .. } if Some(to) == base.as_ref())
                });
                match base {
                    Some(aside) if anew => self.narrows(&DataType::named(&aside), &new.base),
                    Some(_) | None => self.narrows(&old.base, &new.base),
                }
            }
            (Some(_) | None, Some(_) | None) => true,
        }
    }

    /// Returns the enum that a type was before the plan, also where it steps aside.
    fn enum_of(&self, ty: &DataType) -> Option<&EnumType> {
        let name = ty.user()?;
        let steps_aside = |it: &&Name| it.aside() == name;
        let own = self.live.types.keys().find(steps_aside).unwrap_or(&name);
        match self.live.types.get(own)? {
            UserType::Enum(old) => Some(old),
            UserType::Domain(_) | UserType::Composite(_) | UserType::Range(_) => None,
        }
    }

    /// Returns the valid checks that read the column, and the names of the indexes that a change of
    /// its type builds anew, of those that are there when it comes to it.
    fn dependents(
        &self,
        table: &Name,
        column: &Column,
        from: &Column,
    ) -> (Vec<&Constraint>, Vec<String>) {
        let other_order = column.collation != from.collation || changes_order(&from.ty, &column.ty);
        let mut checks = Vec::new();
        let mut indexes = Vec::new();
        for constraint in self.constraints_now(table) {
            let uses = constraint_uses(constraint, &column.name);
            match &constraint.kind {
                ConstraintKind::Check { .. } => {
                    if uses && !constraint.not_valid && !constraint.not_enforced {
                        checks.push(constraint);
                    }
                }
                ConstraintKind::Exclude(exclude) => {
                    let plain = exclude.predicate.is_none()
                        && exclude
                            .elements
                            .iter()
                            .all(|element| matches!(element.part.key, IndexKey::Column(_)));
                    if uses && (other_order || !plain) {
                        indexes.extend(constraint.name.as_ref().map(Ident::to_string));
                    }
                }
                ConstraintKind::PrimaryKey(_) | ConstraintKind::Unique(_) => {
                    if uses && other_order {
                        indexes.extend(constraint.name.as_ref().map(Ident::to_string));
                    }
                }
                ConstraintKind::ForeignKey(_) => {}
            }
        }
        for index in self.indexes_now(table) {
            let plain = index.predicate.is_none()
                && index
                    .parts
                    .iter()
                    .all(|part| matches!(part.key, IndexKey::Column(_)));
            if index_uses(index, &column.name) && (other_order || !plain) {
                indexes.extend(index.name.as_ref().map(Ident::to_string));
            }
        }
        (checks, indexes)
    }
}

/// Returns the value of the new type, where it is not made by itself.
pub(crate) fn conversion(
    live: &Schema,
    desired: &Schema,
    name: &str,
    from: &DataType,
    to: &DataType,
) -> Option<String> {
    if from == to {
        return None;
    }
    let before = |ty: &Name| {
        // A replaced type has stepped aside: it is known by the name that the new one has.
        let find = |ty: &Name| live.types.get(live.ranged(ty));
        find(ty).or_else(|| find(&to.user()?))
    };
    let ty = spell(to);
    // Text is the way that every type knows.
    let array = if from.array && to.array { "[]" } else { "" };
    let by_text = format!("{name}::text{array}::{ty}");
    let json = |ty: &DataType| {
        ty.schema.is_none() && !ty.array && matches!(ty.name.as_str(), "json" | "jsonb")
    };
    match (
        beneath(from, before),
        beneath(to, |ty| desired.types.get(desired.ranged(ty))),
    ) {
        (Beneath::Plain(old), Beneath::Plain(new)) => {
            let boolean = |ty: &DataType| *ty == DataType::builtin("boolean");
            let ty = uncut(&new).unwrap_or(ty);
            let by_text = format!("{name}::text{array}::{ty}");
            let cast = type_change(&old, &new).cast;
            let padded = old.schema.is_none() && old.name == "character";
            if json(&new) && !json(&old) && !is_textual(&old) {
                Some(format!("to_{}({name})", new.name))
            } else if boolean(&old) && is_number(&new) {
                Some(format!("{name}::integer::{ty}"))
            } else if is_number(&old) && boolean(&new) {
                Some(format!("{name} <> 0"))
            } else if cast == Cast::Missing || padded && !is_textual(&new.element()) {
                // As text, what is padded has no blanks at its end.
                Some(by_text)
            } else if cast == Cast::Explicit || to.user().is_some() {
                Some(format!("{name}::{ty}"))
            } else {
                None
            }
        }
        (Beneath::Made(_), Beneath::Plain(new)) if is_textual(&new) && to.user().is_none() => None,
        (Beneath::Made(_), Beneath::Plain(new)) if json(&new) => {
            Some(format!("to_{}({name})", new.name))
        }
        (Beneath::Plain(old), Beneath::Made(_)) if is_textual(&old) && old.name != "character" => {
            Some(format!("{name}::{ty}"))
        }
        (Beneath::Made(UserType::Composite(old)), Beneath::Made(UserType::Composite(new)))
            if !from.array && !to.array && moved(old, new) =>
        {
            let fields = new.fields.iter().map(|field| {
                let ty = spell(&field.ty);
                match old.fields.iter().find(|before| before.name == field.name) {
                    Some(_) => format!("({name}).{}::text::{ty}", Quoted(&field.name)),
                    None => format!("NULL::{ty}"),
                }
            });
            let fields: Vec<String> = fields.collect();
            Some(format!(
                "CASE WHEN {name} IS DISTINCT FROM NULL THEN ROW({})::{ty} END",
                fields.join(", ")
            ))
        }
        (Beneath::Made(_) | Beneath::Plain(_), Beneath::Made(_) | Beneath::Plain(_)) => {
            Some(by_text)
        }
    }
}

/// Tells whether values compare otherwise after a change that writes none of them anew.
fn changes_order(from: &DataType, to: &DataType) -> bool {
    let textual = |ty: &DataType| {
        ty.schema.is_none() && matches!(ty.name.as_str(), "text" | "character varying")
    };
    let address =
        |ty: &DataType| ty.schema.is_none() && matches!(ty.name.as_str(), "cidr" | "inet");
    (&from.schema, &from.name) != (&to.schema, &to.name)
        && !(textual(from) && textual(to))
        && !(address(from) && address(to))
}

fn names(constraints: &[&Constraint]) -> Vec<Ident> {
    constraints
        .iter()
        .filter_map(|constraint| constraint.name.clone())
        .collect()
}

/// What a type is beneath its domains.
enum Beneath<'a> {
    /// The server's own, or an extension's.
    Plain(DataType),
    /// An enum, composite or range.
    Made(&'a UserType),
}

fn beneath<'a>(ty: &DataType, find: impl Fn(&Name) -> Option<&'a UserType>) -> Beneath<'a> {
    let mut ty = ty.clone();
    for _ in 0..64 {
        match ty.user().and_then(|name| find(&name)) {
            Some(UserType::Domain(domain)) => {
                let array = ty.array || domain.base.array;
                ty = DataType {
                    array,
                    ..domain.base.clone()
                };
            }
            Some(made @ (UserType::Enum(_) | UserType::Composite(_) | UserType::Range(_))) => {
                return Beneath::Made(made);
            }
            None => break,
        }
    }
    Beneath::Plain(ty)
}

fn moved(a: &Composite, b: &Composite) -> bool {
    a.fields.len() != b.fields.len()
        || a.fields
            .iter()
            .zip(&b.fields)
            .any(|(a, b)| a.name != b.name)
}

fn quoted_list(names: &[Ident]) -> String {
    let names: Vec<&str> = names.iter().map(Ident::as_str).collect();
    names.join(", ")
}

/// Returns the type without its length, which a cast to it would cut values to without a word; the
/// assignment that follows refuses them.
fn uncut(ty: &DataType) -> Option<String> {
    if ty.schema.is_some() || ty.modifiers.is_empty() {
        return None;
    }
    let whole = match ty.name.as_str() {
        "character varying" | "character" => "text",
        // By itself `bit` has a length of 1.
        "bit" | "bit varying" => "bit varying",
        _ => return None,
    };
    Some(format!("{whole}{}", if ty.array { "[]" } else { "" }))
}

/// An SQL condition of a column that has another type. Without its schema a type is printed where the
/// session finds it so.
fn another_type(ty: &DataType) -> String {
    let printed = quote_literal(&spell(ty));
    let prints = "pg_catalog.format_type(atttypid, atttypmod)";
    match &ty.schema {
        None => format!("{prints} <> {printed}"),
        Some(_) => {
            let bare = ty.spell(&Quoted(ty.name.as_str()).to_string());
            let bare = quote_literal(&bare);
            format!(
                "NOT (atttypid IS NOT DISTINCT FROM to_regtype({printed}) AND {prints} IN ({printed}, {bare}))"
            )
        }
    }
}
