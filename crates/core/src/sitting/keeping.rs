//! How long a candidate's device keeps a sitting.

use super::{Phase, Sitting};
use crate::{admission::Admission, submission::Receipt, time::Wall};

const DAY_MS: u64 = 86_400_000;

/// When the device destroys its copy of a sitting; `None` = not before the issuer has a submission. A sitting that never
/// began holds nothing that anybody could miss, and one whose records the issuer has and that goes on elsewhere
/// (`moved`) neither; their days count from the end of the window.
pub fn kept_until(admission: &Admission, sitting: &Sitting, receipt: Option<&Receipt>, moved: bool) -> Option<Wall> {
    let from = match (receipt, sitting.phase()) {
        (None, _) if moved => admission.window.closes,
        (Some(receipt), _) => receipt.received,
        (None, Phase::Admitted | Phase::Checking | Phase::Refused) => admission.window.closes,
        (None, Phase::Underway | Phase::Held | Phase::Paused | Phase::Away | Phase::Closed) => return None,
    };
    Some(from.plus_ms(u64::from(admission.policy.keep_days) * DAY_MS))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        Digest,
        log::{Actor, Tail},
        sitting::{Closing, Event, Withdrawal},
        submission::LogRef,
        testing,
    };

    #[test]
    fn nothing_is_destroyed_that_the_issuer_does_not_have() {
        let admission = testing::admission("open");
        let received = Wall::from_unix_ms(1_000);
        let log = LogRef { size: 1, head: Digest::of("") };
        let receipt = Receipt { sitting: admission.sitting.clone(), submission: Digest::of(""), log, received };
        let began = Event::Began { items: vec!["q1".parse().unwrap()], budget_ms: None, server: None, start: None };
        let closed = Event::Closed { cause: Closing::Submitted };
        let withdrawn = Event::Withdrawn { why: Withdrawal::Declined };
        let days = u64::from(admission.policy.keep_days) * DAY_MS;
        let from_window = Some(admission.window.closes.plus_ms(days));
        for (events, receipt, moved, expected) in [
            (vec![], None, false, from_window),
            (vec![withdrawn], None, false, from_window),
            (vec![began.clone()], None, false, None),
            (vec![began.clone()], None, true, from_window),
            (vec![began.clone(), Event::Left], None, false, None),
            (vec![began.clone(), closed.clone()], None, false, None),
            (vec![began, closed], Some(&receipt), false, Some(received.plus_ms(days))),
        ] {
            let mut sitting = Sitting::new(&admission);
            let mut tail = Tail::start(admission.sitting.clone(), 0, admission.digest());
            for event in &events {
                sitting.apply(&tail.append(testing::at(0), Actor::Candidate, event.clone()).0);
            }
            let until = kept_until(&admission, &sitting, receipt, moved);
            assert_eq!(until, expected, "{events:?}");
        }
    }
}
