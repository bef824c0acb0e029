//! The rules of a sitting. A refusal is an answer, not an error.

use super::{
    Closing, ControlReport, Event, HEARTBEAT_MS, HoldReason, Observation, Phase, Picture, Response, Screen, Sight,
    Sitting, Withdrawal,
};
use crate::{
    admission::InWindow,
    digest::Digest,
    ids::ItemId,
    item::Misfit,
    log::Actor,
    policy::{Level, Probe, Reaction},
    submission::Client,
    time::{Moment, Wall},
    value::Value,
};

/// An answer that was under the candidate's hands when time ran out is taken for less than this long. Until then nothing
/// but the candidate's own handing in closes the sitting, so that nothing comes before the answer.
pub const GRACE_MS: u64 = 1_000;

/// The longest time between two records, with the time that a wake-up may come late.
const UNRECORDED_MS_MAX: u64 = HEARTBEAT_MS + 1_000;

/// The most that is recorded of what one probe sees at a time.
const SEEN_MAX: usize = 20;
const SEEN_CHARS_MAX: usize = 120;

/// Something that somebody wants to happen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// Begin the log on this device.
    Admit {
        /// Digest of the lease.
        lease: Digest,
        /// The application.
        client: Client,
    },
    /// Go on with the log on this device.
    Move {
        /// Digest of the lease.
        lease: Digest,
        /// The application.
        client: Client,
        /// The issuer's time, when it is in reach.
        server: Option<Wall>,
    },
    /// Accept the notice.
    Acknowledge {
        /// Digest of the notice's text as it was shown.
        notice: Digest,
    },
    /// Do not accept the notice.
    Decline,
    /// Report the controls.
    Report {
        /// Each control.
        controls: Vec<ControlReport>,
    },
    /// Show the first item. The form must be laid out.
    Begin {
        /// The issuer's time and the digest of its signed start; `None` = offline by the proctor's code, where the
        /// window's end caps the time by the machine's calendar.
        start: Option<(Wall, Digest)>,
        /// The issuer's deadline; `None` = untimed, or offline.
        deadline: Option<Wall>,
    },
    /// Go to another screen.
    Visit {
        /// Which.
        screen: Screen,
    },
    /// Set or take away a flag.
    Flag {
        /// The item.
        item: ItemId,
        /// Whether it is to be flagged.
        flagged: bool,
    },
    /// Answer an item.
    Respond {
        /// The item.
        item: ItemId,
        /// The answer; `None` clears it.
        value: Option<Value>,
        /// The salted digest of the answer's opening.
        commitment: Digest,
    },
    /// Leave the exam.
    Leave,
    /// Come back.
    Return,
    /// Hand in.
    Submit,
    /// The application has started again on an unfinished sitting.
    Resume {
        /// The issuer's time, when it is in reach.
        server: Option<Wall>,
    },
    /// The posture's time has come.
    Wake {
        /// Digest of the last checkpoint received.
        checkpoint: Option<Digest>,
    },
    /// The machine saw something.
    Observe {
        /// What.
        observation: Observation,
    },
    /// A piece of evidence was kept.
    Capture {
        /// SHA-256 of the sealed bytes.
        sha256: Digest,
        /// Their number.
        size: u64,
        /// What it shows, and why it was taken.
        picture: Picture,
    },
    /// Stop the sitting.
    Pause,
    /// Let a paused sitting go on.
    Continue,
    /// End a hold.
    Release,
    /// Add time.
    Grant {
        /// How much, in milliseconds.
        ms: u64,
    },
    /// Let a candidate who left come back.
    AllowReturn,
    /// End the sitting.
    Terminate,
}

