//! Users of the server with rights of their own.

use crate::{pg_url, psql};

/// A user who may log in and nothing else, and who goes away with the value.
pub struct Role {
    /// Its name.
    pub name: String,
}

impl Role {
    /// Makes one, with words of CREATE ROLE; its name begins as given.
    pub fn new(name: &str, words: &str) -> Self {
        let name = format!("{name}_{}", std::process::id());
        psql(
            &pg_url("postgres"),
            &format!("CREATE ROLE {name} LOGIN {words}"),
        );
        Self { name }
    }

    /// Returns the URL of a database for this user.
    pub fn url(&self, database: &str) -> String {
        let mut url = url::Url::parse(&pg_url(database)).expect("a URL");
        url.set_username(&self.name).expect("a host is there");
        url.to_string()
    }

    /// Takes away what the user has in a database, so that the user can be dropped.
    pub fn leave(&self, url: &str) {
        psql(url, &format!("DROP OWNED BY {} CASCADE", self.name));
    }
}

impl Drop for Role {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            psql(&pg_url("postgres"), &format!("DROP ROLE {}", self.name));
        }
    }
}
