//! `invigil credential verify`, with files and pictures, against an issuer that answers on this machine.

use super::material::{Issuer, REVOKED};
use invigil::stage;
use invigil_client::clock;
use invigil_core::SecretKey;
use invigil_credential::bake;
use invigil_tests::root;
use serde_json::Value as Json;
use std::{
    collections::BTreeMap,
    fs,
    io::{BufRead as _, BufReader, Write as _},
    net::TcpListener,
    process::Command,
    sync::{Arc, Mutex},
    thread,
};

type Pages = Arc<Mutex<BTreeMap<String, Vec<u8>>>>;

/// An issuer whose addresses answer with what is in the map.
fn publish() -> (Issuer, Pages) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("an address").port();
    let pages = Pages::default();
    let served = pages.clone();
    thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let mut request = BufReader::new(&stream).lines().map_while(Result::ok);
            let path = request.next().and_then(|line| line.split(' ').nth(1).map(str::to_owned)).unwrap_or_default();
            request.take_while(|line| !line.is_empty()).for_each(drop);
            let page = served.lock().expect("nobody panicked").get(&path).cloned();
            let status = if page.is_some() { "200 OK" } else { "404 Not Found" };
            let body = page.unwrap_or_default();
            let head = format!("HTTP/1.1 {status}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n", body.len());
            let _ = stream.write_all(&[head.as_bytes(), &body].concat());
        }
    });
    let issuer = Issuer {
        did: format!("did:web:127.0.0.1%3A{port}"),
        origin: format!("http://127.0.0.1:{port}"),
        now: clock::wall(),
    };
    let mut map = pages.lock().expect("nobody panicked");
    map.insert("/.well-known/did.json".into(), issuer.did_document().to_json().to_string().into_bytes());
    map.insert("/status/1".into(), issuer.list(1));
    drop(map);
    (issuer, pages)
}

fn invigil(arguments: &[&str]) -> (i32, String) {
    let output = Command::new(stage::binary("invigil").expect("the program is built"))
        .args(["credential", "verify"])
        .args(arguments)
        .output()
        .expect("it runs");
    (output.status.code().unwrap_or(-1), String::from_utf8_lossy(&output.stdout).into_owned())
}

#[test]
fn the_command_says_what_holds_and_what_does_not() {
    let (issuer, pages) = publish();
    let folder = tempfile::tempdir().expect("a folder");
    let keep = |name: &str, bytes: &[u8]| {
        let path = folder.path().join(name);
        fs::write(&path, bytes).expect("it is written");
        path.display().to_string()
    };
    let present = Issuer::present();
    let bytes = issuer.sign(&issuer.certification(7), &present);
    let good = keep("good.json", &bytes);
    pages.lock().expect("nobody panicked").insert("/credentials/7".into(), bytes.clone());
    let baked = |plain: &str, name: &str| {
        let picture = fs::read(root().join("src-tauri/icons").join(plain)).expect("the picture");
        keep(name, &bake::bake(&picture, str::from_utf8(&bytes).expect("text")).expect("it can be baked"))
    };
    let (png, svg) = (baked("32x32.png", "baked.png"), baked("invigil.svg", "baked.svg"));
    let plain = root().join("src-tauri/icons/32x32.png").display().to_string();
    let badge = keep("badge.json", &issuer.sign(&issuer.badge(), &present));
    let revoked = keep("revoked.json", &issuer.sign(&issuer.certification(REVOKED), &present));
    let mut older = issuer.certification(8);
    older.valid_from = issuer.days_ago(9);
    let of_the_old_key = keep("older.json", &issuer.sign(&older, &Issuer::old()));
    let too_late = keep("late.json", &issuer.sign(&issuer.certification(8), &Issuer::old()));
    let forged = keep("forged.json", &issuer.sign(&issuer.certification(7), &SecretKey::from_seed(&[23; 32])));
    let stale = keep("stale.json", &issuer.list(4));
    let list = keep("list.json", &issuer.list(0));
    let (address, key) = (format!("{}/credentials/7", issuer.origin), present.public().to_string());
    let not_revoked = "not revoked, by the issuer's list of ";

    for (arguments, code, says) in [
        (vec![good.as_str()], 0, not_revoked),
        (vec![&address], 0, "valid: First Steps\nissued by Example Academy ("),
        (vec![&png], 0, not_revoked),
        (vec![&svg], 0, not_revoked),
        (vec![&badge], 0, "without an end"),
        (vec![&badge], 0, "cannot be revoked"),
        (vec![&of_the_old_key], 0, not_revoked),
        (vec![&good, "--holder", "Test Candidate"], 0, "valid: First Steps"),
        (vec![&good, "--key", &key, "--status", &list], 0, not_revoked),
        (vec![&good, "--without-status"], 0, "whether it was revoked was not asked"),
        (vec![&revoked, "--without-status"], 0, "whether it was revoked was not asked"),
        (vec![&revoked], 2, "(credential-revoked)"),
        (vec![&too_late], 2, "(credential-key-retired)"),
        (vec![&forged], 2, "(credential-foreign-key)"),
        (vec![&forged, "--key", &key], 2, "(credential-bad-signature)"),
        (vec![&good, "--holder", "Another Candidate"], 2, "(credential-other-holder)"),
        (vec![&good, "--status", &stale], 2, "(credential-status-unknown)"),
        (vec![&good, "--status", &good], 2, "(credential-status-unknown)"),
        (vec![&good, "--status", "/nowhere"], 2, "(credential-status-unknown)"),
        (vec![&plain], 2, "(picture-without-credential)"),
        (vec!["http://192.0.2.1/credential"], 2, "only https is asked"),
        (vec!["/nowhere"], 2, "(unreadable)"),
        (vec![&good, "--status", &list, "--without-status"], 1, ""),
    ] {
        let (exit, text) = invigil(&arguments);
        assert!(exit == code && text.contains(says), "{arguments:?}: exit {exit}, {text}");
    }
    let as_json = |source: &str| {
        let (exit, text) = invigil(&[source, "--format", "json"]);
        (exit, serde_json::from_str::<Json>(&text).expect("JSON"))
    };
    let (exit, json) = as_json(&good);
    assert_eq!(
        (exit, &json["valid"], &json["revocation"], &json["key"]),
        (0, &true.into(), &"not-revoked".into(), &key.into())
    );
    let (exit, json) = as_json(&revoked);
    assert_eq!((exit, &json["valid"], &json["code"]), (2, &false.into(), &"credential-revoked".into()));

    // An issuer that cannot be asked has not said that a credential holds.
    pages.lock().expect("nobody panicked").remove("/status/1");
    assert!(invigil(&[&good]).1.contains("(credential-status-unknown)"));
    pages.lock().expect("nobody panicked").clear();
    assert!(invigil(&[&good]).1.contains("(unreadable)"));
}
