//! The parameters of a URL: those that the driver does not know are honoured here, refused, or named
//! as what does nothing.

use std::time::Duration;

use url::Url;

use crate::db::ConnectError;

/// What a URL looks like: a password with signs of its own is why most of them are none.
const SHAPE: &str = "write postgres://user:password@host:port/database, \
    and the signs of a password as %23 (#), %25 (%), %2F (/), %3A (:), %3F (?) and %40 (@)";

/// Those that the driver knows.
const KNOWN: &[&str] = &[
    "application_name",
    "dbname",
    "host",
    "hostaddr",
    "options",
    "password",
    "port",
    "ssl-ca",
    "ssl-cert",
    "ssl-key",
    "ssl-mode",
    "ssl-root-cert",
    "sslcert",
    "sslkey",
    "sslmode",
    "sslrootcert",
    "statement-cache-capacity",
    "user",
];

/// Those that are honoured here.
const HONOURED: &[&str] = &["connect_timeout", "target_session_attrs"];

/// Those of libpq about TLS that the driver does not know: what else begins so is misspelled.
const TLS: &[&str] = &[
    "ssl_max_protocol_version",
    "ssl_min_protocol_version",
    "sslcertmode",
    "sslcompression",
    "sslcrl",
    "sslcrldir",
    "sslkeylogfile",
    "sslnegotiation",
    "sslpassword",
    "sslsni",
];

/// Values that ask for nothing that is not so anyway.
const SO_ANYWAY: &[(&str, &[&str])] = &[
    ("channel_binding", &["disable", "prefer"]),
    ("client_encoding", &["UTF8", "auto", "utf8"]),
    ("gssencmode", &["disable", "prefer"]),
    ("load_balance_hosts", &["disable"]),
    ("sslcompression", &["0"]),
    ("sslnegotiation", &["postgres"]),
    ("sslsni", &["1"]),
];

/// How long a server is waited for.
const PATIENCE: Duration = Duration::from_secs(10);

/// What a URL asks for beyond what the driver does.
pub(super) struct Asked {
    /// How long a server is waited for.
    pub(super) patience: Duration,
    /// Which server it has to be.
    pub(super) server: Option<Server>,
    /// How the session is called.
    pub(super) name: Option<String>,
}

impl Default for Asked {
    fn default() -> Self {
        Self {
            patience: PATIENCE,
            server: None,
            name: None,
        }
    }
}

/// A kind of server, as `target_session_attrs` names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Server {
    ReadWrite,
    ReadOnly,
    Primary,
    Standby,
}

impl Server {
    /// Tells why a server is not of this kind.
    pub(super) fn mismatch(self, standby: bool, read_only: bool) -> Option<&'static str> {
        match self {
            Self::ReadWrite if standby || read_only => {
                Some("target_session_attrs=read-write, and the server takes no changes")
            }
            Self::ReadOnly if !standby && !read_only => {
                Some("target_session_attrs=read-only, and the server takes changes")
            }
            Self::Primary if standby => {
                Some("target_session_attrs=primary, and the server is a standby")
            }
            Self::Standby if !standby => {
                Some("target_session_attrs=standby, and the server is none")
            }
            Self::ReadWrite | Self::ReadOnly | Self::Primary | Self::Standby => None,
        }
    }
}

