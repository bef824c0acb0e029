//! How soon an exam has the machine and gives it back, and how soon it throws away what another program puts into the
//! clipboard. Everything but the first is seen over connections of the bench's own to the X server.

use crate::{
    Outcome, ROUNDS,
    guard::Keeper,
    process,
    reopen::Killed,
    screen::Screen,
    sitting,
    table::{Goal, Part, Row, Unit, median, percentile},
    timing::{ms_between, ms_since, now},
};
use invigil::stage::binary;
use invigil_content::bundle::Bundle;
use invigil_lockdown::x11::Witness;
use serde_json::Value as Json;
use std::{
    fs,
    path::Path,
    thread,
    time::{Duration, Instant},
};
use x11rb::{
    CURRENT_TIME,
    connection::Connection,
    protocol::{
        Event,
        xfixes::{ConnectionExt as _, SelectionEventMask},
        xproto::{
            Atom, ConnectionExt as _, CreateWindowAux, KEY_PRESS_EVENT, KEY_RELEASE_EVENT, Keycode, MapState, Window,
            WindowClass,
        },
        xtest::ConnectionExt as _,
    },
    rust_connection::RustConnection,
};

/// Another program takes the clipboard so often in a round.
const COPIES: usize = 20;
/// Between two of them, and before anything is timed.
const REST: Duration = Duration::from_millis(300);
const SETTLE: Duration = Duration::from_secs(4);
const PATIENCE_MS: f64 = 30_000.0;
const LOOK: Duration = Duration::from_millis(1);

/// What one exam showed, in milliseconds.
struct Held {
    engage: f64,
    release: f64,
    copies: Vec<f64>,
}

/// Measures it on a screen of its own with two monitors.
pub fn measure(home: &Path, killed: &Killed) -> Outcome<Part> {
    let application = home.join("alone").join("invigil-desktop");
    fs::create_dir_all(application.with_file_name(""))?;
    fs::copy(binary("invigil-desktop")?, &application)?;
    let screen = Screen::new(&home.join("desktop"))?;
    for (name, place, output) in [("left", "640/320x800/400+0+0", "screen"), ("right", "640/320x800/400+640+0", "none")]
    {
        if !screen.command("xrandr").args(["--setmonitor", name, place, output]).status()?.success() {
            return Err("xrandr made no second monitor; install `x11-xserver-utils`".into());
        }
    }
    let mut rounds = Vec::new();
    for round in 0..=ROUNDS {
        let state = killed.copy(&home.join(format!("state-{round}")))?;
        let held = hold(&screen, killed.keeper(), &application, &state)?;
        if 0 < round {
            rounds.push(held);
        }
    }
    let of = |value: fn(&Held) -> f64| rounds.iter().map(value).collect::<Vec<_>>();
    let row = |name, ours, most| Row { name, unit: Unit::Ms, ours, yardstick: ("", vec![]), goal: Goal::Most(most) };
    Ok(Part {
        rows: vec![
            row("exam open → every control reported", of(|held| held.engage), 1_000.0),
            row("candidate leaves → keyboard and screens free", of(|held| held.release), 500.0),
            row("foreign clipboard → taken over, p50", of(|held| median(&held.copies)), 20.0),
            row("foreign clipboard → taken over, p99", of(|held| percentile(&held.copies, 0.99)), 20.0),
        ],
        notes: vec![],
    })
}

/// Brings a killed exam back, lets another program copy, leaves the exam, and reads what its log says.
fn hold(screen: &Screen, keeper: &Keeper, application: &Path, state: &Path) -> Outcome<Held> {
    screen.wait_until_empty()?;
    let onlooker = Onlooker::at(screen.display())?;
    let mut command = screen.command("/bin/sh");
    command.env("INVIGIL_STATE", state);
    keeper.dress(&mut command, application)?;
    let mut child = command.spawn()?;
    let seen = (|| -> Outcome<(f64, Vec<f64>)> {
        onlooker.until("the exam to hold the machine", || Ok(onlooker.is_held()? == Some(true)))?;
        thread::sleep(SETTLE);
        let copies = (0..COPIES).map(|_| onlooker.copy()).collect::<Outcome<Vec<_>>>()?;
        Ok((onlooker.leave()?, copies))
    })();
    process::kill(child.id());
    child.wait()?;
    let (release, copies) = seen?;
    Ok(Held { engage: engaged(state, keeper)?, release, copies })
}

