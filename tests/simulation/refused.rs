//! What a computer does when the issuer refuses its records and says how much of them it keeps.

use crate::world::{Template, World};
use invigil_client::outbox::{Refused, Step};
use invigil_issuer::fault::Fault;
use invigil_tests::proof::Counts;

#[test]
fn what_the_issuer_does_not_keep_stays_to_be_sent_and_is_not_asked_for_without_end() {
    let template = Template::new();
    for (name, refusal, from, expected) in [
        ("a branch is kept in part", Fault::LogFork { seq: 1, kept: 3 }, 1, Refused::From(3)),
        ("a branch is kept to its end", Fault::LogFork { seq: 1, kept: 4 }, 1, Refused::Final),
        ("nothing more of a branch is kept", Fault::LogFork { seq: 2, kept: 2 }, 2, Refused::Final),
        ("late records are kept in part", Fault::LeaseEnded { sent: 0, current: 1, kept: 3 }, 1, Refused::From(3)),
        ("late records are kept to the end", Fault::LeaseEnded { sent: 0, current: 1, kept: 4 }, 1, Refused::Again),
        ("nothing more that is late is kept", Fault::LeaseEnded { sent: 0, current: 1, kept: 2 }, 2, Refused::Final),
    ] {
        let mut counts = Counts::default();
        let mut world = World::new(&template, &mut counts, 1);
        let session = world.devices[0].session().expect("it runs");
        assert_eq!(session.log().size, 4, "admitted, acknowledged, checked, begun");
        assert_eq!(session.records_refused(&refusal.problem(), from), Ok(expected), "{name}");
        let (Fault::LeaseEnded { kept, .. } | Fault::LogFork { kept, .. }) = refusal else {
            unreachable!("one of both")
        };
        let left = if kept < 4 { Step::Send { from: kept } } else { Step::Nothing };
        assert_eq!(session.next_step(None).expect("read"), left, "{name}");
    }
}
