//! Proofs that the derives ask of the compiler: what does not hold is an error at the word that says it.

use super::{ColumnDef, FieldDef, TableDef, TypeDef, UserTypeDef, literal};
use crate::schema::Literal;

/// Proves that a table has the field, and that its type is that of the column that refers to it.
#[track_caller]
pub const fn reference(column: &str, ty: TypeDef, table: &TableDef, field: &str) {
    match find(table.fields, field) {
        Some(there) => same(column, ty, table, there),
        None => {
            let text = Text::NEW
                .quoted(table.model)
                .add(" has no field ")
                .quoted(field);
            panic!("{}", text.add("; it has ").fields(table.fields).as_str());
        }
    }
}

/// Proves that a table has a primary key of so many columns, and the same for the type of one of them.
#[track_caller]
pub const fn reference_to_key(
    column: &str,
    ty: TypeDef,
    table: &TableDef,
    place: usize,
    count: usize,
) {
    let (keys, there) = key(table, place);
    if keys == 0 {
        let text = Text::NEW.quoted(table.model).add(" has no primary key; ");
        panic!("{}", text.add("write `references = Model::field`").as_str());
    }
    if keys != count && count == 1 {
        let text = Text::NEW.add("the primary key of ").quoted(table.model);
        let text = text.add(" has several columns; write `references = Model::field`, ");
        panic!(
            "{}",
            text.add("or `foreign_key(..)` on the struct").as_str()
        );
    }
    match there {
        Some(there) if keys == count => same(column, ty, table, there),
        Some(_) | None => {
            let text = Text::NEW.add("the primary key of ").quoted(table.model);
            panic!("{}", text.add(" has another number of columns").as_str());
        }
    }
}

/// Proves that a column can number itself.
#[track_caller]
pub const fn identity(ty: TypeDef, nullable: bool) {
    let whole = ty.user.is_none() && !ty.array;
    if !whole || !integer(ty.postgres) {
        let text =
            Text::NEW.add("`identity` numbers a field of `i16`, `i32` or `i64`; this one is ");
        panic!("{}", text.ty(ty).as_str());
    }
    assert!(
        !nullable,
        "`identity` is never NULL; the field must not be an `Option`"
    );
}

/// Proves that a literal is a value of the type.
#[track_caller]
pub const fn default_value(ty: TypeDef, value: Literal) {
    let fits = match ty.user {
        _ if ty.array => match value {
            // Each family writes an array as a text of its own: `{1,2}`, `[1,2]`.
            Literal::Text(text) => literal::bracketed(text),
            Literal::Int(_) | Literal::Number(_) | Literal::Bool(_) | Literal::Bytes(_) => false,
        },
        Some(UserTypeDef::Enum(it)) => match value {
            Literal::Text(label) => {
                let (mut n, mut found) = (0, false);
                while n < it.labels.len() {
                    found = found || eq(it.labels[n], label);
                    n += 1;
                }
                if !found {
                    let text = Text::NEW
                        .quoted(label)
                        .add(" is no label of ")
                        .quoted(it.name);
                    panic!("{}", text.add("; it has ").labels(it.labels).as_str());
                }
                true
            }
            Literal::Int(_) | Literal::Number(_) | Literal::Bool(_) | Literal::Bytes(_) => false,
        },
        Some(UserTypeDef::Domain(it)) => return default_value(it.base, value),
        None => literal::fits(ty.postgres, value),
    };
    if !fits {
        let mut text = Text::NEW.add("this literal is no value of ").ty(ty);
        if ty.array {
            text = text.add("; an array is SQL: `default = \"..\"`");
        }
        panic!("{}", text.as_str());
    }
}

