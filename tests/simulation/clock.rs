//! Time left against a model that is simpler than the rules: what runs, runs by true time; a reboot costs what its clock
//! says; nothing is added but by a grant or the allowance.

use crate::machine::{Machine, truth};
use invigil_client::clock::{self, Boot};
use invigil_core::{
    Digest, Moment, Signed, Wall,
    admission::{Admission, Window},
    log::{Actor, Tail},
    policy::{Control, Holding, Policy},
    sitting::{Closing, Command, ControlReport, Event, HoldReason, Phase, Sitting, objection},
    submission::Client,
};
use invigil_tests::{
    paper::{self, sealed},
    proof::{Dice, Proof},
};

const MINUTE: u64 = 60_000;
/// What is counted at least for a reboot that only a calendar measures.
const UNRECORDED: u64 = 31_000;
const SLICE: u64 = 1_000;
const WHOLE: u64 = 120_000;
const ACTS: usize = 40;

#[test]
fn time_left_is_what_the_model_says() {
    let mut proof = Proof::begin("clock histories");
    proof.each(proof.size(SLICE, WHOLE), |seed, counts| {
        let mut history = History::new(seed);
        for _ in 0..ACTS {
            let what = history.act();
            history.check(what);
            counts.count(what, 1);
            if history.sitting.closing().is_some() {
                break;
            }
        }
        if history.sitting.closing().is_some_and(|(cause, _)| cause == Closing::TimeUp) {
            counts.count("ended by the time", 1);
        }
        counts.count("histories", 1);
    });
    if proof.single() {
        return;
    }
    for what in ACTIONS.iter().chain(&["ended by the time"]) {
        assert!(0 < proof.counted(what), "“{what}” never happened");
    }
    proof.holds();
}

const ACTIONS: [&str; 15] = [
    "works",
    "answers",
    "suspended",
    "crashed and restarted",
    "rebooted with the issuer in reach",
    "rebooted without the issuer",
    "calendar moved",
    "left",
    "returned",
    "paused",
    "continued",
    "granted time",
    "lost a control",
    "got a control back",
    "released by a code",
];

/// The model: plain sums.
#[derive(Debug, Default, Clone)]
struct Model {
    budget: u64,
    extra: u64,
    ran: u64,
    given_back: u64,
    /// How much less than the truth has been counted for reboots since the issuer's last word.
    hidden: i64,
    knows_issuer: bool,
    /// Whether a calendar had a part in what is known since then.
    by_calendar: bool,
}

struct History {
    dice: Dice,
    now: u64,
    machine: Machine,
    boot: Option<Boot>,
    sitting: Sitting,
    admission: Signed<Admission>,
    tail: Tail,
    before: Option<invigil_core::log::Record>,
    model: Model,
    /// The model, the true time and the calendar at the last record.
    at_record: (Model, u64, Wall),
    shown: u64,
    control: Holding,
}

impl History {
    fn new(seed: u64) -> Self {
        let mut dice = Dice(seed);
        let preset = ["open", "moderate", "strict"][dice.below(3)];
        let policy = Policy { return_from_away: dice.one_in(2), ..Policy::preset(preset).expect("a preset") };
        let admission = sealed(Admission {
            window: Window { opens: truth(0), closes: truth(40 * MINUTE) },
            minutes: 5 + u32::try_from(dice.below(60)).expect("few"),
            policy,
            ..paper::admission()
        });
        let machine = Machine::new("one");
        let mut history = Self {
            now: 1_000,
            boot: None,
            sitting: Sitting::new(&admission),
            tail: Tail::start(admission.sitting.clone(), 0, admission.digest()),
            before: None,
            model: Model::default(),
            at_record: (Model::default(), 0, truth(0)),
            shown: 0,
            control: Holding::Enforced,
            admission,
            machine,
            dice,
        };
        let client = Client { name: "t".into(), version: "0".into() };
        history.give(Command::Admit { lease: Digest::of("lease"), client }, &Actor::Client);
        history.give(Command::Acknowledge { notice: Digest::of("notice") }, &Actor::Candidate);
        history.report();
        history.sitting.lay_out(paper::form([paper::choice(2, 1)]));
        let online = !history.dice.one_in(4);
        let start = online.then(|| (truth(history.now), Digest::of("start")));
        let deadline = online.then(|| {
            let whole = truth(history.now).plus_ms(u64::from(history.admission.minutes) * MINUTE);
            whole.min(history.admission.window.closes)
        });
        history.give(Command::Begin { start, deadline }, &Actor::Candidate);
        history.model.budget = history.sitting.clock().budget_ms().expect("timed");
        history.model.knows_issuer = online;
        history.remember();
        history.shown = history.model.budget;
        history
    }

