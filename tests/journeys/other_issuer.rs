//! CVE-2022-39199 (immudb): the client took over a state from whatever server answered. Here a service that is not the
//! one of the admission answers with documents that are well signed, by another key or about another sitting.

use invigil_client::uplink::{Uplink, UplinkError};
use invigil_core::{
    Digest, PublicKey, SecretKey, Signed, SittingId, Wall,
    admission::Start,
    checkpoint::Checkpoint,
    envelope::Document,
    exchange::Segment,
    sitting::Closing,
    submission::{Client, LogRef, Receipt, Submission},
};
use std::sync::Once;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};

/// A service that gives everybody the same answer, once.
async fn answering(body: Vec<u8>) -> Uplink {
    static TLS: Once = Once::new();
    TLS.call_once(|| {
        let _ = rustls::crypto::ring::default_provider().install_default();
    });
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let origin = format!("http://{}", listener.local_addr().expect("an address"));
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.expect("a request");
        let mut request = Vec::new();
        while !is_whole(&request) {
            let mut part = [0; 4096];
            let read = stream.read(&mut part).await.expect("bytes");
            request.extend(&part[..read]);
        }
        let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\nconnection: close\r\n\r\n", body.len());
        stream.write_all(&[head.as_bytes(), &body].concat()).await.expect("it is sent");
    });
    Uplink::new(&origin)
}

/// Whether a request's head is here, and as much behind it as it says.
fn is_whole(request: &[u8]) -> bool {
    let text = String::from_utf8_lossy(request).to_lowercase();
    let Some((head, body)) = text.split_once("\r\n\r\n") else { return false };
    let length = head.lines().find_map(|line| line.strip_prefix("content-length:")?.trim().parse().ok());
    length.unwrap_or(0) <= body.len()
}

fn key(seed: u8) -> SecretKey {
    SecretKey::from_seed(&[seed; 32])
}

fn at() -> Wall {
    Wall::from_unix_ms(1_795_000_000_000)
}

fn by<T: Document>(seed: u8, body: T) -> Vec<u8> {
    Signed::seal(body, &key(seed), &key(seed).public().method(), at()).bytes().to_vec()
}

fn id(text: &str) -> SittingId {
    text.parse().expect("an identifier")
}

#[tokio::test]
async fn cve_2022_39199_the_word_of_another_issuer_or_about_another_sitting_is_not_taken() {
    const ISSUER: u8 = 1;
    const OTHER: u8 = 2;
    let issuer: PublicKey = key(ISSUER).public();
    let log = LogRef { size: 1, head: Digest::of("head") };
    let start = |sitting| Start { sitting: id(sitting), at: at(), deadline: None, content_sealed: String::new() };
    let checkpoint =
        |sitting| Checkpoint { sitting: id(sitting), epoch: 0, size: log.size, head: log.head, time: at() };
    let submission = Submission {
        sitting: id("s1"),
        admission: Digest::of("admission"),
        pack: Digest::of("pack"),
        cause: Closing::Submitted,
        answers: vec![],
        log,
        evidence: vec![],
        lost: vec![],
        client: Client { name: "t".into(), version: "0".into() },
    };
    let submission = Signed::seal(submission, &key(3), &key(3).public().method(), at());
    let receipt = |sitting, submission, log| Receipt { sitting: id(sitting), submission, log, received: at() };
    let segment = Segment { epoch: 0, from_seq: 0, lines: vec![], openings: vec![] };
    let other_log = LogRef { size: 2, ..log };

    for (name, signer, sitting, taken) in [
        ("our issuer", ISSUER, "s1", true),
        ("another key", OTHER, "s1", false),
        ("another sitting", ISSUER, "s2", false),
    ] {
        let got = answering(by(signer, start(sitting))).await.start(&id("s1"), "t", &issuer).await;
        is_taken(&format!("the start of {name}"), got, taken);
        let got = answering(by(signer, checkpoint(sitting))).await.records(&id("s1"), "t", &segment, &issuer).await;
        is_taken(&format!("the checkpoint of {name}"), got, taken);
        let body = by(signer, receipt(sitting, submission.digest(), log));
        is_taken(
            &format!("the receipt of {name}"),
            answering(body).await.submit(&submission, "t", &issuer).await,
            taken,
        );
    }
    for (name, body) in [
        ("a receipt for another submission", by(ISSUER, receipt("s1", Digest::of("x"), log))),
        ("a receipt for another log", by(ISSUER, receipt("s1", submission.digest(), other_log))),
        ("a checkpoint for a receipt", by(ISSUER, checkpoint("s1"))),
    ] {
        is_taken(name, answering(body).await.submit(&submission, "t", &issuer).await, false);
    }
}

#[track_caller]
fn is_taken<T>(name: &str, got: Result<T, UplinkError>, taken: bool) {
    match got {
        Ok(_) => assert!(taken, "{name} is taken"),
        Err(UplinkError::Untrusted(why)) => assert!(!taken, "{name}: {why}"),
        Err(why) => panic!("{name}: {why}"),
    }
}
