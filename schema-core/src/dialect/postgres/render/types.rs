//! Enums, domains, composites and ranges.

use super::alike::domain_check_is;
use super::condition::{has_column, has_domain_constraint};
use std::collections::BTreeSet;
use std::fmt::Write;

use super::column::collate;
use super::object::{comment, literal, rename};
use super::{Draft, Writer};
use crate::change::{LabelPlace, Object, descendants};
use crate::dialect::postgres::expression::text::as_default;
use crate::dialect::postgres::form::Form;
use crate::dialect::postgres::types::{parse_type, spell};
use crate::schema::{
    Column, Composite, Domain, Expr, Ident, Name, Quoted, Range, Shared, Table, UserType,
    own_multirange, quote_literal,
};
use crate::step::{HazardKind, Statement, Txn};

pub(super) fn create_type(out: &mut Draft, name: &Name, ty: &UserType) {
    let guard = format!("to_regtype({}) IS NULL", literal(name));
    let (sql, object) = match ty {
        UserType::Enum(ty) => (enum_sql(name, &ty.labels), Object::Type(name.clone())),
        UserType::Domain(ty) => {
            let mut sql = format!(
                "CREATE DOMAIN {} AS {}{}",
                Quoted(name),
                spell(&ty.base),
                collate(ty.collation.as_ref())
            );
            if let Some(default) = &ty.default {
                let _ = write!(sql, " DEFAULT {}", as_default(default));
            }
            if ty.not_null {
                // Named, for a domain that this one replaces may have the name (PostgreSQL 17).
                let part = ty.name_of_not_null(name);
                let _ = write!(sql, " CONSTRAINT {} NOT NULL", Quoted(&part));
            }
            for check in ty.checks.iter().filter(|check| !check.not_valid) {
                if let Some(name) = &check.name {
                    let _ = write!(sql, " CONSTRAINT {}", Quoted(name));
                }
                let _ = write!(sql, " CHECK ({})", check.expr);
            }
            (sql, Object::Domain(name.clone()))
        }
        UserType::Composite(ty) => {
            let fields: Vec<String> = ty
                .fields
                .iter()
                .map(|field| {
                    let collate = collate(field.collation.as_ref());
                    format!("{} {}{collate}", Quoted(&field.name), spell(&field.ty))
                })
                .collect();
            let sql = format!("CREATE TYPE {} AS ({})", Quoted(name), fields.join(", "));
            (sql, Object::Type(name.clone()))
        }
        UserType::Range(ty) => {
            let options: Vec<String> = ty
                .options
                .iter()
                .map(|(key, value)| format!("{key} = {value}"))
                .collect();
            let sql = format!(
                "CREATE TYPE {} AS RANGE ({})",
                Quoted(name),
                options.join(", ")
            );
            (sql, Object::Type(name.clone()))
        }
    };
    out.push(Form::CreateType.sql(sql).guard(guard));
    comment(out, &object, ty.comment());
    match ty {
        UserType::Domain(ty) => {
            if ty.not_null {
                let object = Object::DomainConstraint(name.clone(), ty.name_of_not_null(name));
                comment(out, &object, ty.not_null_comment.as_ref());
            }
            for check in &ty.checks {
                let Some(part) = &check.name else { continue };
                if check.not_valid {
                    let sql = format!(
                        "ALTER DOMAIN {} ADD CONSTRAINT {} CHECK ({}) NOT VALID",
                        Quoted(name),
                        Quoted(part),
                        check.expr
                    );
                    let missing = format!("NOT {}", has_domain_constraint(name, part));
                    out.push(Form::AddDomainCheckNotValid.sql(sql).guard(missing));
                }
                let object = Object::DomainConstraint(name.clone(), part.clone());
                comment(out, &object, check.comment.as_ref());
            }
        }
        UserType::Composite(ty) => {
            for field in &ty.fields {
                let object = Object::Column(name.clone(), field.name.clone());
                comment(out, &object, field.comment.as_ref());
            }
        }
        UserType::Enum(_) | UserType::Range(_) => {}
    }
}