/// Proves that a column has a length.
#[track_caller]
pub const fn max_length(ty: TypeDef) {
    let plain = match base(ty).user {
        None => true,
        Some(UserTypeDef::Enum(_) | UserTypeDef::Domain(_)) => false,
    };
    if !plain || !(text(ty.postgres) || is(ty.postgres, "char")) {
        let text = Text::NEW.add("`max_length` is for a field of text; this one is ");
        panic!("{}", text.ty(ty).as_str());
    }
}

/// Proves that SQLite can number a column.
#[track_caller]
pub const fn autoincrement(ty: TypeDef) {
    if ty.user.is_some() || ty.array || !is(ty.sqlite, "INTEGER") {
        let text =
            Text::NEW.add("`autoincrement` numbers a field of `i16`, `i32` or `i64`; this one is ");
        panic!("{}", text.ty(ty).as_str());
    }
}

/// Returns whether a foreign key may be between the two types. Lengths and precisions do not matter to it.
pub const fn comparable(one: TypeDef, other: TypeDef) -> bool {
    let (one, other) = (unnumbered(base(one)), unnumbered(base(other)));
    if one.array != other.array {
        return false;
    }
    let same = match (one.user, other.user) {
        (Some(UserTypeDef::Enum(one)), Some(UserTypeDef::Enum(other))) => is(one.name, other.name),
        (None, None) => {
            is(one.postgres, other.postgres) || (text(one.postgres) && text(other.postgres))
        }
        (Some(_), _) | (_, Some(_)) => false,
    };
    same && (is(one.sqlite, other.sqlite) || (text(one.sqlite) && text(other.sqlite)))
}

/// Returns the type beneath a domain, and that of an enum that is kept as text.
const fn base(ty: TypeDef) -> TypeDef {
    match ty.user {
        Some(UserTypeDef::Domain(domain)) => base(domain.base),
        Some(UserTypeDef::Enum(it)) if it.as_text => TypeDef { user: None, ..ty },
        Some(UserTypeDef::Enum(_)) | None => ty,
    }
}

/// Returns the integer beneath `serial`, which `type = "serial"` says of every database.
const fn unnumbered(ty: TypeDef) -> TypeDef {
    let (beneath, sqlite) = if is(ty.postgres, "serial") {
        ("integer", "INTEGER")
    } else if is(ty.postgres, "bigserial") {
        ("bigint", "INTEGER")
    } else if is(ty.postgres, "smallserial") {
        ("smallint", "INTEGER")
    } else {
        (ty.postgres, ty.sqlite)
    };
    TypeDef {
        postgres: beneath,
        sqlite,
        ..ty
    }
}

#[track_caller]
const fn same(column: &str, ty: TypeDef, table: &TableDef, there: &ColumnDef) {
    if comparable(ty, there.ty) {
        return;
    }
    let text = Text::NEW.quoted(column).add(" is ").ty(ty).add(", but `");
    let text = text
        .add(table.model)
        .add("::")
        .add(there.field)
        .add("` is ");
    let text = text.ty(there.ty).add("; give both the same type");
    panic!("{}", text.as_str());
}

/// Returns the number of columns in the primary key, and the one at a place.
const fn key(table: &TableDef, place: usize) -> (usize, Option<&ColumnDef>) {
    if table.primary_key.is_empty() {
        return marked(table.fields, place, 0);
    }
    let there = match place < table.primary_key.len() {
        true => find(table.fields, table.primary_key[place]),
        false => None,
    };
    (table.primary_key.len(), there)
}

const fn marked(
    fields: &'static [FieldDef],
    place: usize,
    mut before: usize,
) -> (usize, Option<&'static ColumnDef>) {
    let (mut n, mut found) = (0, None);
    while n < fields.len() {
        match &fields[n] {
            FieldDef::Column(column) if column.primary_key => {
                if before == place {
                    found = Some(column);
                }
                before += 1;
            }
            FieldDef::Column(_) => {}
            FieldDef::Flatten(inner) => {
                let (count, there) = marked(inner, place, before);
                before = count;
                if let Some(there) = there {
                    found = Some(there);
                }
            }
        }
        n += 1;
    }
    (before, found)
}

