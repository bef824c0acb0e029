//! The exam window covers its screen, and every other screen is covered too.

use super::{Place, shortcuts, unable};
use gtk::{gdk, glib, prelude::*};
use invigil_core::policy::{Control as Name, Holding};
use invigil_lockdown::{Control, Unable, x11::Area};

/// The exam window covers its screen.
pub struct Fullscreen {
    place: Place,
    engaged: bool,
}

impl Fullscreen {
    pub fn new(place: Place) -> Self {
        Self { place, engaged: false }
    }
}

impl Control for Fullscreen {
    fn name(&self) -> Name {
        Name::Fullscreen
    }

    fn engage(&mut self) -> Result<(), Unable> {
        self.place.window.fullscreen();
        self.place.window.set_keep_above(true);
        self.engaged = true;
        Ok(())
    }

    fn holding(&mut self) -> Holding {
        if !self.engaged {
            return Holding::Released;
        }
        let surface = self.place.surface();
        let shown = if self.place.is_wayland() {
            // The toolkit sets this when the compositor configures the window so, and at no other time.
            surface.map(|surface| surface.state().contains(gdk::WindowState::FULLSCREEN))
        } else {
            let id = surface.and_then(|surface| xid(&surface));
            self.place.witness.as_ref().as_ref().zip(id).and_then(|(witness, id)| witness.window_is_fullscreen(id))
        };
        match shown {
            Some(true) => Holding::Enforced,
            Some(false) => Holding::Denied { why: "the window does not cover the screen".to_owned() },
            None => Holding::Requested { why: "this desktop does not tell whether it obeys".to_owned() },
        }
    }

    fn release(&mut self) -> Result<(), Unable> {
        if std::mem::take(&mut self.engaged) {
            self.place.window.set_keep_above(false);
            self.place.window.unfullscreen();
        }
        Ok(())
    }
}

/// Dark, so that it does not draw the eye.
const COVER_STYLE: &[u8] = b"window { background: #222b30; } label { color: #d5dde1; font-size: 20px; }";

/// A screen that was plugged in is covered within this time, or it is not covered.
const COVERS_WITHIN_US: i64 = 2_000_000;

/// A screen beside the one with the exam.
#[derive(Debug, Clone, PartialEq)]
enum Screen {
    /// As the X server has it. The toolkit learns of some changes late or never.
    X11(Area),
    /// As the toolkit has it.
    Wayland(gdk::Monitor),
}

/// Every other screen shows a plain cover.
pub struct Covers {
    place: Place,
    /// A kiosk's compositor shows the last window on all outputs, so a cover would hide the exam.
    kiosk: bool,
    covers: Vec<(Screen, gtk::Window)>,
    engaged: bool,
    bare_since_us: Option<i64>,
}

impl Covers {
    pub fn new(place: Place) -> Self {
        let kiosk = shortcuts::is_kiosk();
        Self { place, kiosk, covers: Vec::new(), engaged: false, bare_since_us: None }
    }

    fn cover(&mut self) {
        if self.kiosk {
            return;
        }
        let others = others(&self.place);
        self.covers.retain(|(screen, cover)| {
            let stays = others.contains(screen);
            if !stays {
                uncover(cover);
            }
            stays
        });
        for screen in others {
            match self.covers.iter().find(|(covered, _)| *covered == screen) {
                // Something may have been put above it.
                Some((Screen::X11(_), cover)) => cover.window().iter().for_each(gdk::Window::raise),
                Some((Screen::Wayland(_), _)) => {}
                None => {
                    let cover = cover(&self.place, &screen);
                    self.covers.push((screen, cover));
                }
            }
        }
    }

    /// The screens that show something else; `None` where nothing tells.
    fn bare(&self) -> Option<Vec<String>> {
        let witness = self.place.witness.as_ref().as_ref()?;
        let covers = self.covers.iter().filter_map(|(_, cover)| cover.window());
        let ours: Vec<u32> =
            self.place.surface().into_iter().chain(covers).filter_map(|surface| xid(&surface)).collect();
        witness.bare_monitors(&ours)
    }
}

/// Where the screens are, to see that they have changed.
pub fn seen(place: &Place) -> Vec<[i32; 4]> {
    if let Some(witness) = place.witness.as_ref() {
        let monitors = witness.monitors().unwrap_or_default();
        return monitors.iter().map(|(_, Area { x, y, width, height })| [*x, *y, *width, *height]).collect();
    }
    let display = place.window.display();
    let areas =
        (0..display.n_monitors()).filter_map(|number| display.monitor(number)).map(|monitor| monitor.geometry());
    areas.map(|area| [area.x(), area.y(), area.width(), area.height()]).collect()
}