/// From the record that the exam was opened again, when its posture asks for the controls, to the last report in which
/// one of them changed before anything else happened.
fn engaged(state: &Path, keeper: &Keeper) -> Outcome<f64> {
    let log = crate::runtime()?.block_on(async {
        let engine = sitting::start(state, Some(keeper.link()?)).await?;
        let sitting = engine.subscribe().borrow().sitting.as_ref().map(|view| view.id.clone());
        let bundle = engine.bundle(&sitting.ok_or("no exam is open")?).map_err(crate::said)?;
        engine.stop();
        Outcome::Ok(Bundle::read(&bundle)?.log)
    })?;
    let lines: Vec<Json> =
        log.split(|byte| *byte == b'\n').filter_map(|line| serde_json::from_slice(line).ok()).collect();
    let kind = |line: &Json| line["event"]["kind"].as_str().unwrap_or_default().to_owned();
    let last = |wanted: &str, lines: &[Json]| lines.iter().rposition(|line| kind(line) == wanted);
    let left = last("left", &lines).ok_or("the log does not say that the candidate left")?;
    let before = lines.get(..left).unwrap_or_default();
    let opened = last("resumed", before).ok_or("the log does not say that the exam was opened again")?;
    let checked = last("checked", before).filter(|at| opened < *at).ok_or("the controls were not reported")?;
    let ms = |at: usize| lines.get(at).and_then(|line| line["at"]["elapsed"].as_u64()).unwrap_or_default();
    #[expect(clippy::cast_precision_loss, reason = "a few thousand")]
    let engage = ms(checked).saturating_sub(ms(opened)) as f64;
    Ok(engage)
}

/// Somebody else at the same screen.
struct Onlooker {
    witness: Witness,
    connection: RustConnection,
    root: Window,
    own: Window,
    clipboard: Atom,
    alt: Keycode,
    leave: Keycode,
}

impl Onlooker {
    fn at(display: &str) -> Outcome<Self> {
        let witness = Witness::connect(Some(display))?;
        let (connection, number) = x11rb::connect(Some(display))?;
        let root = connection.setup().roots.get(number).ok_or("the X server has no screen")?.root;
        let own = connection.generate_id()?;
        let nothing = CreateWindowAux::new();
        connection.create_window(0, own, root, 0, 0, 1, 1, 0, WindowClass::INPUT_ONLY, 0, &nothing)?.check()?;
        let clipboard = connection.intern_atom(false, b"CLIPBOARD")?.reply()?.atom;
        connection.xfixes_query_version(5, 0)?.reply()?;
        let owners = SelectionEventMask::SET_SELECTION_OWNER;
        connection.xfixes_select_selection_input(own, clipboard, owners)?.check()?;
        connection.xtest_get_version(2, 2)?.reply()?;
        const ALT_LEFT: u32 = 0xffe9;
        const SMALL_L: u32 = 0x6c;
        let (alt, leave) = (keycode(&connection, ALT_LEFT)?, keycode(&connection, SMALL_L)?);
        Ok(Self { witness, connection, root, own, clipboard, alt, leave })
    }

    fn until(&self, what: &str, done: impl Fn() -> Outcome<bool>) -> Outcome<Instant> {
        let begun = now();
        while !done()? {
            if PATIENCE_MS < ms_since(begun) {
                return Err(format!("waited in vain for {what}").into());
            }
            thread::sleep(LOOK);
        }
        Ok(now())
    }

