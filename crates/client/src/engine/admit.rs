//! From an admission link to a sitting on this device, be it a new one or one that has begun elsewhere.

use super::{Away, Engine, Open, State, deliver::Wanted, vault_problem};
use crate::{
    about::{self, About},
    arrival, clock, durable,
    folder::Folder,
    link::Link,
    random,
    session::Session,
    show::{self, Facts},
    store::{SittingKey, Slot, Store},
    uplink::{Redeemed, Uplink, UplinkError},
    view::{AdmissionView, Offer, Problem},
};
use invigil_content::sealing;
use invigil_core::{
    SittingId, Wall,
    admission::{Admission, Issuer, Redemption},
    envelope::Signed,
    exchange::Segment,
};

impl Engine {
    pub(super) async fn look_up(&self, link: &str) -> Result<Offer, Problem> {
        let parsed: Link = link.parse().map_err(|_| Problem::new("link-malformed"))?;
        let card = Uplink::new(&parsed.origin()).card().await.map_err(|error| error.problem(&parsed.host))?;
        let issuer = card.issuer;
        if !is_protected(&issuer.origin) {
            return Err(Problem::new("issuer-unprotected").with("host", &parsed.host));
        }
        let mut state = self.lock();
        let known = state.folder.issuer(&parsed.host);
        if let Some(key) = known.filter(|key| *key != issuer.signing) {
            return Err(Problem::new("issuer-key-changed")
                .with("host", &parsed.host)
                .with("known", key.fingerprint())
                .with("now", issuer.signing.fingerprint()));
        }
        let offer = Offer {
            link: parsed.to_string(),
            issuer: issuer.name.clone(),
            host: parsed.host.clone(),
            did: issuer.did.clone(),
            fingerprint: issuer.signing.fingerprint(),
            known: known.is_some(),
            protected: true,
        };
        state.offered = Some((parsed.to_string(), issuer));
        Ok(offer)
    }

    pub(super) async fn admit(&self, link: &str) -> Result<AdmissionView, Problem> {
        let link: Link = link.parse().map_err(|_| Problem::new("link-malformed"))?;
        let (issuer, redemption) = self.lock().redemption(&link)?;
        let problem = |error: UplinkError| error.problem(&link.host);
        let uplink = Uplink::new(&link.origin());
        let mut redeemed = uplink.redeem(&redemption, &issuer).await.map_err(problem)?;
        let (sitting, token) = (redeemed.admission.sitting.clone(), redeemed.token.clone());
        let epoch = redeemed.leases.last().map(|lease| lease.epoch);
        let here = self.lock().sessions.get(&sitting).map(|open| open.session.epoch());
        if here.is_some() && here < epoch {
            // What was written here under the lease that has ended has to be with the issuer before it makes room.
            self.deliver_one(&sitting, Wanted::Records).await;
        }
        if here < epoch {
            redeemed.records = fetch_log(&uplink, &sitting, &token).await.map_err(problem)?;
        }
        let server = uplink.card().await.ok().map(|card| card.time);
        {
            let mut state = self.lock();
            state.folder.set_issuer(&link.host, issuer.signing)?;
            state.keep_admission(&redeemed, server)?;
            // The link has done its work only now: what kept it from doing it, such as a missing passphrase, is mended
            // and the offer shown again.
            state.link = None;
            self.show(&mut state);
        }
        self.fetch_content(&sitting).await;
        self.shared.deliver.notify_one();
        Ok(show::admission(&redeemed.admission))
    }

    /// Fetches the paper of a sitting that has begun on another device. What fails is tried again with the next
    /// delivery.
    pub(super) async fn fetch_content(&self, id: &SittingId) {
        let wanted = self.lock().sessions.get(id).and_then(|open| {
            let session = &open.session;
            let wanted = session.sitting().try_used()
                && session.sitting().closing().is_none()
                && session.sitting().form().is_none()
                && !session.has_moved();
            let papers = session.papers().filter(|_| wanted)?;
            Some((papers.admission.clone(), papers.token.clone()))
        });
        let Some((admission, token)) = wanted else { return };
        let fetch = async {
            self.fetch_pack(&admission).await?;
            let uplink = Uplink::new(&admission.issuer.origin);
            let start = uplink.start(id, &token, &admission.issuer.signing).await;
            let start = start.map_err(|error| error.problem(&admission.issuer.name))?;
            let mut state = self.lock();
            let content = state.opened_content(&start)?;
            let open = state.sessions.get_mut(id).ok_or_else(|| Problem::new("no-sitting"))?;
            let kept = open.session.store_mut().put_all(&[(Slot::Content, &content), (Slot::Start, start.bytes())]);
            state.after(id, kept.map_err(Problem::from))?;
            state.lay_out_again(id)?;
            self.show(&mut state);
            Ok::<_, Problem>(())
        };
        if let Err(problem) = fetch.await {
            tracing::warn!(sitting = %id, code = %problem.code, "the paper cannot be fetched yet");
        }
    }
}

impl State {
    /// The issuer that was shown for this link, and the signed request for its admission.
    fn redemption(&mut self, link: &Link) -> Result<(Issuer, Signed<Redemption>), Problem> {
        let issuer = match &self.offered {
            Some((offered, issuer)) if *offered == link.to_string() => issuer.clone(),
            Some(_) | None => return Err(Problem::new("issuer-not-shown")),
        };
        let device = self.device()?;
        let (key, recipient) = (device.key(), device.identity.to_public().to_string());
        let redemption = Redemption { code: link.code.clone(), device: key.public(), recipient };
        Ok((issuer, Signed::seal(redemption, &key, &key.public().method(), clock::wall())))
    }

