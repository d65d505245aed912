//! Taking probes of open models, within the transaction of a claim.

use sea_orm::{ConnectionTrait, DatabaseTransaction, DbBackend};

use super::{
    claim::{ClaimRequest, ClaimedProbe},
    open_models::OpenModel,
    run_room::RunRoom,
};
use crate::{
    db::{rows, sql_now, sql_now_plus},
    error::Result,
    limits,
};

/// Passes over the open models: what some leave goes to those that have more, evenly, and at last
/// to whoever takes it.
const PASSES: usize = 3;

const COLUMNS: &str = "probes.id, probes.run_id, probes.run_model_id, probes.scenario_id, probes.sample_index, \
                       probes.seq, probes.attempt_count, probes.turn_count, probes.fence, probes.started_at";

/// A claim under way.
pub(super) struct Taking<'a> {
    pub(super) tx: &'a DatabaseTransaction,
    pub(super) request: &'a ClaimRequest<'a>,
    /// Probes that may still be taken.
    pub(super) left: u64,
    /// What the runs may still start.
    pub(super) room: RunRoom,
    pub(super) claimed: Vec<ClaimedProbe>,
}

/// How many probes each model may give: an even quota per run, spread evenly over its models.
/// `first` turns the order, so that what does not divide evenly goes to another one each time.
pub(super) fn shares(models: &[OpenModel], left: u64, first: usize) -> Vec<u64> {
    let runs: Vec<&[OpenModel]> = models.chunk_by(|a, b| a.run_id == b.run_id).collect();
    let quota = left.div_ceil(runs.len().max(1) as u64);
    let share_of = |run: &[OpenModel]| {
        let count = run.len() as u64;
        let extra = quota % count;
        (0..count)
            .map(move |place| quota / count + u64::from((place + first as u64) % count < extra))
            .collect()
    };
    runs.into_iter().flat_map(|run| -> Vec<u64> { share_of(run) }).collect()
}

