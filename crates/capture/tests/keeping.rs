//! What is worth a picture: an exam page as it looks from one frame to the next.

mod desk;

use desk::Desk;
use invigil_capture::{Sketch, TILES_CHANGED_MIN};

/// Screens from small to large, and one of double density.
const SCREENS: [(u32, u32, f32); 4] = [(1024, 768, 1.0), (1280, 800, 1.0), (3840, 2160, 1.0), (3840, 2160, 2.0)];

fn tiles_changed(screen: (u32, u32, f32), before: impl Fn(&mut Desk), after: impl Fn(&mut Desk)) -> u32 {
    let sketch = |change: &dyn Fn(&mut Desk)| {
        let mut desk = Desk::new(screen.0, screen.1, screen.2);
        change(&mut desk);
        Sketch::of(&desk.frame())
    };
    sketch(&before).tiles_changed(&sketch(&after))
}

#[track_caller]
fn dropped(what: &str, before: impl Fn(&mut Desk), after: impl Fn(&mut Desk)) {
    for screen in SCREENS {
        let tiles = tiles_changed(screen, &before, &after);
        assert!(0 < tiles && tiles < TILES_CHANGED_MIN, "{what} on {screen:?}: {tiles} tiles");
    }
}

#[track_caller]
fn kept(what: &str, before: impl Fn(&mut Desk), after: impl Fn(&mut Desk)) {
    for screen in SCREENS {
        let tiles = tiles_changed(screen, &before, &after);
        assert!(2 * TILES_CHANGED_MIN <= tiles, "{what} on {screen:?}: {tiles} tiles");
    }
}

fn as_it_is(_: &mut Desk) {}

#[test]
fn what_moves_by_itself_is_dropped() {
    dropped("a cursor blinks", as_it_is, |desk| desk.cursor = true);
    dropped("a second passes", as_it_is, |desk| desk.clock = "0:59:11");
    dropped("ten seconds pass", as_it_is, |desk| desk.clock = "0:59:02");
    dropped("a minute passes", |desk| desk.clock = "0:50:00", |desk| desk.clock = "0:49:59");
    dropped("a minute passes and the cursor blinks", |desk| desk.cursor = true, |desk| desk.clock = "0:58:59");
}

#[test]
fn what_the_log_says_better_is_dropped() {
    dropped("an answer is chosen", as_it_is, |desk| desk.chosen = Some(1));
    dropped("another one is", |desk| desk.chosen = Some(1), |desk| desk.chosen = Some(3));
    dropped("a word is typed", as_it_is, |desk| desk.typed = "kubectl");
}

#[test]
fn what_a_person_would_look_at_is_kept() {
    kept("another question", as_it_is, |desk| desk.question = 1);
    kept("a scrolled page", as_it_is, |desk| desk.scrolled = 3.0);
    kept("a messenger", as_it_is, |desk| desk.messenger = true);
    kept("a notice", as_it_is, |desk| desk.notice = true);
    kept("a notice that is gone", |desk| desk.notice = true, as_it_is);
    let typed = "The registry names a component by kind, model and version, and a design by an identifier.";
    kept("a pasted sentence", as_it_is, |desk| desk.typed = typed);
}

#[test]
fn small_changes_add_up_until_they_are_kept() {
    // Compared is the last picture that was kept, so nobody can walk away from it in small steps.
    let page = |scrolled: f32| {
        let mut desk = Desk::new(1280, 800, 1.0);
        desk.typed = &"The registry names a component by kind, model and version"[..scrolled as usize];
        Sketch::of(&desk.frame())
    };
    let (first, mut last, mut tiles) = (page(0.0), page(0.0), 0);
    for letters in 1..=57 {
        let now = page(letters as f32);
        assert!(last.tiles_changed(&now) < TILES_CHANGED_MIN);
        tiles = first.tiles_changed(&now);
        last = now;
    }
    assert!(TILES_CHANGED_MIN <= tiles, "{tiles}");
}
