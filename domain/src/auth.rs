//! Who asks, and what they may do.

use entity::{Role, api_token, user};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, sea_query::OnConflict,
};
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::{
    db::{Db, now},
    error::{Error, Result},
};

/// Who asks. On loopback this is the local user, an admin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Actor {
    /// The user's row.
    pub id: Uuid,
    /// As shown.
    pub name: String,
    /// What they may do.
    pub role: Role,
}

/// What somebody wants to do.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Hash)]
pub enum Action {
    /// See it.
    Read,
    /// Download it.
    Export,
    /// Make one.
    Create,
    /// Change or remove it.
    Change,
    /// Pause, resume or cancel it.
    Control,
    /// Ask whether it is well.
    Check,
    /// Manage users, tokens, models and prices.
    Administer,
}

/// What it would be done to.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub enum Resource {
    /// A definition; whose.
    Definition(Option<Uuid>),
    /// A run with all it produced; whose.
    Run(Option<Uuid>),
    /// Models, providers and workers.
    Registry,
    /// Users and tokens.
    Access,
}

/// The one place that says who may do what. Every query, mutation and download passes it.
///
/// Viewers read and export; researchers create, and change and control what is theirs;
/// admins may do everything.
///
/// # Errors
/// `Forbidden`, naming the role that could.
pub fn authorize(actor: &Actor, action: Action, resource: Resource) -> Result<()> {
    let is_theirs = match resource {
        Resource::Definition(owner) | Resource::Run(owner) => owner.is_none_or(|owner| owner == actor.id),
        Resource::Registry | Resource::Access => false,
    };
    let allowed = match (action, actor.role) {
        (_, Role::Admin) => true,
        (Action::Administer, _) => false,
        (Action::Read, _) => resource != Resource::Access,
        (Action::Export, _) => true,
        (Action::Create, Role::Researcher) => {
            matches!(resource, Resource::Definition(_) | Resource::Run(_))
        }
        (Action::Change | Action::Control, Role::Researcher) => is_theirs,
        (Action::Check, Role::Researcher) => resource == Resource::Registry,
        (Action::Create | Action::Change | Action::Control | Action::Check, Role::Viewer) => false,
    };
    if allowed {
        return Ok(());
    }
    Err(Error::Forbidden(match (action, actor.role) {
        (Action::Change | Action::Control, Role::Researcher) => {
            "This belongs to somebody else; its owner or an admin can do it.".into()
        }
        (Action::Administer, _) => "Only an admin can do this.".into(),
        _ => format!("A {} cannot do this; a researcher or an admin can.", actor.role),
    }))
}

/// The user that loopback acts as: a real row, so that everything done has an owner.
///
/// # Errors
/// `Unavailable` or `Database`.
pub async fn local_actor(db: &Db) -> Result<Actor> {
    let find = || user::Entity::find().filter(user::Column::Name.eq("local"));
    if let Some(found) = find().one(db.read()).await? {
        return Ok(found.into());
    }
    let row = user::ActiveModel {
        id: Set(Uuid::now_v7()),
        name: Set("local".into()),
        role: Set(Role::Admin),
        created_at: Set(now()),
    };
    user::Entity::insert(row)
        .on_conflict(OnConflict::column(user::Column::Name).do_nothing().to_owned())
        .exec_without_returning(db.write())
        .await?;
    let found = find().one(db.write()).await?;
    found.map(Actor::from).ok_or_else(|| Error::Internal("the local user could not be made".into()))
}

impl From<user::Model> for Actor {
    fn from(user: user::Model) -> Self {
        Self { id: user.id, name: user.name, role: user.role }
    }
}

