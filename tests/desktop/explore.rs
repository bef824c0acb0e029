use crate::{application::Application, walk::Exam};
use std::time::Instant;
#[test]
fn explore() {
    let t = Instant::now();
    let exam = Exam::prepare("moderate");
    println!("prepared {:?}", t.elapsed());
    let mut app = Application::start(&[]);
    println!("started {:?}", t.elapsed());
    app.give_passphrase("Set passphrase");
    println!("pass {:?}", t.elapsed());
    app.admit_by(&exam.link);
    println!("admitted {:?}", t.elapsed());
    app.press("button", "I have read this and accept it");
    app.until_shown("checking");

    println!("checked {:?}", t.elapsed());
    app.press("button", "Begin the exam");
    app.until_shown("exam");
    println!("begun {:?}", t.elapsed());
    println!("left {}", app.seconds_left());
    app.desk.press(&["alt+n"]);
    std::thread::sleep(std::time::Duration::from_secs(1));
    println!("xdo {:?} {:?}", app.text("#question"), app.ask("focused", &[]));
    println!("asked {:?}", t.elapsed());
    let q = exam.question(&app);
    println!("{} {:?}", q.id, exam.answer_to(q));
    app.give(exam.answer_to(q));
    println!("given {:?}", t.elapsed());
    println!("{:?}", app.answer());
    app.picture("b");
    app.kill();
    println!("killed {:?}", t.elapsed());
    println!("free {}", app.screen.is_free());
    app.start_again(&[]);
    println!("started again {:?}", t.elapsed());
    println!("shown {} {:?}", app.shown(), app.text("body"));
    app.give_passphrase("Open");
    std::thread::sleep(std::time::Duration::from_secs(1));
    println!("shown {} {:?}", app.shown(), app.text("body"));
    println!("given {:?}", t.elapsed());
    drop(app);
    println!("dropped {:?}", t.elapsed());
    drop(exam);
    println!("dropped {:?}", t.elapsed());
}
