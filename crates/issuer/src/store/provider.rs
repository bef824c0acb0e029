//! Providers of identities, sign-ins on their way, and whom each identity belongs to.

use super::{
    Store, StoreError,
    account::{audit, begin_session},
    check_in,
    database::{Row, Sql, Tx, places},
    invitation::candidate_with,
    person::{Person, enrol_in, person},
};
use crate::{fault::Fault, oidc::Identity};
use invigil_core::{Digest, Wall};

/// A provider as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownProvider {
    /// Its name here, as it stands in addresses.
    pub id: String,
    /// Its address.
    pub issuer: String,
    /// What it calls this service.
    pub client: String,
    /// The secret it gave, sealed to the store's recipient.
    pub secret: Option<Vec<u8>>,
    /// What is asked for besides `openid`, parted by spaces.
    pub scopes: String,
    /// The claim that holds a person's name.
    pub name_claim: String,
    /// The organisation whose candidates sign in there.
    pub organisation: String,
    /// Whether an address that it has verified says who a candidate of that organisation is.
    pub trusts_email: bool,
}

/// A sign-in that was begun.
pub struct Begun {
    /// The provider.
    pub provider: String,
    /// The browser.
    pub browser: Digest,
    /// The page to come back to.
    pub page: String,
    /// Until when it can be ended.
    pub ends: Wall,
}

/// What becomes of a session.
pub struct NewSession {
    /// The token's digest.
    pub token: Digest,
    /// When it ends.
    pub ends: Wall,
}

impl Store {
    /// Keeps a provider, which is in the audit. `false` when there is one of this name.
    pub fn put_provider(&self, new: &KnownProvider, by: &str, now: Wall) -> Result<bool, StoreError> {
        let sql =
            "INSERT INTO providers (id, issuer, client, secret, scopes, name_claim, organisation, trusts_email, added)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9) ON CONFLICT DO NOTHING";
        let places = places![
            &new.id,
            &new.issuer,
            &new.client,
            new.secret.as_ref(),
            &new.scopes,
            &new.name_claim,
            &new.organisation,
            new.trusts_email,
            now,
        ];
        self.write(|tx| {
            let kept = tx.execute(sql, places)? == 1;
            if kept {
                audit(tx, now, by, "provider-added", &new.id)?;
            }
            Ok(kept)
        })
    }

    /// Removes a provider and ends the sessions that began there, which is in the audit. Whom its identities belong to
    /// stays known. `false` when there is none.
    pub fn remove_provider(&self, id: &str, by: &str, now: Wall) -> Result<bool, StoreError> {
        self.write(|tx| {
            let gone = tx.execute("DELETE FROM providers WHERE id = ?1", places![id])? == 1;
            if gone {
                tx.execute("DELETE FROM sessions WHERE via = ?1", places![via(id)])?;
                tx.execute("DELETE FROM sign_ins WHERE provider = ?1", places![id])?;
                audit(tx, now, by, "provider-removed", id)?;
            }
            Ok(gone)
        })
    }

    /// Every provider, by name.
    pub fn providers(&self) -> Result<Vec<KnownProvider>, StoreError> {
        self.read(|tx| Ok(tx.rows("SELECT * FROM providers ORDER BY id", places![], provider)?))
    }

    /// The provider of this name.
    pub fn provider(&self, id: &str) -> Result<Option<KnownProvider>, StoreError> {
        self.read(|tx| Ok(tx.row("SELECT * FROM providers WHERE id = ?1", places![id], provider)?))
    }

    /// Notes that a sign-in was begun; those that were never ended are cleared away.
    pub fn begin_sign_in(&self, state: &Digest, begun: &Begun, now: Wall) -> Result<(), StoreError> {
        let sql = "INSERT INTO sign_ins (state, provider, browser, page, ends) VALUES (?1, ?2, ?3, ?4, ?5)";
        let Begun { provider, browser, page, ends } = begun;
        self.write(|tx| {
            tx.execute("DELETE FROM sign_ins WHERE ends <= ?1", places![now])?;
            tx.execute(sql, places![state, provider, browser, page, *ends])?;
            Ok(())
        })
    }