    /// Keeps an admission: first its key where keys are kept, then the key sealed for others, then its database with
    /// everything the issuer holds of the sitting already. `server` is the issuer's time.
    fn keep_admission(&mut self, redeemed: &Redeemed, server: Option<Wall>) -> Result<(), Problem> {
        let Redeemed { admission, token, leases, .. } = redeemed;
        let id = admission.sitting.clone();
        if !Folder::holds(&id) || !is_protected(&admission.issuer.origin) {
            return Err(Problem::new("issuer-untrusted"));
        }
        if let Some(open) = self.sessions.get_mut(&id) {
            if open.session.papers().is_none_or(|papers| papers.admission.issuer.signing != admission.issuer.signing) {
                return Err(Problem::new("issuer-untrusted"));
            }
            if leases.last().is_some_and(|lease| open.session.epoch() < lease.epoch) {
                return self.take_back(&id, redeemed, server);
            }
            let kept = open.session.store_mut().put(Slot::Token, token.as_bytes()).map_err(Problem::from);
            if let (Ok(()), Some(papers)) = (&kept, open.session.papers_mut()) {
                token.clone_into(&mut papers.token);
            }
            return self.after(&id, kept);
        }
        self.unbury(&id)?;
        let seed = self.device()?.seed.clone();
        let key = self.make_sitting_key(&id)?;
        self.seal_for_others(admission, &key)?;
        let store = Store::open(&self.folder.sitting(&id).join("sitting.db"), &key)?;
        let session = Session::exam(arrival::fill(store, redeemed, &seed)?)?;
        let away = Some(Away::Known { server, heard: clock::read() });
        self.sessions.insert(id.clone(), Open { session, facts: Facts::of(admission), exam: None, away });
        self.catch_up(&id)
    }

    /// Goes on with a sitting that this device had before and another one has had since.
    fn take_back(&mut self, id: &SittingId, redeemed: &Redeemed, server: Option<Wall>) -> Result<(), Problem> {
        let seed = self.device()?.seed.clone();
        let open = self.sessions.get_mut(id).ok_or_else(|| Problem::new("no-sitting"))?;
        let refilled = arrival::refill(&mut open.session, redeemed, &seed);
        if refilled.is_ok() {
            open.away = Some(Away::Known { server, heard: clock::read() });
            self.reopen(id, None);
        }
        self.after(id, refilled)?;
        self.catch_up(id)
    }

    fn make_sitting_key(&mut self, id: &SittingId) -> Result<SittingKey, Problem> {
        let name = format!("sitting:{id}");
        match self.vault.get(&name).map_err(vault_problem)? {
            Some(bytes) => super::fixed(&bytes).ok_or_else(|| Problem::new("keys-failed")),
            None => {
                let key = random::bytes::<32>();
                self.vault.put(&name, &*key).map_err(vault_problem)?;
                Ok(key)
            }
        }
    }

    /// The key for the issuer's recovery and for the proctor's resume code, beside the database; and what may be said of
    /// the sitting while nobody has the key.
    fn seal_for_others(&self, admission: &Admission, key: &SittingKey) -> Result<(), Problem> {
        let folder = self.folder.sitting(&admission.sitting);
        for (file, recipient) in
            [("recovery.age", &admission.issuer.recovery), ("resume.age", &admission.resume_recipient)]
        {
            let sealed =
                sealing::to_recipient_armored(recipient, &**key).map_err(|_| Problem::new("issuer-untrusted"))?;
            durable::write(&folder.join(file), sealed.as_bytes()).map_err(crate::folder::disk_problem)?;
        }
        // Pictures that nobody could open would be taken for nothing.
        let asked = admission.policy.pictures.is_some();
        let to = admission.evidence_recipient.as_deref();
        if asked != to.is_some() || to.is_some_and(|to| sealing::check_recipient(to).is_err()) {
            return Err(Problem::new("issuer-untrusted"));
        }
        durable::write(&folder.join("resume-identity.age"), admission.resume_sealed.as_bytes())
            .map_err(crate::folder::disk_problem)?;
        self.folder.write_of(&admission.sitting, about::FILE, &About::of(admission))
    }
}

/// Everything that the issuer holds of a sitting's log.
async fn fetch_log(uplink: &Uplink, sitting: &SittingId, token: &str) -> Result<Vec<Segment>, UplinkError> {
    let (mut segments, mut from) = (Vec::new(), 0);
    loop {
        let segment = uplink.fetch_records(sitting, token, from).await?;
        if segment.lines.is_empty() {
            return Ok(segments);
        }
        from += segment.lines.len() as u64;
        segments.push(segment);
    }
}

/// Whether what is said to this origin cannot be read on its way: TLS, or this very machine.
fn is_protected(origin: &str) -> bool {
    let link = |host: &str| Link { host: host.to_owned(), code: String::new() };
    origin.starts_with("https://") || origin.strip_prefix("http://").is_some_and(|host| link(host).is_this_machine())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_this_machine_is_spoken_to_in_clear() {
        for (origin, protected) in [
            ("https://exams.example.org", true),
            ("http://127.0.0.1:8790", true),
            ("http://localhost:8790", true),
            ("http://exams.example.org", false),
            ("http://127.0.0.1.example.org", false),
            ("ftp://127.0.0.1", false),
        ] {
            assert_eq!(is_protected(origin), protected, "{origin}");
        }
    }
}
