//! The `probity` command.

#![expect(clippy::print_stdout, reason = "a command answers on standard output; logs go to standard error")]

mod analysis;
mod answers;
mod check;
mod compare;
mod control;
mod demo;
mod doctor;
mod embedded;
mod findings;
mod flags;
mod import;
mod judge;
mod models;
mod plan;
mod progress;
mod report;
mod run;
mod serve;
mod simulate;
mod token;
mod transfer;
mod words;

use std::process::ExitCode;

use clap::Parser;

use crate::flags::{Command, Probity};

/// Exit codes: 0 well, 1 something went wrong, 2 wrong usage, 3 the run completed with errors,
/// 4 the run failed, 5 the run was cancelled.
#[tokio::main]
async fn main() -> ExitCode {
    end_quietly_with_the_pipe();
    let Probity { command, store } = Probity::parse();
    // Servers say what they do; a command that somebody watches says only what is wrong.
    let is_server = matches!(command, Command::Serve(_) | Command::Worker(_) | Command::Sim(_));
    worker::process::init_logging(if is_server { "info" } else { "warn" });
    let result = match command {
        Command::Demo(flags) => demo::demo(store, flags).await,
        Command::Serve(flags) => serve::serve(store, flags).await,
        Command::Worker(flags) => serve::work(store, flags).await,
        Command::Run(flags) => run::run(store, flags).await,
        Command::Retry(flags) => control::retry(store, flags).await,
        Command::Rerun(flags) => control::rerun(store, flags).await,
        Command::Limits(flags) => control::limits(store, flags).await,
        Command::Approve(flags) => control::approve(store, flags).await,
        Command::Reject(flags) => control::reject(store, flags).await,
        Command::Judge(flags) => judge::judge(store, flags).await,
        Command::Findings { run, json } => findings::show(store, &run, json).await,
        Command::Compare(flags) => compare::show(store, flags).await,
        Command::Report(flags) => report::report(store, flags).await,
        Command::Export(flags) => transfer::export(store, flags).await,
        Command::Import(flags) => import::import(store, flags).await,
        Command::Token(flags) => token::token(store, flags).await,
        Command::Sim(flags) => simulate::simulate(flags).await,
        Command::Doctor { repair } => doctor::doctor(store, repair).await,
        Command::Check { providers } => check::check(store, &providers).await,
        Command::Models { text } => models::list(store, text.as_deref()).await,
        Command::Schema => {
            print!("{}", api::schema_sdl());
            Ok(ExitCode::SUCCESS)
        }
    };
    result.unwrap_or_else(|error| {
        let pipe = error.downcast_ref::<std::io::Error>();
        if pipe.is_some_and(|error| error.kind() == std::io::ErrorKind::BrokenPipe) {
            return ExitCode::SUCCESS;
        }
        eprintln!("probity: {error:#}");
        ExitCode::FAILURE
    })
}

/// Whoever reads standard output may stop early (`| head`): that is no fault, and `println!`
/// panics over it.
fn end_quietly_with_the_pipe() {
    let usual = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        let message = panic.payload().downcast_ref::<String>().map(String::as_str);
        if message
            .is_some_and(|text| text.starts_with("failed printing to stdout") && text.contains("os error 32"))
        {
            std::process::exit(0);
        }
        usual(panic);
    }));
}
