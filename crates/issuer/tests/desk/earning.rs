//! What a credential needs besides the exams.

use super::support::{Issuer, Machine, ok, programme};
use invigil_core::{policy::Policy, programme::Part};
use invigil_issuer::{
    setup::{Scheduled, SetupError},
    store::Accommodation,
};

fn open(issuer: &Issuer, exam: &str) -> Scheduled {
    issuer.schedule(exam, -1_000, Policy::preset("open").unwrap())
}

/// Passes an exam; returns the candidate and whether it brought a credential.
async fn pass(issuer: &Issuer, to: &Scheduled, candidate: Option<&str>) -> (String, bool) {
    let admitted = issuer.admit(to, candidate);
    let mut machine = Machine::redeem(issuer, &admitted.link).await;
    let submission = machine.finish(issuer, true).await;
    ok(machine.submit(issuer, submission).await);
    let status = machine.status(issuer).await;
    assert!(status.result.is_some());
    (admitted.candidate.id.to_string(), status.credential.is_some())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_part_that_nobody_has_marked_keeps_the_credential_back() {
    let mut asked = programme(&["one"], 0);
    let requirements = asked.tracks[0].certifications[0].requirements.as_mut().unwrap();
    requirements.parts.push(Part {
        id: "capstone".parse().unwrap(),
        title: "Capstone".into(),
        description: String::new(),
        pass_percent: 70,
        weight: 1,
    });
    let issuer = Issuer::with(&asked);
    assert!(!pass(&issuer, &open(&issuer, "one"), None).await.1);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_has_to_be_held_first_is_asked_for_and_opens_with_its_credential() {
    let mut asked = programme(&["one"], 0);
    let mut next = programme(&["two"], 0).tracks[0].certifications.remove(0);
    next.id = "next-steps".parse().unwrap();
    next.prerequisites.certifications = vec!["first-steps".parse().unwrap()];
    asked.tracks[0].certifications.push(next);
    let issuer = Issuer::with(&asked);
    let (one, two) = (open(&issuer, "one"), open(&issuer, "two"));
    let refused = issuer.try_to_admit(&two, None, Accommodation::default()).err();
    assert_eq!(refused.map(|why| why.code()), Some("not-eligible"));
    let (candidate, earned) = pass(&issuer, &one, None).await;
    assert!(earned);
    let (_, earned) = pass(&issuer, &two, Some(&candidate)).await;
    assert!(earned, "the second follows with the first");
    let again: Option<SetupError> = issuer.try_to_admit(&two, Some(&candidate), Accommodation::default()).err();
    assert_eq!(again.map(|why| why.code()), Some("not-eligible"), "what is passed is not taken again");
}
