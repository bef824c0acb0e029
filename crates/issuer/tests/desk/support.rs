//! A small issuer in a temporary folder, and a candidate's machine that is made of nothing but the domain.

use super::server::Server;
use axum::{
    Router,
    body::Body,
    http::{Method, Request, StatusCode, header},
    response::Response,
};
use invigil_content::{
    bundle::Files,
    sealing::{self, Identity},
};
use invigil_core::{
    Digest, ExamId, ItemId, Moment, PublicKey, SecretKey, Signed, Value, Wall,
    admission::{Admission, InWindow, Lease, Redemption, Start, Window},
    envelope::canonical,
    exchange::{Admitted, Problem, Segment, SittingStatus},
    form::Form,
    grading::{Key, MarkScheme, MarksPolicy, Rule},
    item::{Choice, Competency, Exam, Interaction, Item, Shuffle},
    log::{Actor, Record, Tail},
    policy::{Control, Holding, Policy},
    programme::{
        About, Badge, Certification, CertificationStatus, ExamSummary, Organisation, Prerequisites, Programme,
        Requirements, Track, blueprint::Blueprint,
    },
    sitting::{Command, ControlReport, Event, Sitting},
    submission::{Answer, Client, HandIn, LogRef, Opening, ResponseRef, Submission},
};
use invigil_issuer::{
    desk::Desk,
    http::router,
    keys::{self, Card},
    paper::Paper,
    setup::{self, Admit, AdmittedCandidate, Random, Schedule, Scheduled, SetupError},
    shell,
    store::{Accommodation, CheckIn, NewPack, Pack, Store, Supervision},
};
use std::{
    collections::BTreeMap,
    path::Path,
    sync::{Arc, LazyLock, OnceLock},
};
use tower::ServiceExt;

pub const PASSPHRASE: &str = "correct horse battery staple";

fn id<T: std::str::FromStr<Err: std::fmt::Debug>>(text: &str) -> T {
    text.parse().unwrap()
}

/// Two exams of two items each; the second item of each is a text.
pub fn exam(name: &str) -> Exam {
    let item = |n: u32, interaction| Item {
        id: id(&format!("{name}-q{n}")),
        canonical_id: String::new(),
        prompt: "Which?".into(),
        instructions: None,
        interaction,
        marks: n,
        competency: Some(id(if n == 1 { "choosing" } else { "writing" })),
    };
    let choice = |id: &str| Choice { id: id.into(), content: id.into() };
    Exam {
        id: id(name),
        title: format!("Exam {name}"),
        description: String::new(),
        language: "en".into(),
        minutes: 30,
        pass_percent: 70,
        items_per_try: 0,
        tries_max: 3,
        shuffle: Shuffle { items: true, choices: true },
        competencies: ["choosing", "writing"].map(|c| Competency { id: id(c), title: c.into() }).to_vec(),
        items: vec![
            item(1, Interaction::Choice { max_choices: 1, choices: ["a", "b", "c"].map(choice).to_vec() }),
            item(3, Interaction::TextEntry { chars_max: 500 }),
        ],
    }
}

pub fn marks(exam: &Exam) -> MarkScheme {
    let key = |item: &Item| Key {
        marks: item.marks,
        competency: item.competency.clone(),
        rule: match item.interaction {
            Interaction::Choice { .. } => Rule::Choices { correct: ["b".to_owned()].into() },
            Interaction::TextEntry { .. } | Interaction::ExtendedText { .. } => {
                Rule::Text { accepted: vec!["kubectl".into()], case_sensitive: false }
            }
        },
        explanation: None,
        references: vec![],
    };
    MarkScheme { exam: exam.id.clone(), keys: exam.items.iter().map(|item| (item.id.clone(), key(item))).collect() }
}

