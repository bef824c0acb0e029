//! `invite`.

use super::{CommandError, Context, card, times};
use crate::{shell, store::NewInvitation};
use clap::Args;
use invigil_core::{ProgrammeId, code::Code, person::Email};
use serde_json::json;

/// Whom to invite to what.
#[derive(Args)]
pub struct Invite {
    /// The programme.
    #[arg(long)]
    programme: ProgrammeId,
    /// The address that the link will be sent to. A candidate who has it is signed in again by the link.
    #[arg(long)]
    email: Email,
    /// Until when the link can be used: a time, or +14d, +2h from now.
    #[arg(long, default_value = "+14d")]
    expires: String,
}

pub fn run(context: &Context, command: Invite) -> Result<(), CommandError> {
    let store = context.store()?;
    let card = card(&store)?;
    let now = shell::now();
    let ends = times::closing(&command.expires, now)?;
    if ends <= now {
        return Err(CommandError::Usage("the link would end before it begins".to_owned()));
    }
    let code = Code::new(shell::random());
    let Invite { programme, email, .. } = command;
    let new = NewInvitation { code: code.digest(), programme, email, ends };
    if !store.put_invitation(&new, "operator", now)? {
        return Err(CommandError::Name(format!("there is no programme “{}”", new.programme)));
    }
    let link = format!("{}/join/{code}", card.issuer.origin);
    let json = json!({"programme": new.programme, "email": new.email.as_str(), "expires": ends, "link": link});
    let text = format!(
        "{}  {}\n  link     {link}\n  until    {ends}\nSend the link to this address; it is shown only once and can be \
         used once.",
        new.programme, new.email
    );
    context.print(text, &json)
}
