//! People.

use async_graphql::{Context, ID, Result, SimpleObject};
use entity::user;
use uuid::Uuid;

use super::{
    access::{present, rows},
    loaders::UserKey,
    words::Role,
};

/// Somebody who uses Probity. On a loopback address this is the user `local`.
#[derive(Clone, SimpleObject)]
pub(crate) struct User {
    /// The user's id.
    id: ID,
    /// As shown.
    name: String,
    /// What they may do.
    role: Role,
}

impl From<user::Model> for User {
    fn from(user: user::Model) -> Self {
        Self { id: user.id.into(), name: user.name, role: user.role.into() }
    }
}

impl From<&domain::auth::Actor> for User {
    fn from(actor: &domain::auth::Actor) -> Self {
        Self { id: actor.id.into(), name: actor.name.clone(), role: actor.role.into() }
    }
}

/// The user that a row was made by.
pub(crate) async fn user_of(ctx: &Context<'_>, id: Uuid) -> Result<User> {
    let found = rows(ctx).load_one(UserKey(id)).await?;
    Ok(present(found, "user")?.into())
}
