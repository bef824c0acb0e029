//! Pages for people: plain HTML that works without a script, and says no in words.

use super::super::App;
use super::browser::Browser;
use crate::fault::Fault;
use axum::{
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};

const POLICY: &str =
    "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

const STYLE: &str = "\
:root { color-scheme: light dark; --accent: #007763; }
body { font: 17px/1.6 system-ui, sans-serif; margin: 0; padding: 48px 24px; }
main { max-width: 36em; margin: 0 auto; }
h1 { line-height: 1.25; }
label { display: block; margin-top: 16px; font-weight: 600; }
input { font: inherit; padding: 8px; width: 100%; box-sizing: border-box; }
button { font: inherit; margin-top: 24px; padding: 8px 24px; border: 0; background: var(--accent); color: #fff; }
pre { white-space: pre-wrap; font: inherit; border-left: 2px solid currentColor; padding-left: 16px; }
.code { font-size: 0.875em; }
@media (prefers-color-scheme: dark) { a { color: #00b39f; } }
";

/// The pages' style.
pub async fn style() -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "text/css; charset=utf-8"), (header::CACHE_CONTROL, "no-cache")], STYLE)
}

/// Text as HTML shows it, also in the value of an attribute.
pub fn escape(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            other => safe.push(other),
        }
    }
    safe
}

/// A page. `body` is HTML already.
pub fn page(app: &App, browser: &Browser, title: &str, body: &str) -> Response {
    browser.remember(app, html(StatusCode::OK, title, body))
}

/// A form that posts to `action`; `fields` is HTML already.
pub fn form(browser: &Browser, action: &str, fields: &str, button: &str) -> String {
    format!(
        "<form method=\"post\" action=\"{}\"><input type=\"hidden\" name=\"form\" value=\"{}\">{fields}<button>{}</button></form>",
        escape(action),
        browser.form_token(),
        escape(button)
    )
}

fn html(status: StatusCode, title: &str, body: &str) -> Response {
    let title = escape(title);
    let page = format!(
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><title>{title}</title>\
         <link rel=\"stylesheet\" href=\"/page.css\"></head><body><main><h1>{title}</h1>\n{body}\n</main></body></html>\n"
    );
    let headers = [(header::CONTENT_TYPE, "text/html; charset=utf-8"), (header::CONTENT_SECURITY_POLICY, POLICY)];
    (status, headers, page).into_response()
}

/// A fault on a page.
pub struct Said(Fault);

impl<T: Into<Fault>> From<T> for Said {
    fn from(fault: T) -> Self {
        Self(fault.into())
    }
}

impl IntoResponse for Said {
    fn into_response(self) -> Response {
        // The problem document says what is logged and which headers belong to it.
        let (_, code, title) = self.0.kind();
        let said = self.0.to_string();
        let problem = self.0.into_response();
        let mut words: String = said.chars().take(1).flat_map(char::to_uppercase).collect();
        words.extend(said.chars().skip(1));
        let way = if code == Fault::SignInNeeded.code() { "<p><a href=\"/sign-in\">Sign in</a></p>" } else { "" };
        let body = format!("<p>{}.</p>{way}<p class=\"code\">Code: {code}</p>", escape(&words));
        let mut page = html(problem.status(), title, &body);
        if let Some(wait) = problem.headers().get(header::RETRY_AFTER) {
            page.headers_mut().insert(header::RETRY_AFTER, wait.clone());
        }
        page
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_stays_text() {
        assert_eq!(escape("<b a=\"'\">&</b>"), "&lt;b a=&quot;&#39;&quot;&gt;&amp;&lt;/b&gt;");
    }
}
