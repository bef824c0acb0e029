//! Makes views of sessions. Nothing here changes anything.

use crate::{
    clock::Reading,
    session::{Kind, Papers, Session},
    store::StoreError,
    view::{
        AdmissionView, Alarm, CardState, ClosingView, Feedback, ItemView, LinkView, ReceiptView, RecordLine,
        RecordView, Recording, ResultView, SittingCard, SittingView, TimeKind, TimePart, TimeView, Watch,
    },
};
use invigil_core::{
    ItemId, Moment, SittingId, Wall,
    admission::{Admission, InWindow},
    envelope::Signed,
    grading::{ExamResult, MarkScheme, Rule},
    policy::{Policy, Probe, Reaction, Release},
    sitting::{HoldReason, Phase, Sight, Sitting},
    value::{Base, List, Value},
};
use std::collections::BTreeMap;

/// What is recorded in every sitting, as keys of the window's texts.
const ALWAYS_RECORDED: [&str; 11] = [
    "answers",
    "times",
    "screens",
    "flags",
    "check",
    "controls",
    "clock",
    "sleep",
    "restarts",
    "application",
    "environment",
];

/// What is recorded under a policy: what always is, then the words of its probes, then pictures. A probe that would
/// look for programs and is told none sees nothing, and is left out.
pub fn recorded(policy: &Policy) -> Vec<&'static str> {
    let looks = |probe: &&Probe| **probe != Probe::Programs || !policy.programs.is_empty();
    let probes = policy.probes.keys().filter(looks).map(|probe| probe.word());
    ALWAYS_RECORDED.into_iter().chain(probes).chain(policy.pictures.map(|_| "pictures")).collect()
}

/// The open sitting as the window shows it.
pub fn sitting(session: &Session, facts: &Facts, now: &Reading) -> SittingView {
    let sitting = session.sitting();
    let at = session.moment(now);
    let practice = session.papers().is_none();
    SittingView {
        id: sitting.id().clone(),
        practice,
        exam: facts.exam.clone(),
        certification: facts.certification.clone(),
        candidate: facts.candidate.clone(),
        phase: sitting.phase(),
        screen: sitting.screen().cloned(),
        items: sitting.served().iter().map(|id| item(session, id)).collect(),
        time: time(session, &at),
        saved: session.log().size,
        link: LinkView { state: session.link, waiting: waiting(session) },
        level: sitting.level(),
        controls: sitting
            .holdings()
            .iter()
            .map(|(control, holding)| invigil_core::sitting::ControlReport {
                control: *control,
                holding: holding.clone(),
            })
            .collect(),
        alarms: sitting
            .alarms(Reaction::Hold)
            .map(|probe| Alarm { probe, sees: sitting.sees(probe).to_vec() })
            .collect(),
        notes: session.notes.clone(),
        stopped: stopped(session),
        copying: sitting.policy().copying,
        recording: recording(sitting, &at),
        hold_left_ms: sitting.hold_left_ms(&at),
        may_return: sitting.may_return(),
        withdrawal: sitting.withdrawal(),
        closing: closing(session),
        paper_code: session.paper_code().filter(|_| !practice).map(|code| code.to_string()),
    }
}

fn recording(sitting: &Sitting, at: &Moment) -> Option<Recording> {
    sitting.posture(at).looking.filter(|looking| looking.keeping)?;
    let blind = !sitting.sights().is_empty() && sitting.sights().values().all(|sight| *sight != Sight::Clear);
    Some(if blind { Recording::Failing } else { Recording::Taking })
}

/// Titles that a sitting's views repeat.
#[derive(Debug, Clone, Default)]
pub struct Facts {
    /// Title of the exam.
    pub exam: String,
    /// Title of the certification.
    pub certification: String,
    /// The candidate's name.
    pub candidate: String,
}

impl Facts {
    /// The titles of an admission.
    pub fn of(admission: &Admission) -> Self {
        Self {
            exam: admission.exam.title.clone(),
            certification: admission.certification.title.clone(),
            candidate: admission.candidate.name.clone(),
        }
    }
}