pub fn programme(exams: &[&str], cool_down_days: u32) -> Programme {
    let summary = |name: &&str| ExamSummary {
        id: id(name),
        title: format!("Exam {name}"),
        file: format!("{name}.md"),
        minutes: 30,
        items: 2,
        pass_percent: 70,
        weight: 1,
        item_marks: MarksPolicy::Stated,
        angoff: None,
    };
    let requirements = Requirements {
        exams: exams.iter().map(summary).collect(),
        valid_months: 24,
        tries_max: 3,
        cool_down_days: vec![cool_down_days],
        parts: vec![],
        within_months: 0,
        recertification: None,
        blueprint: Blueprint::default(),
        badge: Badge { title: "First Steps".into(), description: "Has taken them.".into() },
    };
    let certification = Certification {
        id: id("first-steps"),
        title: "First Steps".into(),
        tier: "introduction".into(),
        status: CertificationStatus::Open,
        summary: String::new(),
        description: String::new(),
        prerequisites: Prerequisites::default(),
        about: About::default(),
        requirements: Some(requirements),
    };
    Programme {
        id: id("sample"),
        title: "Samples".into(),
        organisation: Organisation { id: "sample".into(), name: "Samples".into(), url: "https://example.org".into() },
        notice: String::new(),
        tracks: vec![Track {
            id: "start".into(),
            title: "Start".into(),
            summary: String::new(),
            tiers: vec![],
            certifications: vec![certification],
        }],
        partners: vec![],
        recognitions: vec![],
    }
}

/// Sealing takes its time on purpose, so all tests share one set of keys.
static KEYS: LazyLock<(Card, String)> = LazyLock::new(|| {
    let seeds = [[1; 32], [2; 32]];
    keys::generate("Example", "http://127.0.0.1:8790", seeds, shell::now(), PASSPHRASE.to_owned().into()).unwrap()
});

/// An issuer with the exams `one` and `two`.
pub struct Issuer {
    open: OnceLock<Scheduled>,
    pub folder: tempfile::TempDir,
    pub desk: Arc<Desk>,
    pub router: Router,
}

/// The server that keeps the rows of this suite; `None` = each issuer has a file.
pub fn server() -> Option<&'static Server> {
    // The server runs for one process; what it forgets when power fails nobody misses.
    static SERVER: LazyLock<Server> = LazyLock::new(|| Server::start(&["fsync=off", "max_connections=500"]));
    env!("CARGO_CRATE_NAME").ends_with("postgres").then(|| tokio::task::block_in_place(|| &*SERVER))
}

/// The database of the issuer in `folder`, on a server.
pub fn database(folder: &Path) -> String {
    let name = folder.file_name().unwrap().to_string_lossy();
    let letters = name.bytes().filter(u8::is_ascii_alphanumeric);
    // Names are not told apart by upper and lower case.
    letters.map(|letter| format!("{letter:02x}")).fold("issuer_".to_owned(), |name, letter| name + &letter)
}

fn store(folder: &Path) -> Store {
    let Some(server) = server() else { return Store::open(folder).unwrap() };
    let url = tokio::task::block_in_place(|| server.make(&database(folder)));
    Store::connect(&url, folder).unwrap()
}

pub fn open(folder: &Path) -> Arc<Desk> {
    Arc::new(Desk::open(store(folder), PASSPHRASE.to_owned().into()).unwrap())
}

impl Issuer {
    pub fn new() -> Self {
        Self::with(&programme(&["one", "two"], 0))
    }

