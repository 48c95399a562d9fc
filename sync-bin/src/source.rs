//! Where a schema comes from: `models`, a database URL, or a snapshot file.

use std::path::{Path, PathBuf};
use std::str::FromStr;

use schema_core::db::{Session, SessionOptions, Source};
use schema_core::export::snapshot;
use schema_core::model;
use schema_core::schema::{Family, Schema};

use crate::{Failure, database, out};

/// A source as it was typed.
#[derive(Clone, PartialEq, Eq)]
pub(crate) enum SourceArg {
    /// The models that are linked into this program.
    Models,
    /// A database; may hold a password.
    Url(String),
    /// A snapshot file.
    File(PathBuf),
}

impl FromStr for SourceArg {
    type Err = std::convert::Infallible;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(if text == "models" {
            Self::Models
        } else if text.contains("://") || text.starts_with("sqlite:") {
            Self::Url(text.to_owned())
        } else {
            Self::File(text.into())
        })
    }
}

impl SourceArg {
    /// Returns it as a schema to be wanted of a database of `family`.
    ///
    /// # Errors
    ///
    /// The file is no snapshot, or one of another family.
    pub(crate) fn source(&self, family: Family) -> Result<Source, Failure> {
        Ok(match self {
            Self::Models => Source::Models,
            Self::Url(url) => Source::Url(url.clone()),
            Self::File(path) => {
                let (other, schema) = read_snapshot(path)?;
                if other != family {
                    return Err(schema_core::Error::Families {
                        live: family,
                        desired: other,
                    }
                    .into());
                }
                Source::Snapshot(schema)
            }
        })
    }

    /// Returns the family that it says by itself; models say none.
    ///
    /// # Errors
    ///
    /// The file is no snapshot.
    pub(crate) fn family(&self) -> Result<Option<Family>, Failure> {
        Ok(match self {
            Self::Models => None,
            Self::Url(url) => Some(database::family(url)),
            Self::File(path) => Some(read_snapshot(path)?.0),
        })
    }
}

/// Reads a snapshot file.
///
/// # Errors
///
/// The file cannot be read, or is no snapshot.
pub(crate) fn read_snapshot(path: &Path) -> Result<(Family, Schema), Failure> {
    let text = out::read_file(path)?;
    snapshot::read(&text).map_err(|reason| Failure::new(format!("`{}`: {reason}", path.display())))
}

/// Returns what the models say.
///
/// # Errors
///
/// They contradict themselves, or there are none.
pub(crate) fn models(family: Family) -> Result<Schema, Failure> {
    model::collect(family).map_err(|errors| schema_core::Error::Registry(errors).into())
}

/// Returns how many models there are, and of which crates: `14 models from app_models`.
pub(crate) fn models_line() -> String {
    let models = model::models();
    let mut crates: Vec<&str> = models
        .iter()
        .map(|model| model.module.split("::").next().unwrap_or_default())
        .collect();
    crates.sort_unstable();
    crates.dedup();
    let word = if models.len() == 1 { "model" } else { "models" };
    format!("{} {word} from {}", models.len(), crates.join(", "))
}

/// Opens a session that only spells schemas. SQLite needs no file for it; PostgreSQL a server.
///
/// # Errors
///
/// There is no server to ask.
pub(crate) async fn workbench(family: Family, url: Option<&str>) -> Result<Session, Failure> {
    if let Some(url) = url.filter(|url| database::family(url) == family) {
        let options = SessionOptions {
            read_only: true,
            ..SessionOptions::default()
        };
        return Ok(Session::open(url, &options).await?);
    }
    match family {
        Family::Sqlite => Ok(Session::open("sqlite::memory:", &SessionOptions::default()).await?),
        Family::Postgres => Err(Failure::new(
            "without a PostgreSQL server this cannot be compared or written as SQL\n  \
             cure: give the database as a URL (--from postgres://..., or --database-url)",
        )),
    }
}

/// Lets a session spell a schema as its database does.
///
/// # Errors
///
/// What the database cannot have.
pub(crate) fn normalize(session: &Session, schema: Schema) -> Result<Schema, Failure> {
    session
        .normalize(schema)
        .map_err(|reasons| schema_core::Error::Unsupported(reasons).into())
}
