//! A row that a catalogue query gives, and what its texts mean.

use serde::de::DeserializeOwned;
use sqlx::postgres::PgRow;
use sqlx::{Column as _, Row as _, ValueRef as _};

use super::super::expression::text::{stable, strip_parens};
use super::super::types::parse_type;
use crate::db::DbError;
use crate::schema::{DataType, Expr, Ident, Name, Parameters};

/// A row in the simple protocol: every value is text.
pub(super) struct Row(pub(super) PgRow);

impl Row {
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        let column = self
            .0
            .columns()
            .iter()
            .find(|column| column.name() == name)?
            .ordinal();
        let value = self.0.try_get_raw(column).ok()?;
        if value.is_null() {
            return None;
        }
        value.as_str().ok()
    }

    pub(super) fn string(&self, name: &str) -> Option<String> {
        self.text(name).map(Into::into)
    }

    pub(super) fn ident(&self, name: &str) -> Option<Ident> {
        self.text(name).map(Ident::from)
    }

    pub(super) fn expr(&self, name: &str) -> Option<Expr> {
        self.text(name).map(bare)
    }

    pub(super) fn flag(&self, name: &str) -> bool {
        self.text(name) == Some("t")
    }

    pub(super) fn number<T: std::str::FromStr>(&self, name: &str) -> Option<T> {
        self.text(name)?.parse().ok()
    }

    pub(super) fn required(&self, name: &str) -> Result<&str, DbError> {
        self.text(name)
            .ok_or_else(|| broken(&format!("a catalogue query gives no `{name}`")))
    }

    pub(super) fn oid(&self, name: &str) -> u32 {
        self.number(name).unwrap_or_default()
    }

    /// The name in the columns `schema` and `name`.
    pub(super) fn name(&self) -> Result<Name, DbError> {
        Ok(Name::new(self.required("schema")?, self.required("name")?))
    }

    pub(super) fn name_in(&self, schema: &str, name: &str) -> Option<Name> {
        Some(Name::new(self.text(schema)?, self.text(name)?))
    }

    pub(super) fn ty(&self, name: &str) -> Result<DataType, DbError> {
        parse_type(self.required(name)?).map_err(|reason| broken(&reason))
    }

    pub(super) fn json<T: DeserializeOwned + Default>(&self, name: &str) -> Result<T, DbError> {
        match self.text(name) {
            None => Ok(T::default()),
            Some(text) => serde_json::from_str(text)
                .map_err(|error| broken(&format!("`{name}` of a catalogue query: {error}"))),
        }
    }

    /// Options as the catalogue has them: `["fillfactor=70"]`.
    pub(super) fn options(&self, name: &str) -> Result<Parameters, DbError> {
        let list: Vec<String> = self.json(name)?;
        Ok(list
            .into_iter()
            .filter_map(|option| {
                let (key, value) = option.split_once('=')?;
                Some((key.to_owned(), value.to_owned()))
            })
            .collect())
    }

    /// Numbers of columns, of an array `{1,2}`.
    pub(super) fn attnums(&self, name: &str) -> Vec<i32> {
        self.text(name)
            .unwrap_or_default()
            .split(|c: char| !c.is_ascii_digit() && c != '-')
            .filter_map(|part| part.parse().ok())
            .collect()
    }
}

pub(super) fn broken(reason: &str) -> DbError {
    DbError {
        message: reason.into(),
        code: String::new(),
    }
}

/// Takes the outermost parentheses away.
pub(super) fn bare(text: &str) -> Expr {
    Expr::printed(stable(strip_parens(text)))
}
