//! Where a schema comes from: `models`, a database URL, or a snapshot file.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use schema_core::db::{Session, SessionOptions, Source};
use schema_core::dialect;
use schema_core::export::snapshot;
use schema_core::model;
use schema_core::schema::{Family, Schema};
use schema_core::wording::plural;

use crate::{Failure, database, files};

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
            Self::Url(url) => {
                database::tell_unheard(url);
                Source::Url(url.clone())
            }
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
    let shown = path.display();
    if !path.exists() && database::is_connection_string(&shown.to_string()) {
        return Err(Failure::new(
            "this source is no URL: connection parameters (`host=.. user=..`) are not read here; \
             write postgres://user@host:port/database, with the password behind the user",
        ));
    }
    if !path.exists() {
        return Err(Failure::new(format!(
            "`{shown}`: does not exist; name `models`, a database URL such as sqlite:{shown}, or \
             the path of a snapshot"
        )));
    }
    if is_sqlite(path) {
        return Err(Failure::new(format!(
            "`{shown}`: is a database of SQLite, and no snapshot; write sqlite:{shown}"
        )));
    }
    let text = files::read(path)?;
    snapshot::read(&text).map_err(|reason| Failure::new(format!("`{}`: {reason}", path.display())))
}

/// Tells whether a file begins as those of SQLite do.
fn is_sqlite(path: &Path) -> bool {
    let mut begin = [0; 16];
    let read = File::open(path).and_then(|mut file| file.read_exact(&mut begin));
    read.is_ok() && begin == *b"SQLite format 3\0"
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
    let count = plural(models.len(), "model", "models");
    format!("{count} from {}", crates.join(", "))
}

/// What spells schemas: a database, or what is known without one.
pub(crate) enum Bench {
    /// A database, which is only read.
    Session(Box<Session>),
    /// No database.
    Offline(Family),
}

impl Bench {
    /// Opens the database when there is one of the family to ask.
    ///
    /// # Errors
    ///
    /// It cannot be opened.
    pub(crate) async fn open(family: Family, url: Option<&str>) -> Result<Self, Failure> {
        let Some(url) = url.filter(|url| database::family(url) == family) else {
            return Ok(Self::Offline(family));
        };
        let options = SessionOptions {
            read_only: true,
            ..SessionOptions::default()
        };
        let session = database::open(url, &options).await?;
        Ok(Self::Session(Box::new(session)))
    }

    /// Returns the family.
    pub(crate) fn family(&self) -> Family {
        match self {
            Self::Session(session) => session.family(),
            Self::Offline(family) => *family,
        }
    }

    /// Spells a schema as the database does.
    ///
    /// # Errors
    ///
    /// What the database cannot have.
    pub(crate) fn normalize(&self, schema: Schema) -> Result<Schema, Failure> {
        let spelled = match self {
            Self::Session(session) => session.normalize(schema),
            Self::Offline(family) => dialect::normalize(*family, schema),
        };
        spelled.map_err(|reasons| schema_core::Error::Unsupported(reasons).into())
    }
}
