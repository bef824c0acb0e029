//! The guard's rules as a table: what happens at which second, and what the guard does about it.

use super::{CANNOT_START_STATUS, Ending, Order, Start, Supervision, Timing};
use std::time::Duration;

/// Plays a story such as `0 beat, 4.9 look, 5 look` and compares the orders with what is expected, written with the
/// second at which they come: `5 kill`. `woke` at S means that the guard planned its sleep at the event before and
/// woke at S.
#[track_caller]
fn check(story: &str, expected: &str) {
    let (mut guard, first) = Supervision::new(Timing::SHIPPED);
    assert_eq!(first, Start { restarted: 0, recovery: false });
    let mut orders = Vec::new();
    for step in story.split(',') {
        let (at, what) = step.trim().split_once(' ').expect("time and event");
        let now = Duration::from_secs_f64(at.parse().expect("seconds"));
        let order = happens(&mut guard, what, now);
        orders.extend(order.map(|order| format!("{at} {}", name(order))));
    }
    assert_eq!(orders.join(", "), expected, "{story}");
}

fn happens(guard: &mut Supervision, what: &str, now: Duration) -> Option<Order> {
    match what {
        "beat" => guard.beat(now),
        "unlinked" => guard.unlinked(),
        "stop" => guard.stop(now),
        "woke" => guard.woke(now),
        "sleep" => assert!(guard.sleep(now) <= Timing::SHIPPED.look),
        "look" => return guard.look(now),
        "done" => return Some(guard.ended(Ending::Done, now)),
        "fails" => return Some(guard.ended(Ending::Failed(3), now)),
        "refuses" => return Some(guard.ended(Ending::Failed(CANNOT_START_STATUS), now)),
        "dies" => return Some(guard.ended(Ending::Killed(9), now)),
        "absent" => return Some(guard.ended(Ending::NotStarted, now)),
        other => panic!("no event is called {other}"),
    }
    None
}

fn name(order: Order) -> String {
    match order {
        Order::Start(Start { restarted, recovery: false }) => format!("start {restarted}"),
        Order::Start(Start { restarted, recovery: true }) => format!("recovery {restarted}"),
        Order::Kill => "kill".to_owned(),
        Order::End(status) => format!("end {status}"),
    }
}

#[test]
fn silence_counts_from_the_first_beat() {
    check("0 look, 3600 look", "");
    check("10 beat, 14.9 look, 15 look", "15 kill");
    check("10 beat, 14 beat, 15 look, 18.9 look, 19 look", "19 kill");
    check("10 beat, 15 look, 16 look, 17 look", "15 kill");
    check("10 beat, 15 look, 15.1 dies, 100 look", "15 kill, 15.1 start 1");
    check("10 beat, 15 look, 15.1 dies, 20 beat, 25 look", "15 kill, 15.1 start 1, 25 kill");
    check("10 beat, 11 unlinked, 100 look", "");
}

#[test]
fn a_machine_that_stood_still_is_not_silence() {
    check("0 beat, 0.5 sleep, 6 woke, 6 look, 10.9 look, 11 look", "11 kill");
    // It planned to wake at 1.5 and may be two seconds late.
    check("0 beat, 0.5 sleep, 3.5 woke, 5 look", "5 kill");
    check("0 beat, 0.5 sleep, 3.6 woke, 5 look, 8.6 look", "8.6 kill");
    // A first beat is not made up.
    check("0.5 sleep, 60 woke, 100 look", "");
}

#[test]
fn a_clean_end_is_the_end() {
    check("10 done", "10 end 0");
    check("10 dies, 20 done", "10 start 1, 20 end 0");
}

#[test]
fn three_restarts_a_minute_then_recovery() {
    check("0 dies, 1 fails, 2 dies, 3 fails", "0 start 1, 1 start 2, 2 start 3, 3 recovery 3");
    check("0 dies, 1 dies, 2 dies, 59.9 dies", "0 start 1, 1 start 2, 2 start 3, 59.9 recovery 3");
    check("0 dies, 1 dies, 2 dies, 60 dies, 60.5 dies", "0 start 1, 1 start 2, 2 start 3, 60 start 4, 60.5 recovery 4");
    check("0 dies, 30 dies, 60 dies, 90 dies, 120 dies", "0 start 1, 30 start 2, 60 start 3, 90 start 4, 120 start 5");
}

#[test]
fn recovery_is_never_ended_for_silence_and_ends_the_guard() {
    let crashes = "0 dies, 0 dies, 0 dies, 0 dies";
    let starts = "0 start 1, 0 start 2, 0 start 3, 0 recovery 3";
    check(&format!("{crashes}, 1 beat, 3600 look, 3601 done"), &format!("{starts}, 3601 end 0"));
    check(&format!("{crashes}, 1 dies"), &format!("{starts}, 1 end 137"));
    check(&format!("{crashes}, 1 fails"), &format!("{starts}, 1 end 3"));
    check(&format!("{crashes}, 1 absent"), &format!("{starts}, 1 end 127"));
}

#[test]
fn an_application_that_is_not_there_is_not_tried_for_ever() {
    check("0 absent", "0 end 127");
    // It was there at first: an update may be replacing it.
    check("0 dies, 0 absent, 0 absent, 0 absent", "0 start 1, 0 start 2, 0 start 3, 0 recovery 3");
}

#[test]
fn an_application_that_says_it_cannot_start_is_believed() {
    check("1 refuses", "1 end 78");
    check("1 dies, 2 refuses", "1 start 1, 2 end 78");
}

#[test]
fn told_to_stop_it_starts_nothing_again() {
    check("1 stop, 2 done", "2 end 0");
    check("1 stop, 2 fails", "2 end 3");
    check("1 stop, 2 dies", "2 end 137");
    check("1 stop, 10.9 look, 11 look, 11.1 dies", "11 kill, 11.1 end 137");
    check("1 stop, 5 stop, 11 look", "11 kill");
    // Closing may hang as well.
    check("0 beat, 1 stop, 5 look, 5.1 dies", "5 kill, 5.1 end 137");
}

#[test]
fn it_sleeps_until_something_is_due() {
    let seconds = Duration::from_secs_f64;
    let (mut guard, _) = Supervision::new(Timing::SHIPPED);
    assert_eq!(guard.sleep(seconds(0.0)), seconds(1.0));
    guard.beat(seconds(0.0));
    assert_eq!(guard.sleep(seconds(3.0)), seconds(1.0));
    assert_eq!(guard.sleep(seconds(4.75)), seconds(0.25));
    assert_eq!(guard.sleep(seconds(7.0)), Duration::ZERO);
    assert_eq!(guard.look(seconds(7.0)), Some(Order::Kill));
    // While it waits for the end of what it killed it must not spin.
    assert_eq!(guard.sleep(seconds(7.0)), seconds(1.0));
}
