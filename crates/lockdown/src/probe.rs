//! Probes, and what of them is worth a record.
//!
//! A probe says at every look what it sees now. A single look proves little: keyboards flicker, windows come and go. So
//! what is new counts once it was there for a while, and what is gone once it was gone for a while.

use invigil_core::policy::Probe as Name;
use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

/// A probe cannot look on this system.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Blind(pub String);

/// Something that only looks. It changes nothing on the machine.
pub trait Probe {
    /// Which probe of the policy this is.
    fn name(&self) -> Name;

    /// What it sees now: names of programs, outputs, devices, or signs. Empty = nothing.
    ///
    /// # Errors
    /// Why it cannot look on this system. It is asked again at the next look.
    fn look(&mut self) -> Result<BTreeSet<String>, Blind>;

    /// What cannot be seen here although the last look worked: why an empty list proves less than it could.
    fn missing(&self) -> Option<Blind> {
        None
    }

    /// How long something must be seen, or be gone, before it counts.
    fn settles(&self) -> Duration {
        Duration::from_millis(300)
    }
}

/// A change in what a probe sees. The first is told also when it sees nothing: that it has looked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Which.
    pub probe: Name,
    /// What it sees now, or why it cannot look.
    pub sees: Result<BTreeSet<String>, Blind>,
}

struct Watched {
    probe: Box<dyn Probe + Send>,
    told: BTreeSet<String>,
    /// What is there and not told, or told and not there, and since when.
    unsettled: BTreeMap<String, Duration>,
    /// Whether it could look; `None` before the first look.
    sight: Option<Result<(), Blind>>,
}

/// Looks through all probes that are wanted.
#[derive(Default)]
pub struct Lookout {
    watched: Vec<Watched>,
}

impl Lookout {
    /// A lookout with these probes. None has looked yet.
    pub fn new(probes: Vec<Box<dyn Probe + Send>>) -> Self {
        let watch = |probe| Watched { probe, told: BTreeSet::new(), unsettled: BTreeMap::new(), sight: None };
        Self { watched: probes.into_iter().map(watch).collect() }
    }

    /// Looks with each wanted probe and returns what has changed for good. `now` counts from any fixed point. A probe
    /// that is not wanted forgets what it saw, so that everything is new to it when it is wanted again.
    pub fn look(&mut self, wanted: &BTreeSet<Name>, now: Duration) -> Vec<Change> {
        self.watched.iter_mut().flat_map(|watched| watched.look(wanted, now)).collect()
    }
}

impl Watched {
    fn look(&mut self, wanted: &BTreeSet<Name>, now: Duration) -> Vec<Change> {
        let probe = self.probe.name();
        if !wanted.contains(&probe) {
            (self.told, self.unsettled, self.sight) = <_>::default();
            return vec![];
        }
        let looked = self.probe.look();
        let blind = looked.as_ref().err().cloned().or_else(|| self.probe.missing());
        let sight = Some(blind.clone().map_or(Ok(()), Err));
        let mut news = self.sight != sight;
        self.sight = sight;
        // What it cannot see it does not know. What was told stays told.
        let Ok(seen) = looked else {
            return blind.filter(|_| news).map(|blind| Change { probe, sees: Err(blind) }).into_iter().collect();
        };
        news |= self.settle(&seen, now);
        if !news {
            return vec![];
        }
        let seen = Change { probe, sees: Ok(self.told.clone()) };
        [Some(seen), blind.map(|blind| Change { probe, sees: Err(blind) })].into_iter().flatten().collect()
    }

