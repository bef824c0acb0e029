//! How much evidence of one sitting may weigh, and what gives way as it fills up.
//!
//! A record that names a picture is never undone, so nothing that was kept is removed. What gives way is the future:
//! the more of the quota is used, the longer the gaps. Each step lasts about as long as the one before, because it has
//! half the bytes and half the frames.

/// Steps of thinning: at the last one gaps are 32 times as long, and 1/32 of the quota is left.
const STEPS: u32 = 5;

/// The most that the sealed evidence of one sitting may weigh.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quota {
    bytes_max: u64,
}

/// How thinly frames are taken at some use of the quota.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Thinning {
    /// Gaps are this many times as long as the policy says. 1 is no thinning.
    Stretched(u32),
    /// Nothing fits any more.
    Full,
}

impl Thinning {
    /// What [`crate::Schedule`] multiplies its distances by. When full, the next look is as rare as at the last step: it
    /// may find a smaller picture that still fits.
    pub fn stretch(self) -> u32 {
        match self {
            Self::Stretched(by) => by,
            Self::Full => 1 << STEPS,
        }
    }
}

impl Quota {
    /// A quota of this many bytes.
    pub fn new(bytes_max: u64) -> Self {
        Self { bytes_max }
    }

    /// Whether a piece of evidence still fits.
    pub fn admits(self, used_bytes: u64, size_bytes: u64) -> bool {
        used_bytes.checked_add(size_bytes).is_some_and(|sum| sum <= self.bytes_max)
    }

    /// How thinly frames are taken when this much is used: half the quota is for the policy's gaps, half of the rest for
    /// gaps twice as long, and so on.
    pub fn thinning(self, used_bytes: u64) -> Thinning {
        let left = self.bytes_max.saturating_sub(used_bytes);
        if left == 0 {
            return Thinning::Full;
        }
        let steps = (1..=STEPS).take_while(|step| left <= self.bytes_max >> step).count();
        Thinning::Stretched(1 << steps)
    }

    /// The thinning that begins with a piece of evidence, for the log: `None` if it is what it was before.
    pub fn begins(self, used_bytes: u64, size_bytes: u64) -> Option<Thinning> {
        let after = self.thinning(used_bytes.saturating_add(size_bytes));
        (self.thinning(used_bytes) != after).then_some(after)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Thinning::{Full, Stretched};

    const QUOTA: Quota = Quota { bytes_max: 64_000_000 };

    #[test]
    fn every_half_of_what_is_left_doubles_the_gaps() {
        for (used, thinning) in [
            (0, Stretched(1)),
            (31_999_999, Stretched(1)),
            (32_000_000, Stretched(2)),
            (48_000_000, Stretched(4)),
            (56_000_000, Stretched(8)),
            (60_000_000, Stretched(16)),
            (62_000_000, Stretched(32)),
            (63_999_999, Stretched(32)),
            (64_000_000, Full),
            (u64::MAX, Full),
        ] {
            assert_eq!(QUOTA.thinning(used), thinning, "{used}");
        }
        assert_eq!(Quota::new(0).thinning(0), Full);
    }

    #[test]
    fn a_quota_is_never_exceeded() {
        assert!(QUOTA.admits(63_900_000, 100_000));
        assert!(!QUOTA.admits(63_900_000, 100_001));
        assert!(!QUOTA.admits(u64::MAX, 1));
    }

    #[test]
    fn each_step_is_reported_once_and_none_is_skipped() {
        let (mut used, mut reported, mut lasted) = (0, vec![], vec![0u64]);
        while QUOTA.admits(used, 80_000) {
            lasted.last_mut().map(|ms| *ms += u64::from(QUOTA.thinning(used).stretch()) * 10_000).unwrap();
            if let Some(thinning) = QUOTA.begins(used, 80_000) {
                reported.push(thinning);
                lasted.push(0);
            }
            used += 80_000;
        }
        assert_eq!(reported, [Stretched(2), Stretched(4), Stretched(8), Stretched(16), Stretched(32), Full]);
        // 400 frames, one in 10 s: 67 minutes, and each of the next steps again as long.
        assert!(lasted[..5].iter().all(|ms| (3_900_000..=4_200_000).contains(ms)), "{lasted:?}");
    }
}
