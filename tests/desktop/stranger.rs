//! Values that no page of ours would send: a command refuses what it cannot take, and the exam goes on.

use crate::{application::Application, desk::wait, walk::Exam};
use serde_json::{Value as Json, json};

#[test]
fn a_value_of_the_wrong_type_is_refused_and_changes_nothing() {
    let exam = Exam::prepare("moderate");
    let app = Application::start(&[]);
    app.sit_down(&exam.link);
    let question = exam.question(&app);
    app.give(exam.answer_to(question));
    let before = app.answer();
    let id = question.id.as_str();

    let malformed = [
        json!({"act": "respond", "item": id}),
        json!({"act": "respond", "item": id, "value": 42}),
        json!({"act": "respond", "item": id, "value": {"base": {"integer": 42}}}),
        json!({"act": "respond", "item": [id], "value": null}),
        json!({"act": "flag", "item": id, "flagged": "yes"}),
        json!({"act": "grant", "ms": 60_000}),
        json!("submit"),
        json!(null),
    ];
    for act in malformed {
        let refused = app.driver.invoke("dispatch", &json!({"act": act}));
        assert!(refused.is_err(), "{act} was taken: {refused:?}");
    }
    let other = exam.items.iter().map(|item| exam.answer_to(item)).find(|value| {
        let mine = exam.answer_to(question);
        std::mem::discriminant(*value) != std::mem::discriminant(mine)
    });
    let other = other.expect("the sample has questions of several kinds");
    let act = json!({"act": "respond", "item": id, "value": other});
    let refused = app.driver.invoke("dispatch", &json!({"act": act})).expect_err("it answers another question");
    assert_eq!(refused["code"], "wrong-type", "{refused}");
    assert!(app.driver.invoke("quit", &json!({})).is_err(), "there are three commands");
    assert_eq!((app.answer(), app.shown()), (before, "exam".to_owned()), "nothing has changed");
    let responded = |records: &[Json]| records.iter().filter(|one| one.to_string().contains("\"responded\"")).count();
    let records = wait("the answer at the issuer", || {
        let (_, records) = exam.seen_by_proctor(&app.driver);
        (0 < responded(&records)).then_some(records)
    });
    assert_eq!(responded(&records), 1, "{records:#?}");
    the_page_says_so(&app, &exam);
}

/// The page's own answer is spoilt on its way. The page says in a sentence that it was not saved, and saves it again.
fn the_page_says_so(app: &Application, exam: &Exam) {
    const SPOIL: &str = "const send = window.fetch; \
        window.fetch = (where, what) => { \
            const spoilt = String(where).endsWith('dispatch') && what.body.includes('respond'); \
            return send(where, spoilt && window.spoils ? { ...what, body: '{\"act\":{\"act\":\"respond\",\"value\":42}}' } : what); \
        }; \
        window.spoils = true;";
    app.driver.run(SPOIL, &[]).expect("the page can be spoilt");
    app.go_to(2);
    let value = exam.answer_to(exam.question(app));
    app.give_unsaved(value);
    wait("a sentence about what was not saved", || {
        app.text("body")?.contains("Something inside Invigil did not work.").then_some(())
    });
    assert_ne!(app.attribute("[data-saved]", "data-saved").as_deref(), Some("saved"));
    app.driver.run("window.spoils = false", &[]).expect("the page is let alone");
    app.until_saved(value);
}