/// What comes with a range has names of its own: its multirange and the functions that make both.
pub(super) fn rename_range(out: &mut Draft, from: &Name, to: &Name, range: &Range, multi: bool) {
    let own = range
        .options
        .iter()
        .find(|(key, _)| key == "multirange_type_name")
        .and_then(|(_, value)| parse_type(value).ok()?.user());
    // A name that somebody gave it goes with the type for good, and not for as long as it waits.
    let multi = multi && (own.is_none() || *to == from.aside());
    let of = spell(&range.subtype);
    let mut makers = vec![
        (from.clone(), format!("{of}, {of}"), to.clone()),
        (from.clone(), format!("{of}, {of}, text"), to.clone()),
    ];
    if multi {
        let (old, new) = (
            own.unwrap_or_else(|| own_multirange(from)),
            own_multirange(to),
        );
        rename(out, "TYPE", &old, &new);
        for arguments in [
            String::new(),
            Quoted(to).to_string(),
            format!("{}[]", Quoted(to)),
        ] {
            makers.push((old.clone(), arguments, new.clone()));
        }
    }
    for (old, arguments, new) in makers {
        let old = old.sibling(old.name.clone());
        let signature = format!("{}({arguments})", Quoted(&old));
        out.push(
            Form::RenameType
                .sql(format!(
                    "ALTER FUNCTION {signature} RENAME TO {}",
                    Quoted(&new.name)
                ))
                .guard(format!(
                    "to_regprocedure({}) IS NOT NULL",
                    quote_literal(&signature)
                )),
        );
    }
}

pub(super) fn add_label(out: &mut Draft, ty: &Name, label: &str, place: &LabelPlace) {
    let place = match place {
        LabelPlace::Before(other) => format!(" BEFORE {}", quote_literal(other)),
        LabelPlace::After(other) => format!(" AFTER {}", quote_literal(other)),
        LabelPlace::Only => String::new(),
    };
    let sql = format!(
        "ALTER TYPE {} ADD VALUE IF NOT EXISTS {}{place}",
        Quoted(ty),
        quote_literal(label)
    );
    // A new value cannot be used before the transaction that adds it has committed.
    out.push(Form::AddLabel.sql(sql).txn(Txn::Own));
}

pub(super) fn rename_label(out: &mut Draft, ty: &Name, from: &str, to: &str) {
    let guard = format!(
        "EXISTS (SELECT 1 FROM pg_catalog.pg_enum WHERE enumtypid = to_regtype({}) AND enumlabel = {})",
        literal(ty),
        quote_literal(from)
    );
    let sql = format!(
        "ALTER TYPE {} RENAME VALUE {} TO {}",
        Quoted(ty),
        quote_literal(from),
        quote_literal(to)
    );
    out.push(Form::RenameLabel.sql(sql).guard(guard));
    out.hazard(
        HazardKind::BreaksRunningApp,
        format!("value {ty}.{from}: the release that is running knows it by this name"),
    );
}

impl Writer<'_> {
    pub(super) fn replace_enum(
        &self,
        out: &mut Draft,
        name: &Name,
        from: &[String],
        to: &[String],
        columns: &[(Name, Column)],
    ) {
        let old = name.aside();
        let differs = format!(
            "to_regtype({}) IS NOT NULL AND (SELECT pg_catalog.array_agg(enumlabel::text ORDER BY enumsortorder) FROM pg_catalog.pg_enum WHERE enumtypid = to_regtype({})) IS DISTINCT FROM {}",
            literal(name),
            literal(name),
            text_array(to)
        );
        // The first statement alone sees the labels that differ; the others go by what it left.
        let begun = format!("to_regtype({}) IS NOT NULL", literal(&old));
        out.push(
            Form::RenameType
                .sql(format!(
                    "ALTER TYPE {} RENAME TO {}",
                    Quoted(name),
                    Quoted(&old.name)
                ))
                .guard(differs),
        );
        let mut statements = vec![Form::CreateType.sql(enum_sql(name, to))];
        for (table, column) in columns {
            let alter = format!(
                "ALTER TABLE {} ALTER COLUMN {}",
                Quoted(table),
                Quoted(&column.name)
            );
            let array = if column.ty.array { "[]" } else { "" };
            let ty = spell(&column.ty);
            // Those below have theirs, which the server would not cast.
            let (had, has) = self.defaults_below(table, &column.name);
            let only = |table: &Name, what: String| {
                Form::SetDefault.sql(format!(
                    "ALTER TABLE ONLY {} ALTER COLUMN {} {what}",
                    Quoted(table),
                    Quoted(&column.name)
                ))
            };
            statements.push(only(table, "DROP DEFAULT".into()));
            statements.extend((had.iter()).map(|heir| only(heir, "DROP DEFAULT".into())));
            statements.push(Form::RetypeRewrite.sql(format!(
                "{alter} TYPE {ty} USING {}::text{array}::{ty}",
                Quoted(&column.name)
            )));
            let own = column.default.iter().map(|it| (table.clone(), it.clone()));
            for (table, default) in own.chain(has) {
                let default = as_default(&default);
                statements.push(only(&table, format!("SET DEFAULT {default}")));
            }
            out.note = "replaced: rewrites tables".into();
            if self.busy(table) {
                out.hazard(
                    HazardKind::Rewrite,
                    format!(
                        "table {table}: type {name} is replaced, which rewrites it ({})",
                        self.figures(table)
                    ),
                );
            }
        }
        statements.push(Form::DropType.sql(format!("DROP TYPE {}", Quoted(&old))));
        for statement in statements {
            out.push(statement.guard(begun.clone()));
        }
        if let Some(ty) = self.live.types.get(name) {
            comment(out, &Object::Type(name.clone()), ty.comment());
        }
        self.give_back(out, name, None);
        labels_removed(out, name, from, to);
    }

    /// The hazards of a type that another of its name takes the place of: what values it had.
    pub(super) fn lost_in_replacement(&self, out: &mut Draft, name: &Name, from: &UserType) {
        match (from, self.desired.types.get(name)) {
            (UserType::Enum(from), Some(UserType::Enum(to))) => {
                labels_removed(out, name, &from.labels, &to.labels);
            }
            (UserType::Composite(from), Some(UserType::Composite(to))) => {
                for field in &from.fields {
                    if to.fields.iter().all(|other| other.name != field.name) {
                        attribute_dropped(out, name, &field.name);
                    }
                }
            }
            (
                UserType::Enum(_)
                | UserType::Domain(_)
                | UserType::Composite(_)
                | UserType::Range(_),
                Some(_) | None,
            ) => {}
        }
    }
}

