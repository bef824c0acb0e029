//! What a person is called and where they can be written to, as it is taken from forms and lists.

use std::{fmt, str::FromStr};

/// The longest name, in characters.
pub const NAME_CHARS_MAX: usize = 200;
/// The longest address, in bytes (RFC 5321).
const EMAIL_BYTES_MAX: usize = 254;

/// The text is no name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a name has 1 to 200 characters on one line, without characters that cannot be seen")]
pub struct NotAName;

/// The text is no address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this is no e-mail address; write it like name@example.org")]
pub struct NotAnEmail;

/// A person's name as it is kept: without spaces around.
///
/// # Errors
/// `NotAName` when it is empty, too long, was damaged on its way, or holds control characters or ones that turn the
/// direction of what is written after them.
pub fn name(text: &str) -> Result<String, NotAName> {
    let text = text.trim();
    let unseen = |c: char| {
        c.is_control() || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{fffd}' | '\u{feff}')
    };
    let fits = (1..=NAME_CHARS_MAX).contains(&text.chars().count());
    if fits && !text.chars().any(unseen) { Ok(text.to_owned()) } else { Err(NotAName) }
}

/// An address for e-mail, in lower case, so that two ways of writing it are one.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Email(String);

impl Email {
    /// The address as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for Email {
    type Err = NotAnEmail;

    fn from_str(text: &str) -> Result<Self, NotAnEmail> {
        let text = text.trim().to_lowercase();
        let (local, domain) = text.rsplit_once('@').ok_or(NotAnEmail)?;
        let local_fits = local.starts_with(|c: char| c.is_alphanumeric() || c == '_')
            && !local.chars().any(|c| c.is_control() || c.is_whitespace() || "@<>()[],;:\\\"".contains(c));
        let label = |label: &str| {
            !label.is_empty() && label.chars().all(|c| c.is_alphanumeric() || c == '-') && !label.starts_with('-')
        };
        let domain_fits = domain.split('.').all(label);
        if local_fits && domain_fits && text.len() <= EMAIL_BYTES_MAX { Ok(Self(text)) } else { Err(NotAnEmail) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_can_be_seen_as_it_is() {
        let long = "n".repeat(NAME_CHARS_MAX + 1);
        for (text, kept) in [
            (" Test Candidate ", Some("Test Candidate")),
            ("Käte Ölund", Some("Käte Ölund")),
            ("测试", Some("测试")),
            ("", None),
            (" \t", None),
            ("Test\nCandidate", None),
            ("Test\u{202e}Candidate", None),
            ("Test \u{fffd}", None),
            ("\0", None),
            (&long, None),
        ] {
            assert_eq!(name(text).ok().as_deref(), kept, "{text:?}");
        }
    }

    #[test]
    fn an_address_is_one_however_it_is_written() {
        let long = format!("a@{}.org", "b".repeat(300));
        for (text, kept) in [
            (" Candidate.01@Example.ORG", Some("candidate.01@example.org")),
            ("a+b@localhost", Some("a+b@localhost")),
            ("a", None),
            ("@example.org", None),
            ("a@", None),
            ("a@b..org", None),
            ("a b@example.org", None),
            ("a@example.org\nBcc: b@example.org", None),
            ("=1+1@example.org", None),
            ("Name <a@example.org>", None),
            (&long, None),
        ] {
            let email = text.parse::<Email>().ok();
            assert_eq!(email.as_ref().map(Email::as_str), kept, "{text:?}");
        }
    }
}
