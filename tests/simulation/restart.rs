//! A start of the application that could not write how long it was away.

use crate::{
    device::Life,
    world::{Template, World},
};
use invigil_client::session::Session;
use invigil_core::{
    log::Actor,
    sitting::{Command, Event, Screen},
};
use invigil_tests::proof::Counts;

#[test]
fn nothing_comes_before_the_record_of_a_reboot() {
    let template = Template::new();
    let mut counts = Counts::default();
    let mut world = World::new(&template, &mut counts, 1);
    let device = &mut world.devices[0];
    device.crash();
    device.machine.boot(world.now + 60_000);
    let Life::Dead(store) = &mut device.life else { panic!("it was killed") };
    let mut session = Session::exam(store.take().expect("a disk")).expect("it opens");
    let before = session.log().size;
    let reading = device.machine.reading(world.now + 70_000);
    session.carry_out(Command::Visit { screen: Screen::Review }, &Actor::Candidate, &reading).expect("written");
    let kinds: Vec<bool> = session.records().expect("records")[usize::try_from(before).expect("few")..]
        .iter()
        .map(|record| matches!(record.event, Event::Resumed { .. }))
        .collect();
    assert_eq!(kinds, [true, false], "how long it took, then what was done");
}