fn waiting(session: &Session) -> u64 {
    if session.papers().is_some() { session.log().size.saturating_sub(session.confirmed()) } else { 0 }
}

fn stopped(session: &Session) -> Option<String> {
    if session.has_moved() {
        return Some("seat-moved".to_owned());
    }
    match (session.sitting().phase(), session.sitting().hold()) {
        (Phase::Held, Some((HoldReason::ControlLost, _))) => Some("control-lost".to_owned()),
        (Phase::Held, Some((HoldReason::Seen, _))) => Some("seen".to_owned()),
        (Phase::Held, Some((HoldReason::RebootGap, _)) | None) => Some("reboot-gap".to_owned()),
        (Phase::Paused, _) => Some("paused".to_owned()),
        _ => None,
    }
}

fn item(session: &Session, id: &ItemId) -> ItemView {
    let sitting = session.sitting();
    ItemView {
        id: id.clone(),
        seen: sitting.seen().contains(id),
        answered: sitting.responses().get(id).is_some_and(|response| response.answered),
        flagged: sitting.flagged().contains(id),
        response: session.values().get(id).cloned(),
        feedback: match &session.kind {
            Kind::Practice { marks, revealed } if revealed.contains(id) => Some(feedback(session, marks, id)),
            Kind::Practice { .. } | Kind::Exam(_) => None,
        },
    }
}

fn feedback(session: &Session, marks: &MarkScheme, id: &ItemId) -> Feedback {
    let key = marks.keys.get(id);
    let value = session.values().get(id);
    let (choices, accepted, right) = match key.map(|key| &key.rule) {
        Some(rule @ Rule::Choices { correct }) => {
            (correct.iter().cloned().collect(), vec![], Some(value.is_some_and(|v| rule.accepts(v))))
        }
        Some(rule @ Rule::Map { .. }) => {
            (rule.right_choices().cloned().collect(), vec![], Some(value.is_some_and(|v| rule.accepts(v))))
        }
        Some(rule @ Rule::Text { accepted, .. }) => {
            (vec![], accepted.clone(), Some(value.is_some_and(|v| rule.accepts(v))))
        }
        Some(Rule::Marker) | None => (vec![], vec![], None),
    };
    Feedback {
        right,
        choices,
        accepted,
        explanation: key.and_then(|key| key.explanation.clone()).unwrap_or_default(),
        references: key.map(|key| key.references.clone()).unwrap_or_default(),
    }
}

/// How many revealed answers are right, for the home screen.
pub fn right_answers(session: &Session) -> u32 {
    let Kind::Practice { marks, revealed } = &session.kind else { return 0 };
    let right = revealed.iter().filter(|id| feedback(session, marks, id).right == Some(true)).count();
    u32::try_from(right).unwrap_or(u32::MAX)
}

fn time(session: &Session, at: &Moment) -> TimeView {
    let clock = session.sitting().clock();
    TimeView {
        remaining_ms: clock.remaining_ms(at),
        running: clock.running(),
        budget_ms: clock.budget_ms(),
        parts: time_parts(session, at),
    }
}

/// Why the time left is what it is: what was allowed, what was added, and what has gone, in the order of reading.
fn time_parts(session: &Session, at: &Moment) -> Vec<TimePart> {
    let clock = session.sitting().clock();
    let (Some(papers), Some(budget_ms)) = (session.papers(), clock.budget_ms()) else { return vec![] };
    let whole_ms = u64::from(papers.admission.minutes) * 60_000;
    let extra_ms = u64::from(papers.admission.extra_minutes) * 60_000;
    let used_ms = clock.used_at_ms(at);
    let off_ms = clock.interrupted_ms().min(used_ms);
    let part = |kind, ms| TimePart { kind, ms };
    let always = [part(TimeKind::Allowed, whole_ms.saturating_sub(extra_ms)), part(TimeKind::Worked, used_ms - off_ms)];
    let [allowed, worked] = always;
    let sometimes = [
        part(TimeKind::Accommodation, extra_ms),
        part(TimeKind::WindowEnds, whole_ms.saturating_sub(budget_ms)),
        part(TimeKind::Granted, clock.granted_ms()),
        part(TimeKind::GivenBack, clock.given_back_ms()),
    ];
    let off = [part(TimeKind::Off, off_ms), part(TimeKind::Stood, clock.stood_at_ms(at))];
    let happened = |part: &TimePart| 0 < part.ms;
    let before = sometimes.into_iter().filter(happened);
    [allowed].into_iter().chain(before).chain([worked]).chain(off.into_iter().filter(happened)).collect()
}

