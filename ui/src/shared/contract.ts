// The window's contract, written from crates/client/src/view by its test `contract`. Do not edit.

/**
 * What the candidate does in a sitting.
 */
export type Act = { "act": "acknowledge" } | { "act": "decline" } | { "act": "begin", 
/**
 * The proctor's start code, when the issuer is out of reach.
 */
code: string | null, } | { "act": "respond", 
/**
 * The item.
 */
item: ItemId, 
/**
 * The answer. It must be said: a missing one does not clear an answer.
 */
value: Value | null, } | { "act": "visit", 
/**
 * Which.
 */
screen: Screen, } | { "act": "flag", 
/**
 * The item.
 */
item: ItemId, 
/**
 * Whether it is to be flagged.
 */
flagged: boolean, } | { "act": "reveal", 
/**
 * The item.
 */
item: ItemId, } | { "act": "again", 
/**
 * The item.
 */
item: ItemId, } | { "act": "leave" } | { "act": "return" } | { "act": "unlock", 
/**
 * The code.
 */
code: string, } | { "act": "submit" } | { "act": "refresh" };

/**
 * An admission as the candidate should read it.
 */
export type AdmissionView = { 
/**
 * The sitting.
 */
sitting: SittingId, 
/**
 * The issuer's name.
 */
issuer: string, 
/**
 * Fingerprint of its key.
 */
fingerprint: string, 
/**
 * The candidate's name.
 */
candidate: string, 
/**
 * Title of the programme.
 */
programme: string, 
/**
 * Title of the certification.
 */
certification: string, 
/**
 * Title of the exam.
 */
exam: string, 
/**
 * Which try this is, from 1.
 */
tryNumber: number, 
/**
 * Tries allowed; 0 = unlimited.
 */
triesMax: number, 
/**
 * Minutes, accommodations included; 0 = untimed.
 */
minutes: number, 
/**
 * Minutes of those that come from accommodations.
 */
extraMinutes: number, 
/**
 * Items in this try.
 */
items: number, 
/**
 * The least share that passes, 0–100.
 */
passPercent: number, 
/**
 * When it may start.
 */
opens: Wall, 
/**
 * Until when.
 */
closes: Wall, 
/**
 * The policy's name: `open`, `moderate` or `strict`.
 */
policy: string, 
/**
 * The least level the policy asks for.
 */
assuranceMin: Level, 
/**
 * Whether a candidate who left may come back without a proctor.
 */
returnFromAway: boolean, 
/**
 * Minutes given back in all after a crash or restart.
 */
restartMinutes: number, 
/**
 * Whether the result is shown at once.
 */
resultsAtOnce: boolean, 
/**
 * Days this device keeps the answers after the receipt.
 */
keepDays: number, 
/**
 * What is engaged while the exam is underway.
 */
controls: Array<Control>, 
/**
 * What follows when one of them is lost.
 */
onLoss: Reaction, 
/**
 * Whether text can be copied and pasted inside the exam.
 */
copying: boolean, 
/**
 * Whether pictures of the screen are taken, and how.
 */
pictures: Pictures | null, 
/**
 * What is looked at while the exam is underway.
 */
probes: Array<Watch>, 
/**
 * Names of the programs that are looked for.
 */
programs: Array<string>, 
/**
 * What is recorded, as keys of the texts `recorded-KEY`: what always is, then the probes that may see something, then
 * `pictures`.
 */
recorded: Array<string>, };

/**
 * An exam the candidate is admitted to.
 */
export type AdmittedExam = { 
/**
 * The sitting.
 */
sitting: SittingId, 
/**
 * When it may start.
 */
opens: Wall, 
/**
 * Until when.
 */
closes: Wall, };

/**
 * What a probe sees, where the rules stop the exam for it.
 */
export type Alarm = { 
/**
 * The probe.
 */
probe: Probe, 
/**
 * What it sees: names of programs, outputs, devices, or signs.
 */
sees: Array<string>, };

/**
 * An answer before the kill and after it.
 */
export type AnswerKept = { 
/**
 * The item.
 */
item: ItemId, 
/**
 * SHA-256 of the answer before.
 */
before: string, 
/**
 * SHA-256 of what was read from the disk afterwards; `null` = nothing.
 */
after: string | null, };

/**
 * What the window asks outside the exam itself.
 */
