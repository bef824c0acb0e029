//! A candidate's computer: the real session on a store in memory, killed and started at will.

use crate::machine::{Machine, truth};
use invigil_client::{
    arrival::{fill, refill},
    clock::Reading,
    outbox::Step,
    session::Session,
    store::Store,
    uplink::Redeemed,
    view::Problem,
};
use invigil_content::sealing::Identity;
use invigil_core::{
    Digest, ItemId, SecretKey, Signed, Value,
    admission::{Admission, Lease, Redemption},
    form::Form,
    item::{Exam, Interaction},
    log::Actor,
    policy::{Control, Holding},
    sitting::{Command, ControlReport, Phase, Screen},
};
use invigil_tests::proof::Dice;
use std::collections::BTreeMap;

/// The application on a computer.
pub enum Life {
    /// It runs.
    Awake(Box<Session>),
    /// It does not; this is its disk.
    Dead(Option<Store>),
}

pub struct Device {
    pub machine: Machine,
    seed: [u8; 32],
    pub identity: Identity,
    pub life: Life,
    /// Whether it has a network.
    pub online: bool,
    /// Whether somebody has pulled the power: the next start is a boot.
    pub powered_off: bool,
    pub epoch: u32,
    /// The last answer to each item that was called saved here, or came with the sitting.
    pub saved: BTreeMap<ItemId, Option<Value>>,
    /// Every answer that was called saved here, and its item.
    pub said: Vec<(ItemId, Option<Value>)>,
    /// Evidence on its disk.
    pub evidence: BTreeMap<Digest, Vec<u8>>,
    pub from: Option<u64>,
    pub controls: Holding,
    /// How many records the issuer had countersigned when that was last looked at.
    confirmed: u64,
    /// Time left when it was last looked at, with what was granted by then.
    shown: Option<(u64, u64)>,
}

impl Device {
    pub fn new(name: &str, dice: &mut Dice) -> Self {
        let mut seed = [0; 32];
        seed.iter_mut().for_each(|byte| *byte = u8::try_from(dice.below(256)).unwrap_or(0));
        Self {
            machine: Machine::new(name),
            seed,
            identity: Identity::generate(),
            life: Life::Dead(None),
            online: true,
            powered_off: false,
            epoch: 0,
            saved: BTreeMap::new(),
            said: Vec::new(),
            evidence: BTreeMap::new(),
            from: None,
            controls: Holding::Enforced,
            confirmed: 0,
            shown: None,
        }
    }

    pub fn key(&self) -> SecretKey {
        SecretKey::from_seed(&self.seed)
    }

    pub fn redemption(&self, link: &str, now: u64) -> Vec<u8> {
        let code = link.rsplit('/').next().unwrap_or_default().to_owned();
        let (key, recipient) = (self.key(), self.identity.to_public().to_string());
        let body = Redemption { code, device: key.public(), recipient };
        Signed::seal(body, &key, &key.public().method(), truth(now)).bytes().to_vec()
    }

    /// Takes what its code led to.
    pub fn take(&mut self, redeemed: &Redeemed) {
        let store = fill(Store::in_memory().expect("memory"), redeemed, &self.seed)
            .unwrap_or_else(|problem| panic!("the sitting does not arrive: {problem:?}"));
        self.arrived(store, redeemed);
    }

    /// Takes a sitting back that it had before. The issuer has everything that was written here.
    pub fn take_back(&mut self, redeemed: &Redeemed) {
        let Life::Awake(mut session) = std::mem::replace(&mut self.life, Life::Dead(None)) else { return };
        refill(&mut session, redeemed, &self.seed)
            .unwrap_or_else(|problem| panic!("the sitting does not come back: {problem:?}"));
        self.arrived(session.into_store(), redeemed);
    }

    /// Everything is on the disk. What follows is what a start does, whether or not the process ends here.
    fn arrived(&mut self, store: Store, redeemed: &Redeemed) {
        let session = Session::exam(store).unwrap_or_else(|problem| panic!("it does not open: {problem:?}"));
        self.epoch = redeemed.leases.last().map_or(0, |lease: &Signed<Lease>| lease.epoch);
        let values = session.values().clone();
        let items = session.sitting().responses().keys();
        self.saved = items.map(|item| (item.clone(), values.get(item).cloned())).collect();
        (self.confirmed, self.shown, self.from) = (session.confirmed(), shown(&session), None);
        self.life = Life::Dead(Some(session.into_store()));
    }

    pub fn session(&mut self) -> Option<&mut Session> {
        match &mut self.life {
            Life::Awake(session) => Some(session),
            Life::Dead(_) => None,
        }
    }

    pub fn reading(&self, now: u64) -> Reading {
        self.machine.reading(now)
    }

    /// The process is gone; what is durable stays.
    pub fn crash(&mut self) {
        self.from = None;
        self.life = match std::mem::replace(&mut self.life, Life::Dead(None)) {
            Life::Awake(session) => Life::Dead(Some(session.into_store())),
            dead => dead,
        };
    }

    /// Starts the application again and checks that everything that was called saved is there.
    pub fn start(&mut self, exam: &Exam, server: Option<u64>, now: u64) {
        let Life::Dead(store) = &mut self.life else { return };
        let Some(store) = store.take() else { return };
        if std::mem::take(&mut self.powered_off) {
            self.machine.boot(now);
        }
        let mut session = Session::exam(store).unwrap_or_else(|problem| panic!("it does not open: {problem:?}"));
        let admission = session.papers().map(|papers| papers.admission.clone()).expect("an exam");
        lay_out(&mut session, exam, &admission);
        let back = session.come_back(server.map(truth), &self.machine.reading(now));
        expected(back);
        self.life = Life::Awake(Box::new(session));
        self.check("a restart");
        self.report(now);
    }

