//! How often one address may fail. Only attempts that failed count, so that a class behind one address can check in.

use crate::fault::Fault;
use invigil_core::Wall;
use std::{
    collections::BTreeMap,
    net::IpAddr,
    sync::{Mutex, PoisonError},
};

/// Failures that an address may make at once.
const FAILURES_MAX: u64 = 20;
/// How long it takes until another one is allowed, in milliseconds.
const REFILL_MS: u64 = 6_000;
/// The most addresses remembered.
const ADDRESSES_MAX: usize = 10_000;

/// A token bucket for each address.
#[derive(Default)]
pub struct Limiter(Mutex<BTreeMap<IpAddr, Bucket>>);

struct Bucket {
    failures: u64,
    since: Wall,
}

impl Bucket {
    fn drain(&mut self, now: Wall) {
        let forgiven = now.since_ms(self.since) / REFILL_MS;
        if 0 < forgiven {
            self.failures = self.failures.saturating_sub(forgiven);
            self.since = now;
        }
    }
}

impl Limiter {
    /// Whether `address` may try at `now`.
    ///
    /// # Errors
    /// `TooManyAttempts` with the time to wait.
    pub fn check(&self, address: IpAddr, now: Wall) -> Result<(), Fault> {
        let mut buckets = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(bucket) = buckets.get_mut(&address) else { return Ok(()) };
        bucket.drain(now);
        if bucket.failures < FAILURES_MAX {
            return Ok(());
        }
        let wait_ms = REFILL_MS.saturating_sub(now.since_ms(bucket.since));
        Err(Fault::TooManyAttempts { retry_after_s: wait_ms.div_ceil(1_000).max(1) })
    }

    /// Takes note of a failed attempt.
    pub fn failed(&self, address: IpAddr, now: Wall) {
        let mut buckets = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if ADDRESSES_MAX <= buckets.len() {
            buckets.retain(|_, bucket| {
                bucket.drain(now);
                0 < bucket.failures
            });
        }
        let bucket = buckets.entry(address).or_insert(Bucket { failures: 0, since: now });
        bucket.drain(now);
        bucket.failures = bucket.failures.saturating_add(1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_waits_after_many_failures_and_others_do_not() {
        let (mine, other) = (IpAddr::from([10, 0, 0, 1]), IpAddr::from([10, 0, 0, 2]));
        let at = |ms| Wall::from_unix_ms(ms);
        let limiter = Limiter::default();
        for n in 0..FAILURES_MAX {
            assert_eq!(limiter.check(mine, at(0)), Ok(()), "attempt {n}");
            limiter.failed(mine, at(0));
        }
        for (address, ms, expected) in [
            (mine, 0, Err(Fault::TooManyAttempts { retry_after_s: 6 })),
            (mine, 5_500, Err(Fault::TooManyAttempts { retry_after_s: 1 })),
            (other, 0, Ok(())),
            (mine, 6_000, Ok(())),
        ] {
            assert_eq!(limiter.check(address, at(ms)), expected, "{address} at {ms}");
        }
        limiter.failed(mine, at(6_000));
        assert!(limiter.check(mine, at(6_001)).is_err());
    }
}