export type Ask = { "ask": "home" } | { "ask": "refreshHome" } | { "ask": "unlock", 
/**
 * The passphrase.
 */
passphrase: string, } | { "ask": "lookUp", 
/**
 * `invigil://HOST/CODE`.
 */
link: string, } | { "ask": "admit", 
/**
 * `invigil://HOST/CODE`.
 */
link: string, } | { "ask": "open", 
/**
 * Which.
 */
sitting: SittingId, } | { "ask": "admission" } | { "ask": "readiness" } | { "ask": "trial", 
/**
 * Whose rules are tried; `null` = those of the strict preset.
 */
sitting: SittingId | null, 
/**
 * Whether to name the aids that run, and to hold on for a while so that one can be tried.
 */
aid: boolean, } | { "ask": "rehearse" } | { "ask": "rehearsalOver" } | { "ask": "trialOver" } | { "ask": "openByCode", 
/**
 * Which.
 */
sitting: SittingId, 
/**
 * The code.
 */
code: string, } | { "ask": "handInFile", 
/**
 * Which.
 */
sitting: SittingId, } | { "ask": "item", 
/**
 * Which.
 */
item: ItemId, } | { "ask": "record" } | { "ask": "picture", 
/**
 * SHA-256 of the sealed bytes, as the record has it.
 */
sha256: Digest, } | { "ask": "practice", 
/**
 * Digest of the pack.
 */
pack: string, } | { "ask": "leave" } | { "ask": "settings", 
/**
 * The new settings.
 */
settings: Settings, } | { "ask": "say", 
/**
 * What, at most [`SAY_CHARS_MAX`] characters of it.
 */
text: string, } | { "ask": "quit" };

/**
 * One value.
 */
export type Base = { "identifier": string } | { "string": string };

/**
 * Where a candidate stands with an issuer.
 */
export type CandidateStanding = { 
/**
 * The candidate's name.
 */
candidate: string, 
/**
 * The issuer's programmes.
 */
programmes: Array<ProgrammeStanding>, };

/**
 * What can be done with a sitting.
 */
export type CardState = "too-early" | "ready" | "too-late" | "underway" | "sending" | "handed-in" | "graded" | "withdrawn" | "moved";

/**
 * A certification within a programme.
 */
export type CertificationId = string;

/**
 * Where a candidate stands in a certification.
 */
export type CertificationStanding = { 
/**
 * The certification.
 */
id: CertificationId, 
/**
 * Its title.
 */
title: string, 
/**
 * Its tier.
 */
tier: string, 
/**
 * Whether it can be taken.
 */
status: CertificationStatus, 
/**
 * One or two sentences about it.
 */
summary: string, 
/**
 * How long its credential is valid, in months; `None` while it is only announced.
 */
validMonths: number | null, 
/**
 * Exams passed and tries used; `None` while it is only announced.
 */
standing: Standing | null, 
/**
 * Minutes, items and pass mark of each exam.
 */
exams: Array<ExamFacts>, 
/**
 * The credential, when it is earned.
 */
credential: CredentialLink | null, };

/**
 * Whether a certification can be taken.
 */
export type CertificationStatus = "open" | "announced";

/**
 * One check. The window shows the texts of `check-ID` and, unless it is fine, of `check-ID-CODE`; of a probe those of
 * `probe-NAME`, and of `check-blind` and `check-silent`.
 */
export type Check = { 
/**
 * `issuer`, `window`, `pack`, `storage`, `keys`, `clock`, `guard`, a control's name, or `probe-` and a probe's.
 */
id: string, 
/**
 * How it went.
 */
state: CheckState, 
/**
 * What is the matter; empty when it is fine.
 */
code: string, 
/**
 * What the texts name.
 */
args: { [key in string]: string }, };

/**
 * How a check went.
 */
export type CheckState = "fine" | "note" | "missing";

/**
 * One choice of a choice interaction.
 */
export type Choice = { 
/**
 * The authored identifier, unique in its item.
 */
id: string, 
/**
 * The choice as safe HTML.
 */
content: string, };

/**
 * How a sitting ended.
 */
export type Closing = "submitted" | "time-up" | "terminated";

/**
 * The end of a sitting.
 */
