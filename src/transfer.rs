//! `probity import` and `probity export`.

use std::{
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::{Context, bail};
use domain::{
    auth::Actor,
    db::Db,
    definition::{self, DefinitionContent, Format},
    export::csv::{CsvExport, CsvOptions},
    library::{self, DefinitionFilter},
    page::PageRequest,
};
use entity::definition as row;
use futures::{StreamExt, pin_mut};
use tokio::io::AsyncWriteExt;
use uuid::Uuid;

use crate::{
    embedded::{open, open_to_read},
    findings::find_run,
    flags::{DefinitionFormat, ExportFlags, Store},
};

/// Saves definitions from files.
pub(crate) async fn import(store: Store, files: &[PathBuf]) -> anyhow::Result<ExitCode> {
    let opened = open(store.config()?).await?;
    for file in files {
        let saved = import_file(&opened.db, &opened.actor, opened.config.import_max_bytes, file).await?;
        println!("{}  {}", saved.id, saved.name);
    }
    Ok(ExitCode::SUCCESS)
}

/// Saves a definition from a file: new, or a new version of the one of that name, or nothing
/// where it is there already.
pub(crate) async fn import_file(
    db: &Db,
    actor: &Actor,
    bytes_max: usize,
    file: &Path,
) -> anyhow::Result<row::Model> {
    let content = read_definition(bytes_max, file)?;
    save(db, actor, &content).await
}

/// Saves a definition under its name.
pub(crate) async fn save(db: &Db, actor: &Actor, content: &DefinitionContent) -> anyhow::Result<row::Model> {
    let saved = match find_by_name(db, &content.name).await? {
        Some(found) => library::update(db, actor, found.id, None, content).await?,
        None => library::create(db, actor, content).await?,
    };
    for warning in &saved.warnings {
        eprintln!("{}: {warning}", content.name);
    }
    Ok(saved.definition)
}

fn read_definition(bytes_max: usize, file: &Path) -> anyhow::Result<DefinitionContent> {
    let name = file.display();
    let format = match file.extension().and_then(|extension| extension.to_str()) {
        Some("yaml" | "yml") => Format::Yaml,
        Some("json") => Format::Json,
        _ => bail!("{name}: a definition file ends in .yaml, .yml or .json"),
    };
    let length = std::fs::metadata(file).with_context(|| format!("{name} cannot be read"))?.len();
    if length > bytes_max as u64 {
        bail!("{name} has {length} bytes; at most {bytes_max} are read");
    }
    let bytes = std::fs::read(file).with_context(|| format!("{name} cannot be read"))?;
    match definition::read_checked(&bytes, format) {
        Ok((content, report)) if report.problems.is_empty() => Ok(content),
        Ok((_, definition::Report { problems, .. })) | Err(problems) => {
            let lines: Vec<String> = problems.iter().map(|problem| format!("{name}: {problem}")).collect();
            bail!("{}", lines.join("\n"))
        }
    }
}

async fn find_by_name(db: &Db, name: &str) -> anyhow::Result<Option<row::Model>> {
    let filter = DefinitionFilter { text: Some(name.to_owned()), ..DefinitionFilter::default() };
    let page = library::list(db, &filter, &PageRequest { first: 500, after: None }).await?;
    Ok(page.rows.into_iter().map(|(_, row)| row).find(|row| row.name == name))
}

/// A definition by a file's path (which is imported), an id, or a name.
pub(crate) async fn find_definition(
    db: &Db,
    actor: &Actor,
    bytes_max: usize,
    text: &str,
) -> anyhow::Result<row::Model> {
    if Path::new(text).is_file() {
        return import_file(db, actor, bytes_max, Path::new(text)).await;
    }
    if let Ok(id) = Uuid::parse_str(text) {
        return Ok(library::find(db, id).await?);
    }
    find_by_name(db, text)
        .await?
        .with_context(|| format!("There is no file {text}, and no definition of that name or id."))
}

/// Writes a run or a definition to a file.
pub(crate) async fn export(store: Store, flags: ExportFlags) -> anyhow::Result<ExitCode> {
    let opened = open_to_read(store.config()?).await?;
    if flags.definition {
        let definition =
            find_definition(&opened.db, &opened.actor, opened.config.import_max_bytes, &flags.what).await?;
        let version = library::find_version(&opened.db, &definition, None).await?;
        let content = library::content_of(&version)?;
        let text = match flags.format {
            DefinitionFormat::Yaml => definition::to_yaml(&content),
            DefinitionFormat::Json => definition::to_json(&content),
        };
        match &flags.out {
            Some(path) if path.as_os_str() != "-" => {
                tokio::fs::write(path, text)
                    .await
                    .with_context(|| format!("{} cannot be written", path.display()))?;
            }
            _ => print!("{text}"),
        }
        return Ok(ExitCode::SUCCESS);
    }
    let run_id = find_run(&opened.db, &flags.what).await?;
    let options = CsvOptions { with_partial: flags.partial, for_excel: flags.excel };
    let path = write_csv(&opened.db, &opened.actor, run_id, options, flags.out.as_deref()).await?;
    if let Some(path) = path {
        println!("{}", path.display());
    }
    opened.access.note(domain::access::Accessed::Run(run_id));
    match opened.access.flush(&opened.db).await {
        // A database that cannot be written can be exported all the same.
        Err(domain::Error::Unavailable(_)) | Ok(()) => Ok(ExitCode::SUCCESS),
        Err(error) => Err(error.into()),
    }
}

/// Writes a run's CSV to a file, into a directory, or to standard output (`-`); returns where.
pub(crate) async fn write_csv(
    db: &Db,
    actor: &Actor,
    run_id: Uuid,
    options: CsvOptions,
    out: Option<&Path>,
) -> anyhow::Result<Option<PathBuf>> {
    let export = CsvExport::of(db, actor, run_id, options).await?;
    let path = match out {
        Some(out) if out.as_os_str() == "-" => None,
        Some(out) if out.is_dir() => Some(out.join(&export.file_name)),
        Some(out) => Some(out.to_owned()),
        None => Some(PathBuf::from(&export.file_name)),
    };
    let mut writer: Box<dyn tokio::io::AsyncWrite + Unpin> = match &path {
        Some(path) => Box::new(tokio::io::BufWriter::new(
            tokio::fs::File::create(path)
                .await
                .with_context(|| format!("{} cannot be written", path.display()))?,
        )),
        None => Box::new(tokio::io::stdout()),
    };
    let stream = export.into_stream(db.clone());
    pin_mut!(stream);
    while let Some(bytes) = stream.next().await {
        writer.write_all(&bytes?).await?;
    }
    writer.flush().await?;
    Ok(path)
}