/// The screens without the exam window.
fn others(place: &Place) -> Vec<Screen> {
    let surface = place.surface();
    if let Some((witness, id)) = place.witness.as_ref().as_ref().zip(surface.as_ref().and_then(xid)) {
        let Some((monitors, exam)) = witness.monitors().zip(witness.place_of(id)) else { return vec![] };
        let areas = || monitors.iter().map(|(_, area)| *area);
        let own = areas().max_by_key(|area| area.shared(exam));
        // Two outputs that show the same are one screen to look at.
        return areas().filter(|area| Some(*area) != own).map(Screen::X11).collect();
    }
    let display = place.window.display();
    let own = surface.and_then(|surface| display.monitor_at_window(&surface));
    let all = (0..display.n_monitors()).filter_map(|number| display.monitor(number));
    all.filter(|monitor| own.as_ref().is_none_or(|own| own.geometry() != monitor.geometry()))
        .map(Screen::Wayland)
        .collect()
}

impl Control for Covers {
    fn name(&self) -> Name {
        Name::Covers
    }

    fn engage(&mut self) -> Result<(), Unable> {
        self.engaged = true;
        let surface = self.place.surface();
        surface.ok_or_else(|| unable(Name::Covers, "engaged", "the window is not on the screen yet"))?;
        self.cover();
        Ok(())
    }

    fn holding(&mut self) -> Holding {
        if !self.engaged {
            return Holding::Released;
        }
        if self.kiosk {
            return Holding::Requested { why: "this desktop shows the exam on every screen".to_owned() };
        }
        let covered = others(&self.place).iter().all(|other| self.covers.iter().any(|(screen, _)| screen == other));
        let bare = self.bare();
        if covered && bare.as_ref().is_none_or(Vec::is_empty) {
            self.bare_since_us = None;
            return match bare {
                Some(_) => Holding::Enforced,
                None => Holding::Requested { why: "this desktop does not tell whether it obeys".to_owned() },
            };
        }
        self.cover();
        let now_us = glib::monotonic_time();
        if now_us - *self.bare_since_us.get_or_insert(now_us) < COVERS_WITHIN_US {
            return Holding::Requested { why: "another screen is just being covered".to_owned() };
        }
        let names = bare.filter(|bare| !bare.is_empty()).map_or_else(|| "another screen".to_owned(), |b| b.join(", "));
        Holding::Denied { why: format!("{names} is not covered") }
    }

    fn release(&mut self) -> Result<(), Unable> {
        self.engaged = false;
        self.bare_since_us = None;
        for (_, cover) in self.covers.drain(..) {
            uncover(&cover);
        }
        Ok(())
    }
}

/// A cover for one screen, shown. It takes no keys.
fn cover(place: &Place, screen: &Screen) -> gtk::Window {
    // On X11 the window manager has no say over it, and no way to give it the focus.
    let kind = match screen {
        Screen::X11(_) => gtk::WindowType::Popup,
        Screen::Wayland(_) => gtk::WindowType::Toplevel,
    };
    let cover = gtk::Window::new(kind);
    cover.set_title("Invigil");
    cover.set_decorated(false);
    cover.set_accept_focus(false);
    cover.set_focus_on_map(false);
    cover.set_skip_taskbar_hint(true);
    cover.set_keep_above(true);
    let text = gtk::Label::new(Some(&crate::notify::text("screen-covered")));
    text.set_line_wrap(true);
    let style = gtk::CssProvider::new();
    if style.load_from_data(COVER_STYLE).is_ok() {
        for widget in [cover.upcast_ref::<gtk::Widget>(), text.upcast_ref()] {
            widget.style_context().add_provider(&style, gtk::STYLE_PROVIDER_PRIORITY_APPLICATION);
        }
    }
    cover.add(&text);
    match screen {
        Screen::X11(area) => {
            let scale = place.window.scale_factor().max(1);
            cover.move_(area.x / scale, area.y / scale);
            cover.resize(area.width / scale, area.height / scale);
            cover.show_all();
        }
        Screen::Wayland(monitor) => {
            let display = place.window.display();
            let number = (0..display.n_monitors()).find(|number| display.monitor(*number).as_ref() == Some(monitor));
            cover.show_all();
            cover.fullscreen_on_monitor(&display.default_screen(), number.unwrap_or(0));
            // A compositor may have given the new window the keyboard.
            place.window.present();
        }
    }
    cover
}

fn uncover(cover: &gtk::Window) {
    cover.hide();
    cover.close();
}

pub(super) fn xid(surface: &gdk::Window) -> Option<u32> {
    let surface = surface.clone().downcast::<gdkx11::X11Window>().ok()?;
    u32::try_from(surface.xid()).ok()
}