export type ClosingView = { 
/**
 * How it ended.
 */
cause: Closing, 
/**
 * When, by this machine's calendar.
 */
at: Wall, 
/**
 * Questions answered.
 */
answered: number, 
/**
 * Questions in all.
 */
of: number, 
/**
 * The issuer's receipt.
 */
receipt: ReceiptView | null, 
/**
 * The result, once it may be seen.
 */
result: ResultView | null, 
/**
 * Whether the result waits for a person.
 */
underReview: boolean, };

/**
 * An area of knowledge that items are tagged with.
 */
export type CompetencyId = string;

/**
 * A score in one area.
 */
export type CompetencyScore = { 
/**
 * The area.
 */
id: CompetencyId, 
/**
 * Its title.
 */
title: string, 
/**
 * The marks of its items.
 */
score: Score, };

/**
 * Whether the desktop asks its user before it gives an application its shortcuts.
 */
export type Consent = "not-asked" | "asked";

/**
 * Something that can be engaged, proven and released.
 */
export type Control = "keyboard" | "fullscreen" | "covers" | "close" | "clipboard" | "page" | "awake";

/**
 * The state of one control.
 */
export type ControlReport = { 
/**
 * Which.
 */
control: Control, 
/**
 * How far it holds.
 */
holding: Holding, };

/**
 * Where a credential is and what it says.
 */
export type CredentialLink = { 
/**
 * What was achieved.
 */
title: string, 
/**
 * Where anyone can fetch it.
 */
url: string, 
/**
 * From when it is valid.
 */
validFrom: Wall, 
/**
 * Until when it is valid.
 */
validUntil: Wall, };

/**
 * The desktop that a person sits at, as far as it tells.
 */
export type Desktop = { 
/**
 * What it calls itself: `GNOME`, `KDE`; empty where nothing says.
 */
name: string, 
/**
 * How windows come to the screen.
 */
display: Display, 
/**
 * The program that shows them: a compositor, or under X11 the window manager; empty where nothing says.
 */
shownBy: string, };

/**
 * A SHA-256 digest, written as 64 lower-case hexadecimal digits everywhere.
 */
export type Digest = string;

/**
 * How windows come to the screen.
 */
export type Display = "x11" | "wayland" | "none";

/**
 * What a candidate should know about an exam before asking for it.
 */
export type ExamFacts = { 
/**
 * The exam.
 */
id: ExamId, 
/**
 * Minutes allowed; 0 = untimed.
 */
minutes: number, 
/**
 * Items in one try.
 */
items: number, 
/**
 * The least share that passes, 0–100.
 */
passPercent: number, 
/**
 * An administration this candidate is admitted to, if there is one.
 */
admitted: AdmittedExam | null, };

/**
 * An exam within a certification.
 */
export type ExamId = string;

/**
 * Where a candidate stands in one exam.
 */
export type ExamStanding = { 
/**
 * The exam.
 */
exam: ExamId, 
/**
 * Its title.
 */
title: string, 
/**
 * Tries used.
 */
triesUsed: number, 
/**
 * Tries allowed; 0 = unlimited.
 */
triesMax: number, 
/**
 * Whether another try is possible, and why not.
 */
state: ExamState, };

/**
 * Whether an exam can be taken now.
 */
export type ExamState = { "is": "passed" } | { "is": "open" } | { "is": "pending" } | { "is": "cooling-down", 
/**
 * From when.
 */
until: Wall, } | { "is": "no-tries-left" } | { "is": "prerequisites-missing" } | { "is": "not-yet", 
/**
 * From when it can be taken.
 */
until: Wall, } | { "is": "expired" };

/**
 * What practice tells about an answer.
 */
export type Feedback = { 
/**
 * Whether it is right; `null` = a person would have to say.
 */
right: boolean | null, 
/**
 * The right choices.
 */
choices: Array<string>, 
/**
 * The accepted texts.
 */
accepted: Array<string>, 
/**
 * Why, as safe HTML; may be empty.
 */
explanation: string, 
/**
 * Where to read more.
 */
references: Array<string>, };

/**
 * An admission link that the desktop, or whoever started the application, handed over.
 */
export type HandedLink = { 
/**
 * The link.
 */
link: string, 
/**
 * How many were handed over before it, so that the same one again is news.
 */
nth: number, };

/**
 * How far a control holds.
 */
