//! Joining a programme by an invitation.

use super::{
    super::{App, Body, Name, blocking, candidate::From as Sender},
    browser::Browser,
    fields,
    page::{Said, escape, form, page},
    session::{Beginning, Maybe},
};
use crate::{fault::Fault, setup, shell, store::Person};
use axum::{
    extract::State,
    response::{IntoResponse, Redirect, Response},
};
use invigil_core::{Digest, code::Code, person};
use serde::Deserialize;
use std::sync::Arc;
use utoipa::ToSchema;

fn digest(code: &str) -> Result<Digest, Fault> {
    code.parse().map(|code: Code| code.digest()).map_err(|_| Fault::InvitationUnknown)
}

/// What an invitation is to. Looking at it does not use it, because programs that check links look too.
#[utoipa::path(get, path = "/join/{code}", params(("code" = String, Path, description = "The invitation's code")),
    responses((status = 200, body = String, content_type = "text/html", description = "A page with a form"),
        (status = 404, description = "`invitation-unknown`"), (status = 409, description = "`invitation-used`"),
        (status = 410, description = "`invitation-expired`"), (status = 429, description = "`too-many-attempts`")))]
pub async fn invitation(
    State(app): State<Arc<App>>,
    from: Sender,
    browser: Browser,
    Name(code): Name,
) -> Result<Response, Said> {
    let now = shell::now();
    app.redemptions.check(from.address(), now)?;
    let asked = code.clone();
    let found = blocking(&app, move |desk| desk.invitation(&digest(&asked)?, shell::now())).await;
    let invitation = match found {
        Ok(invitation) => invitation,
        Err(fault) => {
            app.redemptions.failed(from.address(), now);
            return Err(fault.into());
        }
    };
    let title = escape(&invitation.title);
    let who = escape(&invitation.email);
    let name = match &invitation.known {
        Some(known) => format!("<p>You are known here as <b>{}</b>.</p>", escape(&known.name)),
        None => "<label for=\"name\">Your name, as a credential shall say it</label>\
             <input id=\"name\" name=\"name\" autocomplete=\"name\" required maxlength=\"200\">"
            .to_owned(),
    };
    let body = format!(
        "<p>This invitation is for {who}. It can be used once.</p>{}",
        form(&browser, &format!("/join/{code}"), &name, "Join")
    );
    Ok(page(&app, &browser, &format!("Join {title}"), &body))
}

/// The form of an invitation.
#[derive(Deserialize, ToSchema)]
pub struct Joining {
    /// The form's token.
    form: String,
    /// The person's name; not needed when they are known.
    #[serde(default)]
    name: String,
}

/// Uses an invitation: registers the person, and signs them in.
#[utoipa::path(post, path = "/join/{code}", params(("code" = String, Path, description = "The invitation's code")),
    request_body(content = Joining, content_type = "application/x-www-form-urlencoded"),
    responses((status = 303, description = "To the person's own page; the cookie is set"),
        (status = 400, description = "`bad-request`"), (status = 403, description = "`form-expired`"),
        (status = 404, description = "`invitation-unknown`"), (status = 409, description = "`invitation-used`"),
        (status = 410, description = "`invitation-expired`"), (status = 429, description = "`too-many-attempts`")))]
pub async fn accept(
    State(app): State<Arc<App>>,
    from: Sender,
    browser: Browser,
    Maybe(session, _): Maybe,
    Name(code): Name,
    body: Body,
) -> Result<Response, Said> {
    let now = shell::now();
    app.redemptions.check(from.address(), now)?;
    let joining: Joining = fields(&body)?;
    browser.check(&joining.form)?;
    let beginning = Beginning::at(now);
    let new = beginning.stored();
    let join = move |desk: &crate::desk::Desk| {
        let code = digest(&code)?;
        let invitation = desk.invitation(&code, now)?;
        let person = match (invitation.known, session) {
            (Some(known), _) => known,
            (None, Some(session)) => session.person,
            (None, None) => Person {
                id: setup::new_person(shell::random())?,
                name: person::name(&joining.name).map_err(|why| Fault::BadRequest(why.to_string()))?,
                email: Some(invitation.email),
                created: now,
            },
        };
        desk.join(&code, &person, &new, now)
    };
    if let Err(fault) = blocking(&app, join).await {
        app.redemptions.failed(from.address(), now);
        return Err(fault.into());
    }
    Ok(beginning.give(&app, Redirect::to("/account").into_response()))
}
