//! The line between candidate and issuing service: it knows which request is on its way and can keep it there.

use invigil_tests::proof::Dice;
use std::{
    collections::BTreeMap,
    io::{self, BufRead, BufReader, Write},
    net::{TcpListener, TcpStream},
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    thread,
    time::Duration,
};

/// What a request is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Errand {
    Records,
    Submission,
    Status,
    Other,
}

impl Errand {
    fn of(request: &str) -> Self {
        let mut words = request.split(' ');
        let (method, path) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
        match (
            method,
            path.strip_prefix("/api/sittings/").map(|rest| rest.split_once('/').map_or("", |(_, last)| last)),
        ) {
            ("POST", Some("records")) => Self::Records,
            ("POST", Some("submission")) => Self::Submission,
            ("GET", Some("")) => Self::Status,
            _ => Self::Other,
        }
    }
}

/// What is on the wire now, and how slow it is.
pub struct Traffic {
    /// Requests that have left the candidate and whose answer has not reached it.
    pub flying: BTreeMap<u64, Errand>,
    /// Whether a receipt has reached the candidate since this was last cleared.
    pub receipt_delivered: bool,
    /// The longest that such a request is kept, on either way, in milliseconds.
    pub delay_ms: BTreeMap<Errand, usize>,
    dice: Dice,
    next: u64,
}

/// A proxy on loopback.
#[derive(Clone)]
pub struct Wire {
    pub port: u16,
    shared: Arc<(Mutex<Traffic>, Condvar)>,
}

impl Wire {
    pub fn listen(seed: u64) -> io::Result<(Self, TcpListener)> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let port = listener.local_addr()?.port();
        let traffic = Traffic {
            flying: BTreeMap::new(),
            receipt_delivered: false,
            delay_ms: BTreeMap::new(),
            dice: Dice(seed),
            next: 0,
        };
        Ok((Self { port, shared: Arc::new((Mutex::new(traffic), Condvar::new())) }, listener))
    }

    /// Passes every request on to `target` until the process ends.
    pub fn lead_to(&self, listener: TcpListener, target: String) {
        let wire = self.clone();
        thread::spawn(move || {
            for incoming in listener.incoming().flatten() {
                let (wire, target) = (wire.clone(), target.clone());
                // A connection ends when either side does, which the other side has to live with.
                thread::spawn(move || drop(wire.serve(incoming, &target)));
            }
        });
    }

    /// While this is held, nothing moves on the wire.
    pub fn hold(&self) -> MutexGuard<'_, Traffic> {
        self.shared.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until the traffic is as wanted. Says whether it came to that in time.
    pub fn wait(&self, patience: Duration, wanted: impl Fn(&Traffic) -> bool) -> bool {
        let waited = self.shared.1.wait_timeout_while(self.hold(), patience, |traffic| !wanted(traffic));
        waited.is_ok_and(|(_, timeout)| !timeout.timed_out())
    }

    fn serve(&self, incoming: TcpStream, target: &str) -> io::Result<()> {
        let mut candidate = BufReader::new(incoming);
        while let Some((line, request)) = message(&mut candidate)? {
            let errand = Errand::of(&line);
            let flight = {
                let mut traffic = self.hold();
                traffic.next += 1;
                let flight = traffic.next;
                traffic.flying.insert(flight, errand);
                flight
            };
            self.shared.1.notify_all();
            let done = self.pass(errand, flight, &request, target, candidate.get_mut());
            self.hold().flying.remove(&flight);
            self.shared.1.notify_all();
            done?;
        }
        Ok(())
    }

    fn pass(
        &self,
        errand: Errand,
        flight: u64,
        request: &[u8],
        target: &str,
        candidate: &mut TcpStream,
    ) -> io::Result<()> {
        self.delay(errand);
        let mut issuer = TcpStream::connect(target)?;
        {
            let _still = self.hold();
            issuer.write_all(request)?;
        }
        let (status, answer) = message(&mut BufReader::new(issuer))?.ok_or(io::ErrorKind::UnexpectedEof)?;
        self.delay(errand);
        let mut traffic = self.hold();
        candidate.write_all(&answer)?;
        // An answer to somebody who is dead by now reaches nobody.
        let alive = traffic.flying.contains_key(&flight);
        let well = status.split(' ').nth(1).is_some_and(|code| code.starts_with('2'));
        traffic.receipt_delivered |= errand == Errand::Submission && well && alive;
        Ok(())
    }

    fn delay(&self, errand: Errand) {
        let ms = {
            let mut traffic = self.hold();
            let most = traffic.delay_ms.get(&errand).copied().unwrap_or(0);
            traffic.dice.below(most + 1)
        };
        thread::sleep(Duration::from_millis(ms as u64));
    }
}

/// One request or answer: its first line, and all of it. `None` when the other side has nothing more to say.
fn message(stream: &mut impl BufRead) -> io::Result<Option<(String, Vec<u8>)>> {
    let mut bytes = Vec::new();
    let (mut first, mut length) = (None, 0);
    loop {
        let mut line = Vec::new();
        if stream.read_until(b'\n', &mut line)? == 0 {
            return if bytes.is_empty() { Ok(None) } else { Err(io::ErrorKind::UnexpectedEof.into()) };
        }
        bytes.extend_from_slice(&line);
        let line = String::from_utf8_lossy(&line).trim().to_owned();
        if line.is_empty() {
            break;
        }
        if let Some((name, value)) = line.split_once(':') {
            assert!(!name.eq_ignore_ascii_case("transfer-encoding"), "bodies have a length: {line}");
            if name.eq_ignore_ascii_case("content-length") {
                length = value.trim().parse().expect("a length");
            }
        }
        first.get_or_insert(line);
    }
    let mut body = vec![0; length];
    stream.read_exact(&mut body)?;
    bytes.extend(body);
    Ok(Some((first.unwrap_or_default(), bytes)))
}
