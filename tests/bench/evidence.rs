//! 60 MiB of evidence over a link that breaks every two seconds: what a break costs.

use crate::{
    Outcome, said, sitting,
    table::{Goal, Part, Row, Unit},
    timing::{ms_since, now},
};
use invigil::stage::Stage;
use invigil_client::view::Act;
use invigil_core::exchange::CHUNK_BYTES_MAX;
use invigil_tests::{link::Link, paper, root};
use std::{path::Path, time::Duration};

const PIECES: usize = 60;
const PIECE: usize = 1024 * 1024;
const BYTES_PER_S: u64 = 4 * 1024 * 1024;
const BREAK_EVERY: Duration = Duration::from_secs(2);
const LOOK: Duration = Duration::from_millis(50);
const PATIENCE_MS: f64 = 300_000.0;

/// Measures it in `home`.
pub fn measure(home: &Path) -> Outcome<Part> {
    let whole = sent(&home.join("whole"), None)?;
    let broken = sent(&home.join("broken"), Some(BREAK_EVERY))?;
    #[expect(clippy::cast_precision_loss, reason = "far below 2^52")]
    let kb_a_break = broken.bytes.saturating_sub(whole.bytes) as f64 / broken.breaks.max(1) as f64 / 1_000.0;
    #[expect(clippy::cast_precision_loss, reason = "far below 2^52")]
    let chunk = CHUNK_BYTES_MAX as f64 / 1_000.0;
    let row = Row {
        name: "evidence sent again, for each break",
        unit: Unit::KB,
        ours: vec![kb_a_break],
        yardstick: ("", vec![]),
        goal: Goal::Most(chunk + 1.0),
    };
    let note = format!(
        "evidence: {PIECES} pieces of 1 MiB at 4 MiB/s; {} breaks; {} bytes with them, {} without; {:.1} s and {:.1} s \
         until the receipt. A chunk is {chunk:.0} kB; a break may also cost a request that asks where to go on.",
        broken.breaks,
        broken.bytes,
        whole.bytes,
        broken.ms / 1_000.0,
        whole.ms / 1_000.0
    );
    Ok(Part { rows: vec![row], notes: vec![note] })
}

struct Sent {
    bytes: u64,
    breaks: u64,
    ms: f64,
}

/// Sits, keeps the evidence, hands in, and waits for the receipt.
fn sent(home: &Path, break_every: Option<Duration>) -> Outcome<Sent> {
    let mut link = Link::listen()?;
    let meshery = root().join("exams/meshery");
    let mut stage = Stage::set(&home.join("issuer"), "Bench issuer", Some(link.port))?;
    stage.load(&meshery, &[meshery.join("certified-meshery-contributor/meshery-server.md")])?;
    let administration =
        stage.administer_with("cmc-server", "open", &["--pictures", "10", "--pictures-megabytes", "100"])?;
    stage.serve()?;
    link.lead_to(stage.listens_at().to_owned(), BYTES_PER_S);
    let address = stage.admit(&administration.id, "bench-candidate", "Bench Candidate")?;
    let outcome = crate::runtime()?.block_on(async {
        let engine = sitting::start(&home.join("state"), None).await?;
        sitting::begin(&engine, &address).await?;
        let before = link.sent();
        for n in 0..PIECES {
            let piece: Vec<u8> =
                (0..PIECE).map(|at| u8::try_from((at * 31 + at / 251 + n) % 256).unwrap_or(0)).collect();
            let sitting = engine.subscribe().borrow().sitting.as_ref().map(|sitting| sitting.id.clone());
            let sitting = sitting.ok_or("no sitting is open")?;
            engine.keep_picture(&sitting, &piece, paper::picture()).map_err(said)?;
        }
        engine.dispatch(Act::Submit).await.map_err(said)?;
        let (start, mut last, mut breaks) = (now(), now(), 0);
        let received = || {
            let view = engine.subscribe().borrow().sitting.clone();
            view.and_then(|sitting| sitting.closing).is_some_and(|closing| closing.receipt.is_some())
        };
        while !received() {
            tokio::time::sleep(LOOK).await;
            if break_every.is_some_and(|every| every.as_secs_f64() * 1_000.0 <= ms_since(last)) {
                link.cut();
                (last, breaks) = (now(), breaks + 1);
            }
            if PATIENCE_MS < ms_since(start) {
                return Err("the evidence did not arrive in five minutes".into());
            }
        }
        engine.stop();
        Ok(Sent { bytes: link.sent() - before, breaks, ms: ms_since(start) })
    });
    stage.stop();
    outcome
}
