//! A random schema that somebody alters by hand: names change hands, and keep what they name.

use tests::{pg_copy, pg_texts, pg_try_each};

use super::{Side, goes_to, made};

/// All that may be done to a schema, a statement each; those that the server refuses are not done.
const ALTERATIONS: &str = r#"
WITH tables AS (
  SELECT c.oid, c.oid::regclass::text AS t, c.relname, c.relkind,
    EXISTS (SELECT 1 FROM pg_inherits WHERE c.oid IN (inhrelid, inhparent)) AS related
  FROM pg_class c
  WHERE relkind IN ('r', 'p') AND relnamespace::regnamespace::text !~ '^(pg_|information_schema)'
), columns AS (
  SELECT tables.*, attname, attnum, attnotnull, format_type(atttypid, atttypmod) AS ty
  FROM tables JOIN pg_attribute ON attrelid = oid AND attnum > 0 AND NOT attisdropped
)
SELECT format('ALTER TABLE %s RENAME TO %I', t, left('was ' || relname, 50)) FROM tables
UNION ALL
SELECT format('ALTER TABLE %s RENAME TO %I; CREATE TABLE %s (LIKE %I INCLUDING ALL EXCLUDING IDENTITY)', t, left('old ' || relname, 50), t, left('old ' || relname, 50))
FROM tables WHERE relkind = 'r' AND NOT related
UNION ALL
SELECT format('ALTER TABLE %1$s RENAME %2$I TO aside; ALTER TABLE %1$s RENAME %3$I TO %2$I; ALTER TABLE %1$s RENAME aside TO %3$I', a.t, a.attname, b.attname)
FROM columns a JOIN columns b ON a.oid = b.oid AND a.attnum < b.attnum WHERE NOT a.related
UNION ALL
SELECT format('ALTER TABLE %s RENAME %I TO %I', t, attname, left('was ' || attname, 50)) FROM columns WHERE NOT related
UNION ALL
SELECT format('ALTER TABLE %1$s ADD aside %3$s; ALTER TABLE %1$s DROP %2$I; ALTER TABLE %1$s RENAME aside TO %2$I', t, attname, ty)
FROM columns WHERE NOT related
UNION ALL
SELECT format('ALTER TABLE %s ALTER %I %s NOT NULL', t, attname, CASE WHEN attnotnull THEN 'DROP' ELSE 'SET' END)
FROM columns WHERE NOT related
UNION ALL
SELECT format('ALTER TABLE %s ALTER %I DROP DEFAULT', t, attname) FROM columns
UNION ALL
SELECT format('ALTER TABLE %s RENAME CONSTRAINT %I TO %I', t, conname, left('was ' || conname, 50))
FROM tables JOIN pg_constraint ON conrelid = tables.oid
UNION ALL
SELECT format('ALTER TABLE %s DROP CONSTRAINT %I CASCADE', t, conname)
FROM tables JOIN pg_constraint ON conrelid = tables.oid WHERE contype <> 'n'
UNION ALL
SELECT format('ALTER INDEX %s RENAME TO %I', indexrelid::regclass, left('was ' || indexrelid::regclass::text, 50))
FROM tables JOIN pg_index ON indrelid = tables.oid
UNION ALL
SELECT format('ALTER TABLE %s DETACH PARTITION %s', inhparent::regclass, t)
FROM tables JOIN pg_inherits ON inhrelid = tables.oid
UNION ALL
SELECT format('ALTER TABLE %s SET SCHEMA elsewhere', t) FROM tables
UNION ALL
SELECT format('ALTER SEQUENCE %s OWNED BY NONE', c.oid::regclass) FROM pg_class c
WHERE relkind = 'S' AND relnamespace::regnamespace::text !~ '^pg_'
"#;

/// Alters a schema in some ways, and brings each of both to the other.
pub(super) fn comes_back(seed: u64) -> Result<(), String> {
    let (before, by_script) = (made(seed, Side::Live), seed.is_multiple_of(2));
    let after = pg_copy(&before);
    let some = format!(
        "SELECT s FROM ({ALTERATIONS}) AS all_of_them (s) ORDER BY md5(s || {seed}) LIMIT 8"
    );
    let mut alterations = vec!["CREATE SCHEMA elsewhere".to_owned()];
    alterations.extend(pg_texts(&after.url, &some));
    pg_try_each(&after.url, &alterations);
    for (from, to) in [(&before, &after), (&after, &before)] {
        let from = pg_copy(from);
        goes_to(&from, to, by_script).map_err(|reason| {
            let altered = alterations.join(";\n");
            format!("{reason}\naltered by\n{altered}")
        })?;
    }
    Ok(())
}
