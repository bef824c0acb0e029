//! All five exams of the Certified Meshery Contributor, sat one after the other, to a credential.

use crate::desk::{Desk, right_answers};
use invigil::stage::Stage;
use invigil_client::view::{Act, Ask, Reply};
use invigil_core::programme::ExamState;
use invigil_tests::root;

const EXAMS: [(&str, u32); 5] = [("server", 30), ("cli", 30), ("ui", 30), ("models", 25), ("extensibility", 30)];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn five_exams_lead_to_one_credential() {
    let folder = tempfile::tempdir().expect("a folder");
    let meshery = root().join("exams/meshery");
    let file = |name: &str| meshery.join(format!("certified-meshery-contributor/meshery-{name}.md"));
    let mut stage = Stage::set(folder.path(), "Test issuer", None).expect("an issuer is set up");
    stage.load(&meshery, &EXAMS.map(|(name, _)| file(name))).expect("the programme is loaded");
    stage.serve().expect("the service comes up");
    let desk = Desk::new().await;
    for (n, (name, minutes)) in EXAMS.into_iter().enumerate() {
        let administration = stage.administer(&format!("cmc-{name}"), "moderate").expect("the exam is scheduled");
        let link = stage.admit(&administration.id, "cmc-candidate", "Journey Candidate").expect("a link");
        desk.begin(&link).await;
        let sitting = desk.sitting();
        assert_eq!(sitting.time.budget_ms, Some(u64::from(minutes) * 60_000), "{name}");
        let answers = right_answers(&file(name));
        // Seven questions in ten are the least that passes; the rest stays unanswered.
        let enough = sitting.items.len() * 8 / 10;
        for item in sitting.items.iter().take(enough) {
            desk.respond(&item.id, &answers[&item.id]).await.expect("the answer is saved");
        }
        desk.engine.dispatch(Act::Submit).await.expect("it is handed in");
        let result = desk.until("the result", |s| s.closing.as_ref().and_then(|c| c.result.clone())).await;
        assert!(result.passed, "{name}: {:?}", result.score);
        assert!(3 <= result.competencies.len(), "{name} is broken down by competency");
        let standing = desk
            .until("the standing", |s| {
                let standing = s.closing.as_ref()?.result.as_ref()?.standing.clone()?;
                (standing.passed == u32::try_from(n).ok()? + 1).then_some(standing)
            })
            .await;
        assert_eq!((standing.passed, standing.of), (u32::try_from(n + 1).expect("few"), 5));
        assert_eq!(standing.exams[n].state, ExamState::Passed);
        assert_eq!(result.credential.is_some(), n == 4, "the credential comes with the last exam");
        desk.engine.lobby(Ask::Leave).await.expect("back home");
    }
    let Reply::Home(home) = desk.engine.lobby(Ask::RefreshHome).await.expect("home") else { panic!("not home") };
    let certifications = home.standings[0].standing.programmes[0].tracks.iter().flat_map(|t| &t.certifications);
    let contributor = certifications.clone().find(|c| c.id.as_str() == "certified-meshery-contributor");
    let credential = contributor.and_then(|c| c.credential.clone()).expect("the credential is on the home screen");
    let months = credential.valid_until.since_ms(credential.valid_from) / 86_400_000 / 30;
    assert!((23..=25).contains(&months), "valid for two years, not {months} months");
    let text = invigil_verify(&credential.url);
    assert!(text.starts_with("valid: Certified Meshery Contributor"), "{text}");
}

fn invigil_verify(url: &str) -> String {
    let output = std::process::Command::new(invigil::stage::binary("invigil").expect("the program is built"))
        .args(["credential", "verify", url])
        .output()
        .expect("it runs");
    String::from_utf8_lossy(&output.stdout).into_owned()
}
