//! The sitting keys that the guard keeps while the application may die.
//!
//! They live in this process's memory only and are overwritten when they go. The guard forbids other processes to
//! read that memory; whoever is root can, and nothing here says otherwise.

use super::protocol::{KEY_LEN, Line, Reply, Request, encode};
use invigil_core::SittingId;
use std::collections::BTreeMap;
use zeroize::Zeroizing;

/// How many keys are kept. One is in use; the others allow for sittings whose hand-in is still under way.
pub const KEYS_MAX: usize = 4;

/// The kept keys.
#[derive(Default)]
pub struct Keys {
    // On the heap, so that moving an entry within the map moves a pointer and leaves no copy of the key.
    kept: BTreeMap<SittingId, Zeroizing<Vec<u8>>>,
}

impl Keys {
    /// Carries out a request and returns the line to answer with. A beat has none.
    pub fn answer(&mut self, request: &Request<'_>) -> Option<Line> {
        match request {
            Request::Beat(_) => None,
            Request::Keep { sitting, key } => encode(&Reply::Done(self.keep(sitting, key))),
            Request::Forget { sitting } => encode(&Reply::Done(self.kept.remove(*sitting).is_some())),
            Request::Give { sitting } => match self.kept.get(*sitting) {
                None => encode(&Reply::Key(None)),
                Some(key) => {
                    let mut hex = Zeroizing::new([0; 2 * KEY_LEN]);
                    hex::encode_to_slice(key.as_slice(), hex.as_mut_slice()).ok()?;
                    encode(&Reply::Key(std::str::from_utf8(hex.as_slice()).ok()))
                }
            },
        }
    }

    fn keep(&mut self, sitting: &str, hex: &str) -> bool {
        let Ok(sitting) = sitting.parse::<SittingId>() else { return false };
        let mut key = Zeroizing::new(vec![0; KEY_LEN]);
        if hex::decode_to_slice(hex, key.as_mut_slice()).is_err() {
            return false;
        }
        // A key is never dropped for another: the application would learn of it when it is too late.
        let room = self.kept.len() < KEYS_MAX || self.kept.contains_key(&sitting);
        if room {
            self.kept.insert(sitting, key);
        }
        room
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask(keys: &mut Keys, request: &Request<'_>) -> String {
        keys.answer(request).map(|line| String::from_utf8_lossy(&line).trim_end().to_owned()).unwrap_or_default()
    }

    #[test]
    fn a_key_is_kept_given_replaced_and_forgotten() {
        let mut keys = Keys::default();
        let (first, second) = ("0a".repeat(KEY_LEN), "f0".repeat(KEY_LEN));
        let give = Request::Give { sitting: "s" };
        assert_eq!(ask(&mut keys, &give), "{\"key\":null}");
        for key in [&first, &second] {
            assert_eq!(ask(&mut keys, &Request::Keep { sitting: "s", key }), "{\"done\":true}");
            assert_eq!(ask(&mut keys, &give), format!("{{\"key\":\"{key}\"}}"));
        }
        assert_eq!(ask(&mut keys, &Request::Forget { sitting: "s" }), "{\"done\":true}");
        assert_eq!(ask(&mut keys, &Request::Forget { sitting: "s" }), "{\"done\":false}");
        assert_eq!(ask(&mut keys, &give), "{\"key\":null}");
        assert_eq!(ask(&mut keys, &Request::Beat(1)), "");
    }

    #[test]
    fn what_is_no_key_or_no_sitting_is_refused() {
        let mut keys = Keys::default();
        let good = "0a".repeat(KEY_LEN);
        for (sitting, key) in [("s", &good[2..]), ("s", ""), ("s", &"0g".repeat(KEY_LEN)), ("", &good), ("a b", &good)]
        {
            assert_eq!(ask(&mut keys, &Request::Keep { sitting, key }), "{\"done\":false}", "{sitting} {key}");
        }
        assert!(keys.kept.is_empty());
    }

    #[test]
    fn no_key_is_lost_to_one_too_many() {
        let mut keys = Keys::default();
        let key = "0a".repeat(KEY_LEN);
        for (sitting, done) in [("1", true), ("2", true), ("3", true), ("4", true), ("5", false), ("4", true)] {
            let answer = ask(&mut keys, &Request::Keep { sitting, key: &key });
            assert_eq!(answer, format!("{{\"done\":{done}}}"), "{sitting}");
        }
        assert_eq!(keys.kept.len(), KEYS_MAX);
        assert!(keys.kept.contains_key("1"));
    }
}
