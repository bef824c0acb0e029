//! A look at every monitor: what is grabbed, what of it is kept, and in what form it leaves.
//!
//! No picture leaves here that is not sealed. What was looked at is always answered for: kept, unchanged, blank, without
//! room or failed, each for the log. Waits for the system and computes; it belongs on a thread of its own.

use crate::{
    frame::{Frame, blank},
    pace::Occasion,
    picture::{Quality, jpeg},
    quota::{Quota, Thinning},
    screen::Screen,
    sketch::{Sketch, TILES_CHANGED_MIN},
};
use std::collections::BTreeMap;

/// What an administration asks of pictures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Options {
    /// How pictures are made.
    pub quality: Quality,
    /// What the sealed pictures of the sitting may weigh together.
    pub quota: Quota,
    /// After so long without a picture of a monitor one is kept although nothing changed: it shows that nothing did.
    pub unchanged_ms_max: u64,
}

/// What became of a look at one monitor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Look {
    /// The monitor's name, or `None` where the system does not even tell which there are.
    pub monitor: Option<String>,
    /// What became of it.
    pub outcome: Outcome,
}

/// What became of a frame.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It is kept.
    Kept(Picture),
    /// Too little changed since the last picture that was kept.
    Unchanged {
        /// How many tiles did.
        tiles_changed: u32,
    },
    /// It showed one colour and nothing else: capturing does not work, or the screen is off.
    Blank {
        /// As red, green and blue.
        colour: [u8; 3],
    },
    /// It would have been kept, and the quota has no room for it.
    NoRoom {
        /// What it weighs.
        size_bytes: u64,
    },
    /// There was no frame, or it could not be made a picture or sealed.
    Failed {
        /// Why, for people.
        why: String,
    },
}

/// A picture that is kept.
#[derive(Clone, PartialEq, Eq)]
pub struct Picture {
    /// The JPEG as the caller sealed it.
    pub sealed: Vec<u8>,
    /// How many tiles changed since the last one; `None` for the first of a monitor.
    pub tiles_changed: Option<u32>,
    /// The thinning that begins with this picture, for the log.
    pub thinning: Option<Thinning>,
}

impl std::fmt::Debug for Picture {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Picture({} bytes sealed, {:?} tiles, {:?})", self.sealed.len(), self.tiles_changed, self.thinning)
    }
}

/// The last picture that was kept of a monitor.
struct Last {
    sketch: Sketch,
    at_ms: u64,
}

/// Looks at the monitors of one sitting.
pub struct Recorder {
    screen: Box<dyn Screen>,
    options: Options,
    last: BTreeMap<String, Last>,
}

impl Recorder {
    /// A recorder that has seen nothing yet: the first frame of each monitor is kept.
    pub fn new(screen: Box<dyn Screen>, options: Options) -> Self {
        Self { screen, options, last: BTreeMap::new() }
    }

    /// What it looks at.
    pub fn screen(&self) -> &dyn Screen {
        &*self.screen
    }

    /// Looks at every monitor. `used_bytes` is what the log's pictures of the sitting weigh already, `seal` encrypts a JPEG
    /// to whoever may see it. A frame on a trigger is kept even if it shows nothing new: somebody will look for it.
    ///
    /// If a kept picture cannot be written to the disk, call [`Recorder::forget`].
    pub fn look<E: std::fmt::Display>(
        &mut self,
        occasion: Occasion,
        now_ms: u64,
        used_bytes: u64,
        seal: impl Fn(&[u8]) -> Result<Vec<u8>, E>,
    ) -> Vec<Look> {
        let monitors = match self.screen.monitors() {
            Ok(monitors) => monitors,
            Err(why) => return vec![Look { monitor: None, outcome: Outcome::Failed { why: why.to_string() } }],
        };
        self.last.retain(|name, _| monitors.iter().any(|monitor| monitor.name == *name));
        let mut used_bytes = used_bytes;
        let mut looks = Vec::new();
        for monitor in monitors {
            let outcome = match self.screen.grab(&monitor) {
                Ok(frame) => self.decide(&monitor.name, &frame, occasion, now_ms, used_bytes, &seal),
                Err(why) => Outcome::Failed { why: why.to_string() },
            };
            if let Outcome::Kept(picture) = &outcome {
                used_bytes = used_bytes.saturating_add(picture.sealed.len() as u64);
            }
            looks.push(Look { monitor: Some(monitor.name), outcome });
        }
        looks
    }

    /// A picture of this monitor was lost before it was durable: the next frame is kept again, whatever it shows.
    pub fn forget(&mut self, monitor: &str) {
        self.last.remove(monitor);
    }

    fn decide<E: std::fmt::Display>(
        &mut self,
        monitor: &str,
        frame: &Frame,
        occasion: Occasion,
        now_ms: u64,
        used_bytes: u64,
        seal: impl Fn(&[u8]) -> Result<Vec<u8>, E>,
    ) -> Outcome {
        if let Some(colour) = blank(frame) {
            return Outcome::Blank { colour };
        }
        let sketch = Sketch::of(frame);
        let tiles_changed = self.last.get(monitor).map(|last| last.sketch.tiles_changed(&sketch));
        if let (Some(last), Some(tiles_changed), Occasion::Interval) = (self.last.get(monitor), tiles_changed, occasion)
            && tiles_changed < TILES_CHANGED_MIN
            && now_ms.saturating_sub(last.at_ms) < self.options.unchanged_ms_max
        {
            return Outcome::Unchanged { tiles_changed };
        }
        let failed = |why: &dyn std::fmt::Display| Outcome::Failed { why: why.to_string() };
        let jpeg = match jpeg(frame, self.options.quality) {
            Ok(jpeg) => jpeg,
            Err(why) => return failed(&why),
        };
        let sealed = match seal(&jpeg) {
            Ok(sealed) => sealed,
            Err(why) => return failed(&why),
        };
        let (quota, size_bytes) = (self.options.quota, sealed.len() as u64);
        if !quota.admits(used_bytes, size_bytes) {
            return Outcome::NoRoom { size_bytes };
        }
        self.last.insert(monitor.to_owned(), Last { sketch, at_ms: now_ms });
        Outcome::Kept(Picture { sealed, tiles_changed, thinning: quota.begins(used_bytes, size_bytes) })
    }
}
