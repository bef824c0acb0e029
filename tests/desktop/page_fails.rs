//! A page that hangs or dies beside a healthy application: it is loaded afresh, and the exam goes on.

use crate::{
    application::Application,
    desk::{alive, freeze, kill, wait},
    guarded::PAGE,
    walk::Exam,
};

#[test]
fn a_page_that_hangs_or_dies_is_loaded_again() {
    let exam = Exam::prepare("moderate");
    let app = Application::start(&[]);
    app.sit_down(&exam.link);
    let process = app.process();
    let recorded = |what: &str| {
        let (_, records) = exam.seen_by_proctor(&app.driver);
        records.iter().filter(|record| record.to_string().contains(what)).count()
    };
    // WebDriver loses a page together with its process, so from here on there are only keys and the record.
    for (end, times) in [(freeze as fn(u32), 1), (kill, 2)] {
        let page = app.desk.processes(PAGE)[0];
        end(page);
        wait("the page to get another process", || {
            (!alive(page) && !app.desk.processes(PAGE).is_empty()).then_some(())
        });
        let flagged = recorded("\"flagged\"");
        wait("the new page to take a key of the exam", || {
            app.desk.press(&["alt+f"]);
            (flagged < recorded("\"flagged\"")).then_some(())
        });
        assert!(app.screen.is_held(), "the exam holds the machine");
        assert_eq!(app.process(), process, "the application itself was never started again");
        assert_eq!(recorded("\"pageFailed\""), times, "the record says what happened");
    }
}
