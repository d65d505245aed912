//! What a run cost, by model, beside what it might have.

use entity::{run, run_budget};
use sea_orm::FromQueryResult;

use super::{
    collect::Models,
    document::{Cost, ModelCost, Price},
    figures::ModelFigures,
    usd,
};
use crate::{
    db::{Db, row},
    error::Result,
    registry::{Tariff, Tariffs},
    run::ModelProgress,
};

/// Cost and budget of a run; `figures` in the order of its models.
pub(super) async fn cost(
    db: &Db,
    run: &run::Model,
    models: &Models,
    figures: &[ModelFigures],
    budget: Option<&run_budget::Model>,
) -> Result<Cost> {
    #[derive(FromQueryResult)]
    struct Presumed {
        usd_micros: i64,
    }
    let sql = "SELECT CAST(COALESCE(SUM(usd_micros), 0) AS bigint) AS usd_micros FROM budget_reservations
        WHERE run_id = $1 AND is_presumed";
    let presumed: Option<Presumed> = row(db.read(), sql, [run.id.into()]).await?;
    let tariffs = Tariffs::at(db.read(), run.created_at).await?;
    let of_model = |((model, label), figures): ((&ModelProgress, &String), &ModelFigures)| ModelCost {
        model: label.clone(),
        input_tokens: model.row.input_tokens,
        output_tokens: model.row.output_tokens,
        cost_usd: model.row.cost_usd_micros.map(usd),
        transcripts_without_cost: figures.without_cost,
        transcripts_without_tokens: figures.without_tokens,
        prices: tariffs.of(&model.row.provider_id, &model.row.model_id).map(prices).unwrap_or_default(),
    };
    let limited = budget.filter(|budget| budget.limit_usd_micros.is_some());
    Ok(Cost {
        budget_usd: limited.and_then(|budget| budget.limit_usd_micros).map(usd),
        spent_usd: limited.map(|budget| usd(budget.spent_usd_micros)),
        presumed_usd: limited.and(presumed).map(|presumed| usd(presumed.usd_micros)),
        reserved_usd: limited.map(|budget| usd(budget.reserved_usd_micros)),
        total_usd: models
            .each()
            .filter_map(|(model, _)| model.row.cost_usd_micros)
            .reduce(|a, b| a + b)
            .map(usd),
        planned_high_usd: run.cost_high_usd_micros.map(usd),
        models: models.each().zip(figures).map(of_model).collect(),
    })
}

fn prices(tariff: &Tariff) -> Vec<Price> {
    let tier = |tier: &entity::price::Model| Price {
        effective_from: tier.effective_from,
        origin: tier.origin.as_str(),
        above_input_tokens: tier.above_input_tokens,
        input_usd: usd(tier.input_usd_micros_per_million),
        cached_input_usd: tier.cached_input_usd_micros_per_million.map(usd),
        cache_write_usd: tier.cache_write_usd_micros_per_million.map(usd),
        output_usd: usd(tier.output_usd_micros_per_million),
    };
    tariff.tiers().map(tier).collect()
}
