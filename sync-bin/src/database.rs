//! Which database: the option, the environment, `.env`, or the embedded default.

use schema_core::db::{self, ConnectError, Session, SessionOptions};
use schema_core::schema::Family;

use crate::{Failure, files, out};

const VARIABLE: &str = "DATABASE_URL";
const DEFAULT: &str = "sqlite:dev.db";
const DEFAULT_FILE: &str = "dev.db";

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

    /// Opens it, and says who named it when that fails: the reader may not know of a `.env`.
    ///
    /// # Errors
    ///
    /// See [`ConnectError`].
    pub(crate) async fn open(&self, options: &SessionOptions) -> Result<Session, ConnectError> {
        let opened = open(&self.url, options).await;
        let place = match self.origin {
            Origin::Option | Origin::Default => None,
            Origin::Environment => Some(VARIABLE),
            Origin::File => Some(".env"),
        };
        if let (Err(_), Some(place)) = (&opened, place) {
            out::tell(&format!("note: the database is named by {place}"));
        }
        opened
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

/// Finds a database that is to be read. Nobody means the embedded default where there is none.
///
/// # Errors
///
/// As [`find`]; or it is the default, and is not there.
pub(crate) fn find_to_read(option: Option<&str>) -> Result<Database, Failure> {
    let found = find(option, false)?;
    if found.origin == Origin::Default && !std::path::Path::new(DEFAULT_FILE).exists() {
        return Err(Failure::new(format!(
            "no database is named, and the embedded default `{DEFAULT_FILE}` is not here\n  \
             cure: set DATABASE_URL, or give --database-url"
        )));
    }
    Ok(found)
}

/// Opens a database, and names what in its URL does nothing.
///
/// # Errors
///
/// See [`ConnectError`].
pub(crate) async fn open(url: &str, options: &SessionOptions) -> Result<Session, ConnectError> {
    let opened = Session::open(url, options).await;
    // What is no URL is told as such.
    if !matches!(opened, Err(ConnectError::Url(_))) {
        tell_unheard(url);
    }
    opened
}

/// Names what in a URL does nothing.
pub(crate) fn tell_unheard(url: &str) {
    let names = db::unheard(url);
    if names.is_empty() {
        return;
    }
    let does = match names.len() {
        1 => "does",
        _ => "do",
    };
    let names = names.join("`, `");
    out::tell(&format!(
        "note: database URL: `{names}` {does} nothing here"
    ));
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
    let text = match std::fs::read_to_string(".env") {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => {
            let reason = files::reason(&error);
            return Err(Failure::new(format!("`.env`: cannot be read: {reason}")));
        }
    };
    // Some editors of Windows begin a file with a mark of its encoding.
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    for line in dotenvy::from_read_iter(text.as_bytes()) {
        let (name, value) = line.map_err(|error| {
            // The line itself may hold a password.
            let place = if let dotenvy::Error::LineParse(wrong, _) = &error {
                (text.lines())
                    .position(|line| wrong.starts_with(line.trim_end()) && !line.is_empty())
            } else {
                None
            };
            let place = place.map_or(String::new(), |at| format!(", line {}", at + 1));
            Failure::new(format!(
                "`.env`{place}: cannot be read; write lines as NAME=\"value\""
            ))
        })?;
        if name == VARIABLE && !value.trim().is_empty() {
            return Ok(Some(value));
        }
    }
    Ok(None)
}

/// Parameters of a URL whose value nobody may read.
const SECRETS: [&str; 5] = ["pass", "secret", "token", "key", "pwd"];
/// Those that stand by themselves, as `psql` takes them.
const PARAMETERS: [&str; 2] = ["password", "sslpassword"];

/// Tells whether a text is made of connection parameters, as `psql` takes them, or of their beginning.
pub(crate) fn is_connection_string(text: &str) -> bool {
    const NAMES: [&str; 11] = [
        "host",
        "hostaddr",
        "port",
        "dbname",
        "database",
        "user",
        "password",
        "passfile",
        "service",
        "sslmode",
        "sslpassword",
    ];
    let mut names = (text.split_whitespace()).filter_map(|word| word.split_once('='));
    names.any(|(name, _)| NAMES.iter().any(|it| name.eq_ignore_ascii_case(it)) || is_secret(name))
}

/// Tells whether nobody may read the value of a parameter.
fn is_secret(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    SECRETS.iter().any(|it| name.contains(it))
}

/// Replaces passwords in URLs by `***`, and what looks like one in what looks like a URL.
pub(crate) fn redact(text: &str) -> String {
    let ends = |c: char| c.is_whitespace() || matches!(c, '\'' | '"' | '`');
    let mut out = String::new();
    let mut rest = text;
    while !rest.is_empty() {
        let end = rest.find(ends).unwrap_or(rest.len());
        out.push_str(&redact_word(&rest[..end]));
        let next = rest[end..].chars().next().map_or(0, char::len_utf8);
        out.push_str(&rest[end..end + next]);
        rest = &rest[end + next..];
    }
    out
}

fn redact_word(word: &str) -> String {
    if let Some((name, _)) = word.split_once('=')
        && PARAMETERS.contains(&name)
    {
        return format!("{name}=***");
    }
    let (address, parameters) = match word.find('?') {
        Some(at) => word.split_at(at),
        None => (word, ""),
    };
    let start = address.find("://").map_or(0, |at| at + 3);
    let (scheme, place) = address.split_at(start);
    // A password may hold signs that should have been written as `%40` or `%3F`.
    let whole = &word[start..];
    let mut out = String::from(scheme);
    match (whole.find(':'), whole.rfind('@')) {
        (Some(colon), Some(sign)) if colon < sign && sign > place.len() => {
            return format!("{scheme}{}***{}", &whole[..=colon], &whole[sign..]);
        }
        (Some(colon), Some(sign)) if colon < sign => {
            out.push_str(&place[..=colon]);
            out.push_str("***");
            out.push_str(&place[sign..]);
        }
        (Some(_) | None, _) => out.push_str(place),
    }
    for (n, parameter) in parameters.split_inclusive(['?', '&']).enumerate() {
        let (value, end) = match parameter.strip_suffix(['?', '&']) {
            Some(value) => (value, &parameter[value.len()..]),
            None => (parameter, ""),
        };
        match value.split_once('=') {
            Some((name, _)) if n > 0 && is_secret(name) => out.push_str(&format!("{name}=***")),
            Some(_) | None => out.push_str(value),
        }
        out.push_str(end);
    }
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
        for (text, redacted) in [
            ("postgres://host:5432/db", "postgres://host:5432/db"),
            (
                "`postgres://h/db?user=me&password=p%20w&sslmode=require`: no",
                "`postgres://h/db?user=me&password=***&sslmode=require`: no",
            ),
            (
                "postgres://h/db?sslpassword=x",
                "postgres://h/db?sslpassword=***",
            ),
            (
                "unexpected argument 'password=x' found",
                "unexpected argument 'password=***' found",
            ),
            ("user=u password=x host=h", "user=u password=*** host=h"),
            ("`mongodb:me:secret@host`", "`mongodb:***@host`"),
            ("postgres://me:wh?t@host/db", "postgres://me:***@host/db"),
            ("12:30 and me@host", "12:30 and me@host"),
            ("line one\n  cure: two", "line one\n  cure: two"),
        ] {
            assert_eq!(redact(text), redacted);
        }
    }

    #[test]
    fn an_option_wins() {
        let database = find(Some("sqlite:x.db"), true).map(|database| database.origin);
        assert_eq!(database.ok(), Some(Origin::Option));
    }
}