/// Why a command is not carried out. Nothing has changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The log has begun already.
    #[error("the sitting has already begun on this device")]
    AlreadyAdmitted,
    /// Another step comes first.
    #[error("this is not possible at this point of the exam")]
    WrongPhase,
    /// The exam is over.
    #[error("the exam is over")]
    Over,
    /// The sitting is stopped.
    #[error("the exam is stopped; it goes on when the reason for that is gone")]
    Stopped,
    /// Only a proctor may do this.
    #[error("only a proctor can do this")]
    NotAllowed,
    /// The machine does not reach the policy's level.
    #[error("this computer does not give the exam what it asks for")]
    NotReady,
    /// The paper is not open.
    #[error("the exam paper is not open yet")]
    NoPaper,
    /// The window is not open.
    #[error("the exam cannot start at this time")]
    OutsideWindow,
    /// No such item in this try.
    #[error("there is no such question in this exam")]
    UnknownItem,
    /// The answer is of another type.
    #[error("this is not an answer to this question")]
    WrongType,
    /// The answer is too long.
    #[error("the answer is too long")]
    TooLong,
}

impl Refusal {
    /// The stable code that people quote and the window translates.
    pub fn code(self) -> &'static str {
        match self {
            Self::AlreadyAdmitted => "already-admitted",
            Self::WrongPhase => "wrong-phase",
            Self::Over => "exam-over",
            Self::Stopped => "exam-stopped",
            Self::NotAllowed => "proctor-only",
            Self::NotReady => "not-ready",
            Self::NoPaper => "paper-not-open",
            Self::OutsideWindow => "outside-window",
            Self::UnknownItem => "unknown-item",
            Self::WrongType => "wrong-type",
            Self::TooLong => "answer-too-long",
        }
    }
}

/// As much of a name or a reason as is recorded.
fn shortened(text: &str) -> String {
    text.chars().take(SEEN_CHARS_MAX).collect()
}

impl Sitting {
    /// Decides what `command` by `by` at `at` leads to.
    ///
    /// # Errors
    /// The rule that forbids it. The state does not change here in either case: append the events, then `apply` them.
    pub fn decide(&self, command: Command, by: &Actor, at: &Moment) -> Result<Vec<Event>, Refusal> {
        if self.phase == Phase::Closed {
            return if matches!(command, Command::Wake { .. }) { Ok(vec![]) } else { Err(Refusal::Over) };
        }
        let grace_ms = if matches!(command, Command::Submit) { 0 } else { GRACE_MS };
        let taken_late = matches!(command, Command::Move { .. } | Command::Resume { .. } | Command::Grant { .. });
        if self.alive() && self.out_of_time(grace_ms, at) && !taken_late {
            return Ok(vec![Event::Closed { cause: Closing::TimeUp }]);
        }
        match command {
            Command::Admit { lease, client } => {
                if self.last.is_some() {
                    return Err(Refusal::AlreadyAdmitted);
                }
                Ok(vec![Event::Admitted { lease, client }])
            }
            Command::Move { lease, client, server } => {
                self.last.ok_or(Refusal::WrongPhase)?;
                let mut events = vec![Event::Moved { lease, client }];
                if self.alive() {
                    events.extend(self.decide_resume(server, at)?);
                }
                Ok(events)
            }
            Command::Acknowledge { notice } => {
                self.in_phase(Phase::Admitted)?;
                Ok(vec![Event::Acknowledged { notice }])
            }
            Command::Decline => {
                self.in_phase(Phase::Admitted).or_else(|_| self.in_phase(Phase::Checking))?;
                Ok(vec![Event::Withdrawn { why: Withdrawal::Declined }])
            }
            Command::Report { controls } => self.decide_report(controls),
            Command::Begin { start, deadline } => self.decide_begin(start, deadline, at),
            Command::Visit { screen } => {
                self.working()?;
                if let Screen::Item { item } = &screen {
                    self.known(item)?;
                }
                if self.screen.as_ref() == Some(&screen) {
                    return Ok(vec![]);
                }
                Ok(vec![Event::Visited { screen }])
            }
            Command::Flag { item, flagged } => {
                self.working()?;
                self.known(&item)?;
                if self.flagged.contains(&item) == flagged {
                    return Ok(vec![]);
                }
                Ok(vec![Event::Flagged { item, flagged }])
            }
            Command::Respond { item, value, commitment } => self.decide_response(item, value.as_ref(), commitment),
            Command::Leave => {
                if !self.alive() || self.phase == Phase::Away {
                    return Err(Refusal::WrongPhase);
                }
                Ok(vec![Event::Left])
            }
            Command::Return => {
                self.in_phase(Phase::Away)?;
                if self.may_return { Ok(vec![Event::Returned]) } else { Err(Refusal::NotAllowed) }
            }
            Command::Submit => {
                if self.phase == Phase::Away {
                    return Ok(vec![Event::Closed { cause: Closing::Submitted }]);
                }
                self.working()?;
                Ok(vec![Event::Closed { cause: Closing::Submitted }])
            }
            Command::Resume { server } => self.decide_resume(server, at),
            Command::Wake { checkpoint } => Ok(self.decide_wake(checkpoint, at)),
            Command::Observe { observation: Observation::Probed { probe, sees } } => {
                Ok(self.decide_probed(probe, sees))
            }
            Command::Observe { observation: Observation::Blind { probe, why } } => Ok(self.decide_blind(probe, &why)),
            Command::Observe { observation: Observation::Looked { monitor, sight } } => {
                Ok(self.decide_looked(monitor, sight))
            }
            Command::Observe { observation: Observation::Surveyed { desktop, checks } } => {
                self.in_phase(Phase::Checking)?;
                Ok(vec![surveyed(&desktop, &checks)])
            }
            Command::Observe { observation } => {
                Ok(if self.last.is_some() { vec![Event::Observed { observation }] } else { vec![] })
            }
            Command::Capture { sha256, size, picture } => {
                if self.alive() && self.policy.pictures.is_some() {
                    let monitor = shortened(&picture.monitor);
                    Ok(vec![Event::Captured { sha256, size, picture: Picture { monitor, ..picture } }])
                } else {
                    Err(Refusal::WrongPhase)
                }
            }
            Command::Pause
            | Command::Continue
            | Command::Release
            | Command::Grant { .. }
            | Command::AllowReturn
            | Command::Terminate => self.decide_for_proctor(&command, by),
        }
    }

