//! Users who may not do what a plan does, and servers that let nobody in: refused before the first
//! statement, with the words that cure it.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};

use tests::{
    Output, PgDatabase, Role, pg_copy, pg_database, pg_dump_schema, pg_texts, pg_url, psql, sync,
    sync_on, temp_dir,
};

const SECRET: &str = "sEcr3t";

/// Applies as a user, who lacks something, and then has it.
struct Poor {
    database: PgDatabase,
    role: Role,
}

impl Poor {
    fn new(name: &str) -> Self {
        let database = pg_database();
        psql(&database.url, "REVOKE ALL ON SCHEMA public FROM public");
        Self {
            database,
            role: Role::new(name, ""),
        }
    }

    fn run(&self, args: &[&str]) -> Output {
        sync_on(&self.role.url(&self.database.name), args)
    }

    /// Is refused with these words before anything is changed; a dry run says so and shows the plan.
    fn is_refused(&self, args: &[&str], words: &[&str]) {
        is_refused(&self.database, &self.role, args, words);
    }

    /// The cure cures.
    fn has(&self, cure: &str) {
        psql(&self.database.url, cure);
    }
}

/// Refuses a user with these words before anything is changed; a dry run says so and shows the plan.
fn is_refused(database: &PgDatabase, role: &Role, args: &[&str], words: &[&str]) {
    let run = |args: &[&str]| sync_on(&role.url(&database.name), args);
    let before = pg_dump_schema(&database.url);
    let output = run(&[&["--apply", "--yes"], args].concat()).expect(3);
    for word in words.iter().chain(&["Refused: nothing was changed"]) {
        assert!(output.stdout.contains(word), "{word}\n{}", output.all());
    }
    let dry = run(args).expect(0);
    let told = "apply would be refused: ";
    assert!(dry.stdout.contains(told), "{}", dry.all());
    assert!(dry.stdout.contains("Plan: "), "{}", dry.all());
    run(&[&["--exit-code"], args].concat()).expect(2);
    assert_eq!(before, pg_dump_schema(&database.url));
}

impl Drop for Poor {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            self.role.leave(&self.database.url);
        }
    }
}

#[test]
fn a_schema_in_which_the_user_may_create_nothing_is_named_with_the_grant() {
    let poor = Poor::new("rights_schema");
    let cure = format!("GRANT CREATE ON SCHEMA public TO {}", poor.role.name);
    poor.is_refused(&[], &["⚠ schema public", "may create nothing in it", &cure]);
    poor.has(&cure);
    poor.has(&format!(
        "GRANT USAGE ON SCHEMA public TO {}",
        poor.role.name
    ));
    poor.run(&["--apply", "--yes"]).expect(0);
}

#[test]
fn what_only_its_owner_alters_is_named_with_the_owner() {
    let poor = Poor::new("rights_owner");
    sync_on(&poor.database.url, &["--apply", "--yes"]).expect(0);
    poor.has(&format!(
        "GRANT ALL ON SCHEMA public TO {}; ALTER TABLE orders DROP COLUMN note;
         ALTER TYPE order_status RENAME VALUE 'draft' TO 'drft'",
        poor.role.name
    ));
    let cure = format!("ALTER TABLE public.orders OWNER TO {}", poor.role.name);
    poor.is_refused(
        &["--allow", "all"],
        &[
            "⚠ owner postgres",
            "table `orders`, type `order_status`",
            &cure,
        ],
    );
    poor.has(&cure);
    poor.is_refused(
        &["--allow", "all"],
        &["ALTER TYPE public.order_status OWNER TO"],
    );
    // A member of the owner is one.
    let owner = Role::new("rights_group", "");
    poor.has(&format!(
        "ALTER TYPE order_status OWNER TO {}; GRANT {} TO {};
         GRANT CREATE ON SCHEMA public TO {}",
        owner.name, owner.name, poor.role.name, owner.name
    ));
    poor.run(&["--apply", "--yes", "--allow", "all"]).expect(0);
    owner.leave(&poor.database.url);
}

