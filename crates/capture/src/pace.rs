//! When the next frame is taken: at random, so that nobody can know the moment, and on triggers.
//!
//! Nothing here reads a clock or draws randomness. Times are milliseconds on any clock that does not go back.

use std::ops::RangeInclusive;

/// How often frames are taken.
///
/// The gaps are exponential between the least and the longest one: having just seen a frame taken tells next to nothing
/// about when the next one is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pace {
    gap_ms_min: u64,
    gap_ms_max: u64,
    /// The scale of the exponential that gives the wanted mean once it is cut at both ends.
    scale_ms: f64,
}

impl Pace {
    /// Gaps of `mean_ms` on average, never shorter or longer than `gaps_ms`. `None` unless the mean lies in the lower half
    /// of them: an exponential cannot have one above.
    pub fn new(mean_ms: u64, gaps_ms: RangeInclusive<u64>) -> Option<Self> {
        let (gap_ms_min, gap_ms_max) = gaps_ms.into_inner();
        let length = gap_ms_max.checked_sub(gap_ms_min)? as f64;
        let wanted = mean_ms.checked_sub(gap_ms_min)? as f64;
        if gap_ms_min == 0 || wanted <= 0.0 || length * 0.49 < wanted {
            return None;
        }
        // The mean grows with the scale, up to half the length.
        let (mut low, mut high) = (0.0, length * 100.0);
        for _ in 0..80 {
            let middle = f64::midpoint(low, high);
            if mean_of_cut(middle, length) < wanted { low = middle } else { high = middle }
        }
        Some(Self { gap_ms_min, gap_ms_max, scale_ms: high })
    }

    /// A gap, from 64 random bits. More bits give a longer one.
    pub fn gap_ms(&self, random: u64) -> u64 {
        let length = (self.gap_ms_max - self.gap_ms_min) as f64;
        // In [0, 1): a float holds 53 bits.
        let share = (random >> 11) as f64 / (1u64 << 53) as f64;
        let cut = -f64::exp_m1(-length / self.scale_ms);
        let gap = -self.scale_ms * f64::ln_1p(-share * cut);
        (self.gap_ms_min + gap.max(0.0) as u64).min(self.gap_ms_max)
    }
}

/// The mean of an exponential of this scale that is cut at `length`.
fn mean_of_cut(scale: f64, length: f64) -> f64 {
    scale - length / f64::exp_m1(length / scale)
}

/// Why a frame is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Occasion {
    /// Its random time has come.
    Interval,
    /// Something happened that is worth a look.
    Trigger,
}

/// When the next frame is due.
#[derive(Debug, Clone, PartialEq)]
pub struct Schedule {
    pace: Pace,
    trigger_gap_ms: u64,
    interval_at_ms: u64,
    trigger_at_ms: Option<u64>,
    /// The last frame that a trigger asked for.
    triggered_ms: Option<u64>,
}

impl Schedule {
    /// Begins now. Frames on triggers are at least `trigger_gap_ms` apart.
    pub fn new(pace: Pace, trigger_gap_ms: u64, now_ms: u64, random: u64) -> Self {
        let interval_at_ms = now_ms.saturating_add(pace.gap_ms(random));
        Self { pace, trigger_gap_ms, interval_at_ms, trigger_at_ms: None, triggered_ms: None }
    }

    /// Something happened. A trigger too soon after the last one is not lost: it is due when the distance is over, and
    /// several until then are one. `stretch` is what the quota says ([`crate::Thinning::stretch`]).
    pub fn trigger(&mut self, now_ms: u64, stretch: u32) {
        let gap_ms = self.trigger_gap_ms.saturating_mul(stretch.into());
        let at_ms = self.triggered_ms.map_or(now_ms, |last_ms| now_ms.max(last_ms.saturating_add(gap_ms)));
        self.trigger_at_ms = Some(self.trigger_at_ms.map_or(at_ms, |waiting| waiting.min(at_ms)));
    }

    /// When to look again.
    pub fn next_ms(&self) -> u64 {
        self.trigger_at_ms.map_or(self.interval_at_ms, |at_ms| at_ms.min(self.interval_at_ms))
    }