    fn in_phase(&self, phase: Phase) -> Result<(), Refusal> {
        if self.phase == phase && self.last.is_some() { Ok(()) } else { Err(Refusal::WrongPhase) }
    }

    fn working(&self) -> Result<(), Refusal> {
        match self.phase {
            Phase::Underway => Ok(()),
            Phase::Held | Phase::Paused => Err(Refusal::Stopped),
            Phase::Closed => Err(Refusal::Over),
            Phase::Admitted | Phase::Checking | Phase::Away | Phase::Refused => Err(Refusal::WrongPhase),
        }
    }

    fn known(&self, item: &ItemId) -> Result<(), Refusal> {
        if self.served.contains(item) { Ok(()) } else { Err(Refusal::UnknownItem) }
    }

    fn out_of_time(&self, grace_ms: u64, at: &Moment) -> bool {
        self.clock.running() && self.clock.remaining_ms(at) == Some(0) && grace_ms <= self.clock.overrun_ms(at)
    }

    fn decide_report(&self, controls: Vec<ControlReport>) -> Result<Vec<Event>, Refusal> {
        if self.phase != Phase::Checking && !self.alive() {
            return Err(Refusal::WrongPhase);
        }
        let same = controls.len() == self.holdings.len()
            && controls.iter().all(|c| self.holdings.get(&c.control) == Some(&c.holding));
        if same {
            return Ok(vec![]);
        }
        let level = self.policy.level(|control| ControlReport::of(&controls, control));
        let lost = level < Level::L1 && !self.policy.controls.is_empty();
        let mut events = vec![Event::Checked { level, controls }];
        match (self.phase, lost, self.policy.on_loss) {
            (Phase::Underway, true, Reaction::Hold) => events.push(Event::Held { reason: HoldReason::ControlLost }),
            (Phase::Held, false, _) if matches!(self.hold, Some((HoldReason::ControlLost, _))) => {
                events.push(Event::Released);
                if self.alarms(Reaction::Hold).next().is_some() {
                    events.push(Event::Held { reason: HoldReason::Seen });
                }
            }
            _ => {}
        }
        Ok(events)
    }

