//! The real window: the desktop application under an X server of its own, driven as a candidate drives it, and looked
//! at from outside.
//!
//! Two builds are tested. The one with the feature `e2e` answers to WebDriver and walks the screens; the one that is
//! shipped answers to nobody but the keyboard. `make window` builds both and runs this. Screens are pictured into the
//! folder that `INVIGIL_SHOTS` names.

#![expect(clippy::disallowed_methods, reason = "a test waits, and judges how long something took")]

mod aids;
mod application;
mod belongings;
mod bus;
mod desk;
mod driver;
mod guarded;
mod nested;
mod outside;
mod page;
mod screen;
mod sway;
mod walk;

mod alone;
mod carried;
mod demo;
mod ends;
mod guard;
mod input_method;
mod keyboard;
mod kills;
mod leaving;
mod lockdown;
mod notices;
mod on_screen;
mod outputs;
mod page_fails;
mod pictures;
mod reader;
mod readiness;
mod rehearsal;
mod secrets;
mod stranger;
mod texts;
mod trouble;
mod typing;
mod whole;