export type Holding = { "state": "enforced" } | { "state": "requested", 
/**
 * What is known.
 */
why: string, } | { "state": "denied", 
/**
 * What is known.
 */
why: string, } | { "state": "unsupported", 
/**
 * What is known.
 */
why: string, } | { "state": "released" };

/**
 * The home screen.
 */
export type Home = { 
/**
 * How this device keeps its keys.
 */
keeping: Keeping, 
/**
 * The sittings this device is admitted to, soonest first.
 */
sittings: Array<SittingCard>, 
/**
 * Where the candidate stands, by issuer.
 */
standings: Array<IssuerStanding>, 
/**
 * The practice packs on this device.
 */
practice: Array<PracticeCard>, 
/**
 * How the window looks.
 */
settings: Settings, 
/**
 * Whether the guard starts the application again when it fails.
 */
guarded: boolean, 
/**
 * The desktop.
 */
desktop: Desktop, 
/**
 * Whether it asks its user before a trial can show whether its shortcuts are held.
 */
consent: Consent, 
/**
 * Sittings that lie on this device and cannot be opened.
 */
unreadable: Array<Unreadable>, 
/**
 * What is left of sittings whose time on this device is over.
 */
past: Array<PastSitting>, 
/**
 * Version of the application.
 */
version: string, };

/**
 * How an item is answered, in QTI's words.
 */
export type Interaction = { "kind": "choice", 
/**
 * 1 = one choice; 0 = any number.
 */
maxChoices: number, 
/**
 * The choices in authored order.
 */
choices: Array<Choice>, } | { "kind": "textEntry", 
/**
 * The longest answer, in characters.
 */
charsMax: number, } | { "kind": "extendedText", 
/**
 * The longest answer, in characters.
 */
charsMax: number, };

/**
 * Where the candidate stands with one issuer.
 */
export type IssuerStanding = { 
/**
 * The issuer's name.
 */
issuer: string, 
/**
 * When the issuer said so.
 */
asked: Wall, 
/**
 * Whether it could not be asked again this time.
 */
stale: boolean, 
/**
 * The standing.
 */
standing: CandidateStanding, };

/**
 * One question.
 */
export type Item = { 
/**
 * The authored identifier, unique in its exam.
 */
id: ItemId, 
/**
 * The Academy's derived identifier (a version 5 UUID of its own recipe).
 */
canonicalId: string, 
/**
 * The question as safe HTML.
 */
prompt: string, 
/**
 * The author's own instructions as plain text; `None` = the usual ones of the interaction.
 */
instructions: string | null, 
/**
 * How it is answered.
 */
interaction: Interaction, 
/**
 * What a right answer is worth.
 */
marks: number, 
/**
 * The area it belongs to.
 */
competency: CompetencyId | null, };

/**
 * An item within an exam.
 */
export type ItemId = string;

/**
 * One item's state.
 */
export type ItemView = { 
/**
 * The item.
 */
id: ItemId, 
/**
 * Whether it has been on the screen.
 */
seen: boolean, 
/**
 * Whether it has an answer that says something.
 */
answered: boolean, 
/**
 * Whether it is flagged.
 */
flagged: boolean, 
/**
 * The durable answer.
 */
response: Value | null, 
/**
 * Practice only, once revealed.
 */
feedback: Feedback | null, };

/**
 * How this device keeps its keys.
 */
export type Keeping = "secret-store" | "passphrase" | "locked" | "store-silent" | "nowhere";

/**
 * How much the system guarantees about a sitting. Computed from controls that were proven, recorded, only ever
 * lowered while a sitting lasts.
 */
export type Level = "L0" | "L1" | "L2" | "L3";

/**
 * Whether the issuer is in reach.
 */
export type LinkState = "none" | "unknown" | "online" | "offline";

/**
 * Whether the issuer is in reach, and what it does not have yet.
 */
export type LinkView = { 
/**
 * `none` in practice.
 */
state: LinkState, 
/**
 * Records the issuer has not confirmed.
 */
waiting: number, };

/**
 * Several values of one base type.
 */
export type List = { "identifier": Array<string> };

/**
 * Whether an issuer answered. Practice needs none, so where this device knows none there is nothing to cut.
 */
