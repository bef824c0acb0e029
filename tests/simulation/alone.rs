//! One computer and what it is told: single cases that a story meets only by chance.

use crate::machine::{BEGINNING_MS, Machine};
use invigil_client::{
    arrival::arrive, clock::Reading, session::Session, store::Store, uplink::Redeemed, view::Problem,
};
use invigil_core::{
    Digest, Value, Wall,
    admission::{Admission, Window},
    log::Actor,
    sitting::{Closing, Command, Event},
};
use invigil_tests::paper::{self, DEVICE_SEED, choice, form, id, lease, sealed};

const MINUTE_MS: u64 = 60_000;

/// A computer on which an exam of ten minutes has begun at its start.
struct Alone {
    machine: Machine,
    session: Session,
}

impl Alone {
    fn new() -> Self {
        let opens = Wall::from_unix_ms(BEGINNING_MS);
        let window = Window { opens, closes: opens.plus_ms(60 * MINUTE_MS) };
        let policy = invigil_core::policy::Policy { offline_start: true, ..paper::admission().policy };
        let admission = sealed(Admission { window, minutes: 10, policy, ..paper::admission() });
        let leases = vec![lease(&admission)];
        let redeemed = Redeemed { admission, leases, token: "token".to_owned(), records: vec![] };
        let machine = Machine::new("one");
        let store = Store::in_memory().expect("memory");
        let reading = machine.reading(0);
        let mut session = arrive(store, &redeemed, &DEVICE_SEED, None, &reading).expect("it arrives");
        session.lay_out(form([choice(2, 1)]));
        let mut give = |command, by: Actor| session.carry_out(command, &by, &reading).expect("it is carried out");
        give(Command::Acknowledge { notice: Digest::of("notice") }, Actor::Candidate);
        give(Command::Report { controls: vec![] }, Actor::Client);
        give(Command::Begin { start: None, deadline: None }, Actor::Candidate);
        Self { machine, session }
    }

    fn at(&self, now: u64) -> Reading {
        self.machine.reading(now)
    }

    fn respond(&mut self, option: &str, now: u64) -> Result<(), Problem> {
        self.session.respond(id("q0"), Some(Value::choice(option)), &self.machine.reading(now))
    }
}

#[test]
fn an_answer_that_comes_when_time_is_up_is_not_called_saved() {
    let mut alone = Alone::new();
    alone.respond("c0", 1_000).expect("saved");
    let late = alone.respond("c1", 11 * MINUTE_MS);
    assert_eq!(late.map_err(|problem| problem.code), Err("exam-over".to_owned()));
    let records = alone.session.records().expect("the log");
    let last = records.last().map(|record| &record.event);
    assert!(matches!(last, Some(Event::Closed { cause: Closing::TimeUp })), "the end is durable: {last:?}");
    let kept = alone.session.values().get("q0").cloned();
    assert_eq!(kept, Some(Value::choice("c0")), "what was saved before stays");
    alone.session.hand_in(|_| true, &alone.at(11 * MINUTE_MS)).expect("it is handed in");
}
