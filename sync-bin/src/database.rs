//! Which database: the option, the environment, `.env`, or the embedded default.

use schema_core::schema::Family;

use crate::Failure;

const VARIABLE: &str = "DATABASE_URL";
const DEFAULT: &str = "sqlite:dev.db";

/// Set where nobody wants an embedded database: in CI and on hosts of deployments.
const DEPLOYED: [&str; 6] = [
    "CI",
    "RAILWAY_ENVIRONMENT",
    "DYNO",
    "FLY_APP_NAME",
    "KUBERNETES_SERVICE_HOST",
    "RENDER",
];

/// A database, and who named it.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Database {
    /// May hold a password: never printed.
    pub(crate) url: String,
    /// Who named it.
    pub(crate) origin: Origin,
}

/// Who named the database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Origin {
    /// `--database-url`.
    Option,
    /// `DATABASE_URL`.
    Environment,
    /// `.env`.
    File,
    /// Nobody.
    Default,
}

impl Database {
    /// Returns what the reader should know about the choice.
    pub(crate) fn remark(&self) -> Option<&'static str> {
        match self.origin {
            Origin::Option | Origin::Environment => None,
            Origin::File => Some("named by .env"),
            Origin::Default => Some("the embedded default: no DATABASE_URL is set"),
        }
    }

    /// Returns the family that the scheme says.
    pub(crate) fn family(&self) -> Family {
        family(&self.url)
    }
}

/// Returns the family that the scheme of a URL says.
pub(crate) fn family(url: &str) -> Family {
    if url.starts_with("postgres:") || url.starts_with("postgresql:") {
        Family::Postgres
    } else {
        Family::Sqlite
    }
}

/// Finds the database. What changes something takes no default where an application is deployed.
///
/// # Errors
///
/// There is none, or `.env` cannot be read.
pub(crate) fn find(option: Option<&str>, changes: bool) -> Result<Database, Failure> {
    if let Some(url) = option {
        return Ok(named(url, Origin::Option));
    }
    match std::env::var(VARIABLE) {
        Ok(url) if !url.trim().is_empty() => return Ok(named(&url, Origin::Environment)),
        Ok(_) | Err(std::env::VarError::NotPresent) => {}
        Err(std::env::VarError::NotUnicode(_)) => {
            return Err(Failure::new("DATABASE_URL is not UTF-8"));
        }
    }
    if let Some(url) = from_file()? {
        return Ok(named(&url, Origin::File));
    }
    if !cfg!(feature = "sqlite") {
        return Err(Failure::new(
            "no database: set DATABASE_URL or give --database-url",
        ));
    }
    if changes && let Some(variable) = deployed() {
        return Err(Failure::new(format!(
            "no database is named, and {variable} is set: this looks like CI or a deployment, where \
             the embedded default would be lost\n  cure: set DATABASE_URL, or give --database-url"
        )));
    }
    Ok(named(DEFAULT, Origin::Default))
}

/// Returns the variable that tells of CI or a deployment.
pub(crate) fn deployed() -> Option<&'static str> {
    let set = |name: &&str| {
        std::env::var_os(name).is_some_and(|value| !value.is_empty() && value != "false")
    };
    DEPLOYED.into_iter().find(set)
}

fn named(url: &str, origin: Origin) -> Database {
    Database {
        url: url.trim().to_owned(),
        origin,
    }
}

fn from_file() -> Result<Option<String>, Failure> {
    // The error of the reader has the line, which may hold a password.
    let unreadable = || Failure::new("`.env`: cannot be read; write lines as NAME=\"value\"");
    let lines = match dotenvy::from_path_iter(".env") {
        Ok(lines) => lines,
        Err(error) if error.not_found() => return Ok(None),
        Err(_) => return Err(unreadable()),
    };
    for line in lines {
        let (name, value) = line.map_err(|_| unreadable())?;
        if name == VARIABLE && !value.trim().is_empty() {
            return Ok(Some(value));
        }
    }
    Ok(None)
}

/// Replaces passwords in URLs by `***`.
pub(crate) fn redact(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find("://") {
        let (before, after) = rest.split_at(at + 3);
        out.push_str(before);
        let end = after
            .find(|c: char| c.is_whitespace() || c == '\'' || c == '"')
            .unwrap_or(after.len());
        let (url, next) = after.split_at(end);
        match (url.find(':'), url.rfind('@')) {
            (Some(colon), Some(sign)) if colon < sign => {
                out.push_str(&url[..=colon]);
                out.push_str("***");
                out.push_str(&url[sign..]);
            }
            (Some(_) | None, _) => out.push_str(url),
        }
        rest = next;
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_not_printed() {
        let text = "unexpected 'postgres://me:p@ss:word@host:5432/db' found";
        assert_eq!(
            redact(text),
            "unexpected 'postgres://me:***@host:5432/db' found"
        );
        assert_eq!(redact("postgres://host:5432/db"), "postgres://host:5432/db");
    }

    #[test]
    fn an_option_wins() {
        let database = find(Some("sqlite:x.db"), true).map(|database| database.origin);
        assert_eq!(database.ok(), Some(Origin::Option));
    }
}