export type NetworkCut = { 
/**
 * The issuer's name.
 */
issuer: string, 
/**
 * Before the cut.
 */
before: boolean, 
/**
 * While it was cut, before the kill.
 */
during: boolean, 
/**
 * While it was still cut, after the kill; `null` until then.
 */
still: boolean | null, 
/**
 * After the network was let back; `null` until then.
 */
after: boolean | null, };

/**
 * Who issues an admission.
 */
export type Offer = { 
/**
 * The link asked about.
 */
link: string, 
/**
 * The issuer's name, as it says itself.
 */
issuer: string, 
/**
 * The host that answered.
 */
host: string, 
/**
 * Its `did:web` identifier.
 */
did: string, 
/**
 * Fingerprint of its key.
 */
fingerprint: string, 
/**
 * Whether this device has met it before.
 */
known: boolean, 
/**
 * Whether the exchange is protected on its way (TLS, or this machine itself).
 */
protected: boolean, };

/**
 * What was found after a rehearsed kill.
 */
export type Outcome = { 
/**
 * When the kill was sent.
 */
killed: Wall, 
/**
 * When the application was back with the answers.
 */
back: Wall, 
/**
 * The time between, in milliseconds; `null` when the machine was restarted.
 */
awayMs: number | null, 
/**
 * Each answer that was there before the kill.
 */
answers: Array<AnswerKept>, 
/**
 * What was tried of the network.
 */
network: NetworkCut | null, };

/**
 * A part of a certification that is no exam.
 */
export type PartId = string;

/**
 * Where a candidate stands in a part.
 */
export type PartStanding = { 
/**
 * The part.
 */
part: PartId, 
/**
 * Its title.
 */
title: string, 
/**
 * What is to be done.
 */
state: PartState, };

/**
 * Whether a part is done.
 */
export type PartState = { "is": "passed" } | { "is": "outstanding" } | { "is": "pending" } | { "is": "failed" };

/**
 * What is left of a sitting that was destroyed on this device: its answers are with the issuer.
 */
export type PastSitting = { 
/**
 * The sitting.
 */
id: SittingId, 
/**
 * Title of the exam.
 */
exam: string, 
/**
 * Title of the certification.
 */
certification: string, 
/**
 * The issuer's name.
 */
issuer: string, 
/**
 * When the issuer received the submission; `null` when it never began.
 */
received: Wall | null, 
/**
 * Whether it passed, when there was a result.
 */
passed: boolean | null, 
/**
 * When it was destroyed here.
 */
destroyed: Wall, };

/**
 * Where a sitting is.
 *
 * ```text
 *  Admitted ─► Checking ─► Underway ◄─► Held | Paused | Away ─► Closed
 *                  └─► Refused            any of them ────────► Closed
 * ```
 */
export type Phase = "admitted" | "checking" | "underway" | "held" | "paused" | "away" | "closed" | "refused";

/**
 * Pictures of the screen that an administration asks for. They are sealed to its issuer's evidence key.
 */
export type Pictures = { 
/**
 * The mean time between two looks at the screen, in milliseconds, within [`Pictures::EVERY_MS`].
 */
everyMs: number, 
/**
 * The most that the sealed pictures of a sitting weigh together, in bytes.
 */
quotaBytes: number, 
/**
 * How long the issuer keeps them after its receipt, in days.
 */
keepDays: number, };

/**
 * A practice pack on the home screen.
 */
export type PracticeCard = { 
/**
 * Digest of the pack.
 */
pack: string, 
/**
 * The exam.
 */
exam: ExamId, 
/**
 * Its title.
 */
title: string, 
/**
 * Items in the pack.
 */
items: number, 
/**
 * Items answered so far.
 */
answered: number, 
/**
 * Of those, revealed as right.
 */
right: number, 
/**
 * Competencies the pack covers.
 */
competencies: Array<CompetencyId>, 
/**
 * Fingerprint of the key that signed the pack.
 */
author: string, };

/**
 * Something that only looks. What it sees is evidence for a person, never a verdict.
 */
export type Probe = "focus" | "outputs" | "terminal" | "lock-screen" | "remote-login" | "screen-share" | "clipboard" | "injected-input" | "debugger" | "virtual-machine" | "programs" | "keyboards";

/**
 * What one probe showed.
 */
