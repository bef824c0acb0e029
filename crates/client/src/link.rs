//! Admission links: `invigil://HOST[:PORT]/CODE`.

use std::{fmt, net::IpAddr, str::FromStr};

/// A link to an admission.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// Host and port of the issuing service.
    pub host: String,
    /// The code, without hyphens, upper case.
    pub code: String,
}

/// The text is not an admission link.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an admission link looks like invigil://exams.example.org/7K2M9-QXB44")]
pub struct NotALink;

const HOST_MAX: usize = 253 + 6;
const CODE_MAX: usize = 64;

impl Link {
    /// Where the issuing service answers. Everything but this very machine is spoken to under TLS.
    pub fn origin(&self) -> String {
        let scheme = if self.is_this_machine() { "http" } else { "https" };
        format!("{scheme}://{}", self.host)
    }

    /// Whether the service runs on this machine.
    pub fn is_this_machine(&self) -> bool {
        let name = match self.host.rsplit_once(':') {
            Some((name, port)) if port.bytes().all(|b| b.is_ascii_digit()) => name,
            Some(_) | None => self.host.as_str(),
        };
        let name = name.trim_matches(['[', ']']);
        name == "localhost" || name.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
    }
}

impl fmt::Display for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "invigil://{}/{}", self.host, self.code)
    }
}

impl FromStr for Link {
    type Err = NotALink;
    fn from_str(text: &str) -> Result<Self, NotALink> {
        let rest = text.trim().strip_prefix("invigil://").ok_or(NotALink)?;
        let (host, code) = rest.split_once('/').ok_or(NotALink)?;
        let code: String = code.trim_end_matches('/').chars().filter(|c| *c != '-').collect();
        let host_fits = !host.is_empty()
            && host.len() <= HOST_MAX
            && host.bytes().all(|b| b.is_ascii_alphanumeric() || b".-:[]".contains(&b));
        let code_fits = !code.is_empty() && code.len() <= CODE_MAX && code.bytes().all(|b| b.is_ascii_alphanumeric());
        if host_fits && code_fits {
            Ok(Self { host: host.to_ascii_lowercase(), code: code.to_ascii_uppercase() })
        } else {
            Err(NotALink)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_are_read_as_people_paste_them() {
        for (text, origin, code) in [
            ("invigil://Exams.example.org/7k2m9-qxb44", "https://exams.example.org", "7K2M9QXB44"),
            (" invigil://127.0.0.1:8790/ABC/ \n", "http://127.0.0.1:8790", "ABC"),
            ("invigil://localhost:1/A", "http://localhost:1", "A"),
            ("invigil://[::1]:8790/A", "http://[::1]:8790", "A"),
            ("invigil://127.0.0.1.example.org/A", "https://127.0.0.1.example.org", "A"),
        ] {
            let link: Link = text.parse().unwrap();
            assert_eq!((link.origin(), link.code.as_str()), (origin.to_owned(), code), "{text}");
        }
        for wrong in
            ["", "https://a/b", "invigil://", "invigil://a", "invigil:///c", "invigil://a b/c", "invigil://a/c?d"]
        {
            assert!(wrong.parse::<Link>().is_err(), "{wrong}");
        }
    }
}
