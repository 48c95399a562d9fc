//! A door to PostgreSQL that can be slammed: it counts the statements of one client and cuts the
//! connection at one of them.

use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;

/// When a connection is cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cut {
    /// The server never sees the statement.
    Before,
    /// The server runs the statement to its end, and the client never hears of it.
    After,
}

/// A proxy in front of the test server.
pub struct PgProxy {
    /// The URL of the database, through the proxy.
    pub url: String,
    seen: Arc<Mutex<Vec<String>>>,
}

/// What happens to the first connection.
type Reached = Box<dyn FnMut(usize, &str) -> Option<Cut> + Send>;

impl PgProxy {
    /// Opens a proxy to a database that never cuts.
    pub fn open(url: &str) -> Self {
        Self::cutting(url, |_, _| None)
    }

    /// Opens a proxy whose first connection asks, for each statement and its number from 0, whether
    /// to cut. Later connections (for progress, or to cancel) are passed on as they are.
    pub fn cutting(
        url: &str,
        reached: impl FnMut(usize, &str) -> Option<Cut> + Send + 'static,
    ) -> Self {
        let mut target = url::Url::parse(url).expect("a URL");
        let server = format!(
            "{}:{}",
            target.host_str().expect("a host"),
            target.port().unwrap_or(5432)
        );
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
        let port = listener.local_addr().expect("is bound").port();
        target.set_host(Some("127.0.0.1")).expect("a host");
        target.set_port(Some(port)).expect("a port");
        target.set_query(Some("sslmode=disable"));
        let seen = Arc::new(Mutex::new(Vec::new()));
        let log = Arc::clone(&seen);
        let mut reached: Option<Reached> = Some(Box::new(reached));
        // The thread ends with the process: a listener cannot be woken up.
        thread::spawn(move || {
            for client in listener.incoming() {
                let (Ok(client), Ok(server)) = (client, TcpStream::connect(&server)) else {
                    continue;
                };
                let log = Arc::clone(&log);
                let reached = reached.take();
                thread::spawn(move || drop(serve(client, server, reached, &log)));
            }
        });
        Self {
            url: target.to_string(),
            seen,
        }
    }

    /// Returns the statements of the first connection so far.
    pub fn seen(&self) -> Vec<String> {
        self.seen.lock().expect("no thread panics").clone()
    }
}

fn serve(
    mut client: TcpStream,
    mut server: TcpStream,
    reached: Option<Reached>,
    log: &Mutex<Vec<String>>,
) -> io::Result<()> {
    let silent = Arc::new(AtomicBool::new(false));
    let back = {
        let (silent, mut client, mut server) = (
            Arc::clone(&silent),
            client.try_clone()?,
            server.try_clone()?,
        );
        thread::spawn(move || {
            let outcome = answers(&mut server, &mut client, &silent);
            let _ = client.shutdown(Shutdown::Both);
            let _ = server.shutdown(Shutdown::Both);
            outcome
        })
    };
    let outcome = questions(&mut client, &mut server, reached, &silent, log);
    if !silent.load(Ordering::SeqCst) {
        let _ = server.shutdown(Shutdown::Both);
    }
    let _ = back.join();
    outcome
}

fn questions(
    client: &mut TcpStream,
    server: &mut TcpStream,
    mut reached: Option<Reached>,
    silent: &AtomicBool,
    log: &Mutex<Vec<String>>,
) -> io::Result<()> {
    // The first message has no kind.
    let first = body(client)?;
    server.write_all(&first)?;
    loop {
        let mut kind = [0];
        client.read_exact(&mut kind)?;
        let body = body(client)?;
        if kind == *b"Q"
            && let Some(reached) = &mut reached
        {
            let sql = String::from_utf8_lossy(&body[4..]);
            let sql = sql.trim_end_matches('\0').to_owned();
            let number = {
                let mut log = log.lock().expect("no thread panics");
                log.push(sql.clone());
                log.len() - 1
            };
            match reached(number, &sql) {
                None => {}
                Some(Cut::Before) => return client.shutdown(Shutdown::Both),
                Some(Cut::After) => silent.store(true, Ordering::SeqCst),
            }
        }
        server.write_all(&kind)?;
        server.write_all(&body)?;
    }
}

/// Passes on what the server says; when `silent`, waits for the end of the answer and stops.
fn answers(server: &mut TcpStream, client: &mut TcpStream, silent: &AtomicBool) -> io::Result<()> {
    loop {
        let mut kind = [0];
        server.read_exact(&mut kind)?;
        let body = body(server)?;
        if silent.load(Ordering::SeqCst) {
            if kind == *b"Z" {
                return Ok(());
            }
            continue;
        }
        client.write_all(&kind)?;
        client.write_all(&body)?;
    }
}

/// Reads a message: its length, which counts itself, and the rest.
fn body(from: &mut TcpStream) -> io::Result<Vec<u8>> {
    let mut length = [0; 4];
    from.read_exact(&mut length)?;
    let size = usize::try_from(u32::from_be_bytes(length)).expect("fits");
    let mut body = vec![0; size];
    body[..4].copy_from_slice(&length);
    from.read_exact(&mut body[4..])?;
    Ok(body)
}
