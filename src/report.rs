//! `probity report`.

use std::{path::Path, process::ExitCode};

use anyhow::Context;
use domain::report::{self, Download, Kind};
use uuid::Uuid;

use crate::{
    embedded::{Opened, open_to_read},
    findings::find_run,
    flags::{ReportFlags, Store},
};

/// Prints the report of a run, or writes it to a file.
pub(crate) async fn report(store: Store, flags: ReportFlags) -> anyhow::Result<ExitCode> {
    let opened = open_to_read(store.config()?).await?;
    let run_id = find_run(&opened.db, &flags.run).await?;
    let kind = if flags.json { Kind::Json } else { Kind::Markdown };
    let file = report::download(&opened.db, &opened.actor, run_id, kind, flags.revision).await?;
    match flags.out.as_deref() {
        None => print!("{}", file.text),
        Some(out) if out.as_os_str() == "-" => print!("{}", file.text),
        Some(out) => {
            let path = if out.is_dir() { out.join(&file.file_name) } else { out.to_owned() };
            write(&path, &file).await?;
            println!("{}", path.display());
        }
    }
    opened.access.note(domain::access::Accessed::Run(run_id));
    match opened.access.flush(&opened.db).await {
        // A database that cannot be written can be reported on all the same.
        Err(domain::Error::Unavailable(_)) | Ok(()) => Ok(ExitCode::SUCCESS),
        Err(error) => Err(error.into()),
    }
}

async fn write(path: &Path, file: &Download) -> anyhow::Result<()> {
    tokio::fs::write(path, &file.text).await.with_context(|| format!("{} cannot be written", path.display()))
}

/// Writes the report of a run that has just ended and says where it is to be had: the worker of
/// this process stops before it gets to that.
pub(crate) async fn mention(opened: &Opened, run_id: Uuid) -> anyhow::Result<()> {
    report::write(&opened.db, run_id).await?;
    eprintln!("Its report: probity report {run_id}");
    Ok(())
}
