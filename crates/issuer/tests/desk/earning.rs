//! What a credential needs besides the exams, and how it ends.

use super::support::{Issuer, Machine, ok, programme};
use axum::http::Method;
use invigil_core::{policy::Policy, programme::Part};
use invigil_credential::{RevocationList, Standing, Summary, verify};
use invigil_issuer::{
    setup::{Scheduled, SetupError},
    shell,
    store::{Accommodation, Revoked},
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
    let admitted = issuer.admit(&one, None);
    let mut machine = Machine::redeem(&issuer, &admitted.link).await;
    let submission = machine.finish(&issuer, true).await;
    ok(machine.submit(&issuer, submission).await);
    let other = admitted.candidate.id.to_string();
    let url = machine.status(&issuer).await.credential.unwrap().url;
    let id = url.rsplit('/').next().unwrap();
    assert_eq!(issuer.desk.store().revoke(id, "a mistake", "ada", shell::now()).unwrap(), Revoked::Now);
    let refused = issuer.try_to_admit(&two, Some(&other), Accommodation::default()).err();
    assert_eq!(refused.map(|why| why.code()), Some("not-eligible"), "a revoked one opens nothing");
    let (candidate, earned) = pass(&issuer, &one, None).await;
    assert!(earned);
    let (_, earned) = pass(&issuer, &two, Some(&candidate)).await;
    assert!(earned, "the second follows with the first");
    let again: Option<SetupError> = issuer.try_to_admit(&two, Some(&candidate), Accommodation::default()).err();
    assert_eq!(again.map(|why| why.code()), Some("not-eligible"), "what is passed is not taken again");
}

/// Where a credential stands, as anybody would find out: by the list that it names.
async fn standing(issuer: &Issuer, summary: &Summary) -> Standing {
    let list = summary.status.as_ref().unwrap().list.strip_prefix("http://127.0.0.1:8790").unwrap().to_owned();
    let list = ok(issuer.call(Method::GET, &list, None, vec![]).await);
    let list = RevocationList::open(&list, &issuer.desk.card().credential, shell::now()).unwrap();
    summary.standing(Some(&list))
}

/// For each of these, whether its candidate is shown a credential.
async fn machines_see(issuer: &Issuer, machines: &[Machine]) -> Vec<bool> {
    let mut seen = Vec::new();
    for machine in machines {
        seen.push(machine.status(issuer).await.credential.is_some());
    }
    seen
}

#[tokio::test(flavor = "multi_thread")]
async fn a_credential_is_revoked_for_ever_and_everybody_hears_of_it() {
    let mut issuer = Issuer::with(&programme(&["one"], 0));
    let to = open(&issuer, "one");
    let (mut summaries, mut machines) = (Vec::new(), Vec::new());
    for _ in 0..2 {
        let admitted = issuer.admit(&to, None);
        let mut machine = Machine::redeem(&issuer, &admitted.link).await;
        let submission = machine.finish(&issuer, true).await;
        ok(machine.submit(&issuer, submission).await);
        let url = machine.status(&issuer).await.credential.unwrap().url;
        let path = url.strip_prefix("http://127.0.0.1:8790").unwrap();
        let bytes = ok(issuer.call(Method::GET, path, None, vec![]).await);
        summaries.push(verify(&bytes, &issuer.desk.card().credential, shell::now()).unwrap());
        machines.push(machine);
    }
    let [first, second] = &summaries[..] else { panic!("there are two") };
    assert_ne!(first.status.as_ref().unwrap().index, second.status.as_ref().unwrap().index);
    assert_eq!(standing(&issuer, first).await, Standing::InForce);
    let id = first.id.rsplit('/').next().unwrap();
    let revoke = |issuer: &Issuer, id: &str| issuer.desk.store().revoke(id, "a mistake", "ada", shell::now()).unwrap();
    assert_eq!(revoke(&issuer, id), Revoked::Now);
    assert_eq!(revoke(&issuer, id), Revoked::Before);
    assert_eq!(revoke(&issuer, "nobodys"), Revoked::Unknown);
    assert_eq!(issuer.desk.store().audited(id).unwrap(), 1);
    let standings: Vec<bool> = machines_see(&issuer, &machines).await;
    assert_eq!(standings, [false, true], "what was revoked is not shown as held");
    for _ in 0..2 {
        assert_eq!(standing(&issuer, first).await, Standing::Revoked);
        assert_eq!(standing(&issuer, second).await, Standing::InForce);
        issuer.restart();
    }
    for list in ["1", "x", "-1", "4294967296"] {
        let (status, _) = issuer.call(Method::GET, &format!("/status/{list}"), None, vec![]).await;
        assert_eq!(status.as_u16(), 404, "{list}");
    }
}
