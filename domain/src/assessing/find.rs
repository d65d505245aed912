//! What there is to see of assessments.

use std::collections::HashMap;

use entity::{CaseState, assessment, assessment_case};
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, FromQueryResult, PaginatorTrait, QueryFilter, QueryOrder,
    QuerySelect,
};
use uuid::Uuid;

use super::Ranking;
use crate::{
    db::{Db, placeholders, rows},
    error::{Error, Result},
    page::{Page, PageRequest, number_cursor},
};

/// An assessment, and how far it is.
#[derive(Clone, Debug)]
pub struct AssessmentState {
    /// The assessment.
    pub row: assessment::Model,
    /// Its cases by where they stand.
    pub counts: HashMap<CaseState, i64>,
    /// Calls, whatever became of them.
    pub calls: i64,
    /// Micro-dollars that were paid; None where no call had a known price.
    pub paid: Option<i64>,
    /// Micro-dollars that may have been paid without anybody having heard.
    pub presumed: i64,
    /// What the comparisons came to; None: nothing is compared, or not yet.
    pub ranking: Option<Ranking>,
}

/// One assessment.
///
/// # Errors
/// `NotFound`, `Unavailable` or `Database`.
pub async fn find(db: &Db, id: Uuid) -> Result<AssessmentState> {
    let found = assessment::Entity::find_by_id(id).all(db.read()).await?;
    states(db, found).await?.pop().ok_or_else(|| Error::not_found("assessment", id))
}

/// The assessments of several runs, in the order in which they were asked for; runs without any are
/// left out.
///
/// # Errors
/// `Unavailable` or `Database`.
pub async fn assessments_of(db: &Db, run_ids: &[Uuid]) -> Result<HashMap<Uuid, Vec<AssessmentState>>> {
    let found = assessment::Entity::find()
        .filter(assessment::Column::RunId.is_in(run_ids.iter().copied()))
        .order_by_asc(assessment::Column::Attempt)
        .all(db.read())
        .await?;
    let mut of_runs: HashMap<Uuid, Vec<AssessmentState>> = HashMap::new();
    for state in states(db, found).await? {
        of_runs.entry(state.row.run_id).or_default().push(state);
    }
    Ok(of_runs)
}

async fn states(db: &Db, found: Vec<assessment::Model>) -> Result<Vec<AssessmentState>> {
    #[derive(FromQueryResult)]
    struct Count {
        assessment_id: Uuid,
        state: CaseState,
        total: i64,
    }
    #[derive(FromQueryResult)]
    struct Costs {
        assessment_id: Uuid,
        calls: i64,
        paid: Option<i64>,
        presumed: i64,
    }
    if found.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<Uuid> = found.iter().map(|row| row.id).collect();
    let values = || ids.iter().map(|id| (*id).into());
    let those = placeholders(1, ids.len());
    let sql = format!(
        "SELECT assessment_id, state, COUNT(*) AS total FROM assessment_cases
         WHERE assessment_id IN ({those}) GROUP BY assessment_id, state"
    );
    let mut counts: HashMap<Uuid, HashMap<CaseState, i64>> = HashMap::new();
    for row in rows::<Count>(db.read(), sql, values()).await? {
        counts.entry(row.assessment_id).or_default().insert(row.state, row.total);
    }
    let sql = format!(
        "SELECT l.assessment_id, COUNT(*) AS calls, CAST(SUM(c.cost_usd_micros) AS bigint) AS paid,
             CAST(SUM(c.presumed_usd_micros) AS bigint) AS presumed
         FROM assessment_calls AS l JOIN ai_calls AS c ON c.id = l.ai_call_id
         WHERE l.assessment_id IN ({those}) GROUP BY l.assessment_id"
    );
    let costs: Vec<Costs> = rows(db.read(), sql, values()).await?;
    let mut costs: HashMap<Uuid, Costs> = costs.into_iter().map(|row| (row.assessment_id, row)).collect();
    let state = |row: assessment::Model| {
        let costs = costs.remove(&row.id);
        Ok(AssessmentState {
            counts: counts.remove(&row.id).unwrap_or_default(),
            calls: costs.as_ref().map_or(0, |costs| costs.calls),
            paid: costs.as_ref().and_then(|costs| costs.paid),
            presumed: costs.as_ref().map_or(0, |costs| costs.presumed),
            ranking: row.ranking.clone().map(serde_json::from_value).transpose()?,
            row,
        })
    };
    found.into_iter().map(state).collect()
}

/// The cases of an assessment, in order.
///
/// # Errors
/// `Invalid` where the cursor is none of ours, `Unavailable` or `Database`.
pub async fn cases(
    db: &Db,
    assessment_id: Uuid,
    state: Option<CaseState>,
    request: &PageRequest,
) -> Result<Page<assessment_case::Model>> {
    let wanted = Condition::all()
        .add(assessment_case::Column::AssessmentId.eq(assessment_id))
        .add_option(state.map(|state| assessment_case::Column::State.eq(state)));
    let total = assessment_case::Entity::find().filter(wanted.clone()).count(db.read()).await?;
    let mut query = assessment_case::Entity::find().filter(wanted);
    if let Some(after) = request.after_number()? {
        query = query.filter(assessment_case::Column::Seq.gt(after));
    }
    let query = query.order_by_asc(assessment_case::Column::Seq).limit(request.first + 1);
    Ok(Page::of(query.all(db.read()).await?, request.first, total, |row| number_cursor(row.seq)))
}
