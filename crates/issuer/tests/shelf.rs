//! One suite for both places where evidence can lie. The bucket is served by moto.

use invigil_core::{Digest, SittingId};
use invigil_issuer::shelf::{Shelf, ShelfError};
use std::{
    env,
    io::{BufRead, BufReader},
    path::PathBuf,
    process::{Child, Command, Stdio},
};

/// Serves a bucket until its own input ends.
const SERVER: &str = r#"
import logging, sys, threading
from moto.server import ThreadedMotoServer
import boto3
logging.getLogger("werkzeug").setLevel(logging.ERROR)
server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
server.start()
address = "http://%s:%d" % server.get_host_and_port()
boto3.client("s3", endpoint_url=address, region_name="us-east-1", aws_access_key_id="k", aws_secret_access_key="s").create_bucket(Bucket="evidence")
print(address, flush=True)
sys.stdin.read()
"#;

struct Bucket {
    _server: Child,
}

impl Bucket {
    fn start() -> (Self, String) {
        let python = python();
        let mut server = Command::new(&python);
        server.args(["-c", SERVER]).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut server = server.spawn().unwrap_or_else(|why| panic!("{}: {why}; run “make tools”", python.display()));
        let mut address = String::new();
        BufReader::new(server.stdout.take().expect("its output")).read_line(&mut address).expect("read");
        assert!(address.starts_with("http"), "moto did not start; run “make tools”");
        (Self { _server: server }, address.trim().to_owned())
    }
}

/// What the tests have of Python, made by `make tools`.
fn python() -> PathBuf {
    let below = |variable: &str, rest: &str| env::var_os(variable).map(|path| PathBuf::from(path).join(rest));
    let cache = below("INVIGIL_CACHE", "").or_else(|| below("XDG_CACHE_HOME", "invigil"));
    cache.or_else(|| below("HOME", ".cache/invigil")).expect("a home").join("python/bin/python")
}

fn sitting(name: &str) -> SittingId {
    name.parse().unwrap()
}

/// `again` opens the same shelf as another process would.
fn suite(again: &dyn Fn() -> Shelf) {
    goes_on_where_it_was(again);
    keeps_sittings_apart(&again());
    forgets(&again());
    lets_several_write(again);
}

fn goes_on_where_it_was(again: &dyn Fn() -> Shelf) {
    let sitting = sitting("sit-1");
    let bytes = b"sealed bytes";
    let (sha256, size) = (Digest::of(bytes), bytes.len() as u64);
    let shelf = again();
    assert_eq!(shelf.held(&sitting, &sha256).unwrap(), 0);
    assert_eq!(shelf.read(&sitting, &sha256).unwrap(), None);
    assert_eq!(shelf.take(&sitting, &sha256, size, 0, &bytes[..5]).unwrap().held, 5);
    let shelf = again();
    assert_eq!(shelf.held(&sitting, &sha256).unwrap(), 5);
    for offset in [0, 4, 6] {
        let taken = shelf.take(&sitting, &sha256, size, offset, b"x");
        assert!(matches!(taken, Err(ShelfError::Offset { held: 5 })), "{offset}: {taken:?}");
    }
    assert!(matches!(shelf.take(&sitting, &sha256, size, 5, b"too many bytes"), Err(ShelfError::Offset { .. })));
    assert_eq!(shelf.take(&sitting, &sha256, size, 5, b"").unwrap().held, 5, "nothing more");
    assert!(!shelf.holds(&sitting, &sha256, size).unwrap());
    assert_eq!(shelf.read(&sitting, &sha256).unwrap(), None, "half a piece is none");
    assert_eq!(shelf.take(&sitting, &sha256, size, 5, &bytes[5..]).unwrap().held, size);
    assert!(shelf.holds(&sitting, &sha256, size).unwrap());
    assert_eq!(shelf.read(&sitting, &sha256).unwrap().as_deref(), Some(bytes.as_slice()));
    assert_eq!(shelf.take(&sitting, &sha256, size, 0, bytes).unwrap().held, size, "again is harmless");
    let other = Digest::of("other bytes!");
    assert!(matches!(shelf.take(&sitting, &other, size, 0, bytes), Err(ShelfError::Mismatch)));
    assert_eq!(shelf.held(&sitting, &other).unwrap(), 0, "what was wrong is gone");
}

