//! Asking for an assessment, and saying before what it will take.

use entity::{AssessmentKind, RankingState, assessment, run};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, DatabaseTransaction, EntityTrait, PaginatorTrait,
    QueryFilter,
};
use serde_json::json;
use uuid::Uuid;

use super::{
    PAIRS_DEFAULT, PAIRS_MAX, PROMPT_VERSION, ROUNDS_DEFAULT, ROUNDS_MAX,
    ask::Wanted,
    cases::{Pairs, answered_bytes},
    terms::wanted,
};
use crate::{
    auth::{Action, Resource, authorize},
    config::Config,
    db::{Db, now},
    definition::{ScorerKind, from_stored},
    error::{Error, Result},
    event, fleet,
    judging::{NewJudge, asked_of, cost_max, has_price, no_price, of_run, price_of},
    lifecycle::NewEvent,
    lookup,
    lost_race::past_lost_races,
    queue::{Job, enqueue_job},
    receipt,
    registry::Tariffs,
    run::{self as runs, Chosen, Commanded, Locks, resolve_judge},
};

/// An assessment as somebody asks for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewAssessment {
    /// What is asked.
    pub kind: AssessmentKind,
    /// Which scorer; None: the only one of its kind, or values.
    pub scorer: Option<String>,
    /// The number of the definition's version that has it; None: the one that the run asked.
    pub version: Option<i32>,
    /// The judge; None: the one that judges the run's decisions.
    pub judge: Option<NewJudge>,
    /// The most pairs, 1 to `PAIRS_MAX`; None: `PAIRS_DEFAULT`. Of more there are a seeded sample is drawn.
    pub pairs_max: Option<u32>,
    /// Of the sample of pairs and of the ranking's bootstrap.
    pub seed: u32,
    /// Rounds of the ranking's bootstrap, 1,000 to `ROUNDS_MAX`; None: `ROUNDS_DEFAULT`.
    pub rounds: Option<u32>,
    /// True where transcripts that have a score of this scorer are left out.
    pub only_missing: bool,
}

/// What an assessment would take.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AssessmentPlan {
    /// Questions: transcripts, or pairs twice.
    pub cases: u64,
    /// Pairs there are; None: nothing is compared.
    pub pairs_total: Option<u64>,
    /// Pairs that would be compared.
    pub pairs: Option<u64>,
    /// The most calls, with one repair each; tries that failed come on top.
    pub calls_max: u64,
    /// The worst case of one call each, in micro-dollars; None: the judge has no price.
    pub cost_max_usd_micros: Option<i64>,
}

/// Says what an assessment would take. Nothing is asked or written.
///
/// # Errors
/// As `assess_run`, but for the state of the run.
pub async fn plan(db: &Db, config: &Config, run_id: Uuid, new: &NewAssessment) -> Result<AssessmentPlan> {
    let run = runs::find(db, run_id).await?;
    check(new)?;
    let (chosen, _) = judge_of(db, config, run_id, new).await?;
    let version = lookup::version_of_run(db.read(), &run, new.version).await?;
    let wanted = wanted(&from_stored(version.content)?, new.kind, new.scorer.as_deref())?;
    let bytes = answered_bytes(db.read(), run_id).await?;
    let (cases, pairs, text) = match &wanted {
        Wanted::Pairwise(_) => {
            let pairs = Pairs::of(db.read(), run_id).await?;
            let drawn = pairs.drawn(u64::from(new.pairs_max.unwrap_or(PAIRS_DEFAULT)), u64::from(new.seed));
            let of = |id: &Uuid| bytes.get(id).copied().unwrap_or(0);
            let text: u64 = drawn.iter().map(|(one, other)| 2 * (of(one) + of(other))).sum();
            (2 * drawn.len() as u64, Some((pairs.total(), drawn.len() as u64)), text)
        }
        // What is scored already is not taken off: it is a bound.
        Wanted::Rubric(_) | Wanted::Values(_) => (bytes.len() as u64, None, bytes.values().sum()),
    };
    // What stands around the conversations; each is cited once.
    let frame = super::work::frame_bytes(&wanted)? as u64;
    let text = usize::try_from(text + cases * frame).unwrap_or(usize::MAX);
    let tariffs = Tariffs::at(db.read(), now()).await?;
    let price = price_of(&tariffs, &chosen.model.provider_id, &chosen.model.id);
    Ok(AssessmentPlan {
        cases,
        pairs_total: pairs.map(|(total, _)| total),
        pairs: pairs.map(|(_, drawn)| drawn),
        calls_max: 2 * cases,
        cost_max_usd_micros: cost_max(price.as_ref(), text, cases),
    })
}