    /// Takes in what is seen now, and returns whether something has come or gone for good.
    fn settle(&mut self, seen: &BTreeSet<String>, now: Duration) -> bool {
        let settles = self.probe.settles();
        let differs: BTreeSet<String> = seen.symmetric_difference(&self.told).cloned().collect();
        self.unsettled.retain(|what, _| differs.contains(what));
        let mut settled = false;
        for what in differs {
            let since = *self.unsettled.entry(what.clone()).or_insert(now);
            if settles <= now.saturating_sub(since) {
                self.unsettled.remove(&what);
                settled = true;
                if !self.told.remove(&what) {
                    self.told.insert(what);
                }
            }
        }
        settled
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::{Arc, Mutex};

    struct HalfBlind;

    impl Probe for HalfBlind {
        fn name(&self) -> Name {
            Name::ScreenShare
        }
        fn look(&mut self) -> Result<BTreeSet<String>, Blind> {
            Ok(names(&["a"]))
        }
        fn missing(&self) -> Option<Blind> {
            Some(Blind("half dark".into()))
        }
    }

    #[test]
    fn what_is_missing_is_said_beside_what_is_seen() {
        let mut lookout = Lookout::new(vec![Box::new(HalfBlind)]);
        let wanted = BTreeSet::from([Name::ScreenShare]);
        let told = |sees| Change { probe: Name::ScreenShare, sees };
        let half = || told(Err(Blind("half dark".into())));
        assert_eq!(lookout.look(&wanted, Duration::ZERO), [told(Ok(names(&[]))), half()]);
        assert_eq!(lookout.look(&wanted, Duration::from_secs(1)), [told(Ok(names(&["a"]))), half()]);
        assert_eq!(lookout.look(&wanted, Duration::from_secs(2)), []);
    }

    struct Pretend(Arc<Mutex<Result<&'static [&'static str], Blind>>>);

    impl Probe for Pretend {
        fn name(&self) -> Name {
            Name::Outputs
        }
        fn look(&mut self) -> Result<BTreeSet<String>, Blind> {
            self.0.lock().unwrap().clone().map(names)
        }
    }

    fn names(names: &[&str]) -> BTreeSet<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    #[test]
    fn only_what_stays_counts() {
        let eyes = Arc::new(Mutex::new(Ok(&[][..])));
        let mut lookout = Lookout::new(vec![Box::new(Pretend(eyes.clone()))]);
        let (on, off) = (BTreeSet::from([Name::Outputs]), BTreeSet::new());
        let blind = || Blind("dark".into());
        let none = || None;
        // When, what is there, whether anybody wants to know, and what is told.
        for (ms, there, wanted, told) in [
            (0, Ok(&[][..]), &on, Some(Ok(&[][..]))),
            (100, Ok(&["a"]), &on, none()),
            (300, Ok(&["a"]), &on, none()),
            (400, Ok(&["a"]), &on, Some(Ok(&["a"]))),
            (900, Ok(&["a"]), &on, none()),
            // It flickers.
            (1_000, Ok(&[]), &on, none()),
            (1_200, Ok(&["a"]), &on, none()),
            (1_400, Ok(&[]), &on, none()),
            (1_600, Ok(&["a"]), &on, none()),
            // One comes while the other goes.
            (2_000, Ok(&["b"]), &on, none()),
            (2_100, Ok(&["b", "c"]), &on, none()),
            (2_300, Ok(&["b", "c"]), &on, Some(Ok(&["b"]))),
            (2_400, Ok(&["b", "c"]), &on, Some(Ok(&["b", "c"]))),
            // What cannot be seen is not gone.
            (3_000, Err(blind()), &on, Some(Err(blind()))),
            (4_000, Err(blind()), &on, none()),
            (4_100, Ok(&["b", "c"]), &on, Some(Ok(&["b", "c"]))),
            // Nobody looks; then everything is new again.
            (5_000, Ok(&["b"]), &off, none()),
            (6_000, Ok(&["b"]), &on, Some(Ok(&[]))),
            (6_300, Ok(&["b"]), &on, Some(Ok(&["b"]))),
            (7_000, Ok(&[]), &on, none()),
            (7_300, Ok(&[]), &on, Some(Ok(&[]))),
        ] {
            *eyes.lock().unwrap() = there;
            let changes = lookout.look(wanted, Duration::from_millis(ms));
            let told = told.map(|told| Change { probe: Name::Outputs, sees: told.map(names) });
            assert_eq!(changes, Vec::from_iter(told), "at {ms} ms");
        }
    }
}
