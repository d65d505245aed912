//! Characters as the reader compares them: case, width and digits folded.

/// The zero of each run of ten decimal digits (Unicode general category Nd).
const ZEROS: [u32; 42] = [
    0x30, 0x660, 0x6F0, 0x7C0, 0x966, 0x9E6, 0xA66, 0xAE6, 0xB66, 0xBE6, 0xC66, 0xCE6, 0xD66, 0xDE6, 0xE50,
    0xED0, 0xF20, 0x1040, 0x1090, 0x17E0, 0x1810, 0x1946, 0x19D0, 0x1A80, 0x1A90, 0x1B50, 0x1BB0, 0x1C40,
    0x1C50, 0xA620, 0xA8D0, 0xA900, 0xA9D0, 0xA9F0, 0xAA50, 0xABF0, 0xFF10, 0x1D7CE, 0x1D7D8, 0x1D7E2,
    0x1D7EC, 0x1D7F6,
];

/// The value of a decimal digit of any script.
pub(super) fn digit(c: char) -> Option<u8> {
    if c.is_ascii() {
        return c.is_ascii_digit().then(|| c as u8 - b'0');
    }
    let code = c as u32;
    let next = ZEROS.partition_point(|zero| *zero <= code);
    let zero = ZEROS.get(next.checked_sub(1)?)?;
    u8::try_from(code - zero).ok().filter(|value| *value < 10)
}

/// Appends the character as it is compared: lower case, half width, `ß` as `ss`.
pub(super) fn push_folded(c: char, out: &mut String) {
    match half_width(c) {
        'ß' | 'ẞ' => out.push_str("ss"),
        'ς' => out.push('σ'),
        '\u{2019}' | '\u{2018}' | '\u{2BC}' => out.push('\''),
        // The dot that lower-casing the Turkish İ leaves behind.
        '\u{307}' => {}
        // Vowel signs, the lengthening stroke and the spellings of alef and ye in Arabic; points in Hebrew.
        '\u{64B}'..='\u{65F}' | '\u{670}' | '\u{640}' | '\u{591}'..='\u{5C7}' => {}
        'أ' | 'إ' | 'آ' | 'ٱ' => out.push('ا'),
        'ى' => out.push('ي'),
        'ё' | 'Ё' => out.push('е'),
        c => out.extend(c.to_lowercase().filter(|lower| *lower != '\u{307}')),
    }
}

/// A word as it is compared.
pub(super) fn folded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        push_folded(c, &mut out);
    }
    out
}

/// Fullwidth forms and punctuation of other scripts as their ASCII counterparts.
pub(super) fn half_width(c: char) -> char {
    match c {
        '\u{FF01}'..='\u{FF5E}' => char::from_u32(c as u32 - 0xFEE0).unwrap_or(c),
        '\u{3001}' | '\u{60C}' => ',',
        '\u{3002}' | '\u{FF61}' | '\u{964}' | '\u{965}' | '\u{6D4}' | '\u{2026}' => '.',
        '\u{61F}' | '\u{2753}' | '\u{2754}' => '?',
        '\u{61B}' => ';',
        '\u{2010}' | '\u{2011}' | '\u{2212}' => '-',
        '\u{2012}' | '\u{2013}' | '\u{2014}' | '\u{2015}' | '\u{301C}' => '–',
        '\u{2018}' | '\u{2019}' | '\u{201A}' => '\'',
        '\u{201C}' | '\u{201D}' | '\u{201E}' | '\u{AB}' | '\u{BB}' | '\u{300C}'..='\u{300F}' => '"',
        '\u{3010}' => '[',
        '\u{3011}' => ']',
        c => plain_letter(c).unwrap_or(c),
    }
}

/// The value of a digit or number in a circle or on a key.
pub(super) fn circled(c: char) -> Option<i64> {
    let from = |zero: u32| Some(i64::from(c as u32 - zero));
    match c {
        '\u{2460}'..='\u{2473}' => from(0x245F),
        '\u{2776}'..='\u{277F}' => from(0x2775),
        '\u{2780}'..='\u{2789}' => from(0x277F),
        '\u{278A}'..='\u{2793}' => from(0x2789),
        '\u{24F5}'..='\u{24FE}' => from(0x24F4),
        '\u{24EA}' => Some(0),
        '\u{1F51F}' => Some(10),
        _ => None,
    }
}

/// The value of a Roman numeral of two letters and more, in capitals. Single letters are names.
pub(super) fn roman(word: &str) -> Option<i64> {
    const NUMERALS: [(&str, i64); 7] =
        [("II", 2), ("III", 3), ("IV", 4), ("VI", 6), ("VII", 7), ("VIII", 8), ("IX", 9)];
    NUMERALS.iter().find(|(numeral, _)| *numeral == word).map(|(_, value)| *value)
}

/// A letter in a circle or on a square as the letter.
fn plain_letter(c: char) -> Option<char> {
    let base = match c as u32 {
        code @ 0x24B6..=0x24CF => code - 0x24B6,
        code @ 0x24D0..=0x24E9 => code - 0x24D0,
        code @ 0x1F130..=0x1F149 => code - 0x1F130,
        code @ 0x1F150..=0x1F169 => code - 0x1F150,
        code @ 0x1F170..=0x1F189 => code - 0x1F170,
        _ => return None,
    };
    char::from_u32(u32::from('A') + base)
}

/// Marks that change nothing about what is said: joiners, directions, emoji presentation.
pub(super) fn is_ignorable(c: char) -> bool {
    matches!(c, '\u{AD}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'
        | '\u{2066}'..='\u{2069}' | '\u{20E3}' | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}')
}

/// Whether the character continues a word: letters, numerals and the marks that combine with them.
pub(super) fn is_word(c: char) -> bool {
    c.is_alphanumeric()
        || plain_letter(c).is_some()
        || matches!(c, '\u{300}'..='\u{36F}' | '\u{610}'..='\u{61A}' | '\u{64B}'..='\u{65F}'
            | '\u{900}'..='\u{963}' | '\u{966}'..='\u{D7F}')
}

/// Whether the character is a picture that adorns what is said and does not change it: not a cross, a
/// question or a thumb that points down.
pub(super) fn is_ornament(c: char) -> bool {
    matches!(c, '\u{2600}'..='\u{27BF}' | '\u{2B50}' | '\u{2B55}' | '\u{1F300}'..='\u{1FAFF}')
        && !"☐☒❌✘✗✖❎🔲⬜👎🚫⛔🤔🤷❓❔".contains(c)
}

/// Whether words of this script are written without spaces between them.
pub(super) fn is_unspaced(c: char) -> bool {
    matches!(c, '\u{2E80}'..='\u{2FFF}' | '\u{3005}'..='\u{3007}' | '\u{3040}'..='\u{30FF}'
        | '\u{3400}'..='\u{4DBF}' | '\u{4E00}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}'
        | '\u{20000}'..='\u{3FFFF}')
}

/// Whether a letter glued to a digit makes one word of both, as in `4th`, but not in `4分`.
pub(super) fn joins_digits(c: char) -> bool {
    c.is_alphabetic() && (c as u32) < 0x530
}
