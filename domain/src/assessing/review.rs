//! What people do about assessments: look at what a judge brought nothing of use about, or stop it.

use entity::{AssessmentKind, CaseState, RankingState, assessment, assessment_case};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, EntityTrait};
use uuid::Uuid;

use super::{
    ask::{Wanted, points},
    terms::wanted,
    work::end_within,
};
use crate::{
    auth::Actor,
    db::{Db, locked, now},
    decision::checked_reason,
    definition::from_stored,
    error::{Error, Result},
    lost_race::past_lost_races,
    queue::{Job, enqueue_job},
    receipt,
    run::{self as runs, Commanded, Locks},
    scoring::{self, Score},
};

/// A case that somebody decides in the judge's place.
#[derive(Copy, Clone, Debug)]
pub struct CaseReview<'a> {
    /// Who.
    pub actor: &'a Actor,
    /// Which case; a judge brought nothing of use about it.
    pub case_id: Uuid,
    /// The points, or `first`, `second` or `tie`; None: it stays open for good.
    pub verdict: Option<&'a str>,
    /// Why, in words.
    pub reason: &'a str,
    /// The same token has no second effect.
    pub client_token: Option<&'a str>,
}

/// Decides a case that waits for a person: its score is appended, or its pair is compared.
///
/// # Errors
/// `Conflict` where it does not wait for anybody, `Invalid` where the verdict is none of its kind or
/// no reason is given, `NotFound`, `Forbidden`.
pub async fn review_case(db: &Db, review: CaseReview<'_>) -> Result<assessment_case::Model> {
    past_lost_races(|| review_once(db, review)).await
}

async fn review_once(db: &Db, review: CaseReview<'_>) -> Result<assessment_case::Model> {
    let unknown = || Error::not_found("case", review.case_id);
    let case = assessment_case::Entity::find_by_id(review.case_id).one(db.read()).await?;
    let case = case.ok_or_else(unknown)?;
    let row = assessment::Entity::find_by_id(case.assessment_id).one(db.read()).await?.ok_or_else(unknown)?;
    checked_reason(review.reason)?;
    let reason = review.reason.to_owned();
    let CaseReview { actor, client_token, .. } = review;
    let commanded = Commanded { actor, run_id: row.run_id, client_token };
    let token = commanded.token("reviewCase", format!("/{}/{:?}/{reason}", case.id, review.verdict));
    let (tx, run, receipt) = runs::begin(db, &commanded, &token, Locks::Run).await?;
    let case = locked(assessment_case::Entity::find_by_id(case.id), &tx).one(&tx).await?;
    let case = case.ok_or_else(unknown)?;
    if receipt.is_some() {
        return Ok(case);
    }
    if case.state != CaseState::Review {
        return Err(Error::conflict(format!("The case is {}: it waits for nobody.", case.state)));
    }
    if let Some(verdict) = review.verdict {
        let version = crate::lookup::versions(db, &[row.definition_version_id]).await?.into_values().next();
        let version = version.ok_or_else(unknown)?;
        let wanted = wanted(&from_stored(version.content)?, row.kind, row.scorer.as_deref())?;
        set(&tx, &row, &case, &wanted, verdict, &reason).await?;
    }
    let changed = assessment_case::ActiveModel {
        id: Set(case.id),
        state: Set(if review.verdict.is_some() { CaseState::Set } else { CaseState::Left }),
        verdict: Set(review.verdict.map(str::to_owned)),
        reason: Set(Some(reason)),
        decided_by: Set(Some(actor.id)),
        ended_at: Set(Some(now())),
        ..Default::default()
    };
    let changed = changed.update(&tx).await?;
    if row.kind == AssessmentKind::Pairwise && row.finished_at.is_some() && review.verdict.is_some() {
        let wanted = RankingState::Wanted;
        let again =
            assessment::ActiveModel { id: Set(row.id), ranking_state: Set(wanted), ..Default::default() };
        again.update(&tx).await?;
        enqueue_job(&tx, Job::AssessRun { run_id: run.id, provider_id: row.provider_id }).await?;
    }
    receipt::keep(&tx, actor, &token, case.id).await?;
    tx.commit().await?;
    Ok(changed)
}

async fn set(
    tx: &sea_orm::DatabaseTransaction,
    row: &assessment::Model,
    case: &assessment_case::Model,
    wanted: &Wanted,
    verdict: &str,
    reason: &str,
) -> Result<()> {
    let invalid = |allowed: &[String]| {
        Error::invalid("verdict", format!("{verdict:?} is none of {}.", allowed.join(", ")))
    };
    match wanted {
        Wanted::Values(_) => Err(Error::invalid(
            "verdict",
            "What is asked about values is left, or asked again; leave it out.",
        )),
        Wanted::Pairwise(_) => {
            let allowed = ["first", "second", "tie"].map(str::to_owned);
            if allowed.iter().any(|one| one == verdict) { Ok(()) } else { Err(invalid(&allowed)) }
        }
        Wanted::Rubric(scorer) => {
            let allowed: Vec<String> = points(scorer).iter().map(|point| point.value.to_string()).collect();
            let value = allowed.iter().find(|one| *one == verdict).and_then(|one| one.parse().ok());
            let value = value.ok_or_else(|| invalid(&allowed))?;
            let version = scoring::version_of(scorer);
            let score =
                Score { scorer: scorer.name.clone(), version, value, reason: Some(reason.to_owned()) };
            scoring::append_judged(tx, row.run_id, case.transcript_id, &score).await
        }
    }
}

/// Stops an assessment: what was not asked is dropped, and what was stays. Stopping what is over
/// changes nothing.
///
/// # Errors
/// `NotFound`, `Forbidden`.
pub async fn stop_assessment(
    db: &Db,
    actor: &Actor,
    assessment_id: Uuid,
    client_token: Option<&str>,
) -> Result<()> {
    past_lost_races(|| stop_once(db, actor, assessment_id, client_token)).await
}

async fn stop_once(db: &Db, actor: &Actor, assessment_id: Uuid, client_token: Option<&str>) -> Result<()> {
    let row = assessment::Entity::find_by_id(assessment_id).one(db.read()).await?;
    let row = row.ok_or_else(|| Error::not_found("assessment", assessment_id))?;
    let commanded = Commanded { actor, run_id: row.run_id, client_token };
    let token = commanded.token("stopAssessment", format!("/{assessment_id}"));
    let (tx, run, receipt) = runs::begin(db, &commanded, &token, Locks::Run).await?;
    if receipt.is_some() {
        return Ok(());
    }
    end_within(&tx, row.id, Some(actor.id), Some(("stopped", "Somebody stopped it."))).await?;
    enqueue_job(&tx, Job::AssessRun { run_id: run.id, provider_id: row.provider_id }).await?;
    receipt::keep(&tx, actor, &token, row.id).await?;
    tx.commit().await?;
    Ok(())
}