fn labels_removed(out: &mut Draft, name: &Name, from: &[String], to: &[String]) {
    let removed = from.iter().filter(|label| !to.contains(label));
    let removed: Vec<String> = removed.map(|label| format!("`{label}`")).collect();
    if !removed.is_empty() {
        out.hazard(
            HazardKind::DataLoss,
            format!("type {name}: {} removed", removed.join(", ")),
        );
    }
}

fn attribute_dropped(out: &mut Draft, name: &Name, field: &Ident) {
    out.hazard(
        HazardKind::DataLoss,
        format!("type {name}: attribute {field} is dropped"),
    );
}

impl Writer<'_> {
    /// The tables below one whose column has a default, and those defaults as they are to be.
    fn defaults_below(&self, table: &Name, column: &Ident) -> (Vec<Name>, Vec<(Name, Expr)>) {
        let default = |table: &Table| table.column(column)?.default.clone();
        let mut had = Vec::new();
        let mut has = Vec::new();
        let mut seen = BTreeSet::new();
        for heir in descendants(self.desired, table) {
            // A new one is made later.
            let Some(before) = self.table_before(&heir) else {
                continue;
            };
            seen.insert(before.name.clone());
            had.extend(default(before).map(|_| heir.clone()));
            // One that calls a function may wait for that.
            let later = self.sets_default(&heir, column);
            let after = default(&self.desired.tables[&heir]).filter(|_| !later);
            has.extend(after.map(|after| (heir, after)));
        }
        let before = self.table_before(table).map(|it| &it.name);
        let below = before.map(|name| descendants(self.live, name));
        for heir in below.unwrap_or_default() {
            if !seen.contains(&heir)
                && let Some(before) = default(&self.live.tables[&heir])
            {
                had.push(heir.clone());
                has.push((heir, before));
            }
        }
        (had, has)
    }
}

pub(super) fn enum_sql(name: &Name, labels: &[String]) -> String {
    let labels: Vec<String> = labels.iter().map(|label| quote_literal(label)).collect();
    format!(
        "CREATE TYPE {} AS ENUM ({})",
        Quoted(name),
        labels.join(", ")
    )
}

pub(super) fn text_array(labels: &[String]) -> String {
    let labels: Vec<String> = labels.iter().map(|label| quote_literal(label)).collect();
    format!("ARRAY[{}]::text[]", labels.join(", "))
}