    fn decide_probed(&self, probe: Probe, sees: Vec<String>) -> Vec<Event> {
        let Some(reaction) = self.policy.probes.get(&probe).filter(|_| self.watched()) else { return vec![] };
        let sees = fit(&sees);
        let before = self.sees(probe);
        // That a probe can look again is told as well.
        if before == sees && !self.blind.contains_key(&probe) {
            return vec![];
        }
        // A hold that nobody answered has ended; only something new stops the sitting again.
        let new = sees.iter().any(|seen| !before.contains(seen));
        let over = sees.is_empty() && self.alarms(Reaction::Hold).all(|other| other == probe);
        let mut events = vec![Event::Observed { observation: Observation::Probed { probe, sees } }];
        match (self.phase, self.hold) {
            (Phase::Underway, _) if new && *reaction == Reaction::Hold => {
                events.push(Event::Held { reason: HoldReason::Seen });
            }
            (Phase::Held, Some((HoldReason::Seen, _))) if over => {
                events.push(Event::Released);
                if self.policy.on_loss == Reaction::Hold && self.controls_lost() {
                    events.push(Event::Held { reason: HoldReason::ControlLost });
                }
            }
            _ => {}
        }
        events
    }

    fn decide_blind(&self, probe: Probe, why: &str) -> Vec<Event> {
        let why = shortened(why);
        let named = self.policy.probes.contains_key(&probe);
        if !named || !self.watched() || self.blind.get(&probe) == Some(&why) {
            return vec![];
        }
        vec![Event::Observed { observation: Observation::Blind { probe, why } }]
    }

    fn decide_looked(&self, monitor: Option<String>, sight: Sight) -> Vec<Event> {
        let monitor = monitor.as_deref().map(shortened);
        let sight = match sight {
            Sight::Failed { why } => Sight::Failed { why: shortened(&why) },
            Sight::Clear | Sight::Blank | Sight::NoRoom => sight,
        };
        if self.policy.pictures.is_none() || !self.looks() || self.sights.get(&monitor) == Some(&sight) {
            return vec![];
        }
        vec![Event::Observed { observation: Observation::Looked { monitor, sight } }]
    }

    fn decide_begin(
        &self,
        start: Option<(Wall, Digest)>,
        deadline: Option<Wall>,
        at: &Moment,
    ) -> Result<Vec<Event>, Refusal> {
        self.in_phase(Phase::Checking)?;
        let form = self.form.as_ref().ok_or(Refusal::NoPaper)?;
        if !self.policy.lets_begin(self.level.unwrap_or(Level::L0)) || self.alarms(Reaction::Hold).next().is_some() {
            return Err(Refusal::NotReady);
        }
        if start.is_none() && !self.policy.offline_start {
            return Err(Refusal::NotAllowed);
        }
        if start.is_none() && self.window.place(at.wall) != InWindow::Within {
            return Err(Refusal::OutsideWindow);
        }
        let whole = u64::from(self.minutes) * 60_000;
        let budget_ms = match (&start, deadline) {
            _ if self.minutes == 0 => None,
            (Some((server, _)), Some(deadline)) => Some(whole.min(deadline.since_ms(*server))),
            (Some(_), None) => Some(whole),
            // Offline there is no clock but the machine's; the issuer holds the budget against the same time.
            (None, _) => Some(whole.min(self.window.closes.since_ms(at.wall))),
        };
        if budget_ms == Some(0) {
            return Err(Refusal::OutsideWindow);
        }
        Ok(vec![Event::Began {
            items: form.ids(),
            budget_ms,
            server: start.as_ref().map(|(server, _)| *server),
            start: start.map(|(_, digest)| digest),
        }])
    }

    fn decide_response(&self, item: ItemId, value: Option<&Value>, commitment: Digest) -> Result<Vec<Event>, Refusal> {
        self.working()?;
        self.known(&item)?;
        let form = self.form.as_ref().ok_or(Refusal::NoPaper)?;
        let interaction = &form.item(&item).ok_or(Refusal::UnknownItem)?.interaction;
        if let Some(value) = value {
            interaction.admits(value).map_err(|misfit| match misfit {
                Misfit::Type | Misfit::UnknownChoice => Refusal::WrongType,
                Misfit::TooLong => Refusal::TooLong,
            })?;
        }
        let revision = self.responses.get(&item).map_or(1, |Response { revision, .. }| revision.saturating_add(1));
        let answered = value.is_some_and(|value| !value.is_empty());
        Ok(vec![Event::Responded { item, revision, commitment, answered }])
    }

