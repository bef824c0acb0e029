//! What people are recognised for beside certifications, and by which ways it is given.

use crate::ids::{CertificationId, RecognitionLabel};
use serde::{Deserialize, Serialize};

/// Something that people are recognised for. Its holders get an Open Badge like those of a certification.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Recognition {
    /// Its identity: a slug of lower-case letters, digits and hyphens, which never changes.
    pub label: RecognitionLabel,
    /// Which kind it is.
    pub category: Category,
    /// The name shown to people.
    pub name: String,
    /// What it says about its holder.
    pub description: String,
    /// What somebody has to have done. Where nothing is known of that, it says that the programme decides.
    pub criteria: String,
    /// The ways it is given, at least one.
    pub given_by: Vec<GivenBy>,
}

/// A kind of recognition.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Category {
    /// For an occasion or a standing outside of the programme.
    Special,
    /// For something done.
    Achievement,
    /// For work on a project.
    Project,
    /// For a certification.
    Certification,
}

/// A way in which somebody gets a recognition.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "way", deny_unknown_fields)]
pub enum GivenBy {
    /// By itself, with the credential of a certification.
    Certification {
        /// Which.
        certification: CertificationId,
    },
    /// An operator gives it to one person.
    Operator,
    /// An operator gives it to the people of a list.
    Csv,
    /// Another system reports that somebody has earned it, with a signature.
    Webhook,
}

impl Recognition {
    /// Whether whoever earns this certification gets it, too.
    pub fn follows_from(&self, id: &CertificationId) -> bool {
        self.given_by.iter().any(|way| matches!(way, GivenBy::Certification { certification } if certification == id))
    }

    /// Whether it may be given in this way. Of a certification that is only so for the one that is named.
    pub fn may_be_given_by(&self, way: &GivenBy) -> bool {
        self.given_by.contains(way)
    }
}

/// Whether a text is a slug: lower-case letters, digits and single hyphens between them, at most 100.
pub fn is_slug(text: &str) -> bool {
    let part =
        |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit());
    text.len() <= 100 && text.split('-').all(part)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_recognition_is_given_only_in_its_own_ways() {
        let by = |id: &str| GivenBy::Certification { certification: id.parse().unwrap() };
        let recognition = Recognition {
            label: "one".parse().unwrap(),
            category: Category::Certification,
            name: String::new(),
            description: String::new(),
            criteria: String::new(),
            given_by: vec![by("cert-a"), GivenBy::Operator],
        };
        for (way, may) in [
            (by("cert-a"), true),
            (by("cert-b"), false),
            (GivenBy::Operator, true),
            (GivenBy::Csv, false),
            (GivenBy::Webhook, false),
        ] {
            assert_eq!(recognition.may_be_given_by(&way), may, "{way:?}");
        }
        assert!(recognition.follows_from(&"cert-a".parse().unwrap()));
        assert!(!recognition.follows_from(&"cert-b".parse().unwrap()));
    }

    #[test]
    fn slugs_are_plain() {
        for (text, slug) in [
            ("certified-meshery-contributor", true),
            ("hacktoberfest25", true),
            ("ui-ux", true),
            ("", false),
            ("UI", false),
            ("a--b", false),
            ("-a", false),
            ("a-", false),
            ("a b", false),
            ("ä", false),
            (&"a".repeat(101), false),
        ] {
            assert_eq!(is_slug(text), slug, "{text:?}");
        }
    }
}