export type ProbeReport = { 
/**
 * Which.
 */
probe: Probe, 
/**
 * What would follow in the exam if it saw something.
 */
reaction: Reaction, 
/**
 * How it went.
 */
state: Seeing, 
/**
 * What it sees: names of programs, outputs, devices, or signs.
 */
sees: Array<string>, 
/**
 * Why it cannot look, or not everywhere; empty where it can.
 */
why: string, };

/**
 * Something did not work. The window shows the texts of `problem-CODE`.
 */
export type Problem = { 
/**
 * The stable code.
 */
code: string, 
/**
 * What the texts name: a host, a size, a time.
 */
args: { [key in string]: string }, };

/**
 * An organisation's body of certifications.
 */
export type ProgrammeId = string;

/**
 * Where a candidate stands in a programme.
 */
export type ProgrammeStanding = { 
/**
 * The programme.
 */
id: ProgrammeId, 
/**
 * Its title.
 */
title: string, 
/**
 * What every candidate should know about it; may be empty.
 */
notice: string, 
/**
 * Its tracks.
 */
tracks: Array<TrackStanding>, };

/**
 * What follows when a control is lost.
 */
export type Reaction = "log" | "warn" | "hold" | "refuse";

/**
 * What this machine can do for the open sitting.
 */
export type Readiness = { 
/**
 * Each check, in the order shown.
 */
checks: Array<Check>, 
/**
 * Whether the exam may begin now.
 */
mayBegin: boolean, 
/**
 * Whether it may begin with the proctor's start code instead.
 */
mayBeginByCode: boolean, 
/**
 * The level the controls amount to.
 */
level: Level, };

/**
 * The issuer's receipt, checked.
 */
export type ReceiptView = { 
/**
 * Digest of the submission.
 */
submission: string, 
/**
 * When it was received.
 */
received: Wall, };

/**
 * How a credential can be renewed.
 */
export type RecertificationStanding = { 
/**
 * Whether it can be renewed now.
 */
state: RecertificationState, 
/**
 * The short exam that renews it; `None` where the certification's own exams do.
 */
exam: ExamStanding | null, };

/**
 * Whether a credential can be renewed now.
 */
export type RecertificationState = { "is": "not-yet", 
/**
 * From when.
 */
until: Wall, } | { "is": "open", 
/**
 * Until when: the expiry.
 */
until: Wall, } | { "is": "expired" };

/**
 * One record. The window shows the text of `record-KIND`.
 */
export type RecordLine = { 
/**
 * Position in the log.
 */
seq: number, 
/**
 * When, by this machine's calendar.
 */
at: Wall, 
/**
 * Who caused it.
 */
by: string, 
/**
 * The event's kind.
 */
kind: string, 
/**
 * The event's other members, written out.
 */
args: { [key in string]: string }, };

/**
 * Everything recorded about the candidate in a sitting.
 */
export type RecordView = { 
/**
 * The lines, oldest first.
 */
lines: Array<RecordLine>, 
/**
 * The folder on this machine where the sitting lies.
 */
folder: string, };

/**
 * Whether pictures of the screen come about.
 */
export type Recording = "taking" | "failing";

/**
 * A rehearsal of a failure: the network is cut, the application is killed, and comes back.
 */
export type Rehearsal = { "stage": "cut", 
/**
 * Milliseconds until the kill.
 */
leftMs: number, 
/**
 * What was tried of the network.
 */
network: NetworkCut | null, } | { "stage": "sealed" } | { "stage": "back" } & Outcome;

/**
 * The answer to an [`Ask`].
 */
export type Reply = { "reply": "home" } & Home | { "reply": "offer" } & Offer | { "reply": "admission" } & AdmissionView | { "reply": "readiness" } & Readiness | { "reply": "trial" } & Report | { "reply": "item", 
/**
 * The item.
 */
item: Item, } | { "reply": "record" } & RecordView | { "reply": "picture", 
/**
 * A JPEG in base 64.
 */
jpeg: string, } | { "reply": "view" } & View | { "reply": "file", 
/**
 * Where it lies.
 */
path: string, } | { "reply": "over" } | { "reply": "said", 
/**
 * What.
 */
text: string, } | { "reply": "done" };

/**
 * What a trial showed: whether an exam under a policy could begin on this machine as it is.
 */