    fn moment(&self) -> Moment {
        clock::moment(self.boot.as_ref(), &self.machine.reading(self.now)).0
    }

    /// Carries out a command as the runtime does. What the issuer would object to must never be written.
    fn give(&mut self, command: Command, by: &Actor) -> Vec<Event> {
        let (at, boot) = clock::moment(self.boot.as_ref(), &self.machine.reading(self.now));
        let Ok(events) = self.sitting.decide(command, by, &at) else { return vec![] };
        if events.is_empty() {
            return events;
        }
        self.boot = boot.or(self.boot.take());
        for event in &events {
            let (record, _) = self.tail.append(at, by.clone(), event.clone());
            let objection =
                objection(&self.sitting, self.before.as_ref(), std::slice::from_ref(&record), &self.admission);
            let proctors_own =
                matches!(event, Event::Granted { .. } | Event::Paused | Event::Continued | Event::ReturnAllowed);
            assert!(objection.is_none() || proctors_own, "{objection:?}: {event:?}");
            self.sitting.apply(&record);
            self.before = Some(record);
        }
        self.remember();
        events
    }

    fn remember(&mut self) {
        self.at_record = (self.model.clone(), self.now, self.machine.reading(self.now).wall);
    }

    fn report(&mut self) {
        let controls = Control::ALL;
        let holding = self.control.clone();
        let report = controls.map(|control| ControlReport { control, holding: holding.clone() }).to_vec();
        self.give(Command::Report { controls: report }, &Actor::Client);
    }

    fn runs(&self) -> bool {
        matches!(self.sitting.phase(), Phase::Underway | Phase::Away)
    }

    fn pass(&mut self, ms: u64) {
        if self.runs() {
            self.model.ran += ms;
        }
        self.now += ms;
    }

    /// Lets time pass while the application is awake, which wakes up when it has to.
    fn work(&mut self, ms: u64) {
        let until = self.now + ms;
        while self.now < until && self.sitting.closing().is_none() {
            let wake = self.sitting.posture(&self.moment()).wake_ms.unwrap_or(u64::MAX);
            if wake == 0 {
                let left_before = self.sitting.phase();
                let events = self.give(Command::Wake { checkpoint: None }, &Actor::Client);
                assert!(!events.is_empty(), "it woke up for nothing in {left_before:?}");
                continue;
            }
            self.pass(wake.min(until - self.now));
        }
    }

    fn some_time(&mut self) -> u64 {
        match self.dice.below(4) {
            0 => self.dice.throw() % 1_000,
            1 | 2 => self.dice.throw() % (2 * MINUTE),
            _ => self.dice.throw() % (20 * MINUTE),
        }
    }

