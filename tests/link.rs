//! A link between candidate and issuer that is slow, is counted, and can be cut: a proxy on loopback.

use std::{
    io::{self, Read, Write},
    net::{Shutdown, TcpListener, TcpStream},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    thread,
    time::Duration,
};

/// A link on loopback.
pub struct Link {
    /// Where it listens.
    pub port: u16,
    listener: Option<TcpListener>,
    sent: Arc<AtomicU64>,
    open: Arc<Mutex<Vec<TcpStream>>>,
}

impl Link {
    /// Listens on a free port; nothing is passed on before [`Link::lead_to`].
    ///
    /// # Errors
    /// When there is no free port.
    pub fn listen() -> io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let port = listener.local_addr()?.port();
        Ok(Self { port, listener: Some(listener), sent: Arc::default(), open: Arc::default() })
    }

    /// Passes every connection on to `target`, towards it no faster than `bytes_per_s`.
    pub fn lead_to(&mut self, target: String, bytes_per_s: u64) {
        let Some(listener) = self.listener.take() else { return };
        let (sent, open) = (self.sent.clone(), self.open.clone());
        thread::spawn(move || {
            for incoming in listener.incoming().flatten() {
                let Ok(outgoing) = TcpStream::connect(&target) else { continue };
                let pair = (incoming.try_clone(), outgoing.try_clone(), incoming.try_clone(), outgoing.try_clone());
                let (Ok(from), Ok(to), Ok(mut back_to), Ok(mut back_from)) = pair else { continue };
                let sent = sent.clone();
                thread::spawn(move || pass_on(from, to, bytes_per_s, &sent));
                thread::spawn(move || {
                    let _ = io::copy(&mut back_from, &mut back_to);
                    let _ = back_to.shutdown(Shutdown::Both);
                });
                let mut open = open.lock().unwrap_or_else(PoisonError::into_inner);
                open.retain(|stream| stream.peer_addr().is_ok());
                open.extend([incoming, outgoing]);
            }
        });
    }

    /// Cuts every connection there is. New ones are passed on.
    pub fn cut(&self) {
        for stream in self.open.lock().unwrap_or_else(PoisonError::into_inner).drain(..) {
            let _ = stream.shutdown(Shutdown::Both);
        }
    }

    /// How many bytes have gone towards the target.
    pub fn sent(&self) -> u64 {
        self.sent.load(Ordering::SeqCst)
    }
}

fn pass_on(mut from: TcpStream, mut to: TcpStream, bytes_per_s: u64, sent: &AtomicU64) {
    const BLOCK: usize = 16 * 1024;
    let mut block = [0; BLOCK];
    while let Ok(read) = from.read(&mut block) {
        if read == 0 || to.write_all(&block[..read]).is_err() {
            break;
        }
        sent.fetch_add(read as u64, Ordering::SeqCst);
        thread::sleep(Duration::from_micros(read as u64 * 1_000_000 / bytes_per_s.max(1)));
    }
    let _ = to.shutdown(Shutdown::Both);
}
