//! What `sync doctor` says of a folder, and of a server.

use std::fs;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::sync::{Arc, Mutex};

use tests::{Output, Role, pg_database, psql, sqlite, sqlite_file, sync, sync_on, temp_dir};

/// Runs the doctor in a folder with these files.
fn doctor(files: &[(&str, &str)]) -> Output {
    let dir = temp_dir();
    write(dir.path(), files);
    sync(
        &["doctor", "--database-url", "sqlite:x.db"],
        &[],
        dir.path(),
    )
}

fn write(dir: &Path, files: &[(&str, &str)]) {
    for (name, text) in files {
        let path = dir.join(name);
        fs::create_dir_all(path.parent().expect("is in a folder")).expect("a folder");
        fs::write(path, text).expect("the file is written");
    }
}

/// Returns the lines of one subject, without the sign's colour.
fn lines(output: &Output, subject: &str) -> Vec<String> {
    let of = |line: &&str| line.split_whitespace().nth(1) == subject.split_whitespace().next();
    let lines = output.stdout.lines().filter(of);
    lines.map(|line| line.trim().to_owned()).collect()
}

#[test]
fn a_file_that_is_not_there_is_said_to_be_made() {
    let said = lines(&doctor(&[]), "connection");
    let [line] = &said[..] else {
        panic!("{said:?}");
    };
    assert!(line.starts_with('ℹ'), "{line}");
    assert!(
        line.ends_with("x.db, which does not exist: an apply makes it"),
        "{line}"
    );
}

#[test]
fn each_platform_is_found() {
    let files = [
        (
            "Procfile",
            "web: ./shop\nrelease: ./shop-sync --apply --wait 10m\n",
            2,
        ),
        (
            "railway.json",
            "{\"deploy\": {\n\"preDeployCommand\": [\"sync --apply\"]}}",
            2,
        ),
        (
            "railway.toml",
            "[deploy]\npreDeployCommand = [\n  \"sync --apply\"\n]\n",
            3,
        ),
        (
            "fly.toml",
            "[deploy]\n  release_command = \"/app/sync --apply\"\n",
            2,
        ),
        (
            "render.yaml",
            "services:\n  - preDeployCommand: sync --apply\n",
            2,
        ),
        (
            "heroku.yml",
            "build: {docker: {web: Dockerfile}}\nrelease:\n  image: web\n  command:\n    - sync --apply\n",
            5,
        ),
        (
            "app.json",
            "{\"scripts\": {\"postdeploy\": \"sync --apply\"}}",
            1,
        ),
        (
            ".github/workflows/release.yml",
            "jobs:\n  a:\n    - run: cargo run sync --apply\n",
            3,
        ),
        (
            "k8s/job.yaml",
            "command: [/app/sync]\nargs:\n  - \"--apply\"\n",
            3,
        ),
        (
            "deploy/sync.service",
            "[Service]\nExecStart=/usr/local/bin/sync --apply\n",
            2,
        ),
        ("Dockerfile", "FROM x\nCMD [\"sync\", \"--apply\"]\n", 2),
        (
            "deploy/overlays/production/job.yaml",
            "command: [sync, --apply]\n",
            1,
        ),
        (
            "charts/shop/templates/job.yaml",
            "args: [sync, --apply]\n",
            1,
        ),
    ];
    for (name, text, line) in files {
        let output = doctor(&[(name, text)]).expect(0);
        assert_eq!(
            lines(&output, "release"),
            [format!("✓ release        {name}:{line} runs sync --apply")]
        );
    }
}

#[test]
fn a_comment_and_another_program_are_no_release() {
    let output = doctor(&[(
        "Procfile",
        "# release: sync --apply\nweb: ./shop # sync --apply\nx: rsync --apply\n",
    )])
    .expect(1);
    assert_eq!(
        lines(&output, "release"),
        ["⚠ release        Procfile does not run sync --apply"]
    );
    assert!(
        output.stdout.contains("cure: release: sync --apply\n"),
        "{}",
        output.all()
    );
}

#[test]
fn a_start_command_is_no_release() {
    let output = doctor(&[("Procfile", "web: sync --apply && ./shop\n")]).expect(0);
    let lines = lines(&output, "release");
    assert!(
        lines[0].starts_with("ℹ release        Procfile:1 runs sync --apply with every start"),
        "{}",
        output.all()
    );
}

#[test]
fn a_script_that_a_file_names_is_read() {
    let output = doctor(&[
        ("Procfile", "release: ./bin/release\n"),
        ("bin/release", "#!/bin/sh\nset -e\nsync \\\n  --apply\n"),
    ])
    .expect(0);
    assert_eq!(
        lines(&output, "release"),
        ["✓ release        bin/release:3 runs sync --apply"]
    );
}

