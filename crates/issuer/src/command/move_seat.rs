//! `move`.

use super::{CommandError, Context, card};
use crate::{desk, shell};
use clap::Args;
use invigil_core::SittingId;
use serde_json::json;

/// Which sitting.
#[derive(Args)]
pub struct Move {
    /// The sitting.
    sitting: SittingId,
}

pub fn run(context: &Context, command: &Move) -> Result<(), CommandError> {
    let store = context.store()?;
    let sitting = &command.sitting;
    let link = desk::move_seat(&store, &card(&store)?, sitting, shell::random(), "operator", shell::now())?;
    let text = format!(
        "{sitting}\n  link     {link}\nOpen it on the computer that is to go on; it is shown only once. The computer that \
         has the sitting now writes on until then."
    );
    context.print(text, &json!({ "sitting": sitting, "link": link }))
}
