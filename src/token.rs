//! `probity token`.

use std::process::ExitCode;

use entity::Role;

use crate::{
    embedded::open,
    flags::{RoleFlag, Store, TokenCommand, TokenFlags},
};

/// Makes a token and prints its secret, which is stored as a hash only.
pub(crate) async fn token(store: Store, flags: TokenFlags) -> anyhow::Result<ExitCode> {
    let opened = open(store.config()?).await?;
    let TokenCommand::Create { name, role } = flags.command;
    let role = match role {
        RoleFlag::Viewer => Role::Viewer,
        RoleFlag::Researcher => Role::Researcher,
        RoleFlag::Admin => Role::Admin,
    };
    let secret = domain::auth::create_token(&opened.db, &name, role).await?;
    eprintln!("Token for {name} ({role}). It is shown this once; send it as `Authorization: Bearer …`.");
    println!("{}", secrecy::ExposeSecret::expose_secret(&secret));
    Ok(ExitCode::SUCCESS)
}
