//! The application's end against a guard played by the test.

use super::{Link, LinkError, PATIENCE};
use crate::guard::{Keys, Lines, monotonic, protocol::Request};
use invigil_core::SittingId;
use std::{
    io::{Read, Write},
    os::unix::net::UnixStream,
    thread,
    time::Duration,
};

fn sitting() -> SittingId {
    "sitting:1".parse().expect("an id")
}

fn pair() -> (Link, UnixStream) {
    let (ours, guards) = UnixStream::pair().expect("a pair");
    (Link::over(ours), guards)
}

/// Answers like the guard until the link closes, and returns the beats it heard.
fn play(mut socket: UnixStream) -> thread::JoinHandle<Vec<u64>> {
    thread::spawn(move || {
        let (mut keys, mut lines, mut beats) = (Keys::default(), Lines::default(), Vec::new());
        while lines.fill(&socket).is_ok() {
            while let Some(line) = lines.take() {
                let request: Request<'_> = serde_json::from_slice(&line).expect("a request");
                if let Request::Beat(number) = request {
                    beats.push(number);
                }
                if let Some(answer) = keys.answer(&request) {
                    socket.write_all(&answer).expect("answered");
                }
            }
            thread::sleep(Duration::from_millis(1));
        }
        beats
    })
}

#[test]
fn keys_go_there_and_come_back() {
    let (link, socket) = pair();
    let guard = play(socket);
    let key = std::array::from_fn(|i| u8::try_from(7 * i).expect("small"));
    assert_eq!(link.give(&sitting()).expect("answered"), None);
    link.keep(&sitting(), &key).expect("kept");
    link.beat().expect("heard");
    assert_eq!(link.give(&sitting()).expect("answered").as_deref(), Some(&key));
    link.beat().expect("heard");
    link.forget(&sitting()).expect("forgotten");
    assert_eq!(link.forget(&sitting()), Err(LinkError::Refused));
    assert_eq!(link.give(&sitting()).expect("answered"), None);
    drop(link);
    assert_eq!(guard.join().expect("played"), [0, 1]);
}

#[test]
fn a_dead_guard_is_an_error_at_once_and_for_ever() {
    let (link, socket) = pair();
    link.beat().expect("sent");
    drop(socket);
    let began = monotonic();
    for _ in 0..3 {
        assert_eq!(link.beat(), Err(LinkError::GuardGone));
        assert_eq!(link.keep(&sitting(), &[1; 32]), Err(LinkError::GuardGone));
        assert_eq!(link.give(&sitting()), Err(LinkError::GuardGone));
        assert_eq!(link.forget(&sitting()), Err(LinkError::GuardGone));
    }
    assert!(monotonic() - began < PATIENCE);
}

#[test]
fn a_guard_that_dies_while_it_is_asked_is_an_error_at_once() {
    let (link, mut socket) = pair();
    let dying = thread::spawn(move || {
        let mut some = [0; 8];
        socket.read_exact(&mut some).expect("asked");
    });
    let began = monotonic();
    assert_eq!(link.give(&sitting()), Err(LinkError::GuardGone));
    assert!(monotonic() - began < PATIENCE);
    dying.join().expect("died");
}

#[test]
fn a_silent_guard_costs_a_second_and_its_late_answer_is_not_taken_for_another() {
    let (link, mut socket) = pair();
    let began = monotonic();
    assert_eq!(link.give(&sitting()), Err(LinkError::GuardLate));
    let waited = monotonic() - began;
    assert!((PATIENCE..2 * PATIENCE).contains(&waited), "{waited:?}");

    // The late answer carries a key; the answer to the second question says that there is none.
    let late = format!("{{\"key\":\"{}\"}}\n{{\"key\":null}}\n", "0a".repeat(32));
    socket.write_all(late.as_bytes()).expect("answered");
    assert_eq!(link.give(&sitting()), Ok(None));
}

#[test]
fn beats_never_wait_for_a_guard_that_does_not_read() {
    let (link, _socket) = pair();
    let (tell, told) = std::sync::mpsc::channel();
    // In a thread of its own, because a beat that waits would wait for ever.
    thread::spawn(move || {
        let first_unheard = (0..100_000).find(|_| link.beat().is_err());
        tell.send((first_unheard, link.beat())).expect("told");
    });
    let (first_unheard, outcome) = told.recv_timeout(PATIENCE).expect("beats wait");
    assert_eq!(outcome, Err(LinkError::GuardLate));
    // A guard that does not read for a minute costs nothing.
    assert!(first_unheard > Some(60), "{first_unheard:?}");
}

#[test]
fn a_guard_that_talks_nonsense_is_left() {
    for nonsense in ["{\"done\":true}\n", "{\"key\":\"0a\"}\n", "what\n", "{\"key\":null,\"key\":null}\n"] {
        let (link, mut socket) = pair();
        socket.write_all(nonsense.as_bytes()).expect("written");
        assert_eq!(link.give(&sitting()), Err(LinkError::GuardGone), "{nonsense}");
        // The guard sees the end of the connection and no longer waits for beats.
        let mut rest = Vec::new();
        socket.read_to_end(&mut rest).expect("closed");
        assert_eq!(link.beat(), Err(LinkError::GuardGone));
    }
}
