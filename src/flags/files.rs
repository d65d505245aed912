//! Flags of commands on files.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

#[derive(Debug, Args)]
pub(crate) struct ExportFlags {
    /// The id of a run (or its end), or the name or id of a definition with --definition.
    pub(crate) what: String,
    /// Export a definition instead of a run.
    #[arg(long)]
    pub(crate) definition: bool,
    /// The format of a definition.
    #[arg(long, value_enum, default_value_t = DefinitionFormat::Yaml)]
    pub(crate) format: DefinitionFormat,
    /// Where to [default: the file's own name; `-` is standard output].
    #[arg(long, short, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
    /// Neutralise cells that a spreadsheet would run as formulas.
    #[arg(long)]
    pub(crate) excel: bool,
    /// Also conversations that broke off.
    #[arg(long)]
    pub(crate) partial: bool,
}

#[derive(Debug, Args)]
pub(crate) struct ReportFlags {
    /// The run's id, or the end of it.
    pub(crate) run: String,
    /// As JSON instead of Markdown; docs/report.schema.json says what it holds.
    #[arg(long)]
    pub(crate) json: bool,
    /// An earlier report of a run that was reopened [default: the latest].
    #[arg(long, value_name = "N")]
    pub(crate) revision: Option<i32>,
    /// Where to: a file, or a directory for the file's own name [default: standard output].
    #[arg(long, short, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct ImportFlags {
    /// YAML, JSON or Markdown files, or data sets as CSV or JSON lines.
    #[arg(required = true, value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
    /// Only say what would be done.
    #[arg(long)]
    pub(crate) preview: bool,
    /// What the definition is to be called; with one file only [default: as the file says].
    #[arg(long)]
    pub(crate) name: Option<String>,
    /// Save a new definition under another name where the name is taken.
    #[arg(long, conflicts_with = "new_version")]
    pub(crate) as_new: bool,
    /// Save a new version where the name is taken; this is what happens anyway.
    #[arg(long)]
    pub(crate) new_version: bool,
    /// How the files are written [default: told by their names, else by what they begin with].
    #[arg(long, value_enum)]
    pub(crate) format: Option<DefinitionFormat>,
    /// How the decision is read [default: as the file says, or as the targets suggest].
    #[arg(long, value_enum)]
    pub(crate) decision: Option<DecisionFlag>,
}

#[derive(Copy, Clone, Debug, ValueEnum)]
pub(crate) enum DefinitionFormat {
    /// YAML.
    Yaml,
    /// JSON.
    Json,
    /// Markdown with front matter.
    #[value(alias = "md")]
    Markdown,
    /// A data set: one listed scenario per row.
    Csv,
    /// A data set: one listed scenario per line.
    Jsonl,
}

#[derive(Copy, Clone, Debug, ValueEnum)]
pub(crate) enum DecisionFlag {
    /// Whatever is answered, compared with the target.
    #[value(alias = "free_text")]
    FreeText,
    /// One of the targets of the listed scenarios.
    Targets,
}
