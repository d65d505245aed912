//! Finding words in a message.

/// A message as rules look at it: in lower case, and no longer than matters.
pub(super) struct Text(String);

/// What is behind this many bytes decides nothing: messages are short, and bodies are not read.
const BYTES_READ: usize = 20_000;

impl Text {
    /// Of a message; a long one is read at its beginning and at its end, where programs say why.
    pub(super) fn of(message: &str) -> Self {
        if message.len() <= BYTES_READ {
            return Self(message.to_lowercase());
        }
        let head = &message[..message.floor_char_boundary(BYTES_READ / 2)];
        let tail = &message[message.ceil_char_boundary(message.len() - BYTES_READ / 2)..];
        Self(format!("{head}\n{tail}").to_lowercase())
    }

    /// True where the words stand in it with no letter or digit right before or after them; a `*` at
    /// their end lets a word go on.
    pub(super) fn says(&self, words: &str) -> bool {
        let (words, goes_on) = words.strip_suffix('*').map_or((words, false), |stem| (stem, true));
        let starts_inside = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
        self.0.match_indices(words).any(|(at, found)| {
            let before = self.0[..at].chars().next_back();
            let behind = self.0[at + found.len()..].chars().next();
            let needs_start = found.starts_with(char::is_alphanumeric);
            let needs_end = !goes_on && found.ends_with(char::is_alphanumeric);
            // A number within a number (`1.401`, `4,015`) is another one.
            let is_number = found.bytes().all(|byte| byte.is_ascii_digit());
            let is_part =
                is_number && (joins(&self.0[..at], true) || joins(&self.0[at + found.len()..], false));
            !(needs_start && starts_inside(before) || needs_end && starts_inside(behind) || is_part)
        })
    }

    /// True where a program of the user's own has failed: its words say more than that it did.
    pub(super) fn is_of_program(&self) -> bool {
        self.0.starts_with("the program ") || self.says("exit status*") || self.says("traceback")
    }
}

/// A separator of decimals or thousands with a digit behind it, read away from the number.
fn joins(text: &str, backwards: bool) -> bool {
    let mut chars = text.chars();
    let mut next = || if backwards { chars.next_back() } else { chars.next() };
    matches!(next(), Some('.' | ',')) && next().is_some_and(|c| c.is_ascii_digit())
}
