//! Who may do what: roles, the acts that are asked for, and the one rule between them.
//!
//! A role is given for one organisation, the one that a programme names, or for all of a service. Who a person is, and
//! whether they are signed in, is decided elsewhere.

use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// What a person is to an organisation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// Sits exams.
    Candidate,
    /// Writes items.
    Author,
    /// Marks what no rule can mark.
    Marker,
    /// Supervises and reviews sittings.
    Proctor,
    /// Runs an organisation's exams; where the role is for everything, the service too.
    Operator,
}

/// Something that asks for a role.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Act {
    /// Sit an exam.
    Sit,
    /// Write items and build packs.
    WriteItems,
    /// Mark answers.
    Mark,
    /// See sittings, their records and their pictures.
    Follow,
    /// Let a sitting go on at another computer.
    MoveSeat,
    /// Take a hand-in file that a candidate brought.
    TakeHandIn,
    /// Compare a candidate with the roster, and say that it is they.
    CheckIn,
    /// Fill rosters, invite, and put agreements.
    Enrol,
    /// Give roles of the organisation and take them away.
    GiveRoles,
    /// Set up what belongs to the service as a whole: keys, packs, providers.
    RunService,
}

/// Where a role holds.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Scope {
    /// In every organisation of the service.
    Everywhere,
    /// In the organisation with this identifier.
    Organisation(String),
}

/// A role that somebody has.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Grant {
    /// Which.
    pub role: Role,
    /// Where.
    pub scope: Scope,
}

/// The text names no role or no place where one holds.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotAGrant {
    /// There is no such role.
    #[error("“{0}” is not one of: candidate, author, marker, proctor, operator")]
    Role(String),
    /// It is no organisation.
    #[error("“{0}” is not an organisation; write its identifier, or * for all of this service")]
    Scope(String),
}

/// The longest identifier of an organisation, in bytes.
const ORGANISATION_BYTES_MAX: usize = 128;

impl Role {
    /// Every role.
    pub const ALL: [Self; 5] = [Self::Candidate, Self::Author, Self::Marker, Self::Proctor, Self::Operator];

    /// Its word.
    pub fn word(self) -> &'static str {
        match self {
            Self::Candidate => "candidate",
            Self::Author => "author",
            Self::Marker => "marker",
            Self::Proctor => "proctor",
            Self::Operator => "operator",
        }
    }
}

impl Act {
    /// Every act.
    pub const ALL: [Self; 10] = [
        Self::Sit,
        Self::WriteItems,
        Self::Mark,
        Self::Follow,
        Self::MoveSeat,
        Self::TakeHandIn,
        Self::CheckIn,
        Self::Enrol,
        Self::GiveRoles,
        Self::RunService,
    ];
}

impl Grant {
    /// Whether this role lets its holder do `act` for `organisation`.
    fn allows(&self, act: Act, organisation: &str) -> bool {
        let here = match &self.scope {
            Scope::Everywhere => true,
            Scope::Organisation(own) => own == organisation,
        };
        let may = match act {
            Act::Sit => self.role == Role::Candidate,
            Act::WriteItems => self.role == Role::Author,
            Act::Mark => self.role == Role::Marker,
            Act::Follow | Act::MoveSeat | Act::TakeHandIn | Act::CheckIn => {
                matches!(self.role, Role::Proctor | Role::Operator)
            }
            Act::Enrol | Act::GiveRoles => self.role == Role::Operator,
            Act::RunService => self.role == Role::Operator && self.scope == Scope::Everywhere,
        };
        here && may
    }
}

/// Whether somebody with these roles may do `act` for `organisation`.
pub fn may(grants: &[Grant], act: Act, organisation: &str) -> bool {
    grants.iter().any(|grant| grant.allows(act, organisation))
}