/// Has a run that is over assessed by a judge, in the background. Nothing is asked of its models, and
/// what was assessed before stays.
///
/// # Errors
/// `Conflict` where the run goes on or has nothing to assess; `Invalid` where the version has no such
/// scorer or values, no judge is known, or it has no price and the run a budget; `NotFound`,
/// `Forbidden`.
pub async fn assess_run(
    db: &Db,
    config: &Config,
    commanded: Commanded<'_>,
    new: &NewAssessment,
) -> Result<assessment::Model> {
    check(new)?;
    // Who may not ask learns nothing of the run.
    let run = runs::find(db, commanded.run_id).await?;
    authorize(commanded.actor, Action::Control, Resource::Run(Some(run.created_by)))?;
    let (chosen, calls_max) = judge_of(db, config, commanded.run_id, new).await?;
    past_lost_races(|| assess_once(db, commanded, new, &chosen, calls_max)).await
}

fn check(new: &NewAssessment) -> Result<()> {
    if new.judge.as_ref().is_some_and(|judge| judge.calls_max == Some(0)) {
        return Err(Error::invalid("judge.maxCalls", "A judge makes at least one call."));
    }
    if new.pairs_max.is_some_and(|pairs| !(1..=PAIRS_MAX).contains(&pairs)) {
        return Err(Error::invalid("maxPairs", format!("Compare 1 to {PAIRS_MAX} pairs.")));
    }
    if new.rounds.is_some_and(|rounds| !(1_000..=ROUNDS_MAX).contains(&rounds)) {
        return Err(Error::invalid("rounds", format!("Take 1,000 to {ROUNDS_MAX} rounds.")));
    }
    Ok(())
}

async fn judge_of(
    db: &Db,
    config: &Config,
    run_id: Uuid,
    new: &NewAssessment,
) -> Result<(Chosen, Option<u32>)> {
    let asked = match &new.judge {
        Some(judge) => Some(judge.clone()),
        // How often decisions may be asked about says nothing here.
        None => asked_of(db, run_id).await?.map(|judge| NewJudge { calls_max: None, ..judge }),
    };
    let asked = asked.ok_or_else(|| {
        Error::invalid("judge", "The run was made without a judge; name the model that is to judge it.")
    })?;
    let is_worker_online = !fleet::online_workers(db, config.beat()).await?.is_empty();
    let chosen = resolve_judge(db, config, &asked.model, is_worker_online, &mut Vec::new())
        .await?
        .map_err(|message| Error::invalid("judge.model", message))?;
    Ok((chosen, asked.calls_max))
}

async fn assess_once(
    db: &Db,
    commanded: Commanded<'_>,
    new: &NewAssessment,
    chosen: &Chosen,
    calls_max: Option<u32>,
) -> Result<assessment::Model> {
    let token = commanded.token("assessRun", format!("/{new:?}"));
    let (tx, run, receipt) = runs::begin(db, &commanded, &token, Locks::BudgetAndRun).await?;
    if let Some(id) = receipt {
        let found = assessment::Entity::find_by_id(id).one(&tx).await?;
        return found.ok_or_else(|| Error::not_found("assessment", id));
    }
    if !run.status.is_terminal() {
        return Err(Error::conflict("The run goes on; have it assessed when it is over."));
    }
    let version = lookup::version_of_run(&tx, &run, new.version).await?;
    let wanted = wanted(&from_stored(version.content)?, new.kind, new.scorer.as_deref())?;
    let purse = crate::budget::lock(&tx, run.id).await?;
    if purse.limit_usd_micros.is_some() && !has_price(&tx, chosen).await? {
        return Err(no_price(chosen));
    }
    let wire_model = chosen.version.clone().unwrap_or_else(|| chosen.model.id.clone());
    let judge = ByWhom {
        provider_id: chosen.model.provider_id.clone(),
        model_id: chosen.model.id.clone(),
        model_version: chosen.version.clone(),
        wire_model,
        calls_max: calls_max.map(i64::from),
    };
    let row = insert(&tx, &run, commanded.actor.id, version.id, &wanted, judge, new).await?;
    receipt::keep(&tx, commanded.actor, &token, row.id).await?;
    tx.commit().await?;
    Ok(row)
}

struct ByWhom {
    provider_id: String,
    model_id: String,
    model_version: Option<String>,
    wire_model: String,
    calls_max: Option<i64>,
}

