//! `probity export`, and the definitions that commands name.

use std::{
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::Context;
use domain::{
    auth::Actor,
    db::Db,
    definition,
    export::csv::{CsvExport, CsvOptions},
    library,
};
use entity::definition as row;
use futures::{StreamExt, pin_mut};
use tokio::io::AsyncWriteExt;
use uuid::Uuid;

use crate::{
    embedded::open_to_read,
    findings::find_run,
    flags::{ExportFlags, Store},
    import::import_file,
};

/// A definition by a file's path (which is imported), an id, or a name.
pub(crate) async fn find_definition(
    db: &Db,
    actor: &Actor,
    bytes_max: usize,
    text: &str,
) -> anyhow::Result<row::Model> {
    if Path::new(text).is_file() {
        return Ok(import_file(db, actor, bytes_max, Path::new(text)).await?.saved.definition);
    }
    if let Ok(id) = Uuid::parse_str(text) {
        return Ok(library::find(db, id).await?);
    }
    library::find_named(db, text)
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
        let text = definition::write(&content, flags.format.into())
            .with_context(|| format!("{} lists no scenarios; take yaml, json or markdown", content.name))?;
        let missing = definition::left_out(&content, flags.format.into());
        if !missing.is_empty() {
            eprintln!(
                "{}: a data set holds the scenarios only; not written: {}. Take yaml, json or markdown for all of it.",
                content.name,
                missing.join(", ")
            );
        }
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