/// Whether there is any organisation for which somebody with these roles may do `act`.
pub fn may_somewhere(grants: &[Grant], act: Act) -> bool {
    grants.iter().any(|grant| match &grant.scope {
        Scope::Everywhere => grant.allows(act, ""),
        Scope::Organisation(own) => grant.allows(act, own),
    })
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

impl FromStr for Role {
    type Err = NotAGrant;
    fn from_str(text: &str) -> Result<Self, NotAGrant> {
        let role = Self::ALL.into_iter().find(|role| role.word() == text);
        role.ok_or_else(|| NotAGrant::Role(text.chars().take(40).collect()))
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Everywhere => f.pad("*"),
            Self::Organisation(id) => f.pad(id),
        }
    }
}

impl FromStr for Scope {
    type Err = NotAGrant;
    fn from_str(text: &str) -> Result<Self, NotAGrant> {
        let plain = (1..=ORGANISATION_BYTES_MAX).contains(&text.len())
            && !text.contains('*')
            && !text.chars().any(|c| c.is_control() || c.is_whitespace());
        match text {
            "*" => Ok(Self::Everywhere),
            own if plain => Ok(Self::Organisation(own.to_owned())),
            other => Err(NotAGrant::Scope(other.chars().take(40).collect())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every act, and who may do it: in their own organisation, and nobody in another.
    const TABLE: [(Act, &[Role]); 10] = [
        (Act::Sit, &[Role::Candidate]),
        (Act::WriteItems, &[Role::Author]),
        (Act::Mark, &[Role::Marker]),
        (Act::Follow, &[Role::Proctor, Role::Operator]),
        (Act::MoveSeat, &[Role::Proctor, Role::Operator]),
        (Act::TakeHandIn, &[Role::Proctor, Role::Operator]),
        (Act::CheckIn, &[Role::Proctor, Role::Operator]),
        (Act::Enrol, &[Role::Operator]),
        (Act::GiveRoles, &[Role::Operator]),
        (Act::RunService, &[]),
    ];

    #[test]
    fn each_act_asks_for_its_role_in_the_organisation_it_is_done_for() {
        assert_eq!(TABLE.map(|(act, _)| act), Act::ALL);
        for (act, roles) in TABLE {
            assert!(!may(&[], act, "own") && !may_somewhere(&[], act), "{act:?} by nobody");
            for role in Role::ALL {
                let here = [Grant { role, scope: Scope::Organisation("own".into()) }];
                let everywhere = [Grant { role, scope: Scope::Everywhere }];
                let asked = roles.contains(&role);
                let for_all = asked || (act, role) == (Act::RunService, Role::Operator);
                assert_eq!(may(&here, act, "own"), asked, "{act:?} by {role} of the same organisation");
                assert!(!may(&here, act, "other"), "{act:?} by {role} of another organisation");
                assert_eq!(may(&everywhere, act, "other"), for_all, "{act:?} by {role} of the service");
                assert_eq!(may_somewhere(&here, act), asked, "{act:?} by {role} somewhere");
                assert_eq!(may_somewhere(&everywhere, act), for_all, "{act:?} by {role} of the service somewhere");
            }
        }
    }

    #[test]
    fn two_roles_do_not_add_up_across_organisations() {
        let grant = |role, own: &str| Grant { role, scope: Scope::Organisation(own.into()) };
        let both = [grant(Role::Operator, "own"), grant(Role::Proctor, "other")];
        assert!(may(&both, Act::Enrol, "own") && may(&both, Act::Follow, "other"));
        assert!(!may(&both, Act::Enrol, "other"));
    }

    #[test]
    fn words_are_read_as_they_are_written() {
        for role in Role::ALL {
            assert_eq!(role.to_string().parse(), Ok(role));
            assert_eq!(serde_json::to_value(role).unwrap(), role.word());
        }
        for (text, known) in [("*", true), ("sample", true), ("", false), ("a*", false), ("a b", false), ("a\n", false)]
        {
            let scope = text.parse::<Scope>();
            assert_eq!(scope.as_ref().map(ToString::to_string).ok(), known.then(|| text.to_owned()), "{text:?}");
        }
        assert!("Operator".parse::<Role>().is_err());
    }
}
