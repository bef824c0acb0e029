//! The one place of the candidate's machine that draws random bytes.

use zeroize::Zeroizing;

/// `N` bytes from the system.
///
/// # Panics
/// When the system has no random source, without which no key may be made.
#[expect(clippy::disallowed_methods, reason = "this module is where randomness is drawn")]
#[expect(clippy::expect_used, reason = "going on without randomness would make guessable keys")]
pub fn bytes<const N: usize>() -> Zeroizing<[u8; N]> {
    let mut bytes = Zeroizing::new([0; N]);
    getrandom::fill(&mut *bytes).expect("the system gives random bytes");
    bytes
}
