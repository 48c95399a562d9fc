//! Runs of the binary that go on while a test does something else.

use std::io::{BufRead, BufReader, Read};
use std::process::{ChildStderr, Command, Stdio};

use tempfile::TempDir;

use crate::{Output, pg_texts, sync_command, temp_dir};

/// A run of the binary that goes on.
pub struct Running {
    child: std::process::Child,
    /// Standard error, of which `heard` is read.
    stderr: BufReader<ChildStderr>,
    heard: String,
    _dir: TempDir,
}

/// Starts the binary on a database, in a folder of its own.
pub fn sync_start(url: &str, args: &[&str]) -> Running {
    let dir = temp_dir();
    let mut child = sync_command(dir.path())
        .args(args)
        .args(["--database-url", url])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the binary `sync` starts");
    let stderr = child.stderr.take().expect("is piped");
    Running {
        child,
        stderr: BufReader::new(stderr),
        heard: String::new(),
        _dir: dir,
    }
}

impl Running {
    /// Returns its process.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Waits until it tells a line with this in it.
    pub fn wait_for(&mut self, text: &str) {
        loop {
            let begin = self.heard.len();
            let read = self.stderr.read_line(&mut self.heard);
            assert_ne!(read.expect("is text"), 0, "{text}\n{}", self.heard);
            if self.heard[begin..].contains(text) {
                return;
            }
        }
    }

    /// Waits for its end.
    pub fn wait(mut self) -> Output {
        let rest = self.stderr.read_to_string(&mut self.heard);
        rest.expect("is text");
        let output = self.child.wait_with_output().expect("the binary ends");
        Output {
            status: output.status.code().unwrap_or(-1),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: self.heard,
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