    /// The sign-in with this state, which is gone from then on.
    pub fn end_sign_in(&self, state: &Digest) -> Result<Option<Begun>, StoreError> {
        let sql = "SELECT provider, browser, page, ends FROM sign_ins WHERE state = ?1";
        let begun = |row: &Row| {
            Ok(Begun {
                provider: row.get("provider")?,
                browser: row.parsed("browser")?,
                page: row.get("page")?,
                ends: row.get("ends")?,
            })
        };
        self.write(|tx| {
            tx.only(&state.to_string())?;
            let found = tx.row(sql, places![state], begun)?;
            tx.execute("DELETE FROM sign_ins WHERE state = ?1", places![state])?;
            Ok(found)
        })
    }

    /// Signs in whoever an identity belongs to. Whom nobody knows becomes a candidate of the provider's organisation:
    /// `fresh`, or the one candidate there with the address that the provider has verified, when it is trusted to.
    pub fn sign_in(
        &self,
        provider: &KnownProvider,
        identity: &Identity,
        fresh: &Person,
        session: &NewSession,
        now: Wall,
    ) -> Result<Person, Fault> {
        let Identity { issuer, subject, email, .. } = identity;
        self.write(|tx| {
            tx.only(&format!("identity {issuer} {subject}"))?;
            let sql = "SELECT p.id, p.name, p.email, p.created FROM identities i JOIN persons p ON p.id = i.person
                 WHERE i.issuer = ?1 AND i.subject = ?2";
            let known = tx.row(sql, places![issuer, subject], person)?;
            let person = match known {
                Some(known) => known,
                None => {
                    let listed = match email.as_ref().filter(|_| provider.trusts_email) {
                        Some(email) => linkable(tx, email.as_str(), provider)?,
                        None => None,
                    };
                    let action = if listed.is_some() { "identity-linked" } else { "registered" };
                    let person = listed.unwrap_or_else(|| fresh.clone());
                    enrol_in(tx, &person, &provider.organisation, now)?;
                    let sql = "INSERT INTO identities (issuer, subject, person, linked) VALUES (?1, ?2, ?3, ?4)";
                    tx.execute(sql, places![issuer, subject, person.id.as_str(), now])?;
                    audit(tx, now, &via(&provider.id), action, person.id.as_str())?;
                    person
                }
            };
            check_in::by_provider(tx, &person, &provider.id, now)?;
            begin_session(tx, &session.token, &person.id, &via(&provider.id), session.ends, now)?;
            audit(tx, now, person.id.as_str(), "sign-in", &provider.id)?;
            Ok(person)
        })
    }
}

/// How somebody signed in who came from this provider.
pub fn via(provider: &str) -> String {
    format!("provider:{provider}")
}

/// The candidate with an address whom this provider has not named otherwise yet.
fn linkable(tx: &Tx, email: &str, provider: &KnownProvider) -> Sql<Option<Person>> {
    let Some(person) = candidate_with(tx, email, &provider.organisation)? else { return Ok(None) };
    let sql = "SELECT 1 AS n FROM identities WHERE person = ?1 AND issuer = ?2";
    let named = tx.row(sql, places![person.id.as_str(), &provider.issuer], |_| Ok(()))?;
    Ok(if named.is_none() { Some(person) } else { None })
}

fn provider(row: &Row) -> Sql<KnownProvider> {
    Ok(KnownProvider {
        id: row.get("id")?,
        issuer: row.get("issuer")?,
        client: row.get("client")?,
        secret: row.get("secret")?,
        scopes: row.get("scopes")?,
        name_claim: row.get("name_claim")?,
        organisation: row.get("organisation")?,
        trusts_email: row.get("trusts_email")?,
    })
}
