//! Builds and signs a credential.

use crate::{CONTEXTS, CredentialError, StatusEntry, TYPES, proof, terms::is_written_differently};
use invigil_core::{Digest, SecretKey, Wall, digest::Salt, envelope::canonical, grading::Score};
use serde_json::{Map, Value as Json, json};

/// Who issues the credential.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Profile {
    /// Its `did:web` identifier.
    pub did: String,
    /// Its name.
    pub name: String,
    /// Its origin.
    pub url: String,
}

/// What kind of achievement it is, of those that Open Badges lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AchievementKind {
    /// Earned by passing exams.
    Certification,
    /// A recognition.
    Badge,
}

impl AchievementKind {
    fn name(self) -> &'static str {
        match self {
            Self::Certification => "Certification",
            Self::Badge => "Badge",
        }
    }
}

/// What was achieved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AchievementFacts {
    /// A URI that names it.
    pub id: String,
    /// What kind it is.
    pub kind: AchievementKind,
    /// Its title.
    pub name: String,
    /// What it says about its holder.
    pub description: String,
    /// What had to be done for it.
    pub narrative: String,
    /// The URL of its picture, if it has one.
    pub image: Option<String>,
    /// Words to find it by, each once.
    pub tags: Vec<String>,
}

/// One passed exam.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExamLine {
    /// The exam's identifier.
    pub exam: String,
    /// Its title.
    pub title: String,
    /// The least share that passes, 0–100.
    pub pass_percent: u8,
    /// The marks.
    pub score: Score,
    /// Digest of the signed submission. The submission itself is not published.
    pub submission: Digest,
}

/// Everything a credential says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Credential {
    /// The URL where anybody can fetch it.
    pub id: String,
    /// Who issues it.
    pub issuer: Profile,
    /// The holder's name. Only its salted digest is written.
    pub holder: String,
    /// The salt of that digest, which is written.
    pub salt: Salt,
    /// What was achieved.
    pub achievement: AchievementFacts,
    /// The exams passed for it.
    pub exams: Vec<ExamLine>,
    /// From when it is valid.
    pub valid_from: Wall,
    /// Until when. A badge may have no end; a certification has one, see [`crate::months_after`].
    pub valid_until: Option<Wall>,
    /// Where it is said whether it was revoked. Without a place it cannot be.
    pub status: Option<StatusEntry>,
}

impl Credential {
    /// Signs it with `key`, which `method` (a URL of the issuer's DID document) leads to. The answer is the RFC 8785 form,
    /// with a list of one `eddsa-rdfc-2022` proof, made at `valid_from`.
    ///
    /// # Errors
    /// `Uncovered` when something in it would not be signed: an identifier that is no absolute URI, a tag that occurs
    /// twice.
    pub fn sign(&self, key: &SecretKey, method: &str) -> Result<Vec<u8>, CredentialError> {
        Ok(canonical(&proof::sign(self.document(), key, method, self.valid_from)?))
    }

    fn document(&self) -> Map<String, Json> {
        let mut document = Map::new();
        document.insert("@context".into(), json!(CONTEXTS));
        document.insert("id".into(), json!(self.id));
        document.insert("type".into(), json!(TYPES));
        document.insert("name".into(), json!(readable(&self.achievement.name)));
        document.insert(
            "issuer".into(),
            json!({"id": self.issuer.did, "type": ["Profile"], "name": readable(&self.issuer.name), "url": self.issuer.url}),
        );
        document.insert("validFrom".into(), json!(self.valid_from));
        if let Some(until) = self.valid_until {
            document.insert("validUntil".into(), json!(until));
        }
        document.insert("credentialSubject".into(), self.subject());
        if let Some(status) = &self.status {
            document.insert("credentialStatus".into(), status.document());
        }
        // Open Badges forbids empty lists.
        if !self.exams.is_empty() {
            document.insert("evidence".into(), self.exams.iter().map(evidence).collect());
        }
        document
    }

    fn subject(&self) -> Json {
        let mut achievement = json!({
            "id": self.achievement.id, "type": ["Achievement"], "achievementType": self.achievement.kind.name(),
            "name": readable(&self.achievement.name), "description": readable(&self.achievement.description),
            "criteria": {"narrative": readable(&self.achievement.narrative)},
        });
        if let Some(image) = &self.achievement.image {
            achievement["image"] = json!({"id": image, "type": "Image"});
        }
        if !self.achievement.tags.is_empty() {
            achievement["tag"] = json!(self.achievement.tags);
        }
        let mut subject = json!({
            "type": ["AchievementSubject"],
            "identifier": [{
                "type": "IdentityObject", "hashed": true, "identityType": "name",
                "identityHash": identity_hash(&self.holder, &hex(&self.salt)), "salt": hex(&self.salt),
            }],
        });
        if !self.exams.is_empty() {
            let describe = |line: &ExamLine| {
                json!({
                    "id": self.line_id(line), "type": ["ResultDescription"], "name": readable(&line.title),
                    "resultType": "Percent", "requiredValue": line.pass_percent.to_string(),
                })
            };
            let result = |line: &ExamLine| {
                let value = percent(line.score.percent_hundredths());
                json!({"type": ["Result"], "resultDescription": self.line_id(line), "value": value})
            };
            achievement["resultDescription"] = self.exams.iter().map(describe).collect();
            subject["result"] = self.exams.iter().map(result).collect();
        }
        subject["achievement"] = achievement;
        subject
    }

    fn line_id(&self, line: &ExamLine) -> String {
        format!("{}#{}", self.achievement.id, line.exam)
    }
}

fn evidence(line: &ExamLine) -> Json {
    json!({
        "id": format!("urn:invigil:submission:sha256:{}", line.submission), "type": ["Evidence"],
        "name": readable(&line.title), "narrative": "The SHA-256 digest of the candidate's signed submission.",
    })
}

/// The text with spaces for the invisible characters that cannot be signed. A title with one must not keep anybody from
/// their credential.
fn readable(text: &str) -> String {
    text.replace(is_written_differently, " ")
}

/// The identity hash of Open Badges: SHA-256 over the identity followed by the salt, both as text.
pub(crate) fn identity_hash(identity: &str, salt: &str) -> String {
    format!("sha256${}", Digest::of(format!("{identity}{salt}")))
}

fn hex(salt: &Salt) -> String {
    salt.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Hundredths of a percent as text without needless zeros: 7250 is `72.5`.
fn percent(hundredths: u32) -> String {
    let (whole, rest) = (hundredths / 100, hundredths % 100);
    match (rest, rest % 10) {
        (0, _) => whole.to_string(),
        (_, 0) => format!("{whole}.{}", rest / 10),
        (_, _) => format!("{whole}.{rest:02}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentages_have_no_needless_zeros() {
        for (hundredths, text) in
            [(0, "0"), (7000, "70"), (7250, "72.5"), (6666, "66.66"), (5, "0.05"), (10_000, "100")]
        {
            assert_eq!(percent(hundredths), text);
        }
    }

    #[test]
    fn the_identity_hash_is_that_of_open_badges() {
        // The example in the specification's own JSON Schema.
        let known = "sha256$b5809d8a92f8858436d7e6b87c12ebc0ae1eac4baecc2c0b913aee2c922ef399";
        assert_eq!(identity_hash("a@example.com", "Kosher"), known);
    }
}
