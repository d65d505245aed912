//! The formats that definitions are written in, and how they are told apart.

/// How a file is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Format {
    /// YAML 1.2, one document.
    Yaml,
    /// JSON, one object.
    Json,
    /// Markdown with YAML front matter.
    Markdown,
    /// A data set: one scenario per row, RFC 4180.
    Csv,
    /// A data set: one scenario per line, each a JSON object.
    Jsonl,
}

impl Format {
    /// All formats, in the order to offer them.
    pub const ALL: [Self; 5] = [Self::Yaml, Self::Json, Self::Markdown, Self::Csv, Self::Jsonl];

    /// Its name in addresses and on the command line.
    pub fn word(self) -> &'static str {
        match self {
            Self::Yaml => "yaml",
            Self::Json => "json",
            Self::Markdown => "markdown",
            Self::Csv => "csv",
            Self::Jsonl => "jsonl",
        }
    }

    /// The ending of its files.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Markdown => "md",
            other => other.word(),
        }
    }

    /// Its media type, with the character set where one belongs there.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Yaml => "application/yaml; charset=utf-8",
            Self::Json => "application/json",
            Self::Markdown => "text/markdown; charset=utf-8",
            Self::Csv => "text/csv; charset=utf-8",
            Self::Jsonl => "application/jsonl; charset=utf-8",
        }
    }

    /// The format of a name or file ending, whatever the case. `None` = it is none of ours.
    pub fn of_word(word: &str) -> Option<Self> {
        match word.to_ascii_lowercase().as_str() {
            "yaml" | "yml" => Some(Self::Yaml),
            "json" => Some(Self::Json),
            "markdown" | "md" => Some(Self::Markdown),
            "csv" | "tsv" => Some(Self::Csv),
            "jsonl" | "ndjson" => Some(Self::Jsonl),
            _ => None,
        }
    }

    /// Whether it holds listed scenarios and nothing else of a definition.
    pub fn is_dataset(self) -> bool {
        matches!(self, Self::Csv | Self::Jsonl)
    }

    /// The format of a file by its name's ending, else by what it begins with.
    pub fn detect(file_name: Option<&str>, bytes: &[u8]) -> Self {
        let ending = file_name.and_then(|name| name.rsplit_once('.')).and_then(|(_, end)| Self::of_word(end));
        ending.unwrap_or_else(|| Self::of_content(bytes))
    }

    fn of_content(bytes: &[u8]) -> Self {
        let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes).trim_ascii_start();
        let mut lines = bytes.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii);
        let first = lines.next().unwrap_or_default();
        if first.starts_with(b"{") {
            let is_whole =
                first.ends_with(b"}") && serde_json::from_slice::<serde::de::IgnoredAny>(first).is_ok();
            let goes_on = lines.any(|line| line.starts_with(b"{"));
            return if is_whole && (goes_on || !has_definition_keys(first)) {
                Self::Jsonl
            } else {
                Self::Json
            };
        }
        if first.starts_with(b"[") {
            return Self::Json;
        }
        if first.starts_with(b"# ") || (first == b"---" && lines.any(|line| line == b"---" || line == b"..."))
        {
            return Self::Markdown;
        }
        let is_header = [b',', b';', b'\t'].iter().any(|delimiter| first.contains(delimiter))
            || super::dataset::is_prompt_column(first);
        if is_header && !first.contains(&b':') { Self::Csv } else { Self::Yaml }
    }
}

/// Whether a line of JSON is a definition rather than a row.
fn has_definition_keys(line: &[u8]) -> bool {
    let keys: [&[u8]; 3] = [b"\"template\"", b"\"decision\"", b"\"scenarios\""];
    keys.iter().any(|key| line.windows(key.len()).any(|window| window == *key))
}
