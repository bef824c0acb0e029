//! Stopwatches, and the one place of this program that reads a clock.

use std::time::Instant;

/// The present instant.
#[expect(clippy::disallowed_methods, reason = "a bench reads the clock, and only here")]
pub fn now() -> Instant {
    Instant::now()
}

/// Milliseconds since `start`.
pub fn ms_since(start: Instant) -> f64 {
    ms_between(start, now())
}

/// Milliseconds from `start` to `end`; zero when `end` comes first.
pub fn ms_between(start: Instant, end: Instant) -> f64 {
    end.saturating_duration_since(start).as_secs_f64() * 1_000.0
}

/// What `work` returns, and how many milliseconds it took.
pub fn timed<T>(work: impl FnOnce() -> T) -> (f64, T) {
    let start = now();
    let outcome = work();
    (ms_since(start), outcome)
}

/// The same for work that waits.
pub async fn timed_async<T>(work: impl Future<Output = T>) -> (f64, T) {
    let start = now();
    let outcome = work.await;
    (ms_since(start), outcome)
}