/// Returns a column by its field or, when no field is called so, by its name.
const fn find(fields: &'static [FieldDef], name: &str) -> Option<&'static ColumnDef> {
    let mut n = 0;
    let mut found: Option<&'static ColumnDef> = None;
    while n < fields.len() {
        match &fields[n] {
            FieldDef::Column(column) if is(column.field, name) => return Some(column),
            FieldDef::Column(column) if is(column.name, name) => found = Some(column),
            FieldDef::Column(_) => {}
            FieldDef::Flatten(inner) => {
                if let Some(column) = find(inner, name) {
                    return Some(column);
                }
            }
        }
        n += 1;
    }
    found
}

/// Returns whether two names are the same, without what stands in parentheses.
pub(super) const fn is(one: &str, other: &str) -> bool {
    let (one, other) = (one.as_bytes(), other.as_bytes());
    let mut n = 0;
    loop {
        let a = if n < one.len() { one[n] } else { b'(' };
        let b = if n < other.len() { other[n] } else { b'(' };
        if !a.eq_ignore_ascii_case(&b) {
            return false;
        }
        if a == b'(' {
            return true;
        }
        n += 1;
    }
}

pub(super) const fn eq(one: &str, other: &str) -> bool {
    let (one, other) = (one.as_bytes(), other.as_bytes());
    let mut n = 0;
    while n < one.len() && n < other.len() && one[n] == other[n] {
        n += 1;
    }
    one.len() == other.len() && n == one.len()
}

pub(super) const fn integer(name: &str) -> bool {
    let long = is(name, "smallint") || is(name, "integer") || is(name, "bigint");
    long || is(name, "int2") || is(name, "int4") || is(name, "int8") || is(name, "int")
}

pub(super) const fn text(name: &str) -> bool {
    is(name, "text") || is(name, "varchar") || is(name, "character varying")
}

/// A message that is put together while compiling.
struct Text {
    bytes: [u8; BYTES_MAX],
    len: usize,
}

const BYTES_MAX: usize = 1000;

impl Text {
    const NEW: Self = Self {
        bytes: [0; BYTES_MAX],
        len: 0,
    };

    const fn add(mut self, text: &str) -> Self {
        let bytes = text.as_bytes();
        // What does not fit is left out whole, so that no character is cut.
        if self.len + bytes.len() <= BYTES_MAX {
            let mut n = 0;
            while n < bytes.len() {
                self.bytes[self.len] = bytes[n];
                self.len += 1;
                n += 1;
            }
        }
        self
    }

    const fn quoted(self, name: &str) -> Self {
        self.add("`").add(name).add("`")
    }

    const fn ty(self, ty: TypeDef) -> Self {
        let text = match ty.user {
            Some(UserTypeDef::Enum(it)) => self.add(it.name),
            Some(UserTypeDef::Domain(it)) => self.add(it.name),
            None => self.add(ty.postgres),
        };
        if ty.array { text.add("[]") } else { text }
    }

    const fn labels(mut self, labels: &[&str]) -> Self {
        let mut n = 0;
        while n < labels.len() {
            if n > 0 {
                self = self.add(", ");
            }
            self = self.quoted(labels[n]);
            n += 1;
        }
        self
    }

    const fn fields(mut self, fields: &[FieldDef]) -> Self {
        let mut n = 0;
        while n < fields.len() {
            if n > 0 {
                self = self.add(", ");
            }
            self = match &fields[n] {
                FieldDef::Column(column) => self.quoted(column.field),
                FieldDef::Flatten(inner) => self.fields(inner),
            };
            n += 1;
        }
        self
    }

    const fn as_str(&self) -> &str {
        match core::str::from_utf8(self.bytes.split_at(self.len).0) {
            Ok(text) => text,
            Err(_) => "a reference does not hold",
        }
    }
}