    pub fn with(programme: &Programme) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = store(folder.path());
        let (card, sealed) = KEYS.clone();
        assert!(store.put_keys(&card, sealed.as_bytes()).unwrap());
        store.put_programme(programme, shell::now()).unwrap();
        for name in ["one", "two"] {
            let exam = exam(name);
            let paper = Paper {
                marks: marks(&exam),
                exam,
                salt: [5; 16],
                content_identity: sealing::write_identity(&Identity::generate()).to_string(),
            };
            let bytes = format!("the sealed pack of {name}").into_bytes();
            let pack = Pack {
                digest: Digest::of(&bytes),
                size: bytes.len() as u64,
                exam: id(name),
                title: name.into(),
                items: 2,
                public: false,
                added: shell::now(),
            };
            store.put_pack(&NewPack { pack, bytes, paper: paper.seal(&card.store).unwrap() }).unwrap();
        }
        drop(store);
        let desk = open(folder.path());
        Self { open: OnceLock::new(), router: router(desk.clone(), None), desk, folder }
    }

    /// The name of its database, on a server.
    pub fn database(&self) -> String {
        database(self.folder.path())
    }

    /// The same issuer after its process was killed and started again.
    pub fn restart(&mut self) {
        self.desk = open(self.folder.path());
        self.router = router(self.desk.clone(), None);
    }

    pub fn schedule(&self, exam: &str, opens_in_ms: i64, policy: Policy) -> Scheduled {
        self.schedule_with(exam, opens_in_ms, policy, CheckIn::None)
    }

    pub fn schedule_with(&self, exam: &str, opens_in_ms: i64, policy: Policy, check_in: CheckIn) -> Scheduled {
        let now = shell::now().unix_ms();
        let window =
            Window { opens: Wall::from_unix_ms(now + opens_in_ms), closes: Wall::from_unix_ms(now + 3_600_000) };
        let supervision = Supervision::InTheRoom;
        let wanted = Schedule { exam: id(exam), window, policy, supervision, check_in, pack: None };
        self.desk.schedule(wanted, &random(), shell::now()).unwrap()
    }

    pub fn admit(&self, to: &Scheduled, candidate: Option<&str>) -> AdmittedCandidate {
        self.admit_with(to, candidate, Accommodation::default())
    }

    pub fn admit_with(
        &self,
        to: &Scheduled,
        candidate: Option<&str>,
        accommodation: Accommodation,
    ) -> AdmittedCandidate {
        self.try_to_admit(to, candidate, accommodation).unwrap()
    }

    pub fn try_to_admit(
        &self,
        to: &Scheduled,
        candidate: Option<&str>,
        accommodation: Accommodation,
    ) -> Result<AdmittedCandidate, SetupError> {
        let wanted = Admit {
            administration: to.administration.id.clone(),
            name: "Test Candidate".into(),
            candidate: candidate.map(id),
            accommodation,
        };
        setup::admit(self.desk.store(), self.desk.card(), wanted, &random(), shell::now())
    }

    /// A fresh candidate's open sitting of exam `one`.
    pub fn open_link(&self) -> AdmittedCandidate {
        let open = || self.schedule("one", -1_000, Policy::preset("open").unwrap());
        self.admit(self.open.get_or_init(open), None)
    }

    pub async fn call(&self, method: Method, path: &str, token: Option<&str>, body: Vec<u8>) -> (StatusCode, Vec<u8>) {
        let mut request = Request::builder().method(method).uri(path);
        if let Some(token) = token {
            request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
        }
        let (status, _, body) = read(self.send(request.body(Body::from(body)).unwrap()).await).await;
        (status, body)
    }

    pub async fn send(&self, request: Request<Body>) -> Response {
        self.router.clone().oneshot(request).await.unwrap()
    }
}

pub async fn read(response: Response) -> (StatusCode, axum::http::HeaderMap, Vec<u8>) {
    let (parts, body) = response.into_parts();
    (parts.status, parts.headers, axum::body::to_bytes(body, usize::MAX).await.unwrap().to_vec())
}

pub fn random() -> Random {
    Random { id: shell::random(), other: shell::random(), code: shell::random() }
}

/// The problem's status and code; panics when it is none.
pub fn problem((status, body): &(StatusCode, Vec<u8>)) -> Problem {
    let problem: Problem =
        serde_json::from_slice(body).unwrap_or_else(|why| panic!("{why}: {status} {}", String::from_utf8_lossy(body)));
    assert_eq!(problem.status, status.as_u16());
    problem
}

pub fn ok((status, body): (StatusCode, Vec<u8>)) -> Vec<u8> {
    assert_eq!(status, StatusCode::OK, "{}", String::from_utf8_lossy(&body));
    body
}

/// A candidate's machine.
pub struct Machine {
    pub device: SecretKey,
    pub identity: Identity,
    pub issuer: PublicKey,
    pub admitted: Admitted,
    pub admission: Signed<Admission>,
    pub lease: Signed<Lease>,
    pub sitting: Sitting,
    pub tail: Tail,
    pub lines: Vec<String>,
    pub openings: Vec<Opening>,
    pub elapsed: u64,
    pub boot: u32,
}

pub fn redemption(link: &str, device: &SecretKey, identity: &Identity) -> Vec<u8> {
    let code = link.rsplit('/').next().unwrap().to_owned();
    let body = Redemption { code, device: device.public(), recipient: identity.to_public().to_string() };
    Signed::seal(body, device, &device.public().method(), shell::now()).bytes().to_vec()
}

pub fn device() -> SecretKey {
    SecretKey::from_seed(&shell::random())
}

