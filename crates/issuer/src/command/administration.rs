//! `administration new`, `administration list`.

use super::{CommandError, Context, times, to_json};
use crate::{
    setup::{Random, Schedule, Scheduled},
    shell,
    store::{self, CheckIn, Supervision},
};
use clap::Subcommand;
use invigil_core::{
    Digest, ExamId,
    admission::Window,
    policy::{Pictures, Policy},
};
use serde_json::json;

/// What to do with administrations.
#[derive(Subcommand)]
pub enum Administration {
    /// Schedule an exam and print its codes, once.
    New {
        /// The exam.
        #[arg(long)]
        exam: ExamId,
        /// When it opens: a time, or “now”.
        #[arg(long, default_value = "now")]
        opens: String,
        /// When it closes: a time, or +2h, +90m, +3d after the opening.
        #[arg(long)]
        closes: String,
        /// The rules: open, moderate or strict.
        #[arg(long)]
        policy: String,
        /// Who looks on: none, in-the-room, live or reviewed.
        #[arg(long, default_value = "none")]
        supervision: Supervision,
        /// How it is made sure who sits: none, proctor, or institution:PROVIDER.
        #[arg(long, default_value = "none")]
        check_in: CheckIn,
        /// Days that a candidate's computer keeps the answers after the receipt; otherwise as the policy says.
        #[arg(long, value_name = "DAYS")]
        keep_days: Option<u32>,
        /// Take pictures of the screen, one in so many seconds on average (2 to 3600); otherwise none are taken.
        #[arg(long, value_name = "SECONDS")]
        pictures: Option<u64>,
        /// Days that this service keeps the pictures after the receipt.
        #[arg(long, value_name = "DAYS", default_value_t = 30, requires = "pictures")]
        pictures_keep_days: u32,
        /// What the pictures of one sitting may weigh together, in millions of bytes.
        #[arg(long, value_name = "MB", default_value_t = 60, requires = "pictures")]
        pictures_megabytes: u32,
        /// The pack; otherwise the newest of the exam.
        #[arg(long, value_name = "DIGEST")]
        pack: Option<Digest>,
    },
    /// List the administrations, the newest first.
    List,
}

pub fn run(context: &Context, command: Administration) -> Result<(), CommandError> {
    match command {
        Administration::New {
            exam,
            opens,
            closes,
            policy,
            supervision,
            check_in,
            keep_days,
            pictures,
            pictures_keep_days,
            pictures_megabytes,
            pack,
        } => {
            let now = shell::now();
            let opens = times::opening(&opens, now)?;
            let window = Window { opens, closes: times::closing(&closes, opens)? };
            let preset = Policy::preset(&policy).ok_or_else(|| {
                CommandError::Usage(format!("“{policy}” is not a policy; there are {}", Policy::PRESETS.join(", ")))
            })?;
            let pictures = pictures.map(|seconds| Pictures {
                every_ms: seconds.saturating_mul(1_000),
                quota_bytes: u64::from(pictures_megabytes) * 1_000_000,
                keep_days: pictures_keep_days,
            });
            let policy = Policy { keep_days: keep_days.unwrap_or(preset.keep_days), pictures, ..preset };
            let random = Random { id: shell::random(), other: shell::random(), code: shell::random() };
            let wanted = Schedule { exam, window, policy, supervision, check_in, pack };
            print_new(context, &context.desk()?.schedule(wanted, &random, now)?)
        }
        Administration::List => {
            let administrations = context.store()?.administrations()?;
            let lines: Vec<_> = administrations.iter().map(text).collect();
            context.print(lines.join("\n"), &json!({"administrations": to_json(&administrations)?}))
        }
    }
}

fn print_new(context: &Context, scheduled: &Scheduled) -> Result<(), CommandError> {
    let Scheduled { administration, start_code, resume_code } = scheduled;
    let mut json = to_json(administration)?;
    json["startCode"] = start_code.to_string().into();
    json["resumeCode"] = resume_code.to_string().into();
    let text = format!(
        "{}\n  start code   {start_code}   opens the paper where this service is out of reach\n  \
         resume code  {resume_code}   lets a held sitting go on\n\
         Write both codes down now; they are shown only once.",
        text(administration)
    );
    context.print(text, &json)
}

fn text(administration: &store::Administration) -> String {
    format!(
        "{}  {}  {} to {}  policy {}, supervision {}, check-in {}",
        administration.id,
        administration.exam,
        administration.window.opens,
        administration.window.closes,
        administration.policy.name,
        administration.supervision,
        administration.check_in
    )
}
