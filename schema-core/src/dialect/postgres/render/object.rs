//! What every kind of object has: a name, and a comment.

use super::Draft;
use crate::change::Object;
use crate::dialect::postgres::form::Form;
use crate::schema::{Ident, Name, Quoted, quote_literal};
use crate::step::Statement;

pub(super) fn rename(out: &mut Draft, keyword: &str, from: &Name, to: &Name) {
    let lookup = match keyword {
        "TABLE" | "SEQUENCE" => "to_regclass",
        _ => "to_regtype",
    };
    let form = match keyword {
        "TABLE" => Form::RenameTable,
        "SEQUENCE" => Form::AlterSequence,
        _ => Form::RenameType,
    };
    // The second statement finds the object by the name that the first one gave it.
    let guard = |at: &Name| format!("{lookup}({}) IS NOT NULL", literal(at));
    let mut at = from.clone();
    if from.name != to.name {
        out.push(
            form.sql(format!(
                "ALTER {keyword} {} RENAME TO {}",
                Quoted(from),
                Quoted(&to.name)
            ))
            .guard(guard(from)),
        );
        at.name = to.name.clone();
    }
    if let Some(schema) = to.schema.as_ref().filter(|_| from.schema != to.schema) {
        out.push(
            form.sql(format!(
                "ALTER {keyword} {} SET SCHEMA {}",
                Quoted(&at),
                Quoted(schema)
            ))
            .guard(guard(&at)),
        );
    }
}

pub(super) fn comment(out: &mut Draft, object: &Object, text: Option<&String>) {
    if text.is_some() {
        out.push(comment_on(object, text));
    }
}

pub(super) fn comment_on(object: &Object, text: Option<&String>) -> Statement {
    let target = match object {
        Object::Namespace(name) => format!("SCHEMA {}", Quoted(name)),
        Object::Extension(name) => format!("EXTENSION {}", Quoted(name)),
        Object::Type(name) => format!("TYPE {}", Quoted(name)),
        Object::Domain(name) => format!("DOMAIN {}", Quoted(name)),
        Object::Sequence(name) => format!("SEQUENCE {}", Quoted(name)),
        Object::Table(name) => format!("TABLE {}", Quoted(name)),
        Object::Column(table, column) => format!("COLUMN {}.{}", Quoted(table), Quoted(column)),
        Object::Constraint(table, name) => {
            format!("CONSTRAINT {} ON {}", Quoted(name), Quoted(table))
        }
        Object::DomainConstraint(domain, name) => {
            format!("CONSTRAINT {} ON DOMAIN {}", Quoted(name), Quoted(domain))
        }
        Object::Index(name) => format!("INDEX {}", Quoted(name)),
        Object::Statistics(name) => format!("STATISTICS {}", Quoted(name)),
    };
    // The server itself comments on `public`, and a dump shows when it does not.
    let own = match object {
        Object::Namespace(name) if name.as_str() == "public" => "'standard public schema'",
        Object::Namespace(_)
        | Object::Extension(_)
        | Object::Type(_)
        | Object::Domain(_)
        | Object::Sequence(_)
        | Object::Table(_)
        | Object::Column(..)
        | Object::Constraint(..)
        | Object::DomainConstraint(..)
        | Object::Index(_)
        | Object::Statistics(_) => "NULL",
    };
    if let (Object::Extension(name), None) = (object, text) {
        return own_comment(name);
    }
    let text = text.map_or_else(|| own.into(), |text| quote_literal(text));
    let form = match object {
        Object::Table(_) | Object::Column(..) | Object::Constraint(..) => Form::CommentTable,
        Object::Namespace(_)
        | Object::Extension(_)
        | Object::Type(_)
        | Object::Domain(_)
        | Object::Sequence(_)
        | Object::DomainConstraint(..)
        | Object::Index(_)
        | Object::Statistics(_) => Form::Comment,
    };
    form.sql(format!("COMMENT ON {target} IS {text}"))
}

/// Gives an extension the comment that it comes with.
fn own_comment(extension: &Ident) -> Statement {
    let name = quote_literal(extension.as_str());
    Form::Comment.sql(format!(
        "DO $sync$ BEGIN EXECUTE (SELECT pg_catalog.format('COMMENT ON EXTENSION %I IS %L', \
         name, comment)\n  \
         FROM pg_catalog.pg_available_extensions WHERE name = {name}); END $sync$"
    ))
}

/// A qualified name as a string literal, for `to_regclass` and its kin.
pub(super) fn literal(name: &Name) -> String {
    quote_literal(&Quoted(name).to_string())
}