#[test]
fn what_is_made_again_is_whose_it_was() {
    let role = Role::new("rights_again", "");
    let name = &role.name;
    let make = |sql: &str| {
        let database = pg_database();
        psql(
            &database.url,
            &format!(
                "GRANT CREATE ON SCHEMA public TO {name}; SET ROLE {name}; {sql}; \
                 CREATE INDEX ON t (key); GRANT SELECT (key), UPDATE (e) ON t TO PUBLIC; \
                 REVOKE ALL ON TYPE e FROM PUBLIC"
            ),
        );
        database
    };
    let live = make(
        "CREATE TYPE e AS ENUM ('a', 'b'); CREATE DOMAIN f AS int CHECK (value > 0); \
         CREATE TYPE c AS (x e, y int); CREATE SEQUENCE numbers; \
         CREATE TABLE t (id int PRIMARY KEY, e e, f f, c c, text text, \
           key text GENERATED ALWAYS AS (lower(text)) STORED)",
    );
    let desired = make(
        "CREATE TYPE e AS ENUM ('b', 'a'); CREATE DOMAIN f AS bigint CHECK (value > 0); \
         CREATE TYPE c AS (x e, y bigint); \
         CREATE TABLE t (id serial PRIMARY KEY, e e, f f, c c, text text, \
           key text GENERATED ALWAYS AS (upper(text)) STORED, number bigint); \
         CREATE SEQUENCE numbers OWNED BY t.number",
    );
    let whose = "SELECT string_agg(concat_ws(' ', kind, name, pg_get_userbyid(owner), acl), '; ' \
           ORDER BY kind, name) FROM ( \
         SELECT 'relation' AS kind, relname AS name, relowner AS owner, relacl::text AS acl FROM pg_class \
           WHERE relnamespace = 'public'::regnamespace AND relkind <> 'i' \
         UNION ALL SELECT 'type', typname, typowner, typacl::text FROM pg_type \
           WHERE typnamespace = 'public'::regnamespace AND typtype IN ('e', 'd') \
         UNION ALL SELECT 'column', attname, 0, attacl::text FROM pg_attribute WHERE attacl IS NOT NULL \
           AND NOT attisdropped AND attrelid = 't'::regclass) x";
    for (from, to) in [(&live, &desired), (&desired, &live)] {
        let before = pg_texts(&to.url, whose);
        let copy = pg_copy(from);
        let options = ["--desired", &to.url, "--prune", "--allow", "all"];
        sync_on(&copy.url, &[&["--apply", "--yes"], &options[..]].concat()).expect(0);
        assert_eq!(pg_texts(&copy.url, whose), before);
        role.leave(&copy.url);
    }
    role.leave(&live.url);
    role.leave(&desired.url);
}

#[test]
fn a_foreign_key_to_a_table_of_others_needs_a_grant() {
    let poor = Poor::new("rights_references");
    sync_on(&poor.database.url, &["--apply", "--yes"]).expect(0);
    poor.has(&format!(
        "GRANT ALL ON SCHEMA public TO {0}; ALTER TABLE product_tags OWNER TO {0};
         ALTER TABLE product_tags DROP CONSTRAINT product_tags_tag_id_fkey",
        poor.role.name
    ));
    let cure = format!("GRANT REFERENCES ON public.tags TO {}", poor.role.name);
    poor.is_refused(&[], &["⚠ tags", "may not make a foreign key to it", &cure]);
    poor.has(&cure);
    poor.run(&["--apply", "--yes"]).expect(0);
}

