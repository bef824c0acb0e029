//! PNG: an uncompressed `iTXt` chunk with the keyword `openbadgecredential`. Pixels are not looked at.

use super::BakeError;
use flate2::Crc;

const SIGNATURE: &[u8] = b"\x89PNG\r\n\x1a\n";
const KEYWORD: &[u8] = b"openbadgecredential";
/// After the keyword: not compressed, no method, no language, no translated keyword.
const PLAIN: &[u8] = b"\0\0\0\0\0";

pub(super) fn is_png(bytes: &[u8]) -> bool {
    bytes.starts_with(SIGNATURE)
}

pub(super) fn bake(picture: &[u8], credential: &str) -> Result<Vec<u8>, BakeError> {
    let chunks = chunks(picture)?;
    if chunks.iter().any(Chunk::is_ours) {
        return Err(BakeError::Several);
    }
    let data = [KEYWORD, PLAIN, credential.as_bytes()].concat();
    let mut baked = SIGNATURE.to_vec();
    for (at, chunk) in chunks.iter().enumerate() {
        write(&mut baked, chunk)?;
        // The header must be first. Behind it, a reader comes across the credential before the pixels.
        if at == 0 {
            write(&mut baked, &Chunk { kind: *b"iTXt", data: &data })?;
        }
    }
    Ok(baked)
}

pub(super) fn unbake(picture: &[u8]) -> Result<String, BakeError> {
    let chunks = chunks(picture)?;
    let mut ours = chunks.iter().filter(|chunk| chunk.is_ours());
    let chunk = ours.next().ok_or(BakeError::Nothing)?;
    if ours.next().is_some() {
        return Err(BakeError::Several);
    }
    let text = chunk.data.strip_prefix(KEYWORD).and_then(|rest| text_of(chunk.kind, rest));
    let text = text.ok_or(BakeError::NotAPicture("its credential is compressed or not in an iTXt chunk"))?;
    str::from_utf8(text).map(str::to_owned).map_err(|_| BakeError::NotAPicture("its credential is not text"))
}

/// What follows the keyword of an uncompressed `iTXt` chunk: flags, language, translated keyword, text.
fn text_of(kind: [u8; 4], rest: &[u8]) -> Option<&[u8]> {
    let rest = rest.strip_prefix(b"\0\0\0").filter(|_| kind == *b"iTXt")?;
    let mut parts = rest.splitn(3, |byte| *byte == 0);
    parts.nth(2)
}

struct Chunk<'a> {
    kind: [u8; 4],
    data: &'a [u8],
}

impl Chunk<'_> {
    /// Any text chunk with the keyword counts, so that two credentials in two forms are still two.
    fn is_ours(&self) -> bool {
        matches!(&self.kind, b"iTXt" | b"tEXt" | b"zTXt")
            && self.data.strip_prefix(KEYWORD).is_some_and(|rest| rest.starts_with(b"\0"))
    }

    fn crc(&self) -> u32 {
        let mut crc = Crc::new();
        crc.update(&self.kind);
        crc.update(self.data);
        crc.sum()
    }
}

/// The chunks, from `IHDR` to `IEND`, each with its check sum right and nothing behind the last.
fn chunks(picture: &[u8]) -> Result<Vec<Chunk<'_>>, BakeError> {
    let cut_short = BakeError::NotAPicture("it is cut short");
    let mut rest = picture.strip_prefix(SIGNATURE).ok_or(BakeError::NotAPicture("it does not begin as a PNG"))?;
    let mut chunks: Vec<Chunk<'_>> = Vec::new();
    while chunks.last().is_none_or(|chunk| chunk.kind != *b"IEND") {
        let (length, after) = rest.split_first_chunk::<4>().ok_or_else(|| cut_short.clone())?;
        let (kind, after) = after.split_first_chunk::<4>().ok_or_else(|| cut_short.clone())?;
        let length = u32::from_be_bytes(*length) as usize;
        let (data, after) = after.split_at_checked(length).ok_or_else(|| cut_short.clone())?;
        let (crc, after) = after.split_first_chunk::<4>().ok_or_else(|| cut_short.clone())?;
        let chunk = Chunk { kind: *kind, data };
        if chunk.crc() != u32::from_be_bytes(*crc) {
            return Err(BakeError::NotAPicture("a check sum is wrong"));
        }
        chunks.push(chunk);
        rest = after;
    }
    match (rest, &chunks[0].kind) {
        ([], b"IHDR") => Ok(chunks),
        ([], _) => Err(BakeError::NotAPicture("its header is not first")),
        (_, _) => Err(BakeError::NotAPicture("something follows its end")),
    }
}

fn write(picture: &mut Vec<u8>, chunk: &Chunk<'_>) -> Result<(), BakeError> {
    let length = u32::try_from(chunk.data.len()).map_err(|_| BakeError::TooLarge)?;
    picture.extend(length.to_be_bytes());
    picture.extend(chunk.kind);
    picture.extend(chunk.data);
    picture.extend(chunk.crc().to_be_bytes());
    Ok(())
}
