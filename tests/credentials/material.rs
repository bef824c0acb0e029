//! An issuer with its keys, and what it has issued: enough to see what a verifier accepts and what it does not.

use invigil_core::{Digest, SecretKey, Wall, grading::Score};
use invigil_credential::{
    AchievementFacts, AchievementKind, Credential, DidDocument, ExamLine, IssuerKey, KeyEnd, Profile, RevocationList,
    StatusEntry, StatusList, months_after,
};

pub const DAY_MS: u64 = 86_400_000;
/// The place of the credential that is revoked.
pub const REVOKED: u32 = 131_071;

/// A key that has ended, the one in use, and where all is published.
pub struct Issuer {
    pub did: String,
    pub origin: String,
    pub now: Wall,
}

impl Issuer {
    pub fn old() -> SecretKey {
        SecretKey::from_seed(&[21; 32])
    }

    pub fn present() -> SecretKey {
        SecretKey::from_seed(&[22; 32])
    }

    pub fn days_ago(&self, days: u64) -> Wall {
        Wall::from_unix_ms(self.now.unix_ms().saturating_sub_unsigned(days * DAY_MS))
    }

    pub fn list_url(&self) -> String {
        format!("{}/status/1", self.origin)
    }

    /// The old key was put away five days ago.
    pub fn did_document(&self) -> DidDocument {
        let end = Some(KeyEnd::Retired(self.days_ago(5)));
        let keys = vec![IssuerKey::present(Self::present().public()), IssuerKey { key: Self::old().public(), end }];
        DidDocument { did: self.did.clone(), keys }
    }

    /// Everything that a credential can have, with characters that are easily written differently.
    pub fn certification(&self, index: u32) -> Credential {
        let exam = |id: &str, title: &str| ExamLine {
            exam: id.into(),
            title: title.into(),
            pass_percent: 70,
            score: Score { given: 29, of: 40 },
            submission: Digest::of(id),
        };
        let valid_from = self.days_ago(1);
        Credential {
            id: format!("{}/credentials/{index}", self.origin),
            issuer: Profile { did: self.did.clone(), name: "Example Academy".into(), url: self.origin.clone() },
            holder: "Test Candidate".into(),
            salt: [3; 16],
            achievement: AchievementFacts {
                id: "urn:invigil:achievement:sample:first-steps".into(),
                kind: AchievementKind::Certification,
                name: "First Steps".into(),
                description: "“ü” \\ \"quotes\" ]]> <&>\n\t\r\u{85}\u{2028}\u{a0} 😀 \u{fffd} é e\u{301}".into(),
                narrative: "Pass two exams.".into(),
                image: Some(format!("{}/badges/first-steps.png", self.origin)),
                tags: vec!["first".into(), "steps".into()],
            },
            exams: vec![exam("first", "First"), exam("second", "Second")],
            valid_from,
            valid_until: months_after(valid_from, 24),
            status: Some(StatusEntry { list: self.list_url(), index }),
        }
    }

    /// A recognition: no exam, no end, nothing to revoke it by.
    pub fn badge(&self) -> Credential {
        let whole = self.certification(1);
        let achievement = AchievementFacts {
            kind: AchievementKind::Badge,
            image: None,
            tags: Vec::new(),
            ..whole.achievement.clone()
        };
        Credential { achievement, exams: Vec::new(), valid_until: None, status: None, ..whole }
    }

    pub fn sign(&self, credential: &Credential, key: &SecretKey) -> Vec<u8> {
        credential.sign(key, &DidDocument::method(&self.did, &key.public())).expect("it can be signed")
    }

    /// The list of `days` ago, which holds for two days.
    pub fn list(&self, days: u64) -> Vec<u8> {
        let mut revoked = StatusList::default();
        assert!(revoked.insert(REVOKED));
        let valid_from = self.days_ago(days);
        let valid_until = valid_from.plus_ms(2 * DAY_MS);
        let list = RevocationList { id: self.list_url(), issuer: self.did.clone(), revoked, valid_from, valid_until };
        let key = Self::present();
        list.sign(&key, &DidDocument::method(&self.did, &key.public())).expect("it can be signed")
    }
}
