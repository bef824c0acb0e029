//! The only two places where time and randomness enter. Rules take both as arguments.

use invigil_core::Wall;

/// The time on this machine's calendar.
#[expect(clippy::disallowed_methods, reason = "this is the one place where the issuer reads the time")]
pub fn now() -> Wall {
    Wall::from_unix_ms(chrono::Utc::now().timestamp_millis())
}

/// Fresh random bytes from the operating system.
///
/// # Panics
/// When the operating system gives none: an issuer that would go on without them would hand out guessable codes.
#[expect(clippy::disallowed_methods, reason = "this is the one place where the issuer draws random bytes")]
pub fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    if let Err(why) = getrandom::fill(&mut bytes) {
        panic!("the operating system gives no random bytes: {why}");
    }
    bytes
}
