//! Figures, their spread over the rounds, and the table they are printed in.

use std::fmt::Write;

/// What a figure counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// Milliseconds.
    Ms,
    /// Mebibytes.
    MiB,
    /// Thousands of bytes.
    KB,
}

impl Unit {
    fn name(self) -> &'static str {
        match self {
            Self::Ms => "ms",
            Self::MiB => "MiB",
            Self::KB => "kB",
        }
    }
}

/// What is promised of a figure.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Goal {
    /// At most this many times the yardstick.
    Ratio(f64),
    /// At most this much.
    Most(f64),
    /// Nothing; it is watched.
    None,
}

/// One figure: a value for each round, and the yardstick's value in the same round.
#[derive(Debug, Clone)]
pub struct Row {
    /// What is measured.
    pub name: &'static str,
    /// What it counts.
    pub unit: Unit,
    /// Our values, one a round.
    pub ours: Vec<f64>,
    /// The yardstick's name and its values; empty where nothing is held against it.
    pub yardstick: (&'static str, Vec<f64>),
    /// What is promised.
    pub goal: Goal,
}

/// What one part of the bench found.
#[derive(Debug, Clone, Default)]
pub struct Part {
    /// Its figures.
    pub rows: Vec<Row>,
    /// Remarks that belong below the table.
    pub notes: Vec<String>,
}

/// The value below which the share `p` of `values` lies.
pub fn percentile(values: &[f64], p: f64) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "an index into a short list")]
    let at = ((sorted.len() as f64 - 1.0) * p).round().max(0.0) as usize;
    sorted.get(at).copied().unwrap_or(f64::NAN)
}

/// The middle value.
pub fn median(values: &[f64]) -> f64 {
    percentile(values, 0.5)
}

fn number(value: f64) -> String {
    match value.abs() {
        small if small < 10.0 => format!("{value:.2}"),
        middle if middle < 100.0 => format!("{value:.1}"),
        _ => format!("{value:.0}"),
    }
}

fn spread(values: &[f64]) -> String {
    let text = number(median(values));
    if values.len() < 2 {
        return text;
    }
    format!("{text} ({}–{})", number(percentile(values, 0.0)), number(percentile(values, 1.0)))
}

impl Row {
    fn ratios(&self) -> Vec<f64> {
        self.ours.iter().zip(&self.yardstick.1).map(|(ours, other)| ours / other).collect()
    }

    fn cells(&self) -> [String; 5] {
        let ratios = self.ratios();
        let (name, values) = &self.yardstick;
        let unit = self.unit.name();
        let yardstick = if values.is_empty() { "–".into() } else { format!("{name}: {} {unit}", spread(values)) };
        let ratio = if ratios.is_empty() { "–".into() } else { spread(&ratios) };
        let met = |met: bool| if met { "met" } else { "not met" };
        let goal = match self.goal {
            Goal::Ratio(limit) => format!("≤ {limit}×: {}", met(median(&ratios) <= limit)),
            Goal::Most(limit) => format!("≤ {limit} {unit}: {}", met(median(&self.ours) <= limit)),
            Goal::None => "–".into(),
        };
        [self.name.into(), format!("{} {unit}", spread(&self.ours)), yardstick, ratio, goal]
    }
}

/// The figures as a table that is readable here and in Markdown.
pub fn table(rows: &[Row]) -> String {
    let head = ["figure", "Invigil", "against", "ratio", "goal"].map(str::to_owned);
    let lines: Vec<[String; 5]> = std::iter::once(head).chain(rows.iter().map(Row::cells)).collect();
    let mut widths = [0; 5];
    for line in &lines {
        for (width, cell) in widths.iter_mut().zip(line) {
            *width = cell.chars().count().max(*width);
        }
    }
    let mut text = String::new();
    for (n, line) in lines.iter().enumerate() {
        for (width, cell) in widths.iter().zip(line) {
            let _ = write!(text, "| {cell:<width$} ");
        }
        text.push_str("|\n");
        if n == 0 {
            for width in widths {
                let _ = write!(text, "|{}", "-".repeat(width + 2));
            }
            text.push_str("|\n");
        }
    }
    text
}
