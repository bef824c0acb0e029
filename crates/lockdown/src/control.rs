//! Controls and what brings them to the state that is wanted.
//!
//! Invariant: a report says what a signal independent of our own call shows. What `engage` and `release` return is
//! for the log of the program only.

use invigil_core::{
    policy::{Control as Name, Holding},
    sitting::ControlReport,
};
use std::{
    collections::BTreeSet,
    panic::{AssertUnwindSafe, catch_unwind},
};

/// A control could not do what it was asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the {control} control could not be {attempt}: {why}")]
pub struct Unable {
    /// Which control.
    pub control: Name,
    /// What was attempted, as a participle: `engaged`, `released`.
    pub attempt: &'static str,
    /// What is known.
    pub why: String,
}

/// Something that can be engaged, proven and released.
pub trait Control {
    /// Which control of the policy this is.
    fn name(&self) -> Name;

    /// Asks the system for it. May be called again while it does not hold.
    fn engage(&mut self) -> Result<(), Unable>;

    /// How far it holds now, shown by a signal that is independent of what `engage` returned. After a release that
    /// worked this is [`Holding::Released`].
    fn holding(&mut self) -> Holding;

    /// Gives back what `engage` took. Harmless when nothing was taken.
    fn release(&mut self) -> Result<(), Unable>;
}

struct Managed {
    control: Box<dyn Control>,
    /// We asked for it and have not seen it released since. Set before the call, so that half an engagement, or one
    /// that panicked, is given back too.
    asked: bool,
}

/// Brings controls to the state that is wanted, and releases all of them when it is dropped.
#[derive(Default)]
pub struct Reconciler {
    managed: Vec<Managed>,
}

impl Reconciler {
    /// A reconciler for these controls. None is touched yet.
    pub fn new(controls: Vec<Box<dyn Control>>) -> Self {
        let managed = controls.into_iter().map(|control| Managed { control, asked: false }).collect();
        Self { managed }
    }

    /// Engages what is wanted and does not hold, releases every other, and reports each known and each wanted control,
    /// sorted by name. It never fails as a whole: what one control cannot do is in its report, and is tried again at
    /// the next call.
    pub fn reconcile(&mut self, wanted: &BTreeSet<Name>) -> Vec<ControlReport> {
        // What nobody wants any more is given back before anything new is taken.
        let (keep, free): (Vec<_>, Vec<_>) = self.managed.iter_mut().partition(|m| wanted.contains(&m.control.name()));
        let mut reports: Vec<_> = free.into_iter().map(|m| report(m.control.name(), m.free())).collect();
        reports.extend(keep.into_iter().map(|m| report(m.control.name(), m.hold())));
        for name in wanted {
            if !reports.iter().any(|r| r.control == *name) {
                let why = "this version has no such control on this system".to_owned();
                reports.push(report(*name, Holding::Unsupported { why }));
            }
        }
        reports.sort_by_key(|r| r.control);
        reports
    }

    /// Releases everything. One control that fails does not keep the others.
    pub fn release_all(&mut self) {
        for managed in &mut self.managed {
            managed.free();
        }
    }
}

impl Drop for Reconciler {
    fn drop(&mut self) {
        self.release_all();
    }
}

impl Managed {
    fn hold(&mut self) -> Holding {
        // A probe may disturb: to find out whether the keyboard is held one has to try to take it. So a control that
        // was never asked for is not probed.
        let before = if self.asked { self.control.holding() } else { Holding::Released };
        match before {
            Holding::Enforced | Holding::Requested { .. } | Holding::Unsupported { .. } => before,
            Holding::Denied { .. } | Holding::Released => self.engage(),
        }
    }

    fn engage(&mut self) -> Holding {
        self.asked = true;
        let refused = self.control.engage().err();
        if let Some(unable) = &refused {
            tracing::warn!(%unable, "a control was not engaged");
        }
        match (self.control.holding(), refused) {
            (Holding::Released, Some(unable)) => Holding::Denied { why: unable.why },
            (holding, _) => holding,
        }
    }

    fn free(&mut self) -> Holding {
        if !self.asked {
            return Holding::Released;
        }
        // A control that panics must not keep the desktop from the candidate: the others still have to be released.
        let outcome = catch_unwind(AssertUnwindSafe(|| (self.control.release(), self.control.holding())));
        let (released, holding) = outcome.unwrap_or_else(|_| {
            let why = "its release broke off".to_owned();
            let control = self.control.name();
            (Err(Unable { control, attempt: "released", why: why.clone() }), Holding::Requested { why })
        });
        if let Err(unable) = released {
            tracing::warn!(%unable, "a control was not released");
        }
        self.asked = holding.counts();
        if holding.counts() { holding } else { Holding::Released }
    }
}

