//! Screen evidence: frames of the candidate's monitors, taken at random and on triggers, kept where they show something
//! new, and sealed before they leave.
//!
//! What is decided here are plain functions of frames, times and random numbers: [`blank`], [`Sketch`], [`Schedule`],
//! [`Quota`], [`picture`]. [`X11`] looks at a real screen, and [`Recorder`] puts them together. Whether an exam asks for
//! pictures at all, who they are sealed to, and the sign that says so to the candidate, belong to the caller; so do
//! clock, disk and log.

pub mod frame;
mod layout;
mod pace;
pub mod picture;
#[cfg(feature = "portal")]
mod portal;
mod quota;
mod recorder;
mod screen;
mod sketch;
mod x11;

pub use frame::{Area, Frame, blank};
pub use pace::{Occasion, Pace, Schedule};
pub use picture::{Quality, jpeg};
#[cfg(feature = "portal")]
pub use portal::Portal;
pub use quota::{Quota, Thinning};
pub use recorder::{Look, Options, Outcome, Picture, Recorder};
pub use screen::{Monitor, Screen, Unable};
pub use sketch::{Sketch, TILES_CHANGED_MIN};
pub use x11::X11;
