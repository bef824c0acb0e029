//! A candidate's desktop, drawn: an exam page with text, a clock and a cursor, and what may come in front of it.

use ab_glyph::{Font, FontArc, PxScale, ScaleFont, point};
use invigil_capture::Frame;

const FONT: &str = "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf";

type Colour = [u8; 3];
const PAPER: Colour = [250, 250, 250];
const INK: Colour = [28, 36, 42];
const BAR: Colour = [60, 73, 79];
const KEPPEL: Colour = [0, 119, 99];

/// What the screen shows. Lengths are in pixels at a scale of 1.
#[derive(Clone)]
pub struct Desk {
    pub width: u32,
    pub height: u32,
    pub scale: f32,
    pub question: usize,
    pub clock: &'static str,
    pub chosen: Option<usize>,
    pub typed: &'static str,
    pub cursor: bool,
    pub scrolled: f32,
    pub saved: bool,
    pub messenger: bool,
    pub notice: bool,
}

impl Desk {
    pub fn new(width: u32, height: u32, scale: f32) -> Self {
        Self {
            width,
            height,
            scale,
            question: 0,
            clock: "0:59:12",
            chosen: None,
            typed: "",
            cursor: false,
            scrolled: 0.0,
            saved: false,
            messenger: false,
            notice: false,
        }
    }

    /// How it looks.
    pub fn frame(&self) -> Frame {
        let mut sheet = Sheet::new(self);
        let (across, left) = (self.width as f32 / self.scale, 60.0);
        let down = self.height as f32 / self.scale;
        let (title, stem, options) = &QUESTIONS[self.question];
        let mut y = 90.0 - self.scrolled;
        y = sheet.text(left, y, 27.0, INK, title);
        for line in stem.iter() {
            y = sheet.text(left, y + 4.0, 17.0, INK, line);
        }
        for (index, option) in options.iter().enumerate() {
            y += 14.0;
            sheet.rectangle(left, y, 18.0, 18.0, INK);
            sheet.rectangle(left + 2.0, y + 2.0, 14.0, 14.0, PAPER);
            if self.chosen == Some(index) {
                sheet.rectangle(left + 4.0, y + 4.0, 10.0, 10.0, KEPPEL);
            }
            y = sheet.text(left + 30.0, y, 17.0, INK, option);
        }
        y += 20.0;
        sheet.rectangle(left, y, 700.0, 120.0, BAR);
        sheet.rectangle(left + 1.0, y + 1.0, 698.0, 118.0, [255, 255, 255]);
        let end = sheet.width(17.0, self.typed);
        sheet.text(left + 10.0, y + 8.0, 17.0, INK, self.typed);
        if self.cursor {
            sheet.rectangle(left + 12.0 + end, y + 8.0, 2.0, 20.0, INK);
        }
        y += 150.0;
        sheet.rectangle(left, y, 120.0, 40.0, KEPPEL);
        sheet.text(left + 36.0, y + 9.0, 17.0, [255, 255, 255], "Next");
        if self.saved {
            sheet.text(left + 150.0, y + 9.0, 17.0, INK, "Saved");
        }
        sheet.rectangle(0.0, 0.0, across, 48.0, BAR);
        sheet.text(20.0, 12.0, 17.0, [255, 255, 255], "Certified Meshery Associate");
        sheet.text(across - 110.0, 12.0, 17.0, [255, 255, 255], self.clock);
        if self.messenger {
            let (x, y) = (across - 400.0, down - 330.0);
            sheet.rectangle(x, y, 360.0, 300.0, [225, 228, 232]);
            for (line, text) in MESSAGES.iter().enumerate() {
                sheet.text(x + 16.0, y + 16.0 + 30.0 * line as f32, 15.0, INK, text);
            }
        }
        if self.notice {
            sheet.rectangle(across - 340.0, 60.0, 320.0, 72.0, [40, 40, 40]);
            sheet.text(across - 324.0, 72.0, 15.0, [255, 255, 255], "Anna: it is the second one");
        }
        sheet.done()
    }
}