/// The server takes a foreign key for proven under the policies of its table, also for the owner
/// where they are forced.
#[test]
fn rows_that_policies_hide_from_their_owner_are_not_taken_for_none() {
    let poor = Poor::new("rights_hidden");
    let role = &poor.role.name;
    poor.has(&format!(
        "GRANT ALL ON SCHEMA public TO {role};
         CREATE TABLE a (id int PRIMARY KEY); CREATE TABLE b (a int, n int);
         INSERT INTO b VALUES (9, NULL);
         ALTER TABLE b ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
         CREATE POLICY p ON b USING (false);
         ALTER TABLE a OWNER TO {role}; ALTER TABLE b OWNER TO {role}"
    ));
    let other = pg_database();
    psql(
        &other.url,
        "CREATE TABLE a (id int PRIMARY KEY); CREATE TABLE b (a int REFERENCES a, n int NOT NULL);
         ALTER TABLE b ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY",
    );
    let desired = ["--allow", "breaks_running_app", "--desired", &other.url];
    let cure = format!("ALTER ROLE {role} BYPASSRLS");
    poor.is_refused(&desired, &["⚠ b", "its policies hide rows from", &cure]);
    let told = poor.run(&[&["--dry-run"][..], &desired].concat());
    let words =
        "b.n: its rows are not checked beforehand: query would be affected by row-level security";
    assert!(told.stdout.contains(words), "{}", told.all());
    poor.has(&cure);
    let told = poor.run(&[&["--dry-run"][..], &desired].concat()).expect(0);
    assert!(told.stdout.contains("1 row without one"), "{}", told.all());
    assert!(told.stdout.contains("1 row with NULL"), "{}", told.all());
}

/// An UPDATE passes over them.
#[test]
fn rows_that_policies_hide_from_their_owner_are_not_left_without_a_value() {
    let poor = Poor::new("rights_unfilled");
    let role = &poor.role.name;
    poor.has(&format!(
        "GRANT ALL ON SCHEMA public TO {role};
         CREATE TABLE b (n int); INSERT INTO b VALUES (9);
         ALTER TABLE b ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
         ALTER TABLE b OWNER TO {role}"
    ));
    let other = pg_database();
    psql(
        &other.url,
        "CREATE TABLE b (n int, v uuid DEFAULT gen_random_uuid());
         ALTER TABLE b ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY",
    );
    let desired = ["--small-table", "0", "--desired", &other.url];
    poor.is_refused(&desired, &["⚠ b", "v would get no value there"]);
}

#[test]
fn a_user_who_only_reads_is_told_before_the_first_statement() {
    let poor = Poor::new("rights_read_only");
    poor.has(&format!(
        "GRANT ALL ON SCHEMA public TO {0};
         ALTER ROLE {0} SET default_transaction_read_only = on",
        poor.role.name
    ));
    poor.is_refused(&[], &["⚠ server", "default_transaction_read_only is on"]);
}