    /// Whether the exam has the keyboard and every monitor; `None` where it has only a part of that.
    fn is_held(&self) -> Outcome<Option<bool>> {
        let grabbed = self.witness.keyboard_grabbed_by_other() == Some(true);
        let shown = self.shown()?;
        // Windows that come or go meanwhile leave the question open.
        let Some(bare) = self.witness.bare_monitors(&shown) else { return Ok(None) };
        let Some(monitors) = self.witness.monitors().map(|monitors| monitors.len()) else { return Ok(None) };
        Ok(match (grabbed, bare.len()) {
            (true, 0) => Some(true),
            // The window itself stays, on one of them.
            (false, bare) if monitors <= bare + 1 && !self.is_covered(&shown) => Some(false),
            _ => None,
        })
    }

    fn is_covered(&self, shown: &[Window]) -> bool {
        shown.iter().any(|window| self.witness.window_is_fullscreen(*window) == Some(true))
    }

    /// Windows below the root that are shown, and those that a window manager put a frame around.
    fn shown(&self) -> Outcome<Vec<Window>> {
        let mut shown = Vec::new();
        for window in self.connection.query_tree(self.root)?.reply()?.children {
            // Windows come and go while they are looked at.
            let Ok(attributes) = self.connection.get_window_attributes(window)?.reply() else { continue };
            if attributes.map_state == MapState::VIEWABLE && attributes.class == WindowClass::INPUT_OUTPUT {
                shown.push(window);
                shown.extend(self.connection.query_tree(window)?.reply().map(|tree| tree.children).unwrap_or_default());
            }
        }
        Ok(shown)
    }

    /// Takes the clipboard as a program does that copies. From the server's word that it has it to the word that somebody
    /// else has.
    fn copy(&self) -> Outcome<f64> {
        thread::sleep(REST);
        while self.connection.poll_for_event()?.is_some() {}
        self.connection.set_selection_owner(self.own, self.clipboard, CURRENT_TIME)?.check()?;
        let begun = now();
        let mut mine = None;
        while ms_since(begun) < PATIENCE_MS {
            let Some(event) = self.connection.poll_for_event()? else {
                thread::yield_now();
                continue;
            };
            match (event, mine) {
                (Event::XfixesSelectionNotify(notice), None) if notice.owner == self.own => mine = Some(now()),
                (Event::XfixesSelectionNotify(notice), Some(at)) if notice.owner != self.own => {
                    return Ok(ms_between(at, now()));
                }
                _ => {}
            }
        }
        Err("nobody took the clipboard over".into())
    }

    /// Leaves the exam by its keys. From the second press to a free keyboard and free screens.
    fn leave(&self) -> Outcome<f64> {
        self.press_leave()?;
        // The page asks first.
        thread::sleep(SETTLE / 2);
        let begun = now();
        self.press_leave()?;
        let free = self.until("the machine to be free", || Ok(self.is_held()? == Some(false)))?;
        Ok(ms_between(begun, free))
    }

    fn press_leave(&self) -> Outcome<()> {
        for (kind, key) in [
            (KEY_PRESS_EVENT, self.alt),
            (KEY_PRESS_EVENT, self.leave),
            (KEY_RELEASE_EVENT, self.leave),
            (KEY_RELEASE_EVENT, self.alt),
        ] {
            self.connection.xtest_fake_input(kind, key, CURRENT_TIME, self.root, 0, 0, 0)?.check()?;
        }
        Ok(())
    }
}

/// The key that types this.
fn keycode(connection: &RustConnection, keysym: u32) -> Outcome<Keycode> {
    let (least, most) = (connection.setup().min_keycode, connection.setup().max_keycode);
    let keys = connection.get_keyboard_mapping(least, most - least + 1)?.reply()?;
    let each = usize::from(keys.keysyms_per_keycode).max(1);
    let at = keys.keysyms.chunks(each).position(|symbols| symbols.first() == Some(&keysym));
    let at = at.and_then(|at| u8::try_from(at).ok()).ok_or("the keyboard has no such key")?;
    Ok(least + at)
}
