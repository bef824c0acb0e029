//! Evidence on its way into the record: the sealed bytes first, then the record that names them.

use super::{Engine, State, looking::Wish};
use crate::{clock, durable, store::Slot, view::Problem};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use invigil_content::sealing;
use invigil_core::{
    Digest, SittingId,
    exchange::EVIDENCE_BYTES_MAX,
    log::Actor,
    sitting::{Command, Picture},
};
use std::fs;

impl Engine {
    /// Keeps a sealed picture of the sitting on the screen: durable first, then named by a record.
    ///
    /// # Errors
    /// `no-sitting`, `wrong-phase` or a storage problem; `evidence-too-large`.
    pub fn keep_picture(&self, sitting: &SittingId, sealed: &[u8], picture: Picture) -> Result<Digest, Problem> {
        let sha256 = Digest::of(sealed);
        let path = {
            let state = self.lock();
            state.is_current(sitting)?;
            state.folder.evidence(sitting, &sha256)
        };
        if sealed.is_empty() || EVIDENCE_BYTES_MAX < sealed.len() as u64 {
            return Err(Problem::new("evidence-too-large"));
        }
        // Not under the lock: a picture may be large and an answer must not wait for it.
        durable::write(&path, sealed).map_err(crate::folder::disk_problem)?;
        let mut state = self.lock();
        let command = Command::Capture { sha256, size: sealed.len() as u64, picture };
        let recorded = state.is_current(sitting).and_then(|()| state.carry_out(command, &Actor::Client));
        if let Err(problem) = recorded {
            // No record names it, so nobody may have it. After trouble with the disk only the disk knows whether one does.
            if !problem.is_of_storage() {
                let _ = fs::remove_file(&path);
            }
            return Err(problem);
        }
        self.show(&mut state);
        self.shared.deliver.notify_one();
        Ok(sha256)
    }

    /// Whether the sitting on the screen wants the screen looked at.
    pub(super) fn wish(&self) -> Option<Wish> {
        let mut state = self.lock();
        let reading = clock::read();
        let sitting = state.current.clone()?;
        let session = state.current_session().filter(|session| session.papers().is_some() && !session.has_moved())?;
        let looking = session.sitting().posture(&session.moment(&reading)).looking?;
        Some(Wish { sitting, looking, anew: std::mem::take(&mut state.look_anew) })
    }

    /// Who can open pictures of a sitting: its issuer's evidence key, and this device, so that the candidate can see what
    /// was taken of them.
    pub(super) fn evidence_recipients(&self, sitting: &SittingId) -> Result<Vec<String>, Problem> {
        let mut state = self.lock();
        state.is_current(sitting)?;
        let papers = state.current_session().and_then(|session| session.papers());
        let issuer = papers.and_then(|papers| papers.admission.evidence_recipient.clone());
        let issuer = issuer.ok_or_else(|| Problem::new("issuer-untrusted"))?;
        let device = state.device()?.identity.to_public().to_string();
        Ok(vec![issuer, device])
    }

    pub(super) fn screen_token(&self, sitting: &SittingId) -> Option<String> {
        let state = self.lock();
        state.is_current(sitting).ok()?;
        let token = state.current_session()?.store().get(Slot::Screen).ok()??;
        String::from_utf8(token).ok().filter(|token| !token.is_empty())
    }

    /// It is good for one time, so an old one is forgotten too.
    pub(super) fn keep_screen_token(&self, sitting: &SittingId, token: Option<&str>) {
        let mut state = self.lock();
        if state.is_current(sitting).is_err() {
            return;
        }
        if let Some(session) = state.current_session_mut()
            && let Err(why) = session.store_mut().put(Slot::Screen, token.unwrap_or_default().as_bytes())
        {
            // The desktop asks again after a restart.
            tracing::warn!(%why, "the permission to look at the screen is not remembered");
        }
    }
}

impl State {
    /// A picture of the sitting on the screen as a JPEG in base 64, for its candidate.
    ///
    /// # Errors
    /// `no-sitting`; `picture-gone` when it is not on this computer any more, or never was.
    pub(super) fn picture(&mut self, sha256: &Digest) -> Result<String, Problem> {
        let id = self.current.clone().ok_or_else(|| Problem::new("no-sitting"))?;
        let gone = || Problem::new("picture-gone");
        let sealed = fs::read(self.folder.evidence(&id, sha256)).ok().filter(|sealed| Digest::of(sealed) == *sha256);
        let sealed = sealed.ok_or_else(gone)?;
        let jpeg = sealing::open(&self.device()?.identity, &sealed).map_err(|_| gone())?;
        Ok(BASE64_STANDARD.encode(&*jpeg))
    }

    fn is_current(&self, sitting: &SittingId) -> Result<(), Problem> {
        if self.current.as_ref() == Some(sitting) { Ok(()) } else { Err(Problem::new("no-sitting")) }
    }
}