export type Report = { 
/**
 * [`REPORT_TYPE`].
 */
type: string, 
/**
 * Version of the application.
 */
version: string, 
/**
 * When, by this machine's calendar.
 */
at: Wall, 
/**
 * The desktop.
 */
desktop: Desktop, 
/**
 * Whether it asks its user before it gives an application its shortcuts.
 */
consent: Consent, 
/**
 * Name of the policy that was tried.
 */
policy: string, 
/**
 * The least level the policy asks for.
 */
assuranceMin: Level, 
/**
 * The sitting whose policy it is.
 */
sitting: SittingId | null, 
/**
 * The level that the controls amounted to.
 */
level: Level, 
/**
 * Whether an exam could begin here under the policy, as far as this machine has a part in it.
 */
mayBegin: boolean, 
/**
 * Each check, in the order shown: of the machine, then of the controls, then of the probes.
 */
checks: Array<Check>, 
/**
 * What each control of the policy showed.
 */
controls: Array<ControlReport>, 
/**
 * What each probe of the policy showed.
 */
probes: Array<ProbeReport>, 
/**
 * Names of the aids that run; `null` = nobody asked.
 */
aids: Array<string> | null, 
/**
 * Whether every control was seen to be given back.
 */
released: boolean, };

/**
 * A result, checked.
 */
export type ResultView = { 
/**
 * Marks.
 */
score: Score, 
/**
 * The share in hundredths of a percent.
 */
percentHundredths: number, 
/**
 * The least share that passes, 0–100.
 */
passPercent: number, 
/**
 * Whether it passed.
 */
passed: boolean, 
/**
 * By competency.
 */
competencies: Array<CompetencyScore>, 
/**
 * Where the candidate now stands in the certification.
 */
standing: Standing | null, 
/**
 * The credential, when it is earned.
 */
credential: CredentialLink | null, };

/**
 * Marks given out of marks possible.
 */
export type Score = { 
/**
 * Marks given.
 */
given: number, 
/**
 * Marks possible.
 */
of: number, };

/**
 * A place in the exam.
 */
export type Screen = { "at": "item", 
/**
 * Which.
 */
item: ItemId, } | { "at": "review" };

/**
 * How a probe looked.
 */
export type Seeing = "sees" | "nothing" | "blind" | "silent";

/**
 * How the window looks. Kept on this device.
 */
export type Settings = { 
/**
 * `system`, `light`, `dark` or `contrast`.
 */
theme: Theme, 
/**
 * Size of everything, in percent: 80 to 200.
 */
zoom: number, 
/**
 * Whether the time left is unfolded.
 */
timer: boolean, };

/**
 * A sitting on the home screen.
 */
export type SittingCard = { 
/**
 * The sitting.
 */
id: SittingId, 
/**
 * Title of the exam.
 */
exam: string, 
/**
 * Title of the certification.
 */
certification: string, 
/**
 * The issuer's name.
 */
issuer: string, 
/**
 * When it may start.
 */
opens: Wall, 
/**
 * Until when.
 */
closes: Wall, 
/**
 * Minutes; 0 = untimed.
 */
minutes: number, 
/**
 * What can be done with it.
 */
state: CardState, };

/**
 * One candidate's pass through one exam.
 */
export type SittingId = string;

/**
 * The open sitting.
 */
export type SittingView = { 
/**
 * The sitting.
 */
id: SittingId, 
/**
 * Whether it is practice: no clock, no lockdown, feedback at hand.
 */
practice: boolean, 
/**
 * Title of the exam.
 */
exam: string, 
/**
 * Title of the certification.
 */
certification: string, 
/**
 * The candidate's name; empty in practice.
 */
candidate: string, 
/**
 * Where the sitting is.
 */
phase: Phase, 
/**
 * The screen the candidate was on.
 */
screen: Screen | null, 
/**
 * The items in the order shown; empty before the exam begins.
 */
items: Array<ItemView>, 
/**
 * The clock.
 */
time: TimeView, 
/**
 * Records that are durable here.
 */
saved: number, 
/**
 * Whether the issuer is in reach.
 */
link: LinkView, 
/**
 * The assurance level; `null` before the first check.
 */
level: Level | null, 
/**
 * The controls as last proven.
 */
controls: Array<ControlReport>, 
/**
 * What probes see that stops the sitting.
 */
alarms: Array<Alarm>, 
/**
 * Things to tell the candidate, newest last.
 */
notes: Array<Problem>, 
/**
 * Why the sitting is stopped: `control-lost`, `seen`, `reboot-gap`, `paused` or `seat-moved`.
 */
stopped: string | null, 
/**
 * Whether text may be copied and pasted inside the exam.
 */
copying: boolean, 
/**
 * Whether the screen is being photographed; `null` when the exam does not ask for it at this point.
 */
recording: Recording | null, 
/**
 * When the present hold ends by itself, in milliseconds; `null` when it does not, or there is none.
 */
holdLeftMs: number | null, 
/**
 * Whether a candidate who left may come back without a proctor.
 */
mayReturn: boolean, 
/**
 * Why it never began.
 */
withdrawal: Withdrawal | null, 
/**
 * The end, and what became of it.
 */
closing: ClosingView | null, 
/**
 * Sixteen characters that a proctor may note.
 */
paperCode: string | null, };