    fn restart(&mut self, rebooted: bool, issuer: bool) {
        let phase = self.sitting.phase();
        let (at_record, then, wall) = self.at_record.clone();
        let stopped = if rebooted {
            // What ran after the last record is not known any more; the gap counts from there.
            self.model = at_record;
            let truth_ms = i64::try_from(self.now - then).unwrap_or(i64::MAX);
            let by_calendar = self.machine.reading(self.now).wall.since_ms(wall);
            let known = issuer && self.model.knows_issuer;
            let counted = if known { u64::try_from(truth_ms + self.model.hidden).unwrap_or(0) } else { by_calendar };
            let counted = if known && !self.model.by_calendar { counted } else { counted.max(UNRECORDED) };
            self.model.by_calendar = true;
            self.model.hidden += truth_ms - i64::try_from(counted).unwrap_or(i64::MAX);
            if self.runs() {
                self.model.ran += counted;
            }
            counted
        } else {
            self.now - then
        };
        if issuer {
            (self.model.hidden, self.model.knows_issuer, self.model.by_calendar) = (0, true, false);
        }
        let events = self.give(Command::Resume { server: issuer.then(|| truth(self.now)) }, &Actor::Client);
        if let Some(Event::Resumed { given_back_ms, .. }) = events.first() {
            let left = self.admission.policy.restart_allowance_ms - self.model.given_back;
            let expected = if phase == Phase::Underway { stopped.min(left) } else { 0 };
            assert_eq!(*given_back_ms, expected);
            self.model.given_back += given_back_ms;
            self.shown = self.shown.saturating_add(*given_back_ms);
        }
        if rebooted && !(issuer && self.at_record.0.knows_issuer) && phase == Phase::Underway && !events.is_empty() {
            let by_calendar = self.machine.reading(self.now).wall.unix_ms() - wall.unix_ms();
            let long = i64::try_from(self.admission.policy.reboot_gap_max_ms).unwrap_or(i64::MAX) < by_calendar;
            let held = events.iter().any(|e| matches!(e, Event::Held { reason: HoldReason::RebootGap }));
            let doubtful = long || by_calendar < 0;
            assert!(held || !doubtful, "a doubtful gap is held");
        }
        self.remember();
        self.report();
        self.work(1);
    }

    fn act(&mut self) -> &'static str {
        let what = ACTIONS[self.dice.below(ACTIONS.len())];
        let ms = self.some_time();
        let proctor = Actor::Proctor("resume-code".parse().expect("a name"));
        match what {
            "works" => self.work(ms),
            "answers" => {
                let item = self.sitting.served()[0].clone();
                let visit = invigil_core::sitting::Screen::Item { item };
                self.give(Command::Visit { screen: visit }, &Actor::Candidate);
                self.give(Command::Visit { screen: invigil_core::sitting::Screen::Review }, &Actor::Candidate);
            }
            "suspended" => {
                self.pass(ms);
                self.work(1);
            }
            "crashed and restarted" => {
                self.pass(ms);
                let issuer = self.dice.one_in(2);
                self.restart(false, issuer);
            }
            "rebooted with the issuer in reach" | "rebooted without the issuer" => {
                self.now += ms;
                self.machine.boot(self.now);
                self.restart(true, what == "rebooted with the issuer in reach");
            }
            "calendar moved" => {
                let by = i64::try_from(self.dice.throw() % (4 * 60 * MINUTE)).unwrap_or(0) - 120 * 60_000;
                let before = self.sitting.clock().remaining_ms(&self.moment());
                self.machine.calendar_off_ms += by;
                assert_eq!(self.sitting.clock().remaining_ms(&self.moment()), before, "the calendar decides nothing");
            }
            "left" => drop(self.give(Command::Leave, &Actor::Candidate)),
            "returned" => drop(self.give(Command::Return, &Actor::Candidate)),
            "paused" => drop(self.give(Command::Pause, &proctor)),
            "continued" => {
                self.give(Command::Continue, &proctor);
                self.give(Command::AllowReturn, &proctor);
            }
            "granted time" => {
                for event in self.give(Command::Grant { ms }, &proctor) {
                    assert_eq!(event, Event::Granted { ms });
                    self.model.extra += ms;
                    self.shown = self.shown.saturating_add(ms);
                }
                self.remember();
            }
            "lost a control" => {
                self.control = Holding::Denied { why: "test".into() };
                self.report();
            }
            "got a control back" => {
                self.control = Holding::Enforced;
                self.report();
            }
            _ => drop(self.give(Command::Release, &proctor)),
        }
        what
    }

    /// What must hold at every moment.
    fn check(&mut self, what: &str) {
        let at = self.moment();
        let clock = self.sitting.clock();
        let left = clock.remaining_ms(&at).expect("timed");
        let model = &self.model;
        let expected = (model.budget + model.extra + model.given_back).saturating_sub(model.ran);
        assert_eq!(left, expected, "time left after “{what}”: {model:?}");
        assert!(left <= self.shown, "time left grew from {} to {left} by “{what}”", self.shown);
        self.shown = left;
        assert!(model.given_back <= self.admission.policy.restart_allowance_ms);
    }
}
