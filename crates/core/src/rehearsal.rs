//! Whether a failure may be rehearsed: the application kills itself and cuts itself off, so never beside an exam that
//! counts.

use crate::sitting::Phase;

/// What is known of an exam on the machine where somebody wants to rehearse.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Exam {
    /// Where it is.
    pub phase: Phase,
    /// Whether the issuer has everything that was recorded.
    pub delivered: bool,
}

/// Whether a rehearsal can cost none of these exams anything: none of them has begun and is open, and of those that are
/// over everything is with the issuer.
pub fn may_rehearse(exams: impl IntoIterator<Item = Exam>) -> bool {
    exams.into_iter().all(|exam| match exam.phase {
        Phase::Admitted | Phase::Checking | Phase::Refused => true,
        Phase::Underway | Phase::Held | Phase::Paused | Phase::Away => false,
        Phase::Closed => exam.delivered,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_rehearsed_beside_an_exam_that_counts() {
        use Phase::{Admitted, Away, Checking, Closed, Held, Paused, Refused, Underway};
        for (phase, delivered, may) in [
            (Admitted, false, true),
            (Checking, false, true),
            (Refused, false, true),
            (Underway, true, false),
            (Held, true, false),
            (Paused, true, false),
            (Away, true, false),
            (Closed, false, false),
            (Closed, true, true),
        ] {
            let exam = Exam { phase, delivered };
            assert_eq!(may_rehearse([exam]), may, "{exam:?}");
            let harmless = Exam { phase: Admitted, delivered: true };
            assert_eq!(may_rehearse([harmless, exam]), may, "{exam:?} beside another");
        }
        assert!(may_rehearse([]));
    }
}