impl Taking<'_> {
    /// Lets one probe of each model whose breaker is half open find out whether it is back.
    pub(super) async fn try_broken(&mut self, open: &[OpenModel]) -> Result<()> {
        for model in open.iter().filter(|model| model.is_trial) {
            let (lane, name) = (self.request.lane, &model.wire_model);
            let one = self.room.cut(std::slice::from_ref(model), vec![1]);
            if self.left == 0
                || one == [0]
                || !limits::reserve_trial(self.tx, lane, name, model.dead_trial).await?
            {
                continue;
            }
            let before = self.claimed.len();
            self.take(std::slice::from_ref(model), &one).await?;
            let trial = self.claimed.get(before).map(|probe| probe.id);
            limits::name_trial(self.tx, lane, name, trial).await?;
        }
        Ok(())
    }

    /// Takes what is left from models of one priority.
    pub(super) async fn take_evenly(&mut self, models: &[OpenModel]) -> Result<()> {
        let mut models = models.to_vec();
        for pass in 1..=PASSES {
            if self.left == 0 || models.is_empty() {
                return Ok(());
            }
            let shares = match pass {
                PASSES => vec![self.left; models.len()],
                _ => shares(&models, self.left, fastrand::usize(..models.len())),
            };
            let shares = self.room.cut(&models, shares);
            let before = self.claimed.len();
            self.take(&models, &shares).await?;
            let mut taken = vec![0; models.len()];
            for probe in &self.claimed[before..] {
                let place = models.iter().position(|model| model.run_model_id == probe.run_model_id);
                if let Some(taken) = place.and_then(|place| taken.get_mut(place)) {
                    *taken += 1;
                }
            }
            // Who gave less than was asked has no more.
            let mut has_more = taken.iter().zip(&shares).map(|(taken, share)| taken >= share);
            models.retain(|_| has_more.next().unwrap_or(false));
        }
        Ok(())
    }

    /// Takes up to a share of each model, as many as are left in all.
    async fn take(&mut self, models: &[OpenModel], shares: &[u64]) -> Result<()> {
        let wanted = models.iter().zip(shares.iter().copied()).filter(|(_, share)| *share > 0);
        match self.tx.get_database_backend() {
            DbBackend::Postgres => {
                let taken = self.take_lateral(wanted.collect()).await?;
                self.keep(taken);
            }
            _ => {
                for (model, share) in wanted {
                    if self.left > 0 {
                        let taken = self.take_of_model(model, share.min(self.left)).await?;
                        self.keep(taken);
                    }
                }
            }
        }
        Ok(())
    }

    fn keep(&mut self, taken: Vec<ClaimedProbe>) {
        taken.iter().for_each(|probe| self.room.took(probe.run_id));
        self.left = self.left.saturating_sub(taken.len() as u64);
        self.claimed.extend(taken);
    }

    fn set_running(backend: DbBackend) -> String {
        format!(
            "status = 'running', fence = fence + 1, leased_by = $1, lease_until = {},
             started_at = COALESCE(started_at, {})",
            sql_now_plus(backend, "$2"),
            sql_now(backend)
        )
    }

    /// One index scan per model, each ending at its share: rows of paused runs, of held models and
    /// of models whose breaker is open are never visited.
    async fn take_lateral(&self, wanted: Vec<(&OpenModel, u64)>) -> Result<Vec<ClaimedProbe>> {
        // MATERIALIZED: the planner must not run the locking subquery twice.
        let sql = format!(
            "WITH next AS MATERIALIZED (
                 SELECT queued.id FROM unnest($4, $5, $6) AS open_model (run_id, id, share)
                 JOIN runs ON runs.id = open_model.run_id AND runs.paused_at IS NULL AND runs.cancelled_at IS NULL
                 JOIN run_models ON run_models.id = open_model.id AND run_models.held_at IS NULL
                 CROSS JOIN LATERAL (
                     SELECT probes.id FROM probes
                     WHERE probes.run_id = open_model.run_id AND probes.run_model_id = open_model.id
                       AND probes.status = 'queued' AND probes.run_at <= now()
                     ORDER BY probes.run_at, probes.seq LIMIT open_model.share FOR UPDATE SKIP LOCKED) AS queued
                 LIMIT $3)
             UPDATE probes SET {set} FROM next WHERE probes.id = next.id RETURNING {COLUMNS}",
            set = Self::set_running(DbBackend::Postgres),
        );
        let values = [
            self.request.worker_id.into(),
            self.request.lease.as_secs_f64().into(),
            signed(self.left).into(),
            wanted.iter().map(|(model, _)| model.run_id).collect::<Vec<_>>().into(),
            wanted.iter().map(|(model, _)| model.run_model_id).collect::<Vec<_>>().into(),
            wanted.iter().map(|(_, share)| signed(*share)).collect::<Vec<_>>().into(),
        ];
        rows(self.tx, sql, values).await
    }

    async fn take_of_model(&self, model: &OpenModel, share: u64) -> Result<Vec<ClaimedProbe>> {
        let sql = format!(
            "UPDATE probes SET {set} WHERE id IN (
                 SELECT id FROM probes
                 WHERE run_id = $3 AND run_model_id = $4 AND status = 'queued' AND run_at <= {now}
                   AND EXISTS (SELECT 1 FROM runs JOIN run_models ON run_models.id = $4
                               WHERE runs.id = $3 AND paused_at IS NULL AND cancelled_at IS NULL AND held_at IS NULL)
                 ORDER BY run_at, seq LIMIT $5)
             RETURNING {COLUMNS}",
            now = sql_now(DbBackend::Sqlite),
            set = Self::set_running(DbBackend::Sqlite),
        );
        let values = [
            self.request.worker_id.into(),
            self.request.lease.as_secs_f64().into(),
            model.run_id.into(),
            model.run_model_id.into(),
            signed(share).into(),
        ];
        rows(self.tx, sql, values).await
    }
}

fn signed(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use entity::RunStatus;
    use uuid::Uuid;

    use super::*;

    fn models(counts: &[usize]) -> Vec<OpenModel> {
        let of_run = |count: &usize| {
            let model = OpenModel {
                run_id: Uuid::now_v7(),
                run_model_id: Uuid::now_v7(),
                wire_model: "m".into(),
                status: RunStatus::Running,
                priority: 0,
                parallel: None,
                is_trial: false,
                dead_trial: None,
            };
            vec![model; *count]
        };
        counts.iter().flat_map(of_run).collect()
    }

    #[test]
    fn each_run_has_its_quota_and_each_of_its_models_an_even_share() {
        assert_eq!(shares(&models(&[1, 1]), 10, 0), [5, 5]);
        assert_eq!(shares(&models(&[4, 1]), 16, 0), [2, 2, 2, 2, 8]);
        assert_eq!(shares(&models(&[3]), 10, 0), [4, 3, 3]);
    }

    #[test]
    fn what_does_not_divide_evenly_goes_to_another_model_each_time() {
        let first = |turn| shares(&models(&[3]), 1, turn);
        assert_eq!([first(0), first(1), first(2)], [[1, 0, 0], [0, 0, 1], [0, 1, 0]]);
    }
}