fn closing(session: &Session) -> Option<ClosingView> {
    let sitting = session.sitting();
    let (cause, at) = sitting.closing()?;
    let papers = session.papers();
    let answered = sitting.responses().values().filter(|response| response.answered).count();
    Some(ClosingView {
        cause,
        at: at.wall,
        answered: u32::try_from(answered).unwrap_or(u32::MAX),
        of: u32::try_from(sitting.served().len()).unwrap_or(u32::MAX),
        receipt: papers
            .and_then(|p| p.receipt.as_ref())
            .map(|receipt| ReceiptView { submission: receipt.submission.to_string(), received: receipt.received }),
        result: papers.and_then(|p| p.result.as_ref().map(|result| result_view(result, p))),
        under_review: papers.is_some_and(|p| p.under_review),
    })
}

fn result_view(result: &Signed<ExamResult>, papers: &Papers) -> ResultView {
    let certification = &papers.admission.certification.id;
    let standing = papers.standing.iter().flat_map(|s| &s.standing.programmes).flat_map(|p| &p.tracks);
    let standing = standing.flat_map(|t| &t.certifications).find(|c| c.id == *certification);
    ResultView {
        score: result.score,
        percent_hundredths: result.score.percent_hundredths(),
        pass_percent: result.pass_percent,
        passed: result.passed,
        competencies: result.competencies.clone(),
        standing: standing.and_then(|c| c.standing.clone()),
        credential: papers.credential.clone(),
    }
}

/// A sitting as the home screen shows it.
pub fn card(session: &Session, papers: &Papers, now: Wall) -> SittingCard {
    let admission = &papers.admission;
    SittingCard {
        id: session.id().clone(),
        exam: admission.exam.title.clone(),
        certification: admission.certification.title.clone(),
        issuer: admission.issuer.name.clone(),
        opens: admission.window.opens,
        closes: admission.window.closes,
        minutes: admission.minutes,
        state: card_state(session, papers, now),
    }
}

fn card_state(session: &Session, papers: &Papers, now: Wall) -> CardState {
    if session.has_moved() {
        return CardState::Moved;
    }
    match session.sitting().phase() {
        Phase::Admitted | Phase::Checking => match papers.admission.window.place(now) {
            InWindow::Before => CardState::TooEarly,
            InWindow::Within => CardState::Ready,
            InWindow::After => CardState::TooLate,
        },
        Phase::Underway | Phase::Held | Phase::Paused | Phase::Away => CardState::Underway,
        Phase::Refused => CardState::Withdrawn,
        Phase::Closed if papers.result.is_some() => CardState::Graded,
        Phase::Closed if papers.receipt.is_some() => CardState::HandedIn,
        Phase::Closed => CardState::Sending,
    }
}