    /// Why a frame is due now, if one is; the next one is then set. After a long sleep it is one frame, not many.
    pub fn take_due(&mut self, now_ms: u64, stretch: u32, random: u64) -> Option<Occasion> {
        let occasion = if self.trigger_at_ms.is_some_and(|at_ms| at_ms <= now_ms) {
            self.trigger_at_ms = None;
            self.triggered_ms = Some(now_ms);
            Occasion::Trigger
        } else if self.interval_at_ms <= now_ms {
            Occasion::Interval
        } else {
            return None;
        };
        if self.interval_at_ms <= now_ms {
            let gap_ms = self.pace.gap_ms(random).saturating_mul(stretch.into());
            self.interval_at_ms = now_ms.saturating_add(gap_ms);
        }
        Some(occasion)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const EVENLY: u64 = 100_000;

    fn pace() -> Pace {
        Pace::new(10_000, 2_000..=40_000).unwrap()
    }

    /// Gaps for randomness that is spread evenly.
    fn gaps(pace: Pace) -> impl Iterator<Item = u64> {
        (0..EVENLY).map(move |i| pace.gap_ms(u64::MAX / EVENLY * i))
    }

    #[test]
    fn gaps_keep_to_their_bounds_and_their_mean() {
        for (mean, gaps_ms) in [(10_000, 2_000..=40_000), (10_000, 1_000..=20_000), (300_000, 5_000..=3_600_000)] {
            let pace = Pace::new(mean, gaps_ms.clone()).unwrap();
            assert_eq!(pace.gap_ms(0), *gaps_ms.start());
            assert!(gaps_ms.contains(&pace.gap_ms(u64::MAX)));
            assert!(*gaps_ms.end() - 100 < pace.gap_ms(u64::MAX), "the longest gap comes up");
            let sum: u64 = gaps(pace).sum();
            assert!((sum / EVENLY).abs_diff(mean) < mean / 200, "{} instead of {mean}", sum / EVENLY);
        }
    }

    #[test]
    fn having_waited_tells_little_about_how_long_is_left() {
        // Whoever has waited up to 12 s for a frame cannot say better than at the start when it comes.
        let left = |waited_ms: u64| {
            let (mut sum, mut count) = (0, 0);
            for gap in gaps(pace()).filter(|gap| waited_ms <= *gap) {
                (sum, count) = (sum + gap - waited_ms, count + 1);
            }
            sum / count
        };
        let at_first = left(2_000);
        for waited_ms in (2_000..=12_000).step_by(1_000) {
            assert!(left(waited_ms).abs_diff(at_first) < at_first / 4, "{} of {at_first}", left(waited_ms));
        }
    }

    #[test]
    fn a_mean_that_no_exponential_has_is_refused() {
        for (mean, gaps_ms) in [(10, 0..=40), (10, 10..=40), (10, 20..=40), (30, 10..=40), (0, 0..=0)] {
            assert_eq!(Pace::new(mean, gaps_ms.clone()), None, "{mean} in {gaps_ms:?}");
        }
    }

    #[test]
    fn frames_come_at_their_time_and_triggers_at_once() {
        let mut schedule = Schedule::new(pace(), 5_000, 1_000, 0);
        assert_eq!(schedule.next_ms(), 3_000);
        assert_eq!(schedule.take_due(2_999, 1, 0), None);
        assert_eq!(schedule.take_due(3_000, 1, 0), Some(Occasion::Interval));
        assert_eq!(schedule.next_ms(), 5_000);

        schedule.trigger(4_000, 1);
        assert_eq!(schedule.next_ms(), 4_000);
        assert_eq!(schedule.take_due(4_000, 1, 0), Some(Occasion::Trigger));
        // It takes no random frame's place.
        assert_eq!(schedule.take_due(5_000, 1, u64::MAX), Some(Occasion::Interval));
    }

    #[test]
    fn triggers_keep_their_distance_and_none_is_lost() {
        let mut schedule = Schedule::new(pace(), 5_000, 0, u64::MAX);
        schedule.trigger(1_000, 1);
        assert_eq!(schedule.take_due(1_000, 1, 0), Some(Occasion::Trigger));
        for now_ms in [1_200, 2_000, 5_500] {
            schedule.trigger(now_ms, 1);
            assert_eq!(schedule.take_due(now_ms, 1, 0), None, "{now_ms}");
        }
        assert_eq!(schedule.next_ms(), 6_000);
        assert_eq!(schedule.take_due(6_000, 1, 0), Some(Occasion::Trigger));
        assert_eq!(schedule.take_due(11_000, 1, 0), None, "three triggers were one");
    }

    #[test]
    fn thinning_stretches_every_distance() {
        let mut schedule = Schedule::new(pace(), 5_000, 0, 0);
        assert_eq!(schedule.take_due(2_000, 4, 0), Some(Occasion::Interval));
        assert_eq!(schedule.next_ms(), 10_000);
        schedule.trigger(3_000, 4);
        assert_eq!(schedule.take_due(3_000, 4, 0), Some(Occasion::Trigger));
        schedule.trigger(9_000, 4);
        assert_eq!(schedule.take_due(10_000, 4, u64::MAX), Some(Occasion::Interval));
        assert_eq!(schedule.next_ms(), 23_000);
    }

    #[test]
    fn a_long_sleep_ends_with_one_frame() {
        let mut schedule = Schedule::new(pace(), 5_000, 0, 0);
        schedule.trigger(1_000, 1);
        assert_eq!(schedule.take_due(9_000_000, 1, 0), Some(Occasion::Trigger));
        assert_eq!(schedule.take_due(9_000_000, 1, 0), None);
        assert_eq!(schedule.next_ms(), 9_002_000);
    }
}
