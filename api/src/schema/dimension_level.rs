//! Levels of dimensions as filters.

use async_graphql::{Context, InputObject, Result};
use domain::{Error, definition::LevelDigits};
use uuid::Uuid;

use super::{
    access::{present, rows},
    loaders::VersionKey,
};

/// A level of a dimension of the run's definition.
#[derive(InputObject)]
pub(crate) struct DimensionLevelInput {
    /// The dimension's name.
    dimension: String,
    /// The level's label.
    level: String,
}

/// The combinations with a level of a version.
pub(crate) async fn digits_of(
    ctx: &Context<'_>,
    version_id: Option<Uuid>,
    wanted: Option<DimensionLevelInput>,
) -> Result<Option<LevelDigits>> {
    let (Some(wanted), Some(version_id)) = (wanted, version_id) else { return Ok(None) };
    let version = present(rows(ctx).load_one(VersionKey(version_id)).await?, "definition version")?;
    let DimensionLevelInput { dimension, level } = wanted;
    let digits = version.expansion().await?.level_digits(&dimension, &level);
    let unknown =
        || Error::invalid("level", format!("There is no level {level} of a dimension {dimension}."));
    Ok(Some(digits.ok_or_else(unknown)?))
}
