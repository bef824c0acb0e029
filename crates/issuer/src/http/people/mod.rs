//! Pages for people: joining by an invitation, signing in at a provider, and what is known of oneself. They work without a script.
//!
//! Every form carries a token of the browser that it was shown in.

mod account;
mod agreement;
mod browser;
mod join;
mod page;
mod session;
mod sign_in;

pub use account::{__path_account, __path_open_console, __path_sign_out, account, open_console, sign_out};
pub use agreement::{__path_agree, __path_agreement, agree, agreement};
pub use join::{__path_accept, __path_invitation, accept, invitation};
pub use page::style;
pub use sign_in::{__path_begin, __path_end, __path_ways, begin, end, ways};

use super::Body;
use crate::fault::Fault;
use serde::de::DeserializeOwned;

/// The fields of a form.
fn fields<T: DeserializeOwned>(body: &Body) -> Result<T, Fault> {
    serde_urlencoded::from_bytes(&body.0).map_err(|_| Fault::BadRequest("this form is not complete".to_owned()))
}
