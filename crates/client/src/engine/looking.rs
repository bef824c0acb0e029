//! The screen, looked at on a thread of its own for as long as the sitting's posture asks for it. What comes of each look
//! is in the log: a picture, how often there was nothing new, or why there is none.

use super::Engine;
use crate::{clock, random};
use invigil_capture::{Look, Occasion, Options, Outcome, Pace, Quality, Quota, Recorder, Schedule, Screen, Unable};
use invigil_content::sealing;
use invigil_core::{
    SittingId,
    policy::Pictures,
    sitting::{self, Looking, Observation, Picture, Sight},
};
use std::{collections::BTreeMap, convert::Infallible, io, thread, time::Duration};

/// Opens the screen of this desktop. The text is what [`Screen::restore_token`] gave last in this sitting.
pub type OpenScreen = Box<dyn FnMut(Option<&str>) -> Result<Box<dyn Screen>, Unable> + Send>;

/// How often it is asked what is due.
const STEP: Duration = Duration::from_millis(250);
/// How far looks stand back, from 0 to 19.
const NICENESS: i32 = 10;
/// Pictures on triggers are at least so far apart.
const TRIGGER_GAP_MS: u64 = 5_000;
/// Before the exam the screen is looked at so often, to say whether it can be.
const TRIAL_MS: u64 = 5_000;
/// After so long without a picture of a monitor one is kept although nothing changed: it shows that nothing did.
const UNCHANGED_MS_MAX: u64 = 120_000;

/// A sitting's wish to be looked at.
pub(super) struct Wish {
    pub sitting: SittingId,
    pub looking: Looking,
    /// The candidate asks to have the screen opened again.
    pub anew: bool,
}

impl Engine {
    /// Looks at the screen from now on whenever a sitting asks for it.
    ///
    /// # Errors
    /// When there can be no thread.
    pub fn look(&self, open: OpenScreen) -> io::Result<()> {
        let mut looker = Looker { engine: self.clone(), open, watch: None };
        let thread = thread::Builder::new().name("looks".to_owned());
        thread.spawn(move || {
            // What the candidate does comes first. Linux keeps this for the calling thread alone.
            let _asked = rustix::process::setpriority_process(None, NICENESS);
            while !looker.engine.lock().stopped {
                looker.step();
                thread::sleep(STEP);
            }
        })?;
        Ok(())
    }
}

struct Looker {
    engine: Engine,
    open: OpenScreen,
    watch: Option<Watch>,
}

/// One sitting that is looked at.
struct Watch {
    sitting: SittingId,
    recorder: Option<Recorder>,
    /// Why there is no recorder, and that it is not asked for again by itself: somebody may have said no.
    refused: Option<String>,
    plan: Plan,
    /// Looks with nothing new since the last picture, by monitor.
    unchanged: BTreeMap<String, u32>,
}

/// When the next look is.
enum Plan {
    /// Whether the screen can be seen is found out; nothing is kept.
    Trial { next_ms: u64 },
    /// Pictures are kept.
    Keeping { schedule: Schedule, occasions: u64 },
}

/// What a look is for.
enum Due {
    Trial,
    Picture(Occasion),
}

impl Looker {
    fn step(&mut self) {
        let Some(Wish { sitting, looking, anew }) = self.engine.wish() else {
            // The desktop's own sign that the screen is shared goes out with it.
            self.watch = None;
            return;
        };
        let now_ms = clock::read().since_boot_ms;
        let watch = self.watch.take().filter(|watch| watch.sitting == sitting);
        let mut watch = watch.unwrap_or_else(|| Watch::of(sitting));
        if anew {
            watch.refused = None;
            if let Plan::Trial { next_ms } = &mut watch.plan {
                *next_ms = now_ms;
            }
        }
        if let Some(due) = watch.due(&looking, now_ms) {
            self.look(&mut watch, &due, &looking, now_ms);
            self.engine.lock().looks += 1;
        }
        self.watch = Some(watch);
    }