impl Machine {
    pub async fn redeem(issuer: &Issuer, link: &str) -> Self {
        let (device, identity) = (device(), Identity::generate());
        let body = redemption(link, &device, &identity);
        let body = ok(issuer.call(Method::POST, "/api/admissions", None, body).await);
        let admitted: Admitted = serde_json::from_slice(&body).unwrap();
        let key = issuer.desk.card().issuer.signing;
        let admission = Signed::<Admission>::open(admitted.admission.to_string().as_bytes(), &key).unwrap();
        let lease = Signed::<Lease>::open(admitted.leases.last().unwrap().to_string().as_bytes(), &key).unwrap();
        assert_eq!((lease.admission, lease.device), (admission.digest(), device.public()));
        Self {
            sitting: Sitting::new(&admission),
            tail: Tail::start(admission.sitting.clone(), 0, admission.digest()),
            device,
            identity,
            issuer: key,
            admitted,
            admission,
            lease,
            lines: vec![],
            openings: vec![],
            elapsed: 0,
            boot: 0,
        }
    }

    /// Redeems a link under which the sitting goes on here, and fetches what there is.
    pub async fn take_over(issuer: &Issuer, link: &str) -> Self {
        let mut machine = Self::redeem(issuer, link).await;
        machine.fetch(issuer).await;
        machine.tail.epoch = machine.lease.epoch;
        let start = ok(machine.call(issuer, Method::POST, "/start", vec![]).await);
        let start = Signed::<Start>::open(&start, &machine.issuer).unwrap();
        let content = sealing::open(&machine.identity, start.content_sealed.as_bytes()).unwrap();
        assert!(content.starts_with(b"AGE-SECRET-KEY-1"));
        machine.sitting.lay_out(Form::draw(&exam(machine.admission.exam.id.as_str()), &machine.admission.draw));
        let client = machine.submission_client();
        let moved = Command::Move { lease: machine.lease.digest(), client, server: Some(shell::now()) };
        machine.act(moved);
        machine
    }

    async fn fetch(&mut self, issuer: &Issuer) {
        let size = self.status(issuer).await.log_size;
        while (self.lines.len() as u64) < size {
            let part = format!("/records?from={}", self.lines.len());
            let part = ok(self.call(issuer, Method::GET, &part, vec![]).await);
            let part: Segment = serde_json::from_slice(&part).unwrap();
            for line in &part.lines {
                let record = self.tail.follow(format!("{line}\n").as_bytes()).unwrap();
                self.sitting.apply(&record);
                self.boot = record.at.boot + 1;
            }
            self.lines.extend(part.lines);
            self.openings.extend(part.openings);
        }
    }

    pub fn path(&self, rest: &str) -> String {
        format!("/api/sittings/{}{rest}", self.admission.sitting)
    }

    pub async fn call(&self, issuer: &Issuer, method: Method, rest: &str, body: Vec<u8>) -> (StatusCode, Vec<u8>) {
        issuer.call(method, &self.path(rest), Some(&self.admitted.token), body).await
    }

    pub fn at(&mut self) -> Moment {
        self.elapsed += 1_000;
        Moment { wall: shell::now(), elapsed: self.elapsed, boot: self.boot }
    }

    /// Carries out a command and writes what follows into the log.
    pub fn act(&mut self, command: Command) {
        let at = self.at();
        for event in self.sitting.decide(command, &Actor::Candidate, &at).unwrap() {
            self.write(at, event);
        }
    }

    pub fn write(&mut self, at: Moment, event: Event) -> Record {
        self.write_by(at, Actor::Candidate, event)
    }

    pub fn write_by(&mut self, at: Moment, by: Actor, event: Event) -> Record {
        let (record, line) = self.tail.append(at, by, event);
        self.lines.push(String::from_utf8(line).unwrap().trim_end().to_owned());
        self.sitting.apply(&record);
        record
    }

    pub fn respond(&mut self, item: &ItemId, value: Option<Value>) {
        let content = String::from_utf8(canonical(&value)).unwrap();
        let opening = Opening { seq: self.tail.seq, salt: shell::random(), content };
        self.act(Command::Respond { item: item.clone(), value, commitment: opening.commitment() });
        self.openings.push(opening);
    }

    pub fn submission_client(&self) -> Client {
        Client { name: "test".into(), version: "1".into() }
    }

    /// The log up to the readiness check.
    pub fn get_ready(&mut self) {
        let client = self.submission_client();
        self.act(Command::Admit { lease: self.lease.digest(), client });
        self.act(Command::Acknowledge { notice: Digest::of("notice") });
        let report = |control| ControlReport { control, holding: Holding::Enforced };
        self.act(Command::Report { controls: Control::ALL.map(report).into() });
    }

