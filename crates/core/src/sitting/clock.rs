//! The exam clock: a budget, what of it is used, and whether it runs. A fold, like the sitting it belongs to.

use crate::time::Moment;

/// Time in a sitting. `budget` grows only by what a grant or the admission's restart allowance gives.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ExamClock {
    budget_ms: Option<u64>,
    used_ms: u64,
    running: bool,
    since: Option<Moment>,
    given_back_ms: u64,
    granted_ms: u64,
    interrupted_ms: u64,
    stood_ms: u64,
}

impl ExamClock {
    /// Counts the time up to `at`. Across a boot nothing is counted: `Resumed` says how long that was.
    pub(super) fn advance(&mut self, at: &Moment) {
        if let Some(since) = &self.since {
            if since.boot == at.boot {
                let counter = if self.running { &mut self.used_ms } else { &mut self.stood_ms };
                *counter = counter.saturating_add(at.since_ms(since));
            }
            self.since = Some(*at);
        }
    }

    pub(super) fn begin(&mut self, budget_ms: Option<u64>, at: Moment) {
        *self = Self { budget_ms, running: true, since: Some(at), ..Self::default() };
    }

    /// Takes note of a restart. `gap_ms` is what a reboot took; `here_ms` is what the application missed within one
    /// boot, which `advance` has counted already.
    pub(super) fn resume(&mut self, gap_ms: u64, here_ms: u64, given_back_ms: u64, at: Moment) {
        if self.running {
            self.used_ms = self.used_ms.saturating_add(gap_ms);
            self.interrupted_ms = self.interrupted_ms.saturating_add(gap_ms).saturating_add(here_ms);
        } else if self.since.is_some() {
            self.stood_ms = self.stood_ms.saturating_add(gap_ms);
        }
        self.given_back_ms = self.given_back_ms.saturating_add(given_back_ms);
        self.since = self.since.map(|_| at);
    }

    pub(super) fn start(&mut self) {
        self.running = true;
    }

    pub(super) fn stop(&mut self) {
        self.running = false;
    }

    pub(super) fn grant(&mut self, ms: u64) {
        self.granted_ms = self.granted_ms.saturating_add(ms);
    }

    /// Time left at `at` in milliseconds; `None` when the exam is untimed or has not begun.
    pub fn remaining_ms(&self, at: &Moment) -> Option<u64> {
        let whole = self.budget_ms?.saturating_add(self.given_back_ms).saturating_add(self.granted_ms);
        Some(whole.saturating_sub(self.used_at_ms(at)))
    }

    /// Time used at `at` in milliseconds, before anything was given back.
    pub fn used_at_ms(&self, at: &Moment) -> u64 {
        let open = match &self.since {
            Some(since) if self.running && since.boot == at.boot => at.since_ms(since),
            Some(_) | None => 0,
        };
        self.used_ms.saturating_add(open)
    }

    /// How far past its end the clock is at `at`, in milliseconds; zero while time is left or it stands.
    pub fn overrun_ms(&self, at: &Moment) -> u64 {
        let Some(budget_ms) = self.budget_ms else { return 0 };
        let whole = budget_ms.saturating_add(self.given_back_ms).saturating_add(self.granted_ms);
        self.used_at_ms(at).saturating_sub(whole)
    }

    /// Whether it runs.
    pub fn running(&self) -> bool {
        self.running
    }

    /// The time allowed at the start, in milliseconds; `None` when untimed.
    pub fn budget_ms(&self) -> Option<u64> {
        self.budget_ms
    }

    /// Time given back after restarts, in milliseconds.
    pub fn given_back_ms(&self) -> u64 {
        self.given_back_ms
    }

    /// Time that ran while the application or the machine was off, in milliseconds.
    pub fn interrupted_ms(&self) -> u64 {
        self.interrupted_ms
    }

    /// Time the clock stood at `at` since the exam began, in milliseconds: holds and pauses.
    pub fn stood_at_ms(&self, at: &Moment) -> u64 {
        let open = match &self.since {
            Some(since) if !self.running && since.boot == at.boot => at.since_ms(since),
            Some(_) | None => 0,
        };
        self.stood_ms.saturating_add(open)
    }

    /// Time granted by proctors, in milliseconds.
    pub fn granted_ms(&self) -> u64 {
        self.granted_ms
    }
}
