//! Tables as text: cells parted by commas or semicolons, one record a line (RFC 4180). Spreadsheets write such files and
//! open them, and take a cell that begins like a formula for one.

/// A record: the line that it begins on, counted from 1, and its cells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// The line.
    pub line: usize,
    /// The cells.
    pub cells: Vec<String>,
}

/// The text cannot be read as a table.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{why}")]
pub struct NotATable {
    /// The line, counted from 1.
    pub line: usize,
    /// What is wrong there.
    pub why: &'static str,
}

/// Reads a table in UTF-8, with or without a byte order mark. The first line says by which sign cells are parted: by
/// semicolons if it holds one, else by commas. Empty lines are passed over.
///
/// # Errors
/// `NotATable` with the first line that cannot be read.
pub fn read(bytes: &[u8]) -> Result<Vec<Record>, NotATable> {
    let bytes = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(bytes);
    let text = str::from_utf8(bytes).map_err(|why| NotATable {
        line: 1 + bytes[..why.valid_up_to()].iter().filter(|byte| **byte == b'\n').count(),
        why: "it is not UTF-8; save the table as CSV in UTF-8",
    })?;
    let first = text.lines().next().unwrap_or_default();
    let mut reader = Reader { parted_by: if first.contains(';') { ';' } else { ',' }, line: 1, records: Vec::new() };
    let mut rest = text.chars().peekable();
    while rest.peek().is_some() {
        reader.record(&mut rest)?;
    }
    Ok(reader.records)
}

struct Reader {
    parted_by: char,
    line: usize,
    records: Vec<Record>,
}

type Chars<'a> = std::iter::Peekable<std::str::Chars<'a>>;

impl Reader {
    fn record(&mut self, rest: &mut Chars) -> Result<(), NotATable> {
        let (line, mut cells) = (self.line, Vec::new());
        loop {
            let cell = if rest.next_if_eq(&'"').is_some() { self.quoted(rest)? } else { self.plain(rest)? };
            cells.push(cell);
            match rest.next() {
                Some(c) if c == self.parted_by => continue,
                Some('\n') | None => break,
                Some(_) => {
                    return Err(NotATable { line: self.line, why: "something stands behind a closing quotation mark" });
                }
            }
        }
        self.line += 1;
        if cells.iter().any(|cell| !cell.is_empty()) {
            self.records.push(Record { line, cells });
        }
        Ok(())
    }

    /// A cell up to what parts it from the next. A carriage return before the line's end belongs to that end.
    fn plain(&self, rest: &mut Chars) -> Result<String, NotATable> {
        let mut cell = String::new();
        while let Some(c) = rest.next_if(|c| *c != self.parted_by && *c != '\n') {
            if c == '"' {
                return Err(NotATable {
                    line: self.line,
                    why: "a quotation mark stands inside a cell that has none around",
                });
            }
            cell.push(c);
        }
        if matches!(rest.peek(), Some('\n') | None) && cell.ends_with('\r') {
            cell.pop();
        }
        Ok(cell)
    }

    fn quoted(&mut self, rest: &mut Chars) -> Result<String, NotATable> {
        let (began, mut cell) = (self.line, String::new());
        loop {
            match rest.next() {
                Some('"') if rest.next_if_eq(&'"').is_some() => cell.push('"'),
                Some('"') => break,
                Some(c) => {
                    self.line += usize::from(c == '\n');
                    cell.push(c);
                }
                None => return Err(NotATable { line: began, why: "a quotation mark is never closed" }),
            }
        }
        // The line's end may have a carriage return.
        rest.next_if_eq(&'\r');
        Ok(cell)
    }
}

/// Whether a spreadsheet would take this cell for a formula. Signs of full width count too: some programs read them so.
pub fn is_formula(cell: &str) -> bool {
    cell.starts_with(['=', '+', '-', '@', '\t', '\r', '＝', '＋', '－', '＠'])
}

/// Writes a table with commas. A cell that a spreadsheet would take for a formula gets an apostrophe before it.
pub fn write<'a>(records: impl IntoIterator<Item = Vec<&'a str>>) -> String {
    let line = |cells: Vec<&str>| {
        let cells: Vec<_> = cells.into_iter().map(written).collect();
        cells.join(",") + "\r\n"
    };
    records.into_iter().map(line).collect()
}

fn written(cell: &str) -> String {
    let neutral = if is_formula(cell) { format!("'{cell}") } else { cell.to_owned() };
    let bare = !neutral.contains([',', ';', '"', '\n', '\r', '\t']);
    if bare { neutral } else { format!("\"{}\"", neutral.replace('"', "\"\"")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_are_read_as_spreadsheets_write_them() {
        let rows = |text: &[u8]| -> Result<Vec<(usize, Vec<String>)>, usize> {
            let read = read(text).map_err(|why| why.line)?;
            Ok(read.into_iter().map(|record| (record.line, record.cells)).collect())
        };
        let own = |rows: &[(usize, &[&str])]| -> Result<Vec<(usize, Vec<String>)>, usize> {
            Ok(rows.iter().map(|(line, cells)| (*line, cells.iter().map(|c| (*c).to_owned()).collect())).collect())
        };
        let two = own(&[(1, &["a", "b"]), (2, &["1", "2"])]);
        for (text, expected) in [
            (&b"a,b\n1,2"[..], two.clone()),
            (b"a;b\r\n1;2\r\n", two.clone()),
            (b"\xef\xbb\xbfa,b\n1,2\n", two),
            (b"a;b\n1,5;\"x;y\"\n", own(&[(1, &["a", "b"]), (2, &["1,5", "x;y"])])),
            (
                b"a,b\n\n,\n\"1\n2\",\"say \"\"no\"\"\"\r\n3,4",
                own(&[(1, &["a", "b"]), (4, &["1\n2", "say \"no\""]), (6, &["3", "4"])]),
            ),
            (b"", own(&[])),
            (b"a,b\n1,\"2\n", Err(2)),
            (b"a,b\n1,\"2\"x\n", Err(2)),
            (b"a,b\n1,2\"\n", Err(2)),
            (b"a,b\n1,\xff\n", Err(2)),
            (b"\xff\xfea\0", Err(1)),
        ] {
            assert_eq!(rows(text), expected, "{}", String::from_utf8_lossy(text));
        }
    }

    #[test]
    fn no_cell_that_is_written_is_a_formula() {
        for (cell, expected) in [
            ("=1+1", "'=1+1"),
            ("+1", "'+1"),
            ("-1", "'-1"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("\t=1", "\"'\t=1\""),
            ("\r=1", "\"'\r=1\""),
            ("＝1", "'＝1"),
            ("a=1", "a=1"),
            ("a,b", "\"a,b\""),
            ("say \"no\"", "\"say \"\"no\"\"\""),
            ("", ""),
        ] {
            let line = write([vec![cell, "z"]]);
            assert_eq!(line, format!("{expected},z\r\n"));
            let read = read(line.as_bytes()).unwrap().remove(0).cells.remove(0);
            assert!(!is_formula(&read), "{read:?}");
        }
    }
}
