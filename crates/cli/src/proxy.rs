//! A link that can be cut: a proxy on loopback between candidate and issuer, for rehearsing a lost network.

use std::{
    io,
    net::{Shutdown, TcpListener, TcpStream},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    thread,
};

/// A proxy on loopback.
pub struct Proxy {
    /// Where it listens.
    pub port: u16,
    cut: Arc<AtomicBool>,
    open: Arc<Mutex<Vec<TcpStream>>>,
}

impl Proxy {
    /// Listens on a free port; call [`Proxy::lead_to`] before anybody connects.
    ///
    /// # Errors
    /// When there is no free port.
    pub fn listen() -> io::Result<(Self, TcpListener)> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let port = listener.local_addr()?.port();
        Ok((Self { port, cut: Arc::default(), open: Arc::default() }, listener))
    }

    /// Passes every connection on to `target` until the process ends.
    pub fn lead_to(&self, listener: TcpListener, target: String) {
        let (cut, open) = (self.cut.clone(), self.open.clone());
        thread::spawn(move || {
            for incoming in listener.incoming().flatten() {
                if cut.load(Ordering::SeqCst) {
                    continue;
                }
                let Ok(outgoing) = TcpStream::connect(&target) else { continue };
                for (from, to) in [(&incoming, &outgoing), (&outgoing, &incoming)] {
                    if let (Ok(mut from), Ok(mut to)) = (from.try_clone(), to.try_clone()) {
                        thread::spawn(move || {
                            let _ = io::copy(&mut from, &mut to);
                            let _ = to.shutdown(Shutdown::Both);
                        });
                    }
                }
                if let Ok(mut open) = open.lock() {
                    open.retain(|stream| stream.peer_addr().is_ok());
                    open.extend([incoming, outgoing]);
                }
            }
        });
    }

    /// Cuts every connection and refuses new ones, or lets them through again.
    pub fn set_cut(&self, cut: bool) {
        self.cut.store(cut, Ordering::SeqCst);
        if cut && let Ok(mut open) = self.open.lock() {
            for stream in open.drain(..) {
                let _ = stream.shutdown(Shutdown::Both);
            }
        }
    }
}