impl Writer<'_> {
    pub(super) fn alter_domain(&self, out: &mut Draft, name: &Name, from: &Domain, to: &Domain) {
        let alter = format!("ALTER DOMAIN {}", Quoted(name));
        if from.default != to.default {
            out.push(Form::AlterDomain.sql(match &to.default {
                Some(default) => format!("{alter} SET DEFAULT {}", as_default(default)),
                None => format!("{alter} DROP DEFAULT"),
            }));
        }
        let busy = self.domain_users(name);
        let mut scans = Vec::new();
        if from.not_null != to.not_null {
            if to.not_null {
                scans.push("NOT NULL".to_owned());
            }
            let (form, word) = if to.not_null {
                (Form::SetDomainNotNull, "SET")
            } else {
                (Form::AlterDomain, "DROP")
            };
            let named = to.not_null_name.as_ref().filter(|_| to.not_null);
            out.push(match named.filter(|_| self.facts.version >= 170_000) {
                Some(named) => form
                    .sql(format!("{alter} ADD CONSTRAINT {} NOT NULL", Quoted(named)))
                    .guard(format!("NOT {}", has_domain_constraint(name, named))),
                None => form.sql(format!("{alter} {word} NOT NULL")),
            });
        } else if let (Some(old), Some(new)) = (&from.not_null_name, &to.not_null_name)
            && old != new
        {
            let rename = format!(
                "{alter} RENAME CONSTRAINT {} TO {}",
                Quoted(old),
                Quoted(new)
            );
            let rename = Form::AlterDomain.sql(rename);
            out.push(rename.guard(has_domain_constraint(name, old)));
        }
        let same = |a: &crate::schema::DomainCheck, b: &crate::schema::DomainCheck| {
            a.name == b.name && a.expr == b.expr && (a.not_valid || !b.not_valid)
        };
        for check in &from.checks {
            if !to.checks.iter().any(|other| same(check, other)) {
                let part = check.name.clone().unwrap_or_default();
                let drop = Form::AlterDomain.sql(format!(
                    "{alter} DROP CONSTRAINT IF EXISTS {}",
                    Quoted(&part)
                ));
                let mut checks = to.checks.iter();
                let another = checks.find(|other| other.name == check.name);
                out.push(match another.and_then(|it| domain_check_is(name, it)) {
                    Some(done) => drop.guard(format!("NOT {done}")),
                    None => drop,
                });
            }
        }
        for check in &to.checks {
            let part = check.name.clone().unwrap_or_default();
            match from.checks.iter().find(|other| same(other, check)) {
                Some(old) if old.not_valid && !check.not_valid => {
                    out.push(validate_domain(name, &part));
                    scans.push(part.to_string());
                }
                Some(_) => {}
                None => {
                    let guard = format!("NOT {}", has_domain_constraint(name, &part));
                    // On large tables it holds for new values at once, and the scan is by itself.
                    let later = !check.not_valid && !busy.is_empty();
                    let (form, valid) = if check.not_valid || later {
                        (Form::AddDomainCheckNotValid, " NOT VALID")
                    } else {
                        (Form::AddDomainCheck, "")
                    };
                    out.push(
                        form.sql(format!(
                            "{alter} ADD CONSTRAINT {} CHECK ({}){valid}",
                            Quoted(&part),
                            check.expr
                        ))
                        .guard(guard),
                    );
                    if later {
                        out.push(validate_domain(name, &part));
                        scans.push(part.to_string());
                    }
                }
            }
        }
        for table in busy.iter().filter(|_| !scans.is_empty()) {
            out.hazard(
                HazardKind::BlockingScan,
                format!(
                    "table {table}: is read in full ({}) to prove {} of domain {name}: writers wait",
                    self.figures(table),
                    scans.join(", ")
                ),
            );
        }
    }

    /// Returns the large tables with a column of a domain.
    fn domain_users(&self, name: &Name) -> Vec<Name> {
        let uses = |table: &&Shared<Table>| {
            let mut columns = table.columns.iter();
            columns.any(|column| column.ty.user().as_ref() == Some(name))
        };
        self.desired
            .tables
            .values()
            .filter(uses)
            .map(|table| table.name.clone())
            .filter(|table| self.busy(table))
            .collect()
    }
}

fn validate_domain(name: &Name, check: &Ident) -> Statement {
    let guard = format!(
        "EXISTS (SELECT 1 FROM pg_catalog.pg_constraint WHERE contypid = to_regtype({}) AND conname = {} AND NOT convalidated)",
        literal(name),
        quote_literal(check.as_str())
    );
    Form::ValidateDomainCheck
        .sql(format!(
            "ALTER DOMAIN {} VALIDATE CONSTRAINT {}",
            Quoted(name),
            Quoted(check)
        ))
        .txn(Txn::Own)
        .guard(guard)
}

pub(super) fn alter_composite(out: &mut Draft, name: &Name, from: &Composite, to: &Composite) {
    for field in from.fields.iter() {
        if !to.fields.iter().any(|other| other.name == field.name) {
            out.push(Form::AlterComposite.sql(format!(
                "ALTER TYPE {} DROP ATTRIBUTE IF EXISTS {} CASCADE",
                Quoted(name),
                Quoted(&field.name)
            )));
            attribute_dropped(out, name, &field.name);
        }
    }
    for field in &to.fields {
        let collate = collate(field.collation.as_ref());
        let old = from.fields.iter().find(|other| other.name == field.name);
        match old {
            None => out.push(
                Form::AlterComposite
                    .sql(format!(
                        "ALTER TYPE {} ADD ATTRIBUTE {} {}{collate} CASCADE",
                        Quoted(name),
                        Quoted(&field.name),
                        spell(&field.ty)
                    ))
                    .guard(format!("NOT {}", has_column(name, &field.name, ""))),
            ),
            Some(old) if old.ty != field.ty || old.collation != field.collation => {
                out.push(Form::AlterComposite.sql(format!(
                    "ALTER TYPE {} ALTER ATTRIBUTE {} TYPE {}{collate} CASCADE",
                    Quoted(name),
                    Quoted(&field.name),
                    spell(&field.ty)
                )));
            }
            Some(_) => {}
        }
    }
}
