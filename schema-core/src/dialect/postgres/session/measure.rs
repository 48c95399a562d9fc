//! How large tables are that no ANALYZE has looked at: the server is asked for their files.

use std::collections::BTreeSet;
use std::time::Duration;

use super::PgSession;
use crate::db::DbError;
use crate::facts::{Facts, Known, Size};
use crate::schema::{Name, Quoted, quote_literal};

/// How long a plan waits for it.
const TIME: Duration = Duration::from_secs(5);

/// A row's own words besides its columns: header and pointer. `src/include/access/htup_details.h`
const ROW: u64 = 28;

impl PgSession {
    /// Finds out how large tables are. The rows are guessed as the server's planner does it: from
    /// the size of the file and the width of the columns. A table whose lock somebody holds is left
    /// out: a plan does not wait for that.
    ///
    /// # Errors
    ///
    /// What the server says.
    pub async fn measure(
        &mut self,
        tables: &BTreeSet<Name>,
        facts: &mut Facts,
    ) -> Result<(), DbError> {
        let tables: Vec<&Name> = tables.iter().collect();
        let literal = |name: &&Name| quote_literal(&Quoted(*name).to_string());
        let names: Vec<String> = tables.iter().map(literal).collect();
        let sql = format!(
            "SELECT t.n - 1 || ' ' || pg_catalog.pg_relation_size(c.oid) || ' ' || (SELECT coalesce(sum(CASE WHEN a.attlen > 0 THEN a.attlen ELSE 32 END), 0) \
             FROM pg_catalog.pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped) \
             FROM unnest(ARRAY[{}]::text[]) WITH ORDINALITY AS t (name, n) JOIN pg_catalog.pg_class c ON c.oid = to_regclass(t.name) \
             WHERE NOT EXISTS (SELECT 1 FROM pg_catalog.pg_locks l WHERE l.relation = c.oid AND l.mode = 'AccessExclusiveLock' \
             AND l.database = (SELECT d.oid FROM pg_catalog.pg_database d WHERE d.datname = pg_catalog.current_database()))",
            names.join(", ")
        );
        let answer = self.ask_texts(&sql, TIME).await?;
        for line in answer {
            let numbers: Vec<u64> = line.split(' ').filter_map(|it| it.parse().ok()).collect();
            let [place, bytes, width] = numbers[..] else {
                continue;
            };
            let Some(&name) = usize::try_from(place).ok().and_then(|at| tables.get(at)) else {
                continue;
            };
            let size = Size {
                rows: bytes / (width + ROW),
                bytes,
                known: match bytes {
                    0 => Known::Counted,
                    _ => Known::Guessed,
                },
            };
            facts.sizes.insert(name.clone(), size);
        }
        Ok(())
    }
}
