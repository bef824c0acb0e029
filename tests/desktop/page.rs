//! The page in the application's window: finding, pressing, reading.

use crate::{application::Application, desk::wait, driver::Element};
use reqwest::Method;
use serde_json::{Value as Json, json};

/// Names the screen that is shown.
pub const SHOWN: &str = "return document.querySelector('[data-screen]')?.dataset.screen ?? ''";
const SCRIPT: &str = include_str!("page.js");

impl Application {
    /// Calls a function of `page.js`. Between two pages there is none to run it on, which is not worth a failure.
    pub fn ask(&self, call: &str, arguments: &[Json]) -> Option<Json> {
        let script = format!("{SCRIPT}\nreturn {call}(...arguments);");
        self.driver.run(&script, arguments).ok().filter(|value| !value.is_null())
    }

    /// The name as the window's language writes it.
    pub fn named(&self, name: &str) -> String {
        if self.pseudo && name != "*" { pseudo(name) } else { name.to_owned() }
    }

    pub fn sees(&self, role: &str, name: &str) -> bool {
        self.ask("find", &[json!(role), json!(self.named(name))]).is_some()
    }

    #[track_caller]
    pub fn until_seen(&self, role: &str, name: &str) -> Element {
        let arguments = [json!(role), json!(self.named(name))];
        wait(&format!("the {role} “{name}” {}", self.place()), || self.ask("find", &arguments).map(Element))
    }

    /// Clicks on something as soon as that is possible.
    #[track_caller]
    pub fn press(&self, role: &str, name: &str) {
        let arguments = [json!(role), json!(self.named(name))];
        wait(&format!("a click on the {role} “{name}” {}", self.place()), || {
            let element = self.ask("ready", &arguments).map(Element)?;
            self.click(&element).ok()
        });
    }

    pub fn click(&self, element: &Element) -> Result<(), String> {
        self.driver.call(Method::POST, &format!("/element/{}/click", id(element)), Some(&json!({}))).map(|_| ())
    }

    /// Types into the field that a selector finds.
    #[track_caller]
    pub fn fill(&self, selector: &str, text: &str) {
        let field = self.until_seen(selector, "*");
        let path = format!("/element/{}/value", id(&field));
        // A window that has not got the keyboard yet, or has just lost it, is told nothing of what is typed.
        wait("the field to take the text", || {
            self.driver.call(Method::POST, &path, Some(&json!({"text": text}))).expect("the field takes the text");
            (text.is_empty() || self.value(selector).as_deref() != Some("")).then_some(())
        });
    }

    /// The screen that is shown, as the page names it.
    pub fn shown(&self) -> String {
        let name = self.driver.run(SHOWN, &[]).ok();
        name.and_then(|name| name.as_str().map(str::to_owned)).unwrap_or_default()
    }

    #[track_caller]
    pub fn until_shown(&self, screen: &str) {
        wait(&format!("the screen “{screen}” {}", self.place()), || (self.shown() == screen).then_some(()));
    }

    pub fn text(&self, selector: &str) -> Option<String> {
        self.ask("textOf", &[json!(selector)])?.as_str().map(str::to_owned)
    }

    /// The first of the lines that a selector finds and that begins so.
    pub fn line(&self, selector: &str, begin: &str) -> Option<String> {
        self.ask("lineOf", &[json!(selector), json!(begin)])?.as_str().map(str::to_owned)
    }

    /// Whether a function of `page.js` says yes.
    pub fn is_true(&self, call: &str) -> bool {
        self.ask(call, &[]).and_then(|answer| answer.as_bool()).unwrap_or_default()
    }

    /// Takes away what a field holds.
    pub fn wipe(&self, selector: &str) {
        let field = self.until_seen(selector, "*");
        let path = format!("/element/{}/clear", id(&field));
        self.driver.call(Method::POST, &path, Some(&json!({}))).expect("the field can be emptied");
    }

    /// The attribute of the first element that a selector finds.
    pub fn attribute(&self, selector: &str, name: &str) -> Option<String> {
        let script = "return document.querySelector(arguments[0])?.getAttribute(arguments[1])";
        self.driver.run(script, &[json!(selector), json!(name)]).ok()?.as_str().map(str::to_owned)
    }

    /// What the field that a selector finds holds.
    pub fn value(&self, selector: &str) -> Option<String> {
        let script = "return document.querySelector(arguments[0])?.value";
        self.driver.run(script, &[json!(selector)]).ok()?.as_str().map(str::to_owned)
    }

    /// Where a wait began, for its message.
    fn place(&self) -> String {
        format!("(on the screen “{}”)", self.shown())
    }
}

fn id(element: &Element) -> String {
    let id = element.0.as_object().and_then(|object| object.values().next()).and_then(Json::as_str);
    id.expect("WebDriver names its elements").to_owned()
}

/// A text as the pseudo language writes it; see `ui/src/shared/fluent.ts`.
fn pseudo(text: &str) -> String {
    const PLAIN: &str = "aeiouAEOnc";
    const ACCENTED: &str = "áëïöüÅÉØñç";
    let accented = |letter| PLAIN.chars().zip(ACCENTED.chars()).find(|(plain, _)| *plain == letter);
    let (text, rest) = text.strip_suffix('*').map_or((text, "⟧"), |begin| (begin, "*"));
    let text: String = text.chars().map(|letter| accented(letter).map_or(letter, |(_, accented)| accented)).collect();
    format!("⟦{text}{rest}")
}
