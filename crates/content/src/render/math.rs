//! LaTeX to MathML.

use pulldown_latex::{Parser, RenderConfig, Storage, config::DisplayMode, mathml::push_mathml};
use std::convert::Infallible;

/// The longest formula that is typeset, in characters.
pub const FORMULA_CHARS_MAX: usize = 2_000;
// A formula whose own macros multiply it beyond this is not one that a candidate can read.
const EVENTS_MAX: usize = 20_000;

/// The MathML of a formula; `None` when any part of it is not LaTeX that can be typeset.
pub fn mathml(latex: &str, display: bool) -> Option<String> {
    if FORMULA_CHARS_MAX < latex.chars().count() {
        return None;
    }
    let storage = Storage::new();
    let events: Vec<_> = Parser::new(latex, &storage).take(EVENTS_MAX).collect::<Result<_, _>>().ok()?;
    if events.is_empty() || events.len() == EVENTS_MAX {
        return None;
    }
    let display_mode = if display { DisplayMode::Block } else { DisplayMode::Inline };
    let mut mathml = String::new();
    let events = events.into_iter().map(Ok::<_, Infallible>);
    push_mathml(&mut mathml, events, RenderConfig { display_mode, ..RenderConfig::default() }).ok()?;
    Some(mathml)
}
