//! The guard's rules: when silence is too long, how often the application is started again, and when to stop trying.
//!
//! Invariant: nothing here reads a clock or touches a process. Callers say what time it is, on a clock that stands
//! still while the machine sleeps, and carry out the orders.

use super::protocol::CANNOT_START_STATUS;
use std::{collections::VecDeque, time::Duration};

/// How patient the guard is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timing {
    /// After the first beat, silence of this length ends the application.
    pub silence: Duration,
    /// The guard looks around at least this often.
    pub look: Duration,
    /// When the guard itself wakes later than it planned by more than this, the silence is the machine's and not the
    /// application's.
    pub late: Duration,
    /// At most `restarts_max` restarts fall into a stretch of this length.
    pub window: Duration,
    /// See `window`.
    pub restarts_max: usize,
    /// How long the application has to end once it is told to.
    pub closing: Duration,
}

impl Timing {
    /// What the shipped guard uses.
    pub const SHIPPED: Self = Self {
        silence: Duration::from_secs(5),
        look: Duration::from_secs(1),
        late: Duration::from_secs(2),
        window: Duration::from_secs(60),
        restarts_max: 3,
        closing: Duration::from_secs(10),
    };
}

/// How the application ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// With status 0: it had finished.
    Done,
    /// With another status.
    Failed(u8),
    /// By a signal.
    Killed(u8),
    /// It could not be started at all.
    NotStarted,
}

impl Ending {
    /// The status with which the guard ends after it, as a shell would.
    fn status(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Failed(status) => status,
            Self::Killed(signal) => signal.saturating_add(128),
            Self::NotStarted => 127,
        }
    }
}

/// How the application is started.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Start {
    /// How often it has been started again, this time included.
    pub restarted: u32,
    /// It shows the recovery window only.
    pub recovery: bool,
}

/// What the guard has to do now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// Start the application.
    Start(Start),
    /// Kill the application and everything it started.
    Kill,
    /// End with this status.
    End(u8),
}

/// What the guard knows about the application.
#[derive(Debug)]
pub struct Supervision {
    timing: Timing,
    /// When it was started again, within the window.
    restarts: VecDeque<Duration>,
    restarted: u32,
    recovery: bool,
    /// The last beat; `None` until the first, and when silence no longer means anything.
    heard: Option<Duration>,
    /// Until when it has to end by itself, once the guard was told to stop.
    stopping: Option<Duration>,
    killed: bool,
    /// When the guard meant to wake.
    planned: Option<Duration>,
}

impl Supervision {
    /// Rules with this patience, for an application that the caller starts now for the first time.
    pub fn new(timing: Timing) -> (Self, Start) {
        let supervision = Self {
            timing,
            restarts: VecDeque::new(),
            restarted: 0,
            recovery: false,
            heard: None,
            stopping: None,
            killed: false,
            planned: None,
        };
        (supervision, Start { restarted: 0, recovery: false })
    }

    /// How long to sleep at most.
    pub fn sleep(&mut self, now: Duration) -> Duration {
        let due = if self.killed { None } else { [self.silent_at(), self.stopping].into_iter().flatten().min() };
        let sleep = due.map_or(self.timing.look, |due| due.saturating_sub(now).min(self.timing.look));
        self.planned = Some(now + sleep);
        sleep
    }

    /// Takes note that the guard is awake. Comes before everything else after a sleep.
    pub fn woke(&mut self, now: Duration) {
        // A machine that did not run the guard did not run the application either.
        if self.planned.is_some_and(|planned| planned + self.timing.late < now) {
            self.heard = self.heard.map(|_| now);
        }
    }

    /// Takes note of a beat.
    pub fn beat(&mut self, now: Duration) {
        self.heard = Some(now);
    }

    /// Takes note that the application has closed its end. It can no longer be heard, so silence means nothing.
    pub fn unlinked(&mut self) {
        self.heard = None;
    }

    /// Takes note that the guard was told to stop, and has passed it on. From now on nothing is started again.
    pub fn stop(&mut self, now: Duration) {
        self.stopping.get_or_insert(now + self.timing.closing);
    }

    /// Whether the application has been silent, or closing, for too long.
    pub fn look(&mut self, now: Duration) -> Option<Order> {
        let overdue = [self.silent_at(), self.stopping].into_iter().flatten().any(|due| due <= now);
        if !overdue || self.killed {
            return None;
        }
        self.killed = true;
        Some(Order::Kill)
    }

    /// What follows the end of the application.
    pub fn ended(&mut self, ending: Ending, now: Duration) -> Order {
        let first_start_failed = ending == Ending::NotStarted && self.restarted == 0;
        let for_good = [Ending::Done, Ending::Failed(CANNOT_START_STATUS)].contains(&ending) || first_start_failed;
        if self.stopping.is_some() || self.recovery || for_good {
            return Order::End(ending.status());
        }
        self.heard = None;
        self.killed = false;
        while self.restarts.front().is_some_and(|at| *at + self.timing.window <= now) {
            self.restarts.pop_front();
        }
        if self.restarts.len() < self.timing.restarts_max {
            self.restarts.push_back(now);
            self.restarted = self.restarted.saturating_add(1);
        } else {
            self.recovery = true;
        }
        Order::Start(Start { restarted: self.restarted, recovery: self.recovery })
    }

    /// The recovery window is what remains when everything else failed, so it is never ended for silence.
    fn silent_at(&self) -> Option<Duration> {
        self.heard.filter(|_| !self.recovery).map(|heard| heard + self.timing.silence)
    }
}

#[cfg(test)]
#[path = "supervise_tests.rs"]
mod tests;
