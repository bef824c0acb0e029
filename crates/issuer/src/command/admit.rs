//! `admit`.

use super::{CommandError, Context, card};
use crate::{
    setup::{self, Random},
    shell,
    store::Accommodation,
};
use clap::Args;
use invigil_core::{
    AdministrationId, CandidateId, person,
    policy::Control,
    roster::{EXTRA_MINUTES_MAX, EXTRA_PERCENT_MAX},
};
use serde_json::{Value as Json, json};

/// Whom to admit to what.
#[derive(Args)]
pub struct Admit {
    /// The administration.
    #[arg(long)]
    administration: AdministrationId,
    /// The candidate's name, as the credential will say it.
    #[arg(long)]
    name: String,
    /// The candidate's identifier; made when it is not given.
    #[arg(long)]
    candidate: Option<CandidateId>,
    /// Extra time in percent of the exam's minutes.
    #[arg(long, default_value_t = 0, value_parser = clap::value_parser!(u32).range(..=i64::from(EXTRA_PERCENT_MAX)))]
    extra_percent: u32,
    /// Extra time in minutes.
    #[arg(long, default_value_t = 0, value_parser = clap::value_parser!(u32).range(..=i64::from(EXTRA_MINUTES_MAX)))]
    extra_minutes: u32,
    /// Controls that are not asked for: keyboard, fullscreen, covers, close, clipboard, page, awake.
    #[arg(long, value_delimiter = ',', value_parser = control)]
    without: Vec<Control>,
}

fn control(text: &str) -> Result<Control, String> {
    serde_json::from_value(Json::from(text))
        .map_err(|_| format!("there are {}", Control::ALL.map(Control::word).join(", ")))
}

pub fn run(context: &Context, command: Admit) -> Result<(), CommandError> {
    let name = person::name(&command.name).map_err(|why| CommandError::Usage(why.to_string()))?;
    let store = context.store()?;
    let wanted = setup::Admit {
        administration: command.administration,
        name: name.clone(),
        candidate: command.candidate,
        accommodation: Accommodation {
            extra_percent: command.extra_percent,
            extra_minutes: command.extra_minutes,
            without: command.without.into_iter().collect(),
        },
    };
    let random = Random { id: shell::random(), other: shell::random(), code: shell::random() };
    let admitted = setup::admit(&store, &card(&store)?, wanted, &random, shell::now())?;
    if admitted.candidate.name != name {
        context.warn(format!("the candidate is known as “{}”, and stays so", admitted.candidate.name))?;
    }
    let json = json!({
        "sitting": admitted.sitting, "candidate": admitted.candidate.id, "name": admitted.candidate.name,
        "link": admitted.link,
    });
    let text = format!(
        "{}  {}\n  sitting  {}\n  link     {}\nGive the link to the candidate; it is shown only once.",
        admitted.candidate.id, admitted.candidate.name, admitted.sitting, admitted.link
    );
    context.print(text, &json)
}
