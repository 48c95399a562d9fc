//! Runs of the binary that go on while a test does something else.

use std::process::{Command, Stdio};

use tempfile::TempDir;

use crate::{Output, pg_texts, sync_command, temp_dir};

/// A run of the binary that goes on.
pub struct Running {
    child: std::process::Child,
    _dir: TempDir,
}

/// Starts the binary on a database, in a folder of its own.
pub fn sync_start(url: &str, args: &[&str]) -> Running {
    let dir = temp_dir();
    let child = sync_command(dir.path())
        .args(args)
        .args(["--database-url", url])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the binary `sync` starts");
    Running { child, _dir: dir }
}

impl Running {
    /// Returns its process.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Waits for its end.
    pub fn wait(self) -> Output {
        let output = self.child.wait_with_output().expect("the binary ends");
        Output {
            status: output.status.code().unwrap_or(-1),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }
}

/// Sends a signal, as `kill` names it, to a process.
pub fn signal(pid: u32, name: &str) {
    let sent = Command::new("kill")
        .args([format!("-{name}"), pid.to_string()])
        .status()
        .expect("kill is there");
    assert!(sent.success(), "cannot signal {pid}");
}

/// Waits until a query gives the text; panics after a minute.
#[track_caller]
pub fn pg_wait_for(url: &str, sql: &str, text: &str) {
    for _ in 0..600 {
        if pg_texts(url, sql).concat() == text {
            return;
        }
        std::thread::sleep(std::time::Duration::from_millis(100));
    }
    panic!("{sql}\n never gave {text}");
}