/**
 * Where a candidate stands in a certification.
 */
export type Standing = { 
/**
 * Exams passed.
 */
passed: number, 
/**
 * Exams asked for.
 */
of: number, 
/**
 * Each exam, in the certification's order.
 */
exams: Array<ExamStanding>, 
/**
 * Each part, in the certification's order.
 */
parts: Array<PartStanding>, 
/**
 * Certifications that have to be held first and are not.
 */
prerequisitesMissing: Array<CertificationId>, 
/**
 * Until when everything has to be passed; after it the oldest pass no longer counts. `None` = no limit runs.
 */
completeBy: Wall | null, 
/**
 * How the credential can be renewed; `None` while there is none, or no rule for it.
 */
recertification: RecertificationStanding | null, };

/**
 * Colours of the window.
 */
export type Theme = "system" | "light" | "dark" | "contrast";

/**
 * What added to the time left, or took from it. Time left = `allowed` + `accommodation` − `window-ends` + `granted` +
 * `given-back` − `worked` − `off`.
 */
export type TimeKind = "allowed" | "accommodation" | "window-ends" | "granted" | "given-back" | "worked" | "off" | "stood";

/**
 * One reason for the time left.
 */
export type TimePart = { 
/**
 * Which.
 */
kind: TimeKind, 
/**
 * How much, in milliseconds.
 */
ms: number, };

/**
 * The clock at the moment the view was made.
 */
export type TimeView = { 
/**
 * Time left in milliseconds; `null` = untimed or not begun.
 */
remainingMs: number | null, 
/**
 * Whether it runs down.
 */
running: boolean, 
/**
 * The time allowed at the start.
 */
budgetMs: number | null, 
/**
 * Why it is as much as it is, in the order of reading; empty when untimed or not begun.
 */
parts: Array<TimePart>, };

/**
 * Where a candidate stands in a track.
 */
export type TrackStanding = { 
/**
 * The track's title.
 */
title: string, 
/**
 * One or two sentences about it.
 */
summary: string, 
/**
 * Its certifications; may be empty.
 */
certifications: Array<CertificationStanding>, };

/**
 * A sitting that lies on this device and cannot be opened. Nothing of it is changed.
 */
export type Unreadable = { 
/**
 * The sitting.
 */
id: SittingId, 
/**
 * Title of the exam; empty when it is not known.
 */
exam: string, 
/**
 * Why: `keys-locked` and `key-missing` are answered by the proctor's resume code.
 */
problem: Problem, };

/**
 * A response.
 */
export type Value = { "base": Base } | { "list": List };

/**
 * What the window shows.
 */
export type View = { 
/**
 * Grows with every view; an older one that arrives late is dropped.
 */
revision: number, 
/**
 * The open sitting; `null` = the lobby.
 */
sitting: SittingView | null, 
/**
 * The admission link that was handed over last, until it is redeemed.
 */
link: HandedLink | null, 
/**
 * A rehearsal of a failure that goes on, or what it found.
 */
rehearsal: Rehearsal | null, };

/**
 * Calendar time in milliseconds since 1970-01-01T00:00:00Z, written as RFC 3339 UTC with milliseconds.
 */
export type Wall = string;

/**
 * A probe of the policy, and what follows when it sees something.
 */
export type Watch = { 
/**
 * The probe.
 */
probe: Probe, 
/**
 * What follows.
 */
reaction: Reaction, };

/**
 * Why a sitting never began.
 */
export type Withdrawal = "declined" | "not-ready";