const MESSAGES: [&str; 6] =
    ["Anna", "have you got number 12?", "no, you?", "second one I think", "are you sure", "it is in the docs"];

type Question = (&'static str, [&'static str; 3], [&'static str; 4]);
pub const QUESTIONS: [Question; 2] = [
    (
        "Question 12 of 40",
        [
            "Which of the following statements about a component in a Meshery design is correct,",
            "when the cluster that it is to be deployed to has another version of the custom resource",
            "definition than the registry?",
        ],
        [
            "The component is deployed with the version in the design, and the server converts it.",
            "The deployment is refused with an event that names both versions.",
            "The registry is updated from the cluster before anything is deployed.",
            "Nothing happens until somebody chooses a version.",
        ],
    ),
    (
        "Question 13 of 40",
        [
            "A team shares its designs in a workspace. One member leaves the organisation. What",
            "happens to the designs that this person has created, and who can change them from",
            "then on?",
        ],
        [
            "They are deleted together with the account.",
            "They stay in the workspace and belong to the organisation's owner.",
            "They stay, and nobody can change them any more.",
            "Every member of the workspace becomes an owner of them.",
        ],
    ),
];

struct Sheet {
    width: u32,
    height: u32,
    scale: f32,
    font: FontArc,
    bytes: Vec<u8>,
}

impl Sheet {
    fn new(desk: &Desk) -> Self {
        let font = std::fs::read(FONT).unwrap_or_else(|_| panic!("{FONT} is missing: install fonts-dejavu-core"));
        let [red, green, blue] = PAPER;
        Self {
            width: desk.width,
            height: desk.height,
            scale: desk.scale,
            font: FontArc::try_from_vec(font).expect("a font"),
            bytes: [blue, green, red, 255].repeat((desk.width * desk.height) as usize),
        }
    }

    fn done(self) -> Frame {
        Frame::new(self.width, self.height, self.bytes).expect("as many bytes as it needs")
    }

    fn blend(&mut self, x: i64, y: i64, [red, green, blue]: Colour, share: f32) {
        if (0..i64::from(self.width)).contains(&x) && (0..i64::from(self.height)).contains(&y) {
            let at = (y as usize * self.width as usize + x as usize) * 4;
            for (byte, level) in self.bytes[at..].iter_mut().zip([blue, green, red]) {
                *byte = (f32::from(*byte) * (1.0 - share) + f32::from(level) * share).round() as u8;
            }
        }
    }

    fn rectangle(&mut self, x: f32, y: f32, width: f32, height: f32, colour: Colour) {
        let pixels = |length: f32| (length * self.scale).round() as i64;
        let (columns, rows) = (pixels(x)..pixels(x + width), pixels(y)..pixels(y + height));
        for y in rows {
            for x in columns.clone() {
                self.blend(x, y, colour, 1.0);
            }
        }
    }

    fn width(&self, size: f32, text: &str) -> f32 {
        let font = self.font.as_scaled(PxScale::from(size));
        text.chars().map(|letter| font.h_advance(font.glyph_id(letter))).sum()
    }

    /// Draws a line of text with its top at `y` and returns where the next one begins.
    fn text(&mut self, x: f32, y: f32, size: f32, colour: Colour, text: &str) -> f32 {
        // A font's size is its em; ab_glyph's is its height.
        let size_px = size * self.scale * 1.164;
        let font = self.font.clone();
        let font = font.as_scaled(PxScale::from(size_px));
        let mut pen = x * self.scale;
        let base = y * self.scale + font.ascent();
        for letter in text.chars() {
            let glyph = font.glyph_id(letter).with_scale_and_position(size_px, point(pen, base));
            pen += font.h_advance(font.glyph_id(letter));
            if let Some(outline) = font.outline_glyph(glyph) {
                let bounds = outline.px_bounds();
                let (left, top) = (bounds.min.x as i64, bounds.min.y as i64);
                outline.draw(|x, y, share| self.blend(left + i64::from(x), top + i64::from(y), colour, share.min(1.0)));
            }
        }
        y + size * 1.4
    }
}