/// A standby, or a user without temporary tables: what the server would have to spell is neither
/// planned nor said to be in sync.
#[test]
fn what_the_server_may_not_spell_is_said_not_to_be_compared() {
    let poor = Poor::new("rights_spelling");
    let role = &poor.role.name;
    sync_on(&poor.database.url, &["--apply", "--yes"]).expect(0);
    poor.has(
        "ALTER TABLE payments DROP CONSTRAINT payments_amount_check;
         ALTER TABLE payments ADD CHECK (amount > 1);
         DROP INDEX products_live_idx;
         CREATE INDEX products_live_idx ON products (organisation_id, name)
             WHERE archived_at IS NOT NULL;
         ALTER TABLE users ALTER created_at SET DEFAULT now() + '1 day', ALTER name DROP NOT NULL",
    );
    let compares = || {
        let output = poor.run(&["verify"]).expect(2);
        for told in [
            "- check   payments_amount_check",
            "- index   products_live_idx",
            "~ column  created_at default",
        ] {
            assert!(output.stdout.contains(told), "{told}\n{}", output.all());
        }
        assert!(
            !output.stdout.contains("cannot compare"),
            "{}",
            output.all()
        );
    };
    let does_not_compare = |cure: &str| {
        for (args, code) in [
            (&["verify"][..], 2),
            (&[], 0),
            (&["--exit-code"], 3),
            (&["--apply", "--yes"], 3),
        ] {
            let output = poor.run(args).expect(code);
            for told in [
                "⚠ payments  cannot compare the check `payments_amount_check`: ",
                "⚠ products  cannot compare the index `products_live_idx`: ",
                "⚠ users     cannot compare the default of `created_at`: ",
                "~ column  name nullable → not null",
                "0 to add, 1 to alter, 0 to drop",
                cure,
            ] {
                assert!(output.stdout.contains(told), "{told}\n{}", output.all());
            }
            for table in ["payments", "products", "users"] {
                let told = format!("✓ {table}");
                assert!(!output.stdout.contains(&told), "{told}\n{}", output.all());
            }
        }
    };
    poor.has(&format!("GRANT USAGE ON SCHEMA public TO {role}"));
    compares();
    let read_only = "default_transaction_read_only";
    poor.has(&format!("ALTER ROLE {role} SET {read_only} = on"));
    does_not_compare("cure:       name the primary in the URL, for a user who may write");
    // Nothing else to do is not in sync.
    let output = poor.run(&["verify", "-q", "--only", "payments"]).expect(2);
    assert!(!output.stdout.contains("In sync"), "{}", output.all());
    poor.has(&format!("ALTER ROLE {role} RESET {read_only}"));
    let name = &poor.database.name;
    poor.has(&format!("REVOKE TEMPORARY ON DATABASE {name} FROM public"));
    let cure = format!("GRANT TEMPORARY ON DATABASE {name} TO {role}");
    does_not_compare(&format!("cure:       {cure}"));
    poor.has(&cure);
    compares();
}

#[test]
fn extensions_and_schemas_that_the_user_may_not_create_are_named() {
    let (poor, desired) = (Poor::new("rights_extension"), pg_database());
    poor.has(&format!("GRANT ALL ON SCHEMA public TO {}", poor.role.name));
    psql(
        &desired.url,
        "CREATE SCHEMA extra; CREATE TABLE extra.t (id int);
         CREATE TABLE u (id int)",
    );
    let cure = format!("CREATE SCHEMA extra AUTHORIZATION {}", poor.role.name);
    poor.is_refused(
        &["--desired", &desired.url],
        &["⚠ schema extra", "is missing", &cure],
    );
    poor.has(&cure);
    poor.run(&["--apply", "--yes", "--desired", &desired.url])
        .expect(0);
    poor.has("DROP SCHEMA extra CASCADE");
}

#[test]
fn an_extension_that_the_server_does_not_have_is_refused_with_the_plan() {
    let (db, dir) = (pg_database(), temp_dir());
    let snapshot = dir.path().join("t.json");
    let path = snapshot.display().to_string();
    sync_on(&db.url, &["dump", "--out", &path]).expect(0);
    let text = std::fs::read_to_string(&snapshot).expect("it was written");
    let wanted = text.replace("\"extensions\": {}", "\"extensions\": {\"nope\": {}}");
    assert_ne!(text, wanted);
    std::fs::write(&snapshot, wanted).expect("writable");
    for way in [&["--dry-run", "--exit-code"], &["--apply", "--yes"]] {
        let output = sync_on(&db.url, &[&way[..], &["--desired", &path]].concat()).expect(3);
        for told in [
            "the server does not have it",
            "install its package on the server",
        ] {
            assert_eq!(output.all().matches(told).count(), 1, "{}", output.all());
        }
    }
}

#[test]
fn a_database_is_created_by_who_may() {
    let role = Role::new("rights_createdb", "");
    let name = format!("made_by_{}", role.name);
    let apply = ["--apply", "--yes", "--create-database"];
    let output = sync_on(&role.url(&name), &apply).expect(1);
    for told in [
        format!("`{name}` cannot be created"),
        format!("ALTER ROLE {} CREATEDB", role.name),
    ] {
        assert!(output.stderr.contains(&told), "{told}\n{}", output.all());
    }
    let admin = pg_url("postgres");
    psql(&admin, &format!("ALTER ROLE {} CREATEDB", role.name));
    sync_on(&role.url(&name), &apply).expect(0);
    psql(&admin, &format!("DROP DATABASE {name}"));
}