#[test]
fn every_hazard_allowed_for_good_is_told() {
    let texts = [
        "release: sync --apply --allow all\n",
        "release: sync --apply --allow=all\n",
    ];
    for text in texts {
        let output = doctor(&[("Procfile", text)]).expect(1);
        assert_eq!(
            lines(&output, "hazards"),
            ["⚠ hazards        Procfile:1 allows every hazard, in every release to come"]
        );
    }
    let one = doctor(&[("Procfile", "release: sync --apply --allow recreates\n")]).expect(0);
    assert!(lines(&one, "hazards").is_empty(), "{}", one.all());
}

#[test]
fn another_tool_is_told() {
    let commands = [
        ("sqlx migrate run", "cargo sqlx migrate run --source db"),
        (
            "diesel migration run",
            "diesel --database-url x migration run",
        ),
        ("refinery migrate", "refinery migrate -c refinery.toml"),
        ("sea-orm-cli migrate", "/usr/bin/sea-orm-cli migrate up"),
        (
            "alembic upgrade",
            "poetry run alembic -c a.ini upgrade head",
        ),
        ("prisma migrate deploy", "npx prisma migrate deploy"),
        ("flyway migrate", "docker run flyway/flyway migrate"),
    ];
    for (tool, command) in commands {
        let text = format!("on: push\njobs:\n  a:\n    steps:\n      - run: true && {command}\n");
        let output = doctor(&[(".github/workflows/ci.yml", &text)]).expect(1);
        assert_eq!(
            lines(&output, "other"),
            [format!(
                "⚠ other tool     .github/workflows/ci.yml:5 runs `{tool}`: two tools would change one schema"
            )]
        );
    }
    let output = doctor(&[(
        ".github/workflows/ci.yml",
        "# sqlx migrate run\nrun: pip install --upgrade alembic\n",
    )])
    .expect(0);
    assert_eq!(
        lines(&output, "other"),
        ["✓ other tool     none changes the schema"]
    );
}

#[test]
fn scripts_that_people_start_have_no_other_tool_and_make_no_release() {
    let files = [
        ("Makefile", "up:\n\tsqlx migrate run\n", 2),
        ("scripts/dev.sh", "#!/bin/sh\ndiesel migration run\n", 2),
        ("justfile", "up:\n    cargo run -p migration -- up\n", 2),
    ];
    for (name, text, line) in files {
        let output = doctor(&[(name, text)]).expect(1);
        let told = lines(&output, "other").concat();
        assert!(told.contains(&format!("{name}:{line} runs")), "{told}");
    }
    let output = doctor(&[("Makefile", "up:\n\tsync --apply\n")]).expect(0);
    assert!(
        lines(&output, "release")[0].starts_with('ℹ'),
        "{}",
        output.all()
    );
}

#[test]
fn a_migration_at_start_is_told() {
    let output = doctor(&[
        (
            "src/main.rs",
            "fn main() {\n    // sqlx::migrate!()\n    sqlx::migrate!(\"db\").run(&pool);\n}\n",
        ),
        ("target/debug/src/x.rs", "sqlx::migrate!()"),
        ("tests/x.rs", "sqlx::migrate!()"),
    ])
    .expect(1);
    assert_eq!(
        lines(&output, "other"),
        [
            "⚠ other tool     src/main.rs:3 calls `sqlx::migrate!`: two tools would change one schema"
        ]
    );
}

#[test]
fn documentation_is_compared_with_the_models() {
    let dir = temp_dir();
    let run = |args: &[&str]| sync(args, &[("DATABASE_URL", "sqlite:x.db")], dir.path());
    let fresh = "✓ documentation  docs/schema.md is fresh";
    fs::create_dir(dir.path().join("docs")).expect("a folder");
    run(&["docs", "--out", "docs/schema.md"]).expect(0);
    assert_eq!(lines(&run(&["doctor"]).expect(0), "documentation"), [fresh]);
    fs::write(dir.path().join("docs/schema.md"), "old").expect("is written");
    let stale = run(&["doctor"]).expect(1);
    assert!(
        stale.stdout.contains("docs/schema.md is stale\n")
            && stale
                .stdout
                .contains("cure: sync docs --out docs/schema.md\n"),
        "{}",
        stale.all()
    );
    fs::remove_file(dir.path().join("docs/schema.md")).expect("is removed");

    let guide = "docs/deployment/SCHEMA_SYNC_GUIDE.md";
    let markers = "<!-- sync docs: begin -->\n<!-- sync docs: end -->\n";
    write(dir.path(), &[(guide, markers)]);
    let stale = run(&["doctor"]).expect(1);
    assert!(
        stale
            .stdout
            .contains(&format!("cure: sync docs --inject {guide}\n")),
        "{}",
        stale.all()
    );
    run(&["docs", "--inject", guide]).expect(0);
    let fresh = format!("✓ documentation  {guide} is fresh");
    assert_eq!(lines(&run(&["doctor"]).expect(0), "documentation"), [fresh]);
}