/// Reads what a URL asks for.
///
/// # Errors
///
/// It is none; or it asks for what the driver would leave out in silence, and be somewhere else or
/// less safe for it.
pub(super) fn asked(text: &str) -> Result<Asked, ConnectError> {
    let refuse = |reason: String| Err(ConnectError::Url(reason));
    // Without the slashes the driver takes all of it for a path, and goes to the default host.
    let Some((_, rest)) = text.split_once("://") else {
        return refuse(format!("has no `//`; {SHAPE}"));
    };
    let place = rest.split(['/', '?']).next().unwrap_or_default();
    let hosts = place.rsplit_once('@').map_or(place, |it| it.1);
    let whole = place.contains('@') || !rest.contains('@');
    if whole && hosts.contains(',') {
        return refuse("names several hosts; name one, that of the primary".into());
    }
    let url = match Url::parse(text) {
        Ok(url) => url,
        Err(error) => return refuse(format!("{error}; {SHAPE}")),
    };
    let mut asked = Asked::default();
    for (key, value) in url.query_pairs() {
        let lower = key.to_ascii_lowercase();
        match &*key {
            "connect_timeout" => {
                let Ok(seconds) = value.trim().parse::<i64>() else {
                    return refuse(
                        "`connect_timeout` is no number of seconds; write connect_timeout=10"
                            .into(),
                    );
                };
                let given = u64::try_from(seconds).ok().filter(|it| *it > 0);
                asked.patience = given.map_or(Duration::MAX, Duration::from_secs);
            }
            "target_session_attrs" => {
                asked.server = match &*value {
                    "any" | "prefer-standby" => None,
                    "read-write" => Some(Server::ReadWrite),
                    "read-only" => Some(Server::ReadOnly),
                    "primary" => Some(Server::Primary),
                    "standby" => Some(Server::Standby),
                    _ => {
                        return refuse(
                            "`target_session_attrs` has a value that is none; write any, \
                             read-write, read-only, primary, standby or prefer-standby"
                                .into(),
                        );
                    }
                };
            }
            "application_name" => asked.name = Some(value.into_owned()),
            "host" | "hostaddr" if value.contains(',') => {
                return refuse("names several hosts; name one, that of the primary".into());
            }
            "gssencmode" if value == "require" => {
                return refuse(
                    "`gssencmode=require` would do nothing: encryption by GSSAPI is not there; \
                     write sslmode=require, or verify-full with sslrootcert"
                        .into(),
                );
            }
            "service" => {
                return refuse(
                    "`service` would do nothing: its file is not read; write host, user and \
                     database into the URL"
                        .into(),
                );
            }
            // What stands there is the rest of a password.
            _ if key.contains(['@', '/']) => {
                return refuse(format!("has `@` or `/` behind its `?`; {SHAPE}"));
            }
            _ if lower.starts_with("ssl") && !KNOWN.contains(&&*key) && !TLS.contains(&&*key) => {
                return refuse(format!(
                    "`{key}` is no parameter, and would do nothing; write sslmode=require, or verify-full with sslrootcert"
                ));
            }
            _ => {}
        }
    }
    Ok(asked)
}

/// Returns the names of parameters that do nothing here, for whoever believes that they do.
pub(crate) fn unheard(text: &str) -> Vec<String> {
    let Ok(url) = Url::parse(text) else {
        return Vec::new();
    };
    let mut names: Vec<String> = Vec::new();
    for (key, value) in url.query_pairs() {
        let heard = KNOWN.contains(&&*key)
            || HONOURED.contains(&&*key)
            || key.starts_with("options[")
            || (SO_ANYWAY.iter()).any(|(name, values)| key == *name && values.contains(&&*value));
        // What is no name may be the rest of a password.
        let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
        if !heard && !names.iter().any(|it| *it == key) {
            names.push(match key.chars().all(is_name) {
                true => key.into_owned(),
                false => "***".into(),
            });
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_does_nothing_is_named_without_its_value() {
        let of = |query: &str| unheard(&format!("postgres://me:p@host/db?{query}")).join(" ");
        for (query, names) in [
            ("sslmode=require&connect_timeout=3&application_name=x", ""),
            ("options=-c%20a%3Db&options[a]=b", ""),
            ("channel_binding=prefer&gssencmode=disable", ""),
            ("channel_binding=require", "channel_binding"),
            (
                "keepalives=1&keepalives_idle=5&keepalives=1",
                "keepalives keepalives_idle",
            ),
            ("sslpassword=s3cret&pgbouncer=true", "sslpassword pgbouncer"),
            ("s3cr%21et", "***"),
        ] {
            assert_eq!(of(query), names, "{query}");
        }
    }

    #[test]
    fn a_kind_of_server_is_that_of_libpq() {
        let fits =
            |server: Server, standby, read_only| server.mismatch(standby, read_only).is_none();
        let all = [
            Server::ReadWrite,
            Server::ReadOnly,
            Server::Primary,
            Server::Standby,
        ];
        assert_eq!(
            all.map(|it| fits(it, false, false)),
            [true, false, true, false]
        );
        assert_eq!(
            all.map(|it| fits(it, false, true)),
            [false, true, true, false]
        );
        assert_eq!(
            all.map(|it| fits(it, true, true)),
            [false, true, false, true]
        );
    }
}