async fn insert(
    tx: &DatabaseTransaction,
    run: &run::Model,
    requested_by: Uuid,
    version_id: Uuid,
    wanted: &Wanted,
    judge: ByWhom,
    new: &NewAssessment,
) -> Result<assessment::Model> {
    let before = assessment::Entity::find().filter(assessment::Column::RunId.eq(run.id)).count(tx).await?;
    let is_pairwise = new.kind == AssessmentKind::Pairwise;
    let pairs_max = is_pairwise.then(|| i64::from(new.pairs_max.unwrap_or(PAIRS_DEFAULT)));
    let row = assessment::ActiveModel {
        id: Set(Uuid::now_v7()),
        run_id: Set(run.id),
        kind: Set(new.kind),
        attempt: Set(i32::try_from(before).unwrap_or(i32::MAX - 1) + 1),
        definition_version_id: Set(version_id),
        scorer: Set(wanted.scorer().map(|scorer| scorer.name.clone())),
        provider_id: Set(judge.provider_id),
        model_id: Set(judge.model_id),
        model_version: Set(judge.model_version),
        wire_model: Set(judge.wire_model),
        calls_max: Set(judge.calls_max),
        pairs_max: Set(pairs_max),
        seed: Set(i64::from(new.seed)),
        only_missing: Set(new.only_missing),
        prompt_version: Set(PROMPT_VERSION.into()),
        requested_by: Set(requested_by),
        created_at: Set(now()),
        cases_seq: Set(-1),
        case_count: Set(None),
        finished_at: Set(None),
        stop_category: Set(None),
        stop_message: Set(None),
        ranking_state: Set(RankingState::None),
        ranking_rounds: Set(if is_pairwise { i64::from(new.rounds.unwrap_or(ROUNDS_DEFAULT)) } else { 0 }),
        ranking_rounds_done: Set(0),
        ranking: Set(None),
        ranking_message: Set(None),
    };
    let row = row.insert(tx).await?;
    enqueue_job(tx, Job::AssessRun { run_id: run.id, provider_id: row.provider_id.clone() }).await?;
    let payload = json!({
        "assessmentId": row.id, "kind": row.kind.as_str(), "scorer": row.scorer, "attempt": row.attempt,
        "providerId": row.provider_id, "model": row.wire_model,
    });
    let asked = NewEvent { kind: "assessment.requested", payload };
    event::append(tx, run.id, Some(requested_by), vec![asked]).await?;
    Ok(row)
}

/// Has a run that has ended, and that has a judge, marked by the rubrics of its definition: what no
/// rubric has marked yet. Once per ending.
///
/// # Errors
/// `Unavailable` or `Database`.
pub async fn begin_by_itself(db: &Db, run_id: Uuid) -> Result<()> {
    past_lost_races(|| begin_once(db, run_id)).await
}

async fn begin_once(db: &Db, run_id: Uuid) -> Result<()> {
    let Some(judge) = of_run(db.read(), run_id).await? else { return Ok(()) };
    let run = runs::find(db, run_id).await?;
    let Some(ended_at) = run.completed_at.filter(|_| run.status.is_terminal()) else { return Ok(()) };
    let version = lookup::version_of_run(db.read(), &run, None).await?;
    let content = from_stored(version.content)?;
    let rubrics: Vec<&str> = content
        .scorers
        .iter()
        .filter(|scorer| scorer.kind == ScorerKind::Rubric)
        .map(|scorer| scorer.name.as_str())
        .collect();
    if rubrics.is_empty() || run.cancelled_at.is_some() {
        return Ok(());
    }
    let tx = db.begin_queue().await?;
    crate::budget::lock(&tx, run_id).await?;
    let run = runs::locked_row(&tx, run_id).await?;
    for name in rubrics {
        let since = assessment::Entity::find()
            .filter(assessment::Column::RunId.eq(run_id))
            .filter(assessment::Column::Scorer.eq(name))
            .filter(assessment::Column::CreatedAt.gte(ended_at));
        if since.count(&tx).await? > 0 {
            continue;
        }
        let new = NewAssessment {
            kind: AssessmentKind::Rubric,
            scorer: Some(name.to_owned()),
            version: None,
            judge: None,
            pairs_max: None,
            seed: 0,
            rounds: None,
            only_missing: true,
        };
        let by = ByWhom {
            provider_id: judge.provider_id.clone(),
            model_id: judge.model_id.clone(),
            model_version: judge.model_version.clone(),
            wire_model: judge.wire_model.clone(),
            calls_max: judge.calls_max,
        };
        let wanted = wanted(&content, AssessmentKind::Rubric, Some(name))?;
        insert(&tx, &run, run.created_by, version.id, &wanted, by, &new).await?;
    }
    tx.commit().await?;
    Ok(())
}