#[test]
fn a_database_to_which_the_user_may_not_connect_is_named_with_the_grant() {
    let (database, role) = (pg_database(), Role::new("rights_connect", ""));
    psql(
        &database.url,
        &format!("REVOKE CONNECT ON DATABASE {} FROM public", database.name),
    );
    let output = sync_on(&role.url(&database.name), &[]).expect(1);
    let cure = format!(
        "cure: GRANT CONNECT ON DATABASE {} TO {}",
        database.name, role.name
    );
    assert!(output.stderr.contains(&cure), "{}", output.all());
}

#[test]
fn a_wrong_password_is_told_and_not_printed() {
    let admin = pg_url("postgres");
    psql(
        &admin,
        "DO $$ BEGIN CREATE ROLE needs_password;
         EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$",
    );
    let role = Role::new("rights_password", "PASSWORD 'right' IN ROLE needs_password");
    let database = pg_database();
    let with = |password: &str| {
        let mut url = url::Url::parse(&role.url(&database.name)).expect("a URL");
        url.set_password(Some(password)).expect("a host is there");
        url.to_string()
    };
    sync_on(&with("right"), &[]).expect(0);
    let wrong = with(SECRET);
    let dir = temp_dir();
    for output in [
        sync_on(&wrong, &[]),
        sync_on(&wrong, &["-v", "--apply", "--yes"]),
        sync_on(&wrong, &["doctor"]),
        sync(&["verify"], &[("DATABASE_URL", &wrong)], dir.path()),
        sync(&["dump", &wrong], &[], dir.path()),
    ] {
        let output = output.expect(1);
        let told = format!(
            "refuses user `{}`: password authentication failed",
            role.name
        );
        assert!(output.all().contains(&told), "{}", output.all());
        assert!(!output.all().contains(SECRET), "{}", output.all());
    }
}

#[test]
fn a_server_that_is_too_old_is_told_by_its_version() {
    let port = old_server();
    for args in [&["--dry-run"][..], &["--apply", "--yes"], &["verify"]] {
        let output = sync_on(&format!("postgres://me@127.0.0.1:{port}/shop"), args).expect(1);
        let told = "PostgreSQL 12.22 is not supported; 13 or later is needed";
        assert!(output.stderr.contains(told), "{}", output.all());
    }
}

/// Starts what answers as PostgreSQL 12 does when it is asked for its version; returns its port.
fn old_server() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let port = listener.local_addr().expect("an address").port();
    // The thread ends with the process: a listener cannot be woken up.
    std::thread::spawn(move || {
        for client in listener.incoming() {
            drop(client.and_then(answer));
        }
    });
    port
}

fn answer(mut client: TcpStream) -> std::io::Result<()> {
    const SSL_REQUEST: [u8; 4] = 80_877_103_u32.to_be_bytes();
    const READY: &[u8] = b"Z\0\0\0\x05I";
    if message(&mut client)?[4..8] == SSL_REQUEST {
        client.write_all(b"N")?;
        message(&mut client)?;
    }
    client.write_all(b"R\0\0\0\x08\0\0\0\0")?;
    client.write_all(READY)?;
    loop {
        let mut kind = [0];
        client.read_exact(&mut kind)?;
        let asked = String::from_utf8_lossy(&message(&mut client)?).into_owned();
        if kind == *b"X" {
            return Ok(());
        }
        if asked.contains("server_version_num") {
            client.write_all(&row(&[
                (23, "120022"),
                (25, "12.22"),
                (25, "shop"),
                (25, "me"),
                (23, "1"),
            ]))?;
        }
        client.write_all(b"C\0\0\0\x0bSELECT\0")?;
        client.write_all(READY)?;
    }
}

