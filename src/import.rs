//! `probity import`.

use std::{path::Path, process::ExitCode};

use anyhow::{Context, bail};
use domain::{
    auth::Actor,
    db::Db,
    definition::{DecisionChoice, Expansion, Format, ReadSource, Source, read_source},
    library::{self, Imported, OnNameTaken},
};

use crate::{
    embedded::open,
    flags::{DecisionFlag, DefinitionFormat, ImportFlags, Store},
    words::counted,
};

/// Saves definitions from files, or says what that would do.
pub(crate) async fn import(store: Store, flags: ImportFlags) -> anyhow::Result<ExitCode> {
    if flags.name.is_some() && flags.files.len() > 1 {
        bail!("--name names one definition; import the files one by one");
    }
    let opened = open(store.config()?).await?;
    let bytes_max = opened.config.import_max_bytes;
    let on_name_taken = if flags.as_new { OnNameTaken::NewName } else { OnNameTaken::NewVersion };
    let mut is_valid = true;
    for file in &flags.files {
        let read = read(bytes_max, file, Some(&flags))?;
        if flags.preview {
            is_valid &= show(&opened.db, &opened.actor, file, read, on_name_taken).await?;
            continue;
        }
        let read = sound(file, read)?;
        let imported = save(&opened.db, &opened.actor, read, on_name_taken).await?;
        let Imported { saved, .. } = &imported;
        let unchanged = if saved.is_unchanged { "  unchanged" } else { "" };
        let (definition, version) = (&saved.definition, saved.version.number);
        println!("{}  {}  version {version}{unchanged}", definition.id, definition.name);
    }
    Ok(if is_valid { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Saves a definition from a file: new, or a new version of the one of that name, or nothing
/// where it is there already.
pub(crate) async fn import_file(
    db: &Db,
    actor: &Actor,
    bytes_max: usize,
    file: &Path,
) -> anyhow::Result<Imported> {
    let read = sound(file, read(bytes_max, file, None)?)?;
    save(db, actor, read, OnNameTaken::NewVersion).await
}

/// Saves a definition under its name, and says what is suspicious about it.
pub(crate) async fn save(
    db: &Db,
    actor: &Actor,
    read: ReadSource,
    on_name_taken: OnNameTaken,
) -> anyhow::Result<Imported> {
    let imported = library::import(db, actor, read, on_name_taken, None).await?;
    if let Some(version) = imported.kept_version {
        eprintln!("{}: {}", imported.saved.definition.name, kept(version));
    }
    for warning in &imported.saved.warnings {
        eprintln!("{}: {warning}", imported.saved.definition.name);
    }
    Ok(imported)
}

fn kept(version: i32) -> String {
    format!(
        "a data set holds scenarios only: all else (preamble, template, follow-ups, decision, …) is that of \
         version {version}, but for a decision that is given"
    )
}

fn read(bytes_max: usize, file: &Path, flags: Option<&ImportFlags>) -> anyhow::Result<ReadSource> {
    let name = file.display();
    let length = std::fs::metadata(file).with_context(|| format!("{name} cannot be read"))?.len();
    if length > bytes_max as u64 {
        bail!("{name} has {length} bytes; at most {bytes_max} are read");
    }
    let bytes = std::fs::read(file).with_context(|| format!("{name} cannot be read"))?;
    let decision = flags.and_then(|flags| flags.decision).map(DecisionChoice::from);
    let file_name = name.to_string();
    Ok(read_source(&Source {
        bytes: &bytes,
        file_name: Some(&file_name),
        format: flags.and_then(|flags| flags.format).map(Format::from),
        name: flags.and_then(|flags| flags.name.as_deref()),
        decision: decision.as_ref(),
    }))
}

/// A file without problems; else they are the error, a line each.
fn sound(file: &Path, read: ReadSource) -> anyhow::Result<ReadSource> {
    match read.content {
        Some(_) if read.report.problems.is_empty() => Ok(read),
        _ => {
            let lines = read.report.problems.iter().map(|problem| format!("{}: {problem}", file.display()));
            bail!("{}", lines.collect::<Vec<_>>().join("\n"))
        }
    }
}

/// Prints what an import would do; false where the file has problems.
async fn show(
    db: &Db,
    actor: &Actor,
    file: &Path,
    read: ReadSource,
    on_name_taken: OnNameTaken,
) -> anyhow::Result<bool> {
    let preview = library::preview(db, actor, read, on_name_taken).await?;
    let report = &preview.read.report;
    let file = file.display();
    println!("{file}: {}", preview.read.format.word());
    if let Some(content) = &preview.read.content {
        let offered = preview.suggested_name.as_deref().unwrap_or_default();
        let would = match (&preview.existing, on_name_taken) {
            _ if !report.problems.is_empty() => "would be refused".to_owned(),
            (None, _) => "would be new".to_owned(),
            (Some(_), OnNameTaken::NewName) => format!("is taken; would be saved as {offered}"),
            (Some(_), _) if preview.is_unchanged => "is there already, unchanged".to_owned(),
            (Some(_), _) => format!("would get a new version; {offered} is free"),
        };
        println!("  {} {would}", content.name);
        if let Ok(expansion) = Expansion::new(content) {
            let first = expansion.iter().take(3).map(|each| expansion.scenario(each).key);
            if let Some(version) = preview.kept_version.filter(|_| !preview.is_unchanged) {
                println!("  {}", kept(version));
            }
            let count = counted(expansion.scenario_count(), "scenario");
            println!("  {count}: {}", first.collect::<Vec<_>>().join(" · "));
        }
    }
    for problem in &report.problems {
        println!("  {problem}");
    }
    for warning in &report.warnings {
        println!("  warning: {warning}");
    }
    Ok(report.problems.is_empty())
}

impl From<DefinitionFormat> for Format {
    fn from(flag: DefinitionFormat) -> Self {
        match flag {
            DefinitionFormat::Yaml => Self::Yaml,
            DefinitionFormat::Json => Self::Json,
            DefinitionFormat::Markdown => Self::Markdown,
            DefinitionFormat::Csv => Self::Csv,
            DefinitionFormat::Jsonl => Self::Jsonl,
        }
    }
}

impl From<DecisionFlag> for DecisionChoice {
    fn from(flag: DecisionFlag) -> Self {
        match flag {
            DecisionFlag::FreeText => Self::FreeText,
            DecisionFlag::Targets => Self::Targets,
        }
    }
}
