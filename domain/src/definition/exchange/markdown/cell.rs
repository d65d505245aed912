//! Cells of tables, headings and list entries: texts on one line.
//!
//! A text that would not come back as it is stands in quotes, as a JSON string. `\|` is a pipe.

/// A cell of a row: its text without the space around it, and its column, from 1.
pub(super) struct Cell {
    pub(super) text: String,
    pub(super) column: u64,
}

/// The cells of a row (`| a | b |`).
pub(super) fn cells(line: &str) -> Vec<Cell> {
    let mut cells = Vec::new();
    let mut text = String::new();
    let mut begins = None;
    let mut letters = (1_u64..).zip(line.trim_end().chars()).peekable();
    // What stands before the first pipe is indentation.
    while letters.next_if(|(_, letter)| letter.is_whitespace()).is_some() {}
    letters.next_if(|(_, letter)| *letter == '|');
    let mut is_open = false;
    while let Some((column, letter)) = letters.next() {
        is_open = true;
        match letter {
            '|' => {
                cells.push(cell(&mut text, &mut begins, column));
                is_open = false;
            }
            '\\' if letters.next_if(|(_, next)| *next == '|').is_some() => {
                begins = begins.or(Some(column));
                text.push('|');
            }
            letter => {
                if !letter.is_ascii_whitespace() {
                    begins = begins.or(Some(column));
                }
                text.push(letter);
            }
        }
    }
    if is_open && !text.trim().is_empty() {
        // Without a pipe at its end the row ends with the line.
        cells.push(cell(&mut text, &mut begins, 1));
    }
    cells
}

fn cell(text: &mut String, begins: &mut Option<u64>, end: u64) -> Cell {
    let text = std::mem::take(text).trim_matches([' ', '\t']).to_owned();
    Cell { text, column: begins.take().unwrap_or(end) }
}

/// Whether a text on one line is read back as it is. `special`: what it may not begin with.
fn is_plain(text: &str, special: &[char]) -> bool {
    !text.is_empty()
        && text.trim() == text
        && !text.starts_with(special)
        && !text.chars().any(char::is_control)
}

/// One text as a cell.
pub(super) fn write_one(text: &str) -> String {
    if is_plain(text, &['"']) && !text.contains("\\|") && !text.ends_with('\\') {
        text.replace('|', "\\|")
    } else {
        quoted(text)
    }
}

/// The text of a cell.
pub(super) fn read_one(cell: &str) -> String {
    unquoted(cell).unwrap_or_else(|| cell.to_owned())
}

/// Several texts as a cell: one plainly, else each in quotes.
pub(super) fn write_several(texts: &[String]) -> String {
    match texts {
        [only] if !only.to_ascii_lowercase().contains("<br") => write_one(only),
        several => several.iter().map(|text| quoted(text)).collect::<Vec<_>>().join(", "),
    }
}

/// The texts of a cell: quoted ones with commas between them, or plain ones with `<br>`.
pub(super) fn read_several(cell: &str) -> Vec<String> {
    if let Some(texts) = all_quoted(cell) {
        return texts;
    }
    let parts = split_at_breaks(cell);
    parts.into_iter().map(str::trim).filter(|part| !part.is_empty()).map(str::to_owned).collect()
}

fn all_quoted(cell: &str) -> Option<Vec<String>> {
    let mut texts = Vec::new();
    let mut rest = cell;
    loop {
        let mut stream = serde_json::Deserializer::from_str(rest).into_iter::<String>();
        texts.push(stream.next()?.ok()?);
        rest = rest.get(stream.byte_offset()..)?.trim_start();
        if rest.is_empty() {
            return Some(texts);
        }
        rest = rest.strip_prefix([',', ';'])?.trim_start();
    }
}

fn split_at_breaks(cell: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let mut rest = cell;
    let lower = |text: &str| text.to_ascii_lowercase();
    while let Some(at) = lower(rest).find("<br") {
        let behind = rest[at + 3..].trim_start();
        let Some(behind) = behind.strip_prefix('/').unwrap_or(behind).trim_start().strip_prefix('>') else {
            break;
        };
        parts.push(&rest[..at]);
        rest = behind;
    }
    parts.push(rest);
    parts
}

/// A text as a heading or a list entry. `special`: what it may not begin with, beside a quote.
pub(super) fn write_line(text: &str, special: &[char]) -> String {
    if is_plain(text, &['"']) && is_plain(text, special) && !text.ends_with('#') {
        text.to_owned()
    } else {
        serde_json::to_string(text).unwrap_or_default()
    }
}

/// A JSON string in which no pipe ends the cell, whoever reads it.
fn quoted(text: &str) -> String {
    let json = serde_json::to_string(text).unwrap_or_default();
    json.replace("\\|", "\\\\u007c").replace('|', "\\|")
}

/// The text of a JSON string. `None` = it is none.
fn unquoted(text: &str) -> Option<String> {
    if text.starts_with('"') { serde_json::from_str(text).ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::{cells, read_one, read_several, write_one, write_several};

    #[test]
    fn any_text_survives_a_cell() {
        for text in
            ["a", "a|b", "a\\|b", "\\", "\\\\|", "\"", "\"a\"", " a ", "a\nb", "<br>", "|", "é\u{a0}", "a\r"]
        {
            for texts in [vec![text.to_owned()], vec![text.to_owned(), "x".to_owned()]] {
                let row = format!("| {} | {} |", write_several(&texts), write_one(text));
                let found = cells(&row);
                assert_eq!(found.len(), 2, "{row}");
                assert_eq!(read_several(&found[0].text), texts, "{row}");
                assert_eq!(read_one(&found[1].text), text, "{row}");
            }
        }
    }

    #[test]
    fn a_row_is_read_as_people_write_it() {
        let row: Vec<(String, u64)> =
            cells("  | 1 |a \\| b|  |c").into_iter().map(|cell| (cell.text, cell.column)).collect();
        let expected = [("1", 5), ("a | b", 8), ("", 17), ("c", 18)];
        assert_eq!(row, expected.map(|(text, column)| (text.to_owned(), column)));
        assert_eq!(read_several("one<br>two <BR /> three"), ["one", "two", "three"]);
        assert_eq!(read_several("\"one\"; \"two\""), ["one", "two"]);
        assert_eq!(read_several("say \"no\""), ["say \"no\""]);
    }
}
