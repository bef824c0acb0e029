//! SVG: an element `openbadges:credential`, the first in the root, with the JSON in a CDATA section.

use super::BakeError;
use quick_xml::{
    NsReader,
    events::Event,
    name::{Namespace, ResolveResult},
};

const NAMESPACE: &str = "https://purl.imsglobal.org/ob/v3p0";
const PREFIX: &str = "xmlns:openbadges";
const SVG: &str = "http://www.w3.org/2000/svg";
/// Deeper pictures are refused.
const DEPTH_MAX: usize = 256;

pub(super) fn bake(picture: &[u8], credential: &str) -> Result<Vec<u8>, BakeError> {
    let scan = scan(picture)?;
    if !scan.credentials.is_empty() {
        return Err(BakeError::Several);
    }
    let cut_short = || BakeError::NotAPicture("it is cut short");
    let (before, rest) = picture.split_at_checked(scan.named).ok_or_else(cut_short)?;
    let (tag, after) = rest.split_at_checked(scan.inside - scan.named).ok_or_else(cut_short)?;
    let prefix = if scan.has_prefix { String::new() } else { format!(" {PREFIX}=\"{NAMESPACE}\"") };
    // In JSON, “>” stands in texts alone, where it may be written as an escape.
    let json = credential.replace("]]>", "]]\\u003e");
    let element = format!("<openbadges:credential><![CDATA[{json}]]></openbadges:credential>");
    Ok([before, prefix.as_bytes(), tag, element.as_bytes(), after].concat())
}

pub(super) fn unbake(picture: &[u8]) -> Result<String, BakeError> {
    let mut credentials = scan(picture)?.credentials;
    match (credentials.pop(), credentials.is_empty()) {
        (Some(credential), true) => Ok(credential.trim().to_owned()),
        (Some(_), false) => Err(BakeError::Several),
        (None, _) => Err(BakeError::Nothing),
    }
}

struct Scan {
    /// The place behind the root's name.
    named: usize,
    /// The place behind the root's start tag.
    inside: usize,
    /// Whether the root declares the prefix already.
    has_prefix: bool,
    credentials: Vec<String>,
}

/// Reads the whole picture. A document type is refused: it could define what is not written.
fn scan(picture: &[u8]) -> Result<Scan, BakeError> {
    let broken = || BakeError::NotAPicture("its markup is broken");
    let text = str::from_utf8(picture).map_err(|_| broken())?;
    let markup = text.trim_start_matches('\u{feff}');
    let mut reader = NsReader::from_str(markup);
    let mut scan = Scan { named: 0, inside: 0, has_prefix: false, credentials: Vec::new() };
    let (mut depth, mut open, mut ended) = (0_usize, None, false);
    loop {
        let (namespace, event) = reader.read_resolved_event().map_err(|_| broken())?;
        let of = |wanted: &str| namespace == ResolveResult::Bound(Namespace(wanted));
        // A prefix that nothing declares could come to mean something by what is put in.
        if matches!(namespace, ResolveResult::Unknown(_)) {
            return Err(broken());
        }
        match event {
            Event::Start(tag) => {
                depth += 1;
                if depth == 1 && (ended || !of(SVG) || tag.local_name().as_ref() != "svg") {
                    return Err(BakeError::NotAPicture("its root is not one svg element"));
                }
                if depth == 1 {
                    let behind = usize::try_from(reader.buffer_position()).map_err(|_| BakeError::TooLarge)?;
                    scan.inside = text.len() - markup.len() + behind;
                    // Behind the name stand the attributes and “>”.
                    scan.named = scan.inside - (tag.len() - tag.name().as_ref().len()) - 1;
                    match tag.try_get_attribute(PREFIX).map_err(|_| broken())? {
                        Some(prefix) if *prefix.value != *NAMESPACE => {
                            return Err(BakeError::NotAPicture("it uses the prefix openbadges for something else"));
                        }
                        prefix => scan.has_prefix = prefix.is_some(),
                    }
                } else if open.is_some() || DEPTH_MAX < depth {
                    return Err(broken());
                } else if of(NAMESPACE) && tag.local_name().as_ref() == "credential" {
                    open = Some(depth);
                    scan.credentials.push(String::new());
                }
            }
            Event::Empty(tag) => {
                if depth == 0 || open.is_some() {
                    return Err(BakeError::NotAPicture("its root is empty, or its credential is not text"));
                }
                if of(NAMESPACE) && tag.local_name().as_ref() == "credential" {
                    scan.credentials.push(String::new());
                }
            }
            Event::End(_) => {
                if open == Some(depth) {
                    open = None;
                }
                depth = depth.checked_sub(1).ok_or_else(broken)?;
                ended |= depth == 0;
            }
            Event::CData(data) if open.is_some() => {
                scan.credentials.last_mut().ok_or_else(broken)?.push_str(&data);
            }
            Event::Text(data) if open.is_some() => {
                if !data.trim().is_empty() {
                    return Err(BakeError::NotAPicture("its credential is not in a CDATA section"));
                }
            }
            Event::GeneralRef(_) if open.is_some() => return Err(broken()),
            Event::DocType(_) => return Err(BakeError::NotAPicture("it has a document type")),
            Event::Eof if ended && depth == 0 => return Ok(scan),
            Event::Eof => return Err(BakeError::NotAPicture("it is cut short")),
            Event::CData(_)
            | Event::Text(_)
            | Event::GeneralRef(_)
            | Event::Comment(_)
            | Event::Decl(_)
            | Event::PI(_) => {}
        }
    }
}