fn keeps_sittings_apart(shelf: &Shelf) {
    let (one, other) = (sitting("sit-2"), sitting("sit-3"));
    let sha256 = Digest::of("piece");
    shelf.take(&one, &sha256, 5, 0, b"piece").unwrap();
    assert!(shelf.holds(&one, &sha256, 5).unwrap());
    assert!(!shelf.holds(&other, &sha256, 5).unwrap());
}

fn forgets(shelf: &Shelf) {
    let sitting = sitting("sit-4");
    let (whole, part) = (Digest::of("whole"), Digest::of("part of it"));
    shelf.take(&sitting, &whole, 5, 0, b"whole").unwrap();
    shelf.take(&sitting, &part, 10, 0, b"part").unwrap();
    for sha256 in [whole, part, Digest::of("never there")] {
        shelf.delete(&sitting, &sha256).unwrap();
        assert_eq!(shelf.held(&sitting, &sha256).unwrap(), 0);
    }
}

fn lets_several_write(again: &dyn Fn() -> Shelf) {
    let sitting = sitting("sit-5");
    let bytes: Vec<u8> = (0..4_000_u32).map(|n| u8::try_from(n % 251).unwrap()).collect();
    let (sha256, size) = (Digest::of(&bytes), bytes.len() as u64);
    let shelves: Vec<Shelf> = (0..3).map(|_| again()).collect();
    std::thread::scope(|scope| {
        for shelf in &shelves {
            scope.spawn(|| {
                loop {
                    let held = shelf.held(&sitting, &sha256).unwrap();
                    assert!(held <= size, "more is held than there is");
                    if held == size {
                        return;
                    }
                    let from = usize::try_from(held).unwrap();
                    let to = bytes.len().min(from + 300);
                    let taken = shelf.take(&sitting, &sha256, size, held, &bytes[from..to]);
                    assert!(matches!(taken, Ok(_) | Err(ShelfError::Offset { .. })), "{taken:?}");
                }
            });
        }
    });
    assert_eq!(again().read(&sitting, &sha256).unwrap(), Some(bytes));
}

#[test]
fn a_folder() {
    let folder = tempfile::tempdir().unwrap();
    suite(&|| Shelf::folder(folder.path().join("evidence")));
}

#[test]
fn a_bucket() {
    let (_bucket, address) = Bucket::start();
    let _installed = rustls::crypto::ring::default_provider().install_default();
    let environment = [
        ("AWS_ENDPOINT", address.as_str()),
        ("AWS_ALLOW_HTTP", "true"),
        ("AWS_REGION", "us-east-1"),
        ("AWS_ACCESS_KEY_ID", "key"),
        ("AWS_SECRET_ACCESS_KEY", "secret"),
        ("AWS_NO_SUCH_SETTING", "is left aside"),
    ];
    let shelf = |address: &str| Shelf::objects(address, environment.map(|(name, value)| (name.into(), value.into())));
    suite(&|| shelf("s3://evidence/exams/2026").unwrap());
    for address in ["evidence", "s3://", "s3:///x", "https://example.org/x"] {
        assert!(shelf(address).is_err(), "{address}");
    }
    let nobody = [("AWS_ENDPOINT", "http://127.0.0.1:9"), ("AWS_ALLOW_HTTP", "true"), ("AWS_REGION", "x")];
    let nobody = Shelf::objects("s3://evidence", nobody.map(|(name, value)| (name.into(), value.into()))).unwrap();
    assert!(nobody.held(&sitting("sit-1"), &Digest::of("piece")).is_err(), "a service that is away is said");
}
