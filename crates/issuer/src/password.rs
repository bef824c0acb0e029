//! Passwords of console accounts: argon2id with its default parameters.

use argon2::{
    Argon2,
    password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash},
};
use std::sync::LazyLock;

/// A password cannot be hashed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the password cannot be hashed: {0}")]
pub struct Unhashable(String);

/// The hash to store. argon2 takes its salt from the operating system itself.
///
/// # Errors
/// When the password is longer than argon2 takes.
pub fn hash(password: &str) -> Result<String, Unhashable> {
    let hash = Argon2::default().hash_password(password.as_bytes());
    hash.map(|hash| hash.to_string()).map_err(|why| Unhashable(why.to_string()))
}

/// Whether `password` is the one that was hashed. Without a hash it takes the same time and says no, so that nobody
/// learns from the time which names there are.
pub fn verify(password: &str, stored: Option<&str>) -> bool {
    static NOBODY: LazyLock<String> = LazyLock::new(|| hash("nobody").unwrap_or_default());
    let Ok(parsed) = PasswordHash::new(stored.unwrap_or(&NOBODY)) else { return false };
    Argon2::default().verify_password(password.as_bytes(), &parsed).is_ok() && stored.is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_right_password_of_a_known_account_is_accepted() {
        let stored = hash("correct horse").unwrap();
        for (password, stored, accepted) in [
            ("correct horse", Some(stored.as_str()), true),
            ("Correct horse", Some(stored.as_str()), false),
            ("nobody", None, false),
            ("correct horse", Some("not a hash"), false),
        ] {
            assert_eq!(verify(password, stored), accepted, "{password}");
        }
    }
}