    /// Fetches the start and begins with the exam of this name.
    pub async fn begin(&mut self, issuer: &Issuer) -> Vec<u8> {
        let bytes = ok(self.call(issuer, Method::POST, "/start", vec![]).await);
        let start = Signed::<Start>::open(&bytes, &self.issuer).unwrap();
        let content = sealing::open(&self.identity, start.content_sealed.as_bytes()).unwrap();
        assert!(content.starts_with(b"AGE-SECRET-KEY-1"));
        assert_eq!(self.admission.window.place(start.at), InWindow::Within);
        let name: ExamId = self.admission.exam.id.clone();
        self.sitting.lay_out(Form::draw(&exam(name.as_str()), &self.admission.draw));
        self.act(Command::Begin { start: Some((start.at, start.digest())), deadline: start.deadline });
        bytes
    }

    /// Answers both items, rightly or not.
    pub fn answer(&mut self, rightly: bool) {
        for item in self.sitting.served().to_vec() {
            let value = match (item.as_str().ends_with("q1"), rightly) {
                (true, true) => Value::choice("b"),
                (true, false) => Value::choice("a"),
                (false, true) => Value::text(" Kubectl "),
                (false, false) => Value::text("docker"),
            };
            self.respond(&item, Some(value));
        }
    }

    pub fn segment(&self, from: usize) -> Segment {
        let openings = self.openings.iter().filter(|opening| from as u64 <= opening.seq).cloned().collect();
        Segment { epoch: self.lease.epoch, from_seq: from as u64, lines: self.lines[from..].to_vec(), openings }
    }

    pub async fn send(&self, issuer: &Issuer, segment: &Segment) -> (StatusCode, Vec<u8>) {
        self.call(issuer, Method::POST, "/records", serde_json::to_vec(segment).unwrap()).await
    }

    pub async fn status(&self, issuer: &Issuer) -> SittingStatus {
        serde_json::from_slice(&ok(self.call(issuer, Method::GET, "", vec![]).await)).unwrap()
    }

    pub fn submission(&self) -> Submission {
        let responses: BTreeMap<_, _> = self.sitting.responses().clone();
        let response = |item: &ItemId| {
            responses.get(item).map(|response| ResponseRef { seq: response.seq, commitment: response.commitment })
        };
        let answer = |item: &ItemId| Answer { item: item.clone(), response: response(item) };
        Submission {
            sitting: self.admission.sitting.clone(),
            admission: self.admission.digest(),
            pack: self.admission.pack.digest,
            cause: self.sitting.closing().unwrap().0,
            answers: self.sitting.served().iter().map(answer).collect(),
            log: LogRef { size: self.tail.seq, head: self.tail.head },
            evidence: vec![],
            lost: vec![],
            client: self.submission_client(),
        }
    }

    pub fn sign(&self, submission: Submission) -> Vec<u8> {
        let method = self.device.public().method();
        Signed::seal(submission, &self.device, &method, shell::now()).bytes().to_vec()
    }

    /// The hand-in file of this machine, sealed to `recipient`.
    pub fn hand_in(&self, recipient: &str, submission: Option<Vec<u8>>, evidence: &[&[u8]]) -> Vec<u8> {
        let log = LogRef { size: self.tail.seq, head: self.tail.head };
        let hand_in = HandIn { sitting: self.admission.sitting.clone(), epoch: self.lease.epoch, log };
        let method = self.device.public().method();
        let files = Files {
            admission: self.admission.bytes().to_vec(),
            leases: self.admitted.leases.iter().map(|lease| lease.to_string().into_bytes()).collect(),
            log: self.lines.iter().flat_map(|line| format!("{line}\n").into_bytes()).collect(),
            openings: self.openings.clone(),
            submission,
            hand_in: Some(Signed::seal(hand_in, &self.device, &method, shell::now()).bytes().to_vec()),
            evidence: evidence.iter().map(|bytes| (Digest::of(bytes), bytes.to_vec())).collect(),
            ..Files::default()
        };
        files.seal(recipient).unwrap()
    }

    pub async fn submit(&self, issuer: &Issuer, bytes: Vec<u8>) -> (StatusCode, Vec<u8>) {
        self.call(issuer, Method::POST, "/submission", bytes).await
    }

    /// Everything from the redemption to a submission that was not sent yet.
    pub async fn finish(&mut self, issuer: &Issuer, rightly: bool) -> Vec<u8> {
        self.get_ready();
        self.begin(issuer).await;
        self.answer(rightly);
        self.act(Command::Submit);
        ok(self.send(issuer, &self.segment(0)).await);
        self.sign(self.submission())
    }
}
