//! The agreement of a programme: read it, and accept it.

use super::{
    super::{App, Body, Name, blocking, candidate::From as Sender},
    browser::Browser,
    fields,
    page::{Said, escape, form, page},
    session::Maybe,
};
use crate::{desk::Desk, fault::Fault, shell};
use axum::{extract::State, response::Response};
use invigil_core::{Digest, ProgrammeId};
use serde::Deserialize;
use std::sync::Arc;
use utoipa::ToSchema;

/// The present agreement of a programme, with a form to accept it.
#[utoipa::path(get, path = "/agreements/{programme}",
    params(("programme" = String, Path, description = "The programme")),
    responses((status = 200, body = String, content_type = "text/html", description = "A page with a form"),
        (status = 404, description = "`agreement-unknown`")))]
pub async fn agreement(
    State(app): State<Arc<App>>,
    browser: Browser,
    Maybe(session, _): Maybe,
    Name(programme): Name,
) -> Result<Response, Said> {
    let id: ProgrammeId = programme.parse().map_err(|_| Fault::AgreementUnknown)?;
    let found = blocking(&app, move |desk| desk.store().agreement(&id)?.ok_or(Fault::AgreementUnknown)).await?;
    let who = match session {
        Some(session) => format!("<p>You accept it as <b>{}</b>.</p>", escape(&session.person.name)),
        None => "<label for=\"code\">The code of your exam link, such as 7K2M9-QXB44</label>\
             <input id=\"code\" name=\"code\" autocomplete=\"off\" required>"
            .to_owned(),
    };
    let fields = format!("<input type=\"hidden\" name=\"digest\" value=\"{}\">{who}", found.digest);
    let body = format!(
        "<p>Version {}</p><pre>{}</pre>{}",
        found.version,
        escape(&found.text),
        form(&browser, &format!("/agreements/{programme}"), &fields, "I accept this")
    );
    Ok(page(&app, &browser, "Agreement", &body))
}

/// The form of an agreement.
#[derive(Deserialize, ToSchema)]
pub struct Accepting {
    /// The form's token.
    form: String,
    /// The digest of the text that was shown.
    digest: String,
    /// The code of an admission link, where nobody is signed in.
    #[serde(default)]
    code: String,
}

/// Accepts an agreement, for whoever is signed in or has the code of an exam of this programme.
#[utoipa::path(post, path = "/agreements/{programme}",
    params(("programme" = String, Path, description = "The programme")),
    request_body(content = Accepting, content_type = "application/x-www-form-urlencoded"),
    responses((status = 200, body = String, content_type = "text/html", description = "It is accepted"),
        (status = 400, description = "`bad-request`"), (status = 401, description = "`sign-in-needed`"),
        (status = 403, description = "`form-expired`"),
        (status = 404, description = "`agreement-unknown`, `code-unknown`"),
        (status = 409, description = "`agreement-changed`"), (status = 429, description = "`too-many-attempts`")))]
pub async fn agree(
    State(app): State<Arc<App>>,
    from: Sender,
    browser: Browser,
    Maybe(session, _): Maybe,
    Name(programme): Name,
    body: Body,
) -> Result<Response, Said> {
    let now = shell::now();
    app.redemptions.check(from.address(), now)?;
    let accepting: Accepting = fields(&body)?;
    browser.check(&accepting.form)?;
    let programme: ProgrammeId = programme.parse().map_err(|_| Fault::AgreementUnknown)?;
    let digest: Digest = accepting.digest.parse().map_err(|_| Fault::AgreementChanged)?;
    let accept = move |desk: &Desk| {
        let person = match session {
            Some(session) => session.person.id,
            None if accepting.code.is_empty() => return Err(Fault::SignInNeeded),
            None => desk.candidate_of_code(&accepting.code, &programme)?,
        };
        desk.agree(&person, &programme, &digest, now)
    };
    if let Err(fault) = blocking(&app, accept).await {
        if fault == Fault::CodeUnknown {
            app.redemptions.failed(from.address(), now);
        }
        return Err(fault.into());
    }
    Ok(page(&app, &browser, "Accepted", "<p>You have accepted the agreement. You can close this page.</p>"))
}