    fn decide_resume(&self, server: Option<Wall>, at: &Moment) -> Result<Vec<Event>, Refusal> {
        let Some(last) = self.last.filter(|_| self.alive()) else { return Err(Refusal::WrongPhase) };
        let reboot = at.boot != last.boot;
        let by_server = server.zip(self.reckoned).is_some();
        let gap_ms = if reboot { self.gap_ms(server, at.wall.since_ms(last.wall)) } else { 0 };
        let stopped_ms = if reboot { gap_ms } else { at.since_ms(&last) };
        let allowance = self.policy.restart_allowance_ms.saturating_sub(self.clock.given_back_ms());
        // Held and paused the clock stands; what a candidate who is away misses, only a proctor gives back.
        let given_back_ms = if self.phase == Phase::Underway { stopped_ms.min(allowance) } else { 0 };
        let mut events = vec![Event::Resumed { gap_ms, given_back_ms, server }];
        let too_long = at.wall < last.wall || self.policy.reboot_gap_max_ms < gap_ms;
        if reboot && !by_server && too_long {
            match self.phase {
                Phase::Underway => events.push(Event::Held { reason: HoldReason::RebootGap }),
                // The machine stays free; the hold waits for the return.
                Phase::Away => events.extend([Event::Held { reason: HoldReason::RebootGap }, Event::Left]),
                _ => {}
            }
        }
        Ok(events)
    }

    /// How long a reboot took that ends at the issuer's time `server` and took `by_calendar_ms` by the calendar.
    ///
    /// The issuer's clock measures it better than the machine's calendar, which anybody can set. It also finds what
    /// earlier reboots without the issuer took and the calendar hid.
    pub(super) fn gap_ms(&self, server: Option<Wall>, by_calendar_ms: u64) -> u64 {
        let by_server = server.zip(self.reckoned).map(|(now, then)| now.since_ms(then.at));
        // A calendar may have been set back. What was used after the last record is not known any more, but it was no
        // more than this.
        let doubtful = by_server.is_none() || self.reckoned.is_some_and(|then| then.by_calendar);
        by_server.unwrap_or(by_calendar_ms).max(if doubtful { UNRECORDED_MS_MAX } else { 0 })
    }

    fn decide_wake(&self, checkpoint: Option<Digest>, at: &Moment) -> Vec<Event> {
        if !self.alive() {
            return vec![];
        }
        if self.hold_left_ms(at) == Some(0) {
            return vec![Event::Released];
        }
        let quiet = self.last.map_or(HEARTBEAT_MS, |last| at.since_ms(&last));
        if HEARTBEAT_MS <= quiet { vec![Event::Heartbeat { checkpoint }] } else { vec![] }
    }

    fn decide_for_proctor(&self, command: &Command, by: &Actor) -> Result<Vec<Event>, Refusal> {
        match by {
            Actor::Proctor(_) | Actor::Issuer => {}
            Actor::Candidate | Actor::Client => return Err(Refusal::NotAllowed),
        }
        let event = match (command, self.phase) {
            (Command::Pause, Phase::Underway) => Event::Paused,
            (Command::Continue, Phase::Paused) => Event::Continued,
            (Command::Release, Phase::Held) => Event::Released,
            (Command::AllowReturn, Phase::Away) => Event::ReturnAllowed,
            (Command::Grant { ms }, _) if self.alive() => Event::Granted { ms: *ms },
            (Command::Terminate, _) if self.alive() => Event::Closed { cause: Closing::Terminated },
            _ => return Err(Refusal::WrongPhase),
        };
        Ok(vec![event])
    }
}

fn surveyed(desktop: &str, checks: &[String]) -> Event {
    let desktop = shortened(desktop);
    Event::Observed { observation: Observation::Surveyed { desktop, checks: fit(checks) } }
}

/// A list as it is recorded: sorted, each once, and not too long.
fn fit(list: &[String]) -> Vec<String> {
    let mut list: Vec<String> = list.iter().map(|each| shortened(each)).collect();
    list.sort();
    list.dedup();
    list.truncate(SEEN_MAX);
    list
}
