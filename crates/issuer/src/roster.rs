//! Admitting a whole roster to an administration: read, checked, and then made in one go.

use crate::{
    desk::eligible,
    fault::Fault,
    keys::Card,
    setup::{Random, SetupError, certification_of, identifier, internal},
    store::{Accommodation, Keep, NewEntry, Store},
};
use invigil_core::{
    AdministrationId, CandidateId, SittingId, Wall,
    admission::{Candidate, InWindow},
    code::Code,
    csv,
    roster::{self, Entry},
};

/// Somebody on a roster, and their link, whose code is not kept.
pub struct Listed {
    /// The line in the file.
    pub line: usize,
    /// The candidate, with the name that is known.
    pub candidate: Candidate,
    /// The address that the file names.
    pub email: Option<String>,
    /// The sitting.
    pub sitting: SittingId,
    /// `invigil://HOST/CODE`.
    pub link: String,
}

/// Admits everybody on the roster in `file`, or nobody. `draw` gives fresh random bytes for each of them.
///
/// # Errors
/// When there is no such administration or it is over, and `RosterRefused` with all that is wrong with the file.
pub fn import(
    store: &Store,
    card: &Card,
    (id, file, keep): (&AdministrationId, &[u8], Keep),
    by: &str,
    draw: impl Fn() -> Random,
    now: Wall,
) -> Result<Vec<Listed>, SetupError> {
    let to = store.administration(id)?.ok_or_else(|| SetupError::UnknownAdministration(id.clone()))?;
    if to.window.place(now) == InWindow::After {
        return Err(SetupError::AdministrationOver(to.window.closes));
    }
    let entries = roster::read(file).map_err(|findings| Fault::RosterRefused { findings })?;
    let (_, certification) = certification_of(store, &to.exam)?;
    let made = entries.into_iter().map(|entry| made(entry, &draw())).collect::<Result<Vec<_>, Fault>>()?;
    let (new, codes): (Vec<_>, Vec<_>) = made.into_iter().unzip();
    let from = now.max(to.window.opens);
    let listed = store.enlist(&to, &new, keep, by, now, |tries| eligible(&certification, &to.exam, tries, from))?;
    let each = new.into_iter().zip(codes).zip(listed);
    Ok(each
        .map(|((entry, code), candidate)| Listed {
            line: entry.line,
            candidate,
            email: entry.email,
            sitting: entry.sitting,
            link: card.link(&code),
        })
        .collect())
}

fn made(entry: Entry, random: &Random) -> Result<(NewEntry, Code), Fault> {
    let code = Code::new(random.code);
    let new = NewEntry {
        line: entry.line,
        id: entry.id,
        fresh: CandidateId::try_from(identifier("can", &random.other)).map_err(internal)?,
        name: entry.name,
        email: entry.email.map(|email| email.to_string()),
        accommodation: Accommodation {
            extra_percent: entry.granted.extra_percent,
            extra_minutes: entry.granted.extra_minutes,
            without: entry.granted.without,
        },
        sitting: SittingId::try_from(identifier("sit", &random.id)).map_err(internal)?,
        code: code.digest(),
    };
    Ok((new, code))
}

/// The links as a table that a spreadsheet can open: identifier, name, address, sitting, link.
pub fn table(listed: &[Listed]) -> String {
    let head = vec!["id", "name", "email", "sitting", "link"];
    let row = |one: &'_ Listed| -> [String; 5] {
        let Candidate { id, name } = &one.candidate;
        [id.to_string(), name.clone(), one.email.clone().unwrap_or_default(), one.sitting.to_string(), one.link.clone()]
    };
    let rows: Vec<_> = listed.iter().map(row).collect();
    csv::write(std::iter::once(head).chain(rows.iter().map(|row| row.iter().map(String::as_str).collect())))
}