/// Makes a token; its secret is returned once and kept as a hash only.
///
/// # Errors
/// `Invalid` where the name is empty, `Conflict` where another role has that user.
pub async fn create_token(db: &Db, user_name: &str, role: Role) -> Result<SecretString> {
    if user_name.trim().is_empty() {
        return Err(Error::invalid("name", "A token needs the name of who uses it."));
    }
    let found = user::Entity::find().filter(user::Column::Name.eq(user_name)).one(db.write()).await?;
    let user_id = match found {
        Some(user) if user.role != role => {
            return Err(Error::conflict(format!(
                "{user_name} has the role {}; use that role, or another name.",
                user.role
            )));
        }
        Some(user) => user.id,
        None => {
            let id = Uuid::now_v7();
            user::ActiveModel {
                id: Set(id),
                name: Set(user_name.into()),
                role: Set(role),
                created_at: Set(now()),
            }
            .insert(db.write())
            .await?;
            id
        }
    };
    // Two v4 UUIDs: 244 bits from the system's generator.
    let secret = format!("probity_{}{}", Uuid::new_v4().simple(), Uuid::new_v4().simple());
    api_token::ActiveModel {
        id: Set(Uuid::now_v7()),
        user_id: Set(user_id),
        name: Set(user_name.into()),
        secret_sha256: Set(sha256_hex(secret.as_bytes())),
        created_at: Set(now()),
        last_used_at: Set(None),
        revoked_at: Set(None),
    }
    .insert(db.write())
    .await?;
    Ok(secret.into())
}

/// The user behind a token.
///
/// # Errors
/// `Unauthenticated` where it is unknown or revoked.
pub async fn actor_of_token(db: &Db, secret: &SecretString) -> Result<Actor> {
    let refused =
        || Error::Unauthenticated("This token is not valid; make one with `probity token create`.".into());
    let hash = sha256_hex(secret.expose_secret().as_bytes());
    let token = api_token::Entity::find()
        .filter(api_token::Column::SecretSha256.eq(hash))
        .filter(api_token::Column::RevokedAt.is_null())
        .one(db.read())
        .await?
        .ok_or_else(refused)?;
    let user = user::Entity::find_by_id(token.user_id).one(db.read()).await?.ok_or_else(refused)?;
    Ok(user.into())
}

/// True where at least one token can be used: the condition for leaving loopback.
///
/// # Errors
/// `Unavailable` or `Database`.
pub async fn has_token(db: &Db) -> Result<bool> {
    Ok(api_token::Entity::find()
        .filter(api_token::Column::RevokedAt.is_null())
        .one(db.read())
        .await?
        .is_some())
}

/// SHA-256 in hexadecimal.
pub fn sha256_hex(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn actor(role: Role) -> Actor {
        Actor { id: Uuid::from_u128(1), name: "somebody".into(), role }
    }

    #[test]
    fn a_viewer_reads_and_exports_and_nothing_else() {
        let viewer = actor(Role::Viewer);
        let run = Resource::Run(Some(viewer.id));
        assert!(authorize(&viewer, Action::Read, run).is_ok());
        assert!(authorize(&viewer, Action::Export, run).is_ok());
        for action in [Action::Create, Action::Change, Action::Control, Action::Administer] {
            assert!(authorize(&viewer, action, run).is_err(), "{action:?}");
        }
    }

    #[test]
    fn a_researcher_controls_only_what_is_theirs() {
        let researcher = actor(Role::Researcher);
        let mine = Resource::Run(Some(researcher.id));
        let other = Resource::Run(Some(Uuid::from_u128(2)));
        assert!(authorize(&researcher, Action::Control, mine).is_ok());
        assert!(authorize(&researcher, Action::Control, other).is_err());
        assert!(authorize(&researcher, Action::Read, other).is_ok());
        assert!(authorize(&researcher, Action::Administer, Resource::Access).is_err());
        assert!(authorize(&researcher, Action::Read, Resource::Access).is_err());
    }

    #[test]
    fn an_admin_may_do_everything() {
        let admin = actor(Role::Admin);
        assert!(authorize(&admin, Action::Control, Resource::Run(Some(Uuid::from_u128(2)))).is_ok());
        assert!(authorize(&admin, Action::Administer, Resource::Access).is_ok());
    }
}