    /// Carries out what a person or the machine does. What is refused changes nothing.
    pub fn give(&mut self, command: Command, by: &Actor, now: u64) -> bool {
        let reading = self.machine.reading(now);
        let Some(session) = self.session() else { return false };
        let before = session.log();
        match session.carry_out(command, by, &reading) {
            Ok(()) => session.log() != before,
            refused => {
                expected(refused);
                false
            }
        }
    }

    pub fn report(&mut self, now: u64) {
        let controls = Control::ALL;
        let holding = self.controls.clone();
        let controls = controls.map(|control| ControlReport { control, holding: holding.clone() }).to_vec();
        self.give(Command::Report { controls }, &Actor::Client, now);
    }

    /// Answers some item, or clears an answer.
    pub fn answer(&mut self, dice: &mut Dice, now: u64) -> bool {
        let reading = self.machine.reading(now);
        let Some(session) = self.session() else { return false };
        let served = session.sitting().served().to_vec();
        let item = served[dice.below(served.len())].clone();
        let form = session.sitting().form().expect("the paper is laid out");
        let value = value(&form.item(&item).expect("an item").interaction, dice);
        let before = session.log().size;
        if expected(session.respond(item.clone(), value.clone(), &reading)).is_none() {
            return false;
        }
        assert_eq!(session.values().get(&item), value.as_ref(), "what is called saved was taken");
        let wrote = before < session.log().size;
        if wrote {
            self.saved.insert(item.clone(), value.clone());
            self.said.push((item, value));
        }
        wrote
    }

    pub fn visit(&mut self, dice: &mut Dice, now: u64) -> bool {
        let Some(session) = self.session() else { return false };
        let served = session.sitting().served().to_vec();
        let item = served[dice.below(served.len())].clone();
        let command = if dice.one_in(3) {
            Command::Flag { item, flagged: dice.one_in(2) }
        } else {
            Command::Visit { screen: Screen::Item { item } }
        };
        self.give(command, &Actor::Candidate, now)
    }

    /// What the runtime does twice a second.
    pub fn tick(&mut self, now: u64) {
        let reading = self.machine.reading(now);
        let Life::Awake(session) = &mut self.life else { return };
        expected(session.wake(&reading));
        if session.sitting().closing().is_some() && !session.has_moved() {
            expected(session.hand_in(|sha256| self.evidence.contains_key(sha256), &reading));
        }
    }

    /// When it wants to be woken, in milliseconds.
    pub fn wake_ms(&mut self, now: u64) -> Option<u64> {
        let reading = self.machine.reading(now);
        let session = self.session().filter(|session| !session.has_moved())?;
        session.sitting().posture(&session.moment(&reading)).wake_ms
    }

    pub fn next_step(&mut self) -> Step {
        let from = self.from;
        self.session().map_or(Step::Nothing, |session| session.next_step(from).expect("the store is read"))
    }

    pub fn phase(&mut self) -> Option<Phase> {
        self.session().map(|session| session.sitting().phase())
    }

    /// What was called saved is there, and the time left has not grown by itself.
    pub fn check(&mut self, after: &str) {
        let Life::Awake(session) = &mut self.life else { return };
        for (item, value) in &self.saved {
            assert_eq!(session.values().get(item), value.as_ref(), "the answer to {item} after {after}");
        }
        assert!(self.confirmed <= session.confirmed(), "a checkpoint went back by {after}");
        self.confirmed = session.confirmed();
        let now = shown(session);
        if let (Some((left, granted)), Some((before, granted_before))) = (now, self.shown) {
            // What a restart gives back is no more than it took.
            let most = before + granted.saturating_sub(granted_before);
            assert!(left <= most, "time left grew from {before} to {left} by {after}");
        }
        self.shown = now;
    }
}

/// Time left at the last record, with what was granted by then.
fn shown(session: &Session) -> Option<(u64, u64)> {
    let clock = session.sitting().clock();
    let left = session.sitting().last().and_then(|at| clock.remaining_ms(&at));
    left.map(|left| (left, clock.granted_ms()))
}

fn lay_out(session: &mut Session, exam: &Exam, admission: &Admission) {
    session.lay_out(Form::draw(exam, &admission.draw));
}

/// An answer to an interaction; sometimes none.
fn value(interaction: &Interaction, dice: &mut Dice) -> Option<Value> {
    if dice.one_in(8) {
        return None;
    }
    Some(match interaction {
        Interaction::Choice { max_choices: 1, choices } => Value::choice(&choices[dice.below(choices.len())].id),
        Interaction::Choice { choices, .. } => {
            let some: Vec<&str> = choices.iter().filter(|_| dice.one_in(2)).map(|choice| choice.id.as_str()).collect();
            Value::choices(some)
        }
        Interaction::TextEntry { .. } | Interaction::ExtendedText { .. } => {
            Value::text(["", "x", "kubectl", "ü\u{1F600}\n"][dice.below(4)])
        }
    })
}

/// A refusal is an answer; anything that says that storage is at fault is not.
fn expected<T>(outcome: Result<T, Problem>) -> Option<T> {
    match outcome {
        Ok(done) => Some(done),
        Err(problem) => {
            let fault = problem.code.starts_with("storage") || problem.code == "issuer-untrusted";
            assert!(!fault, "{problem:?}");
            None
        }
    }
}