    fn look(&mut self, watch: &mut Watch, due: &Due, looking: &Looking, now_ms: u64) {
        let sitting = watch.sitting.clone();
        let recorder = match self.recorder(watch, looking.pictures) {
            Ok(recorder) => recorder,
            Err(why) => return self.engine.saw(&sitting, None, Sight::Failed { why }),
        };
        let recipients = match self.engine.evidence_recipients(&sitting) {
            Ok(recipients) => recipients,
            Err(problem) => return self.engine.saw(&sitting, None, Sight::Failed { why: problem.code }),
        };
        let looks = match due {
            Due::Trial => recorder.look(Occasion::Trigger, now_ms, 0, |_| Ok::<_, Infallible>(vec![])),
            Due::Picture(occasion) => {
                let to: Vec<&str> = recipients.iter().map(String::as_str).collect();
                recorder.look(*occasion, now_ms, looking.used_bytes, |jpeg| sealing::to_recipients(&to, jpeg))
            }
        };
        let mut used_bytes = looking.used_bytes;
        let blind = looks.iter().all(|look| matches!(look.outcome, Outcome::Failed { .. }));
        for Look { monitor, outcome } in looks {
            if monitor.is_some() {
                self.engine.saw_monitors(&sitting);
            }
            let sight = match outcome {
                Outcome::Kept(picture) => {
                    if let Due::Picture(occasion) = due {
                        used_bytes = used_bytes.saturating_add(picture.sealed.len() as u64);
                        let stretch = Quota::new(looking.pictures.quota_bytes).thinning(used_bytes).stretch();
                        self.keep(watch, monitor.clone().unwrap_or_default(), *occasion, &picture, stretch);
                    }
                    Sight::Clear
                }
                Outcome::Unchanged { .. } => {
                    let unchanged = watch.unchanged.entry(monitor.clone().unwrap_or_default()).or_default();
                    *unchanged = unchanged.saturating_add(1);
                    Sight::Clear
                }
                Outcome::Blank { .. } => Sight::Blank,
                Outcome::NoRoom { .. } => Sight::NoRoom,
                Outcome::Failed { why } => Sight::Failed { why },
            };
            // What comes after a trial or a gap is kept, whatever it shows.
            if (matches!(due, Due::Trial) || sight != Sight::Clear)
                && let (Some(recorder), Some(monitor)) = (&mut watch.recorder, &monitor)
            {
                recorder.forget(monitor);
            }
            self.engine.saw(&sitting, monitor, sight);
        }
        if blind {
            watch.recorder = None;
        }
    }

    fn recorder<'w>(&mut self, watch: &'w mut Watch, pictures: Pictures) -> Result<&'w mut Recorder, String> {
        if let Some(why) = &watch.refused {
            return Err(why.clone());
        }
        if watch.recorder.is_none() {
            let token = self.engine.screen_token(&watch.sitting);
            match (self.open)(token.as_deref()) {
                Ok(screen) => {
                    self.engine.keep_screen_token(&watch.sitting, screen.restore_token());
                    let quality = Quality::default();
                    let quota = Quota::new(pictures.quota_bytes);
                    let options = Options { quality, quota, unchanged_ms_max: UNCHANGED_MS_MAX };
                    watch.recorder = Some(Recorder::new(screen, options));
                }
                Err(why) => watch.refused = Some(why.to_string()),
            }
        }
        let refused = watch.refused.clone();
        watch.recorder.as_mut().ok_or_else(|| refused.unwrap_or_default())
    }

    fn keep(
        &self,
        watch: &mut Watch,
        monitor: String,
        occasion: Occasion,
        picture: &invigil_capture::Picture,
        stretch: u32,
    ) {
        let facts = Picture {
            occasion: match occasion {
                Occasion::Interval => sitting::Occasion::Interval,
                Occasion::Trigger => sitting::Occasion::Trigger,
            },
            unchanged: watch.unchanged.get(&monitor).copied().unwrap_or_default(),
            stretch,
            monitor: monitor.clone(),
        };
        match self.engine.keep_picture(&watch.sitting, &picture.sealed, facts) {
            Ok(_) => {
                watch.unchanged.remove(&monitor);
            }
            Err(problem) => {
                tracing::warn!(code = %problem.code, "a picture of the screen was not kept");
                if let Some(recorder) = &mut watch.recorder {
                    recorder.forget(&monitor);
                }
            }
        }
    }
}

impl Watch {
    fn of(sitting: SittingId) -> Self {
        let plan = Plan::Trial { next_ms: 0 };
        Self { sitting, recorder: None, refused: None, plan, unchanged: BTreeMap::new() }
    }

