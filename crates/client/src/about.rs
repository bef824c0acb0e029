//! What may be said of a sitting while its key is not at hand: of an exam and its rules, never of a person.

use crate::folder::Folder;
use invigil_core::{
    PublicKey, SittingId,
    admission::{Admission, PackRef, Window},
    policy::Policy,
};
use serde::{Deserialize, Deserializer, Serialize};

/// The file in the folder of a sitting.
pub const FILE: &str = "about.json";

/// What may be said.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct About {
    /// Title of the exam.
    pub exam: String,
    /// What the machine has to do for it. Written by another version, it may be there in a form that is not known.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "if_known")]
    pub asks: Option<Asks>,
}

/// What an exam asks of the machine.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Asks {
    /// The rules.
    pub policy: Policy,
    /// When it may start.
    pub window: Window,
    /// The exam paper.
    pub pack: PackRef,
    /// The issuer's name.
    pub issuer: String,
    /// Where the issuer answers.
    pub origin: String,
    /// The issuer's key.
    pub signing: PublicKey,
}

impl About {
    /// What may be said of the sitting of this admission.
    pub fn of(admission: &Admission) -> Self {
        let issuer = &admission.issuer;
        let asks = Asks {
            policy: admission.policy.clone(),
            window: admission.window,
            pack: admission.pack,
            issuer: issuer.name.clone(),
            origin: issuer.origin.clone(),
            signing: issuer.signing,
        };
        Self { exam: admission.exam.title.clone(), asks: Some(asks) }
    }

    /// What may be said of a sitting in this folder; `None` where there is no file that can be read.
    pub fn read(folder: &Folder, id: &SittingId) -> Option<Self> {
        folder.read_of(id, FILE)
    }
}

fn if_known<'d, D: Deserializer<'d>>(from: D) -> Result<Option<Asks>, D::Error> {
    serde_json::Value::deserialize(from).map(|value| serde_json::from_value(value).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_in_an_unknown_form_take_nothing_else_away() {
        for text in [r#"{"exam":"E"}"#, r#"{"exam":"E","asks":{"policy":{"later":1}}}"#, r#"{"asks":null,"exam":"E"}"#]
        {
            let about: About = serde_json::from_str(text).unwrap();
            assert_eq!(about, About { exam: "E".to_owned(), asks: None }, "{text}");
        }
    }
}