/// Writes one row with its description: types by their number, values as text.
fn row(values: &[(u32, &str)]) -> Vec<u8> {
    let count = u16::try_from(values.len()).expect("few").to_be_bytes();
    let (mut about, mut data) = (count.to_vec(), count.to_vec());
    for (ty, value) in values {
        about.extend(b"v\0");
        about.extend([0; 6]);
        about.extend(ty.to_be_bytes());
        about.extend([0xff; 6]);
        about.extend([0; 2]);
        data.extend(u32::try_from(value.len()).expect("short").to_be_bytes());
        data.extend(value.as_bytes());
    }
    let mut out = Vec::new();
    for (kind, body) in [(b'T', about), (b'D', data)] {
        out.push(kind);
        out.extend(u32::try_from(body.len() + 4).expect("short").to_be_bytes());
        out.extend(body);
    }
    out
}

/// Reads a message: its length, which counts itself, and the rest.
fn message(from: &mut TcpStream) -> std::io::Result<Vec<u8>> {
    let mut length = [0; 4];
    from.read_exact(&mut length)?;
    let mut body = vec![0; u32::from_be_bytes(length) as usize];
    body[..4].copy_from_slice(&length);
    from.read_exact(&mut body[4..])?;
    Ok(body)
}

/// What a plan makes anew, alters or drops besides tables and types has an owner too.
#[test]
fn what_is_no_table_is_named_with_its_owner() {
    let role = Role::new("rights_others", "");
    let name = &role.name;
    let table = format!("CREATE TABLE t (id int, v varchar(10)); ALTER TABLE t OWNER TO {name};");
    let retyped = "CREATE TABLE t (id int, v text);";
    let function = format!(
        "CREATE TYPE e AS ENUM ('a', 'b'); ALTER TYPE e OWNER TO {name};
         CREATE FUNCTION f(n int, e e) RETURNS int LANGUAGE sql AS 'SELECT 1'"
    );
    let cases = [
        ("CREATE VIEW w AS SELECT v FROM t", "", "view `w`"),
        (
            "CREATE MATERIALIZED VIEW w AS SELECT v FROM t",
            "",
            "materialized view `w`",
        ),
        (
            &function,
            "CREATE TYPE e AS ENUM ('b', 'a')",
            "function `f(n integer, e public.e)`",
        ),
        (
            "CREATE SEQUENCE q",
            "CREATE SEQUENCE q INCREMENT 5",
            "sequence `q`",
        ),
        (
            "CREATE SEQUENCE q",
            "CREATE SEQUENCE q; COMMENT ON SEQUENCE q IS 'x'",
            "sequence `q`",
        ),
        ("CREATE SEQUENCE q", "", "sequence `q`"),
        (
            "CREATE STATISTICS s ON id, v FROM t",
            "CREATE STATISTICS s ON id, v FROM t; ALTER STATISTICS s SET STATISTICS 9",
            "statistics `s`",
        ),
        ("", "COMMENT ON SCHEMA public IS 'x'", "schema `public`"),
        (
            "CREATE TABLE c () INHERITS (t)",
            "CREATE TABLE c () INHERITS (t)",
            "table `c`",
        ),
        (
            "CREATE EXTENSION citext",
            "CREATE EXTENSION citext; COMMENT ON EXTENSION citext IS 'x'",
            "extension `citext`",
        ),
    ];
    for (live, desired, words) in cases {
        let (before, after) = (pg_database(), pg_database());
        psql(
            &before.url,
            &format!("GRANT ALL ON SCHEMA public TO {name}; {table} {live}"),
        );
        psql(&after.url, &format!("{retyped} {desired}"));
        let args = ["--desired", &after.url, "--prune", "--allow", "all"];
        is_refused(&before, &role, &args, &["⚠ owner postgres", words]);
    }
}