    fn due(&mut self, looking: &Looking, now_ms: u64) -> Option<Due> {
        let stretch = Quota::new(looking.pictures.quota_bytes).thinning(looking.used_bytes).stretch();
        let draw = || u64::from_le_bytes(*random::bytes::<8>());
        if !looking.keeping {
            let Plan::Trial { next_ms } = &mut self.plan else { return None };
            let due = *next_ms <= now_ms;
            if due {
                *next_ms = now_ms.saturating_add(TRIAL_MS);
            }
            return due.then_some(Due::Trial);
        }
        if let Plan::Trial { .. } = self.plan {
            // The exam begins: the first picture at once, also where an earlier try to look was refused.
            let mut schedule = Schedule::new(pace(looking.pictures), TRIGGER_GAP_MS, now_ms, draw());
            schedule.trigger(now_ms, stretch);
            self.plan = Plan::Keeping { schedule, occasions: looking.occasions };
            self.refused = None;
        }
        let Plan::Keeping { schedule, occasions } = &mut self.plan else { return None };
        if *occasions < looking.occasions {
            *occasions = looking.occasions;
            schedule.trigger(now_ms, stretch);
        }
        schedule.take_due(now_ms, stretch, draw()).map(Due::Picture)
    }
}

/// The gaps of this mean: from a fifth of it to four times as long.
fn pace(pictures: Pictures) -> Pace {
    let every_ms = pictures.every_ms.clamp(*Pictures::EVERY_MS.start(), *Pictures::EVERY_MS.end());
    Pace::new(every_ms, every_ms / 5..=every_ms * 4).unwrap_or_else(|| unreachable!("every mean within these has one"))
}

impl Engine {
    fn saw(&self, sitting: &SittingId, monitor: Option<String>, sight: Sight) {
        if self.lock().current.as_ref() == Some(sitting) {
            self.observe(Observation::Looked { monitor, sight });
        }
    }

    /// The system tells which monitors there are, which it may not have done before.
    fn saw_monitors(&self, sitting: &SittingId) {
        let known = self.lock().current_session().is_some_and(|session| session.sitting().sights().contains_key(&None));
        if known {
            self.saw(sitting, None, Sight::Clear);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn looking(keeping: bool, used_bytes: u64, occasions: u64) -> Looking {
        let pictures = Pictures { every_ms: 10_000, quota_bytes: 1_000_000, keep_days: 30 };
        Looking { pictures, keeping, used_bytes, occasions }
    }

    #[test]
    fn every_mean_that_a_policy_may_name_has_a_pace() {
        for every_ms in [0, 2_000, 2_001, 10_000, 3_600_000, u64::MAX] {
            let pace = pace(Pictures { every_ms, quota_bytes: 0, keep_days: 0 });
            assert!((400..=720_000).contains(&pace.gap_ms(0)), "{every_ms}");
        }
    }

    #[test]
    fn before_the_exam_it_is_tried_and_then_pictures_come_at_once_at_random_and_for_what_happens() {
        let mut watch = Watch::of("s1".parse().unwrap());
        let mut due = |looking: &Looking, now_ms| watch.due(looking, now_ms);
        assert!(matches!(due(&looking(false, 0, 0), 1_000), Some(Due::Trial)));
        assert!(due(&looking(false, 0, 3), 2_000).is_none());
        assert!(matches!(due(&looking(false, 0, 3), 6_000), Some(Due::Trial)));
        assert!(matches!(due(&looking(true, 0, 3), 6_100), Some(Due::Picture(Occasion::Trigger))));
        assert!(due(&looking(true, 9, 3), 6_200).is_none());
        // Something happens; the picture waits until the one before is long enough ago.
        assert!(due(&looking(true, 9, 4), 6_300).is_none());
        let later =
            (6_400..12_000).step_by(100).filter_map(|now_ms| Some((now_ms, due(&looking(true, 9, 4), now_ms)?)));
        let triggered: Vec<u64> =
            later.filter(|(_, due)| matches!(due, Due::Picture(Occasion::Trigger))).map(|(now_ms, _)| now_ms).collect();
        assert_eq!(triggered, [11_100]);
        assert!((12_000..60_000).step_by(250).any(|now_ms| due(&looking(true, 9, 4), now_ms).is_some()));
    }
}