#[test]
fn nothing_is_made_by_looking() {
    let dir = temp_dir();
    sync(&["doctor"], &[], dir.path()).expect(0);
    let left = fs::read_dir(dir.path()).expect("a folder").count();
    assert_eq!(left, 0, "the doctor leaves files");
}

#[test]
fn a_deployment_without_a_url_is_ill() {
    let dir = temp_dir();
    let output = sync(&["doctor"], &[("DYNO", "run.1")], dir.path()).expect(1);
    assert!(
        output.stdout.contains("none, and DYNO is set")
            && output.stdout.contains("cure: set DATABASE_URL"),
        "{}",
        output.all()
    );
}

#[test]
fn an_unreachable_server_is_ill_and_keeps_its_password() {
    let dir = temp_dir();
    let url = "postgres://app:s3cret@127.0.0.1:1/shop";
    let output = sync(&["doctor", "--database-url", url], &[], dir.path()).expect(1);
    assert!(
        lines(&output, "connection")[0].starts_with('⚠'),
        "{}",
        output.all()
    );
    assert!(!output.all().contains("s3cret"), "{}", output.all());
}

#[test]
fn missing_rights_are_told_with_their_cure() {
    let role = Role::new("doctor_rights", "");
    let database = pg_database();
    psql(
        &database.url,
        "REVOKE CREATE ON SCHEMA public FROM public; CREATE TABLE users (id int)",
    );
    let url = role.url(&database.name);
    let dir = temp_dir();
    let run = || sync(&["doctor", "--database-url", &url], &[], dir.path());
    let ill = run().expect(1);
    let user = &role.name;
    for text in [
        format!("schema public: `{user}` may create nothing in it\n"),
        format!("cure: GRANT CREATE ON SCHEMA public TO {user}\n"),
        format!(
            "owner postgres: only the owner alters table `users`, and `{user}` is neither that"
        ),
        format!("ALTER TABLE public.users OWNER TO {user}\n"),
    ] {
        assert!(ill.stdout.contains(&text), "{text}{}", ill.all());
    }
    psql(
        &database.url,
        &format!(
            "DROP TABLE users; GRANT CREATE ON SCHEMA public TO {user}; GRANT CREATE ON DATABASE {} TO {user}",
            database.name
        ),
    );
    let well = run();
    assert_eq!(
        lines(&well, "rights"),
        ["✓ rights         the user may do what a run needs"],
        "{}",
        well.all()
    );
    psql(
        &database.url,
        &format!(
            "REVOKE ALL ON SCHEMA public FROM {user}; REVOKE ALL ON DATABASE {} FROM {user}",
            database.name
        ),
    );
}

#[test]
fn a_database_that_only_reads_is_ill() {
    let database = pg_database();
    psql(
        &database.url,
        &format!(
            "ALTER DATABASE {} SET default_transaction_read_only = on",
            database.name
        ),
    );
    let dir = temp_dir();
    let output = sync(
        &["doctor", "--database-url", &database.url],
        &[],
        dir.path(),
    )
    .expect(1);
    assert_eq!(
        lines(&output, "server"),
        ["⚠ server         default_transaction_read_only is on: nothing can be written"],
        "{}",
        output.all()
    );
}