fn report(control: Name, holding: Holding) -> ControlReport {
    ControlReport { control, holding }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{cell::RefCell, rc::Rc};

    /// What the pretended system does, shared between a control and its test.
    #[derive(Default)]
    struct System {
        held: bool,
        obeys: bool,
        lies: bool,
        stuck: bool,
        panics: bool,
        engaged: usize,
        probed: usize,
    }

    struct Pretend {
        name: Name,
        system: Rc<RefCell<System>>,
    }

    impl Control for Pretend {
        fn name(&self) -> Name {
            self.name
        }
        fn engage(&mut self) -> Result<(), Unable> {
            let mut system = self.system.borrow_mut();
            system.engaged += 1;
            system.held = system.obeys;
            let said_yes = system.obeys || system.lies;
            let no = Unable { control: self.name, attempt: "engaged", why: "taken".to_owned() };
            said_yes.then_some(()).ok_or(no)
        }
        fn holding(&mut self) -> Holding {
            let mut system = self.system.borrow_mut();
            system.probed += 1;
            if system.held { Holding::Enforced } else { Holding::Released }
        }
        fn release(&mut self) -> Result<(), Unable> {
            let mut system = self.system.borrow_mut();
            assert!(!system.panics, "pretended");
            if system.stuck {
                return Err(Unable { control: self.name, attempt: "released", why: "stuck".to_owned() });
            }
            system.held = false;
            Ok(())
        }
    }

    fn pair() -> (Reconciler, Rc<RefCell<System>>, Rc<RefCell<System>>) {
        let system = || Rc::new(RefCell::new(System { obeys: true, ..System::default() }));
        let (keyboard, close) = (system(), system());
        let boxed = |name, system: &Rc<_>| Box::new(Pretend { name, system: Rc::clone(system) }) as Box<dyn Control>;
        let controls = vec![boxed(Name::Close, &close), boxed(Name::Keyboard, &keyboard)];
        (Reconciler::new(controls), keyboard, close)
    }

    fn states(reports: &[ControlReport]) -> Vec<(Name, &Holding)> {
        reports.iter().map(|r| (r.control, &r.holding)).collect()
    }

    const NONE: BTreeSet<Name> = BTreeSet::new();

    #[test]
    fn wanted_controls_are_engaged_once_and_others_released() {
        let (mut reconciler, keyboard, close) = pair();
        let both = BTreeSet::from([Name::Keyboard, Name::Close]);
        for _ in 0..3 {
            let reports = reconciler.reconcile(&both);
            let expected = [(Name::Keyboard, &Holding::Enforced), (Name::Close, &Holding::Enforced)];
            assert_eq!(states(&reports), expected);
        }
        assert_eq!((keyboard.borrow().engaged, close.borrow().engaged), (1, 1));

        let reports = reconciler.reconcile(&BTreeSet::from([Name::Close]));
        assert_eq!(states(&reports), [(Name::Keyboard, &Holding::Released), (Name::Close, &Holding::Enforced)]);
        assert!(!keyboard.borrow().held && close.borrow().held);
    }

    #[test]
    fn a_refusal_is_reported_and_tried_again() {
        let (mut reconciler, keyboard, _) = pair();
        let wanted = BTreeSet::from([Name::Keyboard]);
        keyboard.borrow_mut().obeys = false;
        for tries in 1..=2 {
            let reports = reconciler.reconcile(&wanted);
            assert_eq!(reports[0].holding, Holding::Denied { why: "taken".to_owned() });
            assert_eq!(keyboard.borrow().engaged, tries);
        }
        keyboard.borrow_mut().obeys = true;
        assert_eq!(reconciler.reconcile(&wanted)[0].holding, Holding::Enforced);
    }

    #[test]
    fn the_word_of_our_own_call_is_not_believed() {
        let (mut reconciler, keyboard, _) = pair();
        *keyboard.borrow_mut() = System { lies: true, ..System::default() };
        let reports = reconciler.reconcile(&BTreeSet::from([Name::Keyboard]));
        assert_eq!(reports[0].holding, Holding::Released);
    }

    #[test]
    fn a_control_that_is_lost_is_taken_again() {
        let (mut reconciler, keyboard, _) = pair();
        let wanted = BTreeSet::from([Name::Keyboard]);
        reconciler.reconcile(&wanted);
        keyboard.borrow_mut().held = false;
        assert_eq!(reconciler.reconcile(&wanted)[0].holding, Holding::Enforced);
        assert_eq!(keyboard.borrow().engaged, 2);
    }

    #[test]
    fn a_control_nobody_asked_for_is_not_probed() {
        let (mut reconciler, keyboard, _) = pair();
        reconciler.reconcile(&NONE);
        reconciler.release_all();
        assert_eq!(keyboard.borrow().probed, 0);
    }

    #[test]
    fn a_wanted_control_that_does_not_exist_is_unsupported() {
        let (mut reconciler, ..) = pair();
        let reports = reconciler.reconcile(&BTreeSet::from([Name::Fullscreen]));
        assert_eq!(reports.len(), 3);
        let fullscreen = reports.iter().find(|r| r.control == Name::Fullscreen);
        assert!(matches!(fullscreen.map(|r| &r.holding), Some(Holding::Unsupported { .. })), "{fullscreen:?}");
    }

    #[test]
    fn release_goes_on_when_one_fails_and_tries_it_again() {
        let (mut reconciler, keyboard, close) = pair();
        reconciler.reconcile(&BTreeSet::from([Name::Keyboard, Name::Close]));
        close.borrow_mut().stuck = true;
        let reports = reconciler.reconcile(&NONE);
        assert_eq!(states(&reports), [(Name::Keyboard, &Holding::Released), (Name::Close, &Holding::Enforced)]);
        assert!(!keyboard.borrow().held);

        close.borrow_mut().stuck = false;
        assert_eq!(reconciler.reconcile(&NONE)[1].holding, Holding::Released);
    }

    #[test]
    fn dropping_releases_also_beside_a_panic() {
        let (mut reconciler, keyboard, close) = pair();
        reconciler.reconcile(&BTreeSet::from([Name::Keyboard, Name::Close]));
        // The first in the list.
        close.borrow_mut().panics = true;
        drop(reconciler);
        assert!(!keyboard.borrow().held);
    }
}
