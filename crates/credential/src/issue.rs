//! Builds and signs a credential.

use crate::{CONTEXTS, TYPES, months_after, verify::CredentialError};
use invigil_core::{
    Digest, SecretKey, Wall,
    digest::Salt,
    envelope::{canonical, sign},
    grading::Score,
};
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

/// What was achieved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AchievementFacts {
    /// A URI that names it.
    pub id: String,
    /// Its title.
    pub name: String,
    /// What it says about its holder.
    pub description: String,
    /// What had to be done for it.
    pub narrative: String,
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
    /// For how many calendar months.
    pub valid_months: u32,
}

/// A signed credential and the dates in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedCredential {
    /// The RFC 8785 bytes, with a proof array of one.
    pub bytes: Vec<u8>,
    /// From when it is valid.
    pub valid_from: Wall,
    /// Until when.
    pub valid_until: Wall,
}

impl Credential {
    /// Signs it with `key`, which `method` (a URL of the issuer's DID document) leads to.
    ///
    /// # Errors
    /// `DateOutOfRange` when the end lies beyond the year 9999.
    pub fn sign(&self, key: &SecretKey, method: &str) -> Result<SignedCredential, CredentialError> {
        let valid_until = months_after(self.valid_from, self.valid_months).ok_or(CredentialError::DateOutOfRange)?;
        let mut signed = sign(self.document(valid_until), key, method, self.valid_from);
        // The signature is over the document without its proof, so putting the proof into a list does not touch it.
        // The JSON Schema of Open Badges 3.0 accepts nothing but a list.
        if let Some(proof) = signed.remove("proof") {
            signed.insert("proof".into(), Json::Array(vec![proof]));
        }
        Ok(SignedCredential { bytes: canonical(&signed), valid_from: self.valid_from, valid_until })
    }

    fn document(&self, valid_until: Wall) -> Map<String, Json> {
        let mut document = Map::new();
        document.insert("@context".into(), json!(CONTEXTS));
        document.insert("id".into(), json!(self.id));
        document.insert("type".into(), json!(TYPES));
        document.insert("name".into(), json!(self.achievement.name));
        document.insert(
            "issuer".into(),
            json!({"id": self.issuer.did, "type": ["Profile"], "name": self.issuer.name, "url": self.issuer.url}),
        );
        document.insert("validFrom".into(), json!(self.valid_from));
        document.insert("validUntil".into(), json!(valid_until));
        document.insert("credentialSubject".into(), self.subject());
        // Open Badges forbids empty lists.
        if !self.exams.is_empty() {
            document.insert("evidence".into(), self.exams.iter().map(evidence).collect());
        }
        document
    }

    fn subject(&self) -> Json {
        let mut achievement = json!({
            "id": self.achievement.id, "type": ["Achievement"], "achievementType": "Certification",
            "name": self.achievement.name, "description": self.achievement.description,
            "criteria": {"narrative": self.achievement.narrative},
        });
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
                    "id": self.line_id(line), "type": ["ResultDescription"], "name": line.title,
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
        "name": line.title, "narrative": "The SHA-256 digest of the candidate's signed submission.",
    })
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