#[test]
fn a_file_that_is_not_written_to_is_ill() {
    let database = sqlite_file();
    let (file, url) = (&database.path, &database.url);
    sync_on(url, &["--apply", "--yes"]).expect(0);
    sqlite(
        &database,
        "DROP INDEX products_live_idx; DROP INDEX payments_order_id_idx",
    );
    let read_only = |on| {
        let mut rights = fs::metadata(file).expect("it is there").permissions();
        rights.set_readonly(on);
        fs::set_permissions(file, rights).expect("the owner may");
    };
    read_only(true);
    let run = |args: &[&str]| sync(args, &[("DATABASE_URL", url)], database.dir.path());
    let ill = run(&["doctor"]).expect(1);
    let told = format!("⚠ file           file {} is read-only", file.display());
    assert_eq!(lines(&ill, "file"), [told]);
    assert_eq!(
        lines(&ill, "schema"),
        ["ℹ schema         2 changes are pending: sync --dry-run"],
        "{}",
        ill.all()
    );
    let told = format!(
        "apply would be refused: file {}: is read-only; ",
        file.display()
    );
    let dry = run(&[]).expect(0);
    assert!(dry.stdout.contains(&told), "{}", dry.all());
    let refused = run(&["--apply", "--yes"]).expect(3);
    assert!(refused.stdout.contains("is read-only"), "{}", refused.all());
    read_only(false);
    run(&["--apply", "--yes", "--only", "products"]).expect(0);
    let one = run(&["doctor"]).expect(0);
    assert_eq!(
        lines(&one, "schema"),
        ["ℹ schema         1 change is pending: sync --dry-run"],
        "{}",
        one.all()
    );
    // Nothing to do takes no right.
    run(&["--apply", "--yes"]).expect(0);
    read_only(true);
    run(&["--apply", "--yes"]).expect(0);
    run(&["verify"]).expect(0);
}

#[test]
fn a_pooler_by_transactions_is_told() {
    let database = pg_database();
    let dir = temp_dir();
    let direct = sync(
        &["doctor", "--database-url", &database.url],
        &[],
        dir.path(),
    )
    .expect(0);
    assert_eq!(
        lines(&direct, "pooler"),
        ["✓ pooler         none, or one that keeps the session"]
    );
    let port = pooler(&database.url);
    let mut url = url::Url::parse(&database.url).expect("a URL");
    url.set_port(Some(port)).expect("a port");
    let pooled = sync(&["doctor", "--database-url", url.as_str()], &[], dir.path()).expect(1);
    assert!(
        lines(&pooled, "pooler")[0].starts_with("⚠ pooler         the URL leads through a pooler"),
        "{}",
        pooled.all()
    );
}

/// Starts a pooler of one connection, which is lent for a transaction at a time; returns its port.
fn pooler(url: &str) -> u16 {
    let url = url::Url::parse(url).expect("a URL");
    let server = (
        url.host_str().expect("a host").to_owned(),
        url.port().expect("a port"),
    );
    let server = TcpStream::connect(server).expect("the server answers");
    // The connection, and what the server said when it began.
    let shared = Arc::new(Mutex::new((server, Vec::new())));
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let port = listener.local_addr().expect("an address").port();
    std::thread::spawn(move || {
        for client in listener.incoming() {
            let shared = shared.clone();
            std::thread::spawn(move || lend(client?, &shared));
        }
    });
    port
}

fn lend(mut client: TcpStream, shared: &Mutex<(TcpStream, Vec<u8>)>) -> std::io::Result<()> {
    const SSL_REQUEST: [u8; 4] = 80_877_103_u32.to_be_bytes();
    let mut start = body(&mut client)?;
    if start[4..8] == SSL_REQUEST {
        client.write_all(b"N")?;
        start = body(&mut client)?;
    }
    {
        let (server, greeting) = &mut *shared.lock().expect("no one panics");
        if greeting.is_empty() {
            server.write_all(&start)?;
            relay(server, greeting)?;
        }
        client.write_all(greeting)?;
    }
    loop {
        let mut lent = None;
        loop {
            let message = message(&mut client)?;
            if message[0] == b'X' {
                return Ok(());
            }
            let (server, _) =
                &mut **lent.get_or_insert_with(|| shared.lock().expect("no one panics"));
            server.write_all(&message)?;
            // A query, or the end of an extended one: the server answers.
            if matches!(message[0], b'Q' | b'S') {
                let mut answer = Vec::new();
                let status = relay(server, &mut answer)?;
                client.write_all(&answer)?;
                if status == b'I' {
                    break;
                }
            }
        }
    }
}

/// Reads messages of the server up to the one that says it is ready; returns the status in it.
fn relay(server: &mut TcpStream, answer: &mut Vec<u8>) -> std::io::Result<u8> {
    loop {
        let message = message(server)?;
        answer.extend(&message);
        if message[0] == b'Z' {
            return Ok(message[5]);
        }
    }
}

fn message(from: &mut TcpStream) -> std::io::Result<Vec<u8>> {
    let mut message = vec![0];
    from.read_exact(&mut message)?;
    message.extend(body(from)?);
    Ok(message)
}

/// Reads a length, which counts itself, and as many bytes.
fn body(from: &mut TcpStream) -> std::io::Result<Vec<u8>> {
    let mut body = vec![0; 4];
    from.read_exact(&mut body)?;
    let length = u32::from_be_bytes([body[0], body[1], body[2], body[3]]);
    body.resize(length as usize, 0);
    from.read_exact(&mut body[4..])?;
    Ok(body)
}
