//! Extensions that bring what a server does not know: functions and operator classes that are well
//! known.

use sqlx::postgres::PgConnection;
use sqlx::{AssertSqlSafe, Row};

use crate::db::DbError;
use crate::dialect::postgres::session::db_error;
use crate::schema::{Schema, quote_literal};

/// An extension that a server offers, and that neither the database nor the plan has.
pub(super) struct Brought {
    extension: &'static str,
    by_models: bool,
}

impl Brought {
    /// Finds the one that has what an error does not know.
    pub(super) async fn find(
        connection: &mut PgConnection,
        error: &DbError,
        desired: &Schema,
        live: &Schema,
    ) -> Result<Option<Self>, DbError> {
        let message = first_line(&error.message);
        let found = match error.code.as_str() {
            "42883" => words(message).find_map(of_function),
            "42704" => words(message)
                .find_map(of_operator_class)
                .or_else(|| of_no_default(message)),
            _ => None,
        };
        let there = |schema: &Schema, name: &str| schema.extensions.contains_key(&name.into());
        let found = found.filter(|name| !there(desired, name) && !there(live, name));
        let Some(extension) = found else {
            return Ok(None);
        };
        let sql = format!(
            "SELECT EXISTS (SELECT FROM pg_catalog.pg_available_extensions WHERE name = {})",
            quote_literal(extension)
        );
        let sql = sqlx::raw_sql(AssertSqlSafe(sql));
        let row = sql.fetch_one(connection).await.map_err(db_error)?;
        let offered = row.try_get::<bool, _>(0).map_err(db_error)?;
        Ok(offered.then_some(Self {
            extension,
            by_models: !desired.hints.sources.is_empty(),
        }))
    }

    /// Says that it has what an error does not know; the server's own hint is another.
    pub(super) fn message(&self, error: &str) -> String {
        let error = first_line(error);
        format!("{error}; extension `{}` has it", self.extension)
    }

    /// Says how to get it.
    pub(super) fn cure(&self) -> String {
        added(self.extension, self.by_models)
    }
}

/// Says how to get an extension: with a word of a model, or by hand.
pub(super) fn added(extension: &str, by_models: bool) -> String {
    match by_models {
        true => format!("add #[sync(extension = \"{extension}\")]"),
        false => format!("make it by hand first: CREATE EXTENSION \"{extension}\""),
    }
}

/// What the server says, without details and hints.
fn first_line(message: &str) -> &str {
    message.lines().next().unwrap_or_default()
}

/// The words of a message, in whatever language it is: names among them.
fn words(message: &str) -> impl Iterator<Item = &str> {
    message.split(|c: char| !c.is_alphanumeric() && c != '_')
}

/// Returns the extension that has a function, of those that are well known.
fn of_function(name: &str) -> Option<&'static str> {
    Some(match name {
        "uuid_generate_v1" | "uuid_generate_v1mc" | "uuid_generate_v3" | "uuid_generate_v4"
        | "uuid_generate_v5" => "uuid-ossp",
        "similarity" | "word_similarity" | "strict_word_similarity" | "show_trgm" => "pg_trgm",
        "crypt" | "gen_salt" | "digest" | "hmac" | "gen_random_bytes" | "pgp_sym_encrypt"
        | "pgp_sym_decrypt" | "pgp_pub_encrypt" | "pgp_pub_decrypt" => "pgcrypto",
        "unaccent" => "unaccent",
        "levenshtein" | "soundex" | "difference" | "metaphone" | "dmetaphone"
        | "daitch_mokotoff" => "fuzzystrmatch",
        "ll_to_earth" | "earth_distance" | "earth_box" => "earthdistance",
        "hstore" => "hstore",
        "text2ltree" | "nlevel" | "subpath" => "ltree",
        _ if name.starts_with("st_") => "postgis",
        _ => return None,
    })
}

/// Returns the extension that has an operator class, of those that are well known.
fn of_operator_class(name: &str) -> Option<&'static str> {
    Some(match name {
        "gin_trgm_ops" | "gist_trgm_ops" => "pg_trgm",
        "gin__int_ops" | "gist__int_ops" | "gist__intbig_ops" => "intarray",
        "gist_geometry_ops_2d" | "gist_geometry_ops_nd" => "postgis",
        "vector_l2_ops" | "vector_ip_ops" | "vector_cosine_ops" => "vector",
        _ => return None,
    })
}

/// Returns the extension that has an operator class for plain values where an access method has
/// none. For text with GIN, trigrams are meant as often.
fn of_no_default(message: &str) -> Option<&'static str> {
    let said = |name: &str| words(message).any(|word| word == name);
    let plain = [
        "smallint",
        "integer",
        "bigint",
        "oid",
        "numeric",
        "real",
        "double",
        "money",
        "date",
        "time",
        "timestamp",
        "interval",
        "uuid",
        "boolean",
        "bytea",
        "bit",
        "macaddr",
        "inet",
    ];
    let text = ["text", "character"];
    match (plain.into_iter().any(said), text.into_iter().any(said)) {
        (true, _) if message.contains("\"gin\"") => Some("btree_gin"),
        (true, _) | (_, true) if message.contains("\"gist\"") => Some("btree_gist"),
        _ => None,
    }
}