/// An admission as the candidate should read it.
pub fn admission(admission: &Admission) -> AdmissionView {
    let policy = &admission.policy;
    AdmissionView {
        sitting: admission.sitting.clone(),
        issuer: admission.issuer.name.clone(),
        fingerprint: admission.issuer.signing.fingerprint(),
        candidate: admission.candidate.name.clone(),
        programme: admission.programme.title.clone(),
        certification: admission.certification.title.clone(),
        exam: admission.exam.title.clone(),
        try_number: admission.try_number,
        tries_max: admission.tries_max,
        minutes: admission.minutes,
        extra_minutes: admission.extra_minutes,
        items: admission.items,
        pass_percent: admission.pass_percent,
        opens: admission.window.opens,
        closes: admission.window.closes,
        policy: policy.name.clone(),
        assurance_min: policy.assurance_min,
        return_from_away: policy.return_from_away,
        restart_minutes: u32::try_from(policy.restart_allowance_ms / 60_000).unwrap_or(u32::MAX),
        results_at_once: policy.results == Release::AtOnce,
        keep_days: policy.keep_days,
        controls: policy.controls.iter().copied().collect(),
        on_loss: policy.on_loss,
        copying: policy.copying,
        probes: policy.probes.iter().map(|(probe, reaction)| Watch { probe: *probe, reaction: *reaction }).collect(),
        pictures: policy.pictures,
        programs: policy.programs.iter().map(|program| program.name.clone()).collect(),
        recorded: recorded(policy).into_iter().map(str::to_owned).collect(),
    }
}

/// Everything recorded about the candidate.
///
/// # Errors
/// When the store cannot be read.
pub fn record(session: &Session, folder: &str) -> Result<RecordView, StoreError> {
    let openings = session.store().openings(0, session.log().size)?;
    let mut answers: BTreeMap<u64, String> =
        openings.into_iter().map(|opening| (opening.seq, answer_text(&opening.content))).collect();
    let lines = session.records()?.into_iter().map(|record| {
        let (kind, mut args) = event_text(&record.event);
        if let Some(answer) = answers.remove(&record.seq) {
            args.insert("answer".to_owned(), answer);
        }
        RecordLine { seq: record.seq, at: record.at.wall, by: record.by.to_string(), kind, args }
    });
    Ok(RecordView { lines: lines.collect(), folder: folder.to_owned() })
}

/// An answer as it was opened: a text as it is, choices by their identifiers, nothing for a cleared one.
fn answer_text(content: &str) -> String {
    match serde_json::from_str::<Option<Value>>(content) {
        Ok(Some(Value::Base(Base::Identifier(text) | Base::String(text)))) => text,
        Ok(Some(Value::List(List::Identifier(choices)))) => choices.into_iter().collect::<Vec<_>>().join(", "),
        Ok(None) => String::new(),
        Err(_) => content.to_owned(),
    }
}

/// An event's kind and its other members as text.
fn event_text(event: &invigil_core::sitting::Event) -> (String, BTreeMap<String, String>) {
    let mut members = match serde_json::to_value(event) {
        Ok(serde_json::Value::Object(members)) => members,
        Ok(_) | Err(_) => serde_json::Map::new(),
    };
    let kind = members.remove("kind").and_then(|kind| kind.as_str().map(str::to_owned)).unwrap_or_default();
    let text = |value: serde_json::Value| match value {
        serde_json::Value::String(text) => text,
        other => other.to_string(),
    };
    (kind, members.into_iter().map(|(name, value)| (name, text(value))).collect())
}

/// The identifier a practice sitting has.
pub fn practice_id(pack: &str) -> Option<SittingId> {
    format!("practice-{}", pack.get(..16)?).parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use invigil_core::policy::{Pictures, Program};

    #[test]
    fn what_is_recorded_depends_on_the_probes_of_the_policy() {
        let mut policy = Policy::preset("strict").unwrap();
        let probes = |policy: &Policy| recorded(policy).split_off(ALWAYS_RECORDED.len());
        assert!(recorded(&policy).starts_with(&ALWAYS_RECORDED));
        assert!(!probes(&policy).contains(&"programs"), "nothing to look for");
        policy.programs.push(Program { name: "Example".into(), file: "example".into(), sha256: None });
        assert_eq!(probes(&policy), Probe::ALL.map(Probe::word));
        policy.probes.retain(|probe, _| *probe == Probe::Focus);
        assert_eq!(probes(&policy), ["focus"]);
        policy.pictures = Some(Pictures { every_ms: 10_000, quota_bytes: 1, keep_days: 1 });
        assert_eq!(probes(&policy), ["focus", "pictures"]);
        assert_eq!(recorded(&Policy::practice()), ALWAYS_RECORDED);
    }
}
