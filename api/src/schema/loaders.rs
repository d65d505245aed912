//! Rows behind relations: one statement for all that a query asks for at once.

use std::{
    collections::{HashMap, HashSet},
    hash::Hash,
    sync::{Arc, Mutex, PoisonError},
};

use async_graphql::dataloader::Loader;
use domain::{
    Error,
    analysis::{self, Standing},
    assessing, budget,
    config::Config,
    db::Db,
    diagnosis::{self, Diagnosis, Group},
    findings::{self, ModelFindings},
    fleet, gate,
    judging::{self, JudgeState},
    library, lookup,
    page::{Page, PageRequest},
    probe::{self, ProbeFilter, TranscriptFilter},
    report,
    run::{self, Progress},
    scoring, values,
};
use entity::{
    ai_call, attempt, decision, definition, definition_version, gate as gate_row, gate_decision, price,
    probe as probe_row, report as report_row, run as run_row, run_budget, run_design, run_event, run_limit,
    run_model, score, transcript, turn, user, value_reading,
};
use uuid::Uuid;

use super::frozen_version::FrozenVersion;

/// Reads rows by key.
pub(crate) struct Rows {
    db: Db,
    config: Arc<Config>,
    /// Versions never change, and expanding one costs: the last ones are kept.
    versions: Mutex<HashMap<Uuid, Arc<FrozenVersion>>>,
}

/// Versions kept at once; each may hold a megabyte of content.
const VERSIONS_KEPT: usize = 32;
/// Bytes of the versions kept at once: those that list scenarios may be large.
const VERSION_BYTES_KEPT: usize = 64 << 20;

impl Rows {
    /// Reads from this database.
    pub(crate) fn new(db: Db, config: Arc<Config>) -> Self {
        Self { db, config, versions: Mutex::default() }
    }

    /// The database.
    pub(super) fn db(&self) -> &Db {
        &self.db
    }

    /// What workers and limits are judged by.
    pub(super) fn config(&self) -> &Config {
        &self.config
    }
}

/// What a loader fails with; all keys of a batch share it.
type Shared<T> = Result<T, Arc<Error>>;

macro_rules! loads {
    ($($(#[$doc:meta])* $key:ident => $value:ty, $read:path;)+) => {
        $(
            $(#[$doc])*
            #[derive(Copy, Clone, Debug, PartialEq, Eq, Hash)]
            pub(crate) struct $key(pub(crate) Uuid);

            impl Loader<$key> for Rows {
                type Value = $value;
                type Error = Arc<Error>;

                async fn load(&self, keys: &[$key]) -> Shared<HashMap<$key, $value>> {
                    let ids: Vec<Uuid> = keys.iter().map(|key| key.0).collect();
                    let found = $read(&self.db, &ids).await.map_err(Arc::new)?;
                    Ok(found.into_iter().map(|(id, value)| ($key(id), value)).collect())
                }
            }
        )+
    };
}

loads! {
    /// A definition, also a removed one.
    DefinitionKey => definition::Model, lookup::definitions;
    /// How many runs there are of a definition.
    RunCountOf => i64, library::run_counts;
    /// A user.
    UserKey => user::Model, lookup::users;
    /// A run.
    RunKey => run_row::Model, lookup::runs;
    /// A run's limits.
    LimitsOf => run_limit::Model, lookup::run_limits;
    /// A model of a run.
    RunModelKey => run_model::Model, lookup::run_models;
    /// A probe.
    ProbeKey => probe_row::Model, lookup::probes;
    /// A run's budget.
    BudgetOf => run_budget::Model, budget::of_runs;
    /// A run's gates.
    GatesOf => Vec<gate_row::Model>, gate::of_runs;
    /// What was decided about a gate.
    GateDecisionOf => gate_decision::Model, gate::decisions_of;
    /// A run's repetitions.
    ChildrenOf => Vec<run_row::Model>, run::children_of;
    /// A run's progress.
    ProgressOf => Progress, run::progress_of;
    /// A run's analysis, as it stands.
    AnalysisOf => Standing, analysis::of_runs;
    /// The fraction of the scenarios that a run asks.
    DesignOf => run_design::Model, run::designs_of;
    /// A run's findings.
    FindingsOf => Vec<ModelFindings>, findings::of_runs;
    /// Why probes of a run failed.
    DiagnosesOf => Vec<Group>, diagnosis::of_runs;
    /// Why a probe failed.
    DiagnosisOf => Diagnosis, diagnosis::of_probes;
    /// A run's latest report.
    ReportOf => report_row::Model, report::latest_of_runs;
    /// A run's reports.
    ReportsOf => Vec<report_row::Model>, report::of_runs;
    /// A price.
    PriceKey => price::Model, lookup::prices;
    /// A probe's turns.
    TurnsOf => Vec<turn::Model>, probe::turns_of;
    /// A probe's attempts.
    AttemptsOf => Vec<attempt::Model>, probe::attempts_of;
    /// A probe's complete transcript.
    TranscriptOf => transcript::Model, probe::transcripts_of;
    /// A transcript's decision in force.
    DecisionOf => decision::Model, probe::decisions_of;
    /// How many probes a worker has in flight.
    InFlightOf => i64, fleet::in_flight_of;
    /// A transcript.
    TranscriptKey => transcript::Model, lookup::transcripts;
    /// A call that Probity made for itself.
    AiCallKey => ai_call::Model, judging::calls_by_id;
    /// A run's judge.
    JudgeOf => JudgeState, judging::judges_of;
    /// All readings of a transcript.
    DecisionsOf => Vec<decision::Model>, probe::revisions_of;
    /// What scorers said of a transcript.
    ScoresOf => Vec<score::Model>, scoring::scores_of;
    /// The assessments of a run.
    AssessmentsOf => Vec<assessing::AssessmentState>, assessing::assessments_of;
    /// What a transcript does with values.
    ValuesOf => Vec<value_reading::Model>, values::readings_of;
    /// The win rates of a run's values, by the model of the run.
    WinRatesOf => HashMap<Uuid, Vec<values::ValueWinRate>>, values::of_runs;
    /// The providers that a worker can serve.
    ProvidersOf => Vec<String>, lookup::providers_of_workers;
}

/// A version of a definition.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct VersionKey(pub(crate) Uuid);

impl Loader<VersionKey> for Rows {
    type Value = Arc<FrozenVersion>;
    type Error = Arc<Error>;

    async fn load(&self, keys: &[VersionKey]) -> Shared<HashMap<VersionKey, Arc<FrozenVersion>>> {
        let mut found = HashMap::new();
        let mut missing = Vec::new();
        {
            let kept = self.versions.lock().unwrap_or_else(PoisonError::into_inner);
            for key in keys {
                match kept.get(&key.0) {
                    Some(version) => drop(found.insert(*key, Arc::clone(version))),
                    None => missing.push(key.0),
                }
            }
        }
        if missing.is_empty() {
            return Ok(found);
        }
        let rows = lookup::versions(&self.db, &missing).await.map_err(Arc::new)?;
        let mut kept = self.versions.lock().unwrap_or_else(PoisonError::into_inner);
        for (id, row) in rows {
            let version = Arc::new(FrozenVersion::of(row).map_err(Arc::new)?);
            let weight = kept.values().map(|version| version.weight()).sum::<usize>() + version.weight();
            if kept.len() >= VERSIONS_KEPT || weight > VERSION_BYTES_KEPT {
                kept.clear();
            }
            kept.insert(id, Arc::clone(&version));
            found.insert(VersionKey(id), version);
        }
        Ok(found)
    }
}

/// A page of a list that every parent has. One selection asks the same page of all its parents,
/// so that a batch has few different pages.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct PageOf<F> {
    /// Whose list.
    pub(crate) parent: Uuid,
    /// Which rows of it.
    pub(crate) filter: F,
    /// Which page of those.
    pub(crate) request: PageRequest,
}

/// The filter of the events of a run.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct AllEvents;

/// The filter of the versions of a definition.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct AllVersions;

macro_rules! loads_pages {
    ($($filter:ty => $row:ty, |$db:ident, $ids:ident, $wanted:ident, $request:ident| $read:expr;)+) => {
        $(impl Loader<PageOf<$filter>> for Rows {
            type Value = Page<$row>;
            type Error = Arc<Error>;

            async fn load(&self, keys: &[PageOf<$filter>]) -> Shared<HashMap<PageOf<$filter>, Page<$row>>> {
                let pages: HashSet<_> = keys.iter().map(|key| (&key.filter, &key.request)).collect();
                let mut found = HashMap::new();
                for ($wanted, $request) in pages {
                    let is_asked = |key: &&PageOf<$filter>| (&key.filter, &key.request) == ($wanted, $request);
                    let ids: Vec<Uuid> = keys.iter().filter(is_asked).map(|key| key.parent).collect();
                    let ($db, $ids) = (&self.db, ids.as_slice());
                    let rows = $read.await.map_err(Arc::new)?;
                    found.extend(rows.into_iter().map(|(parent, page)| {
                        (PageOf { parent, filter: $wanted.clone(), request: $request.clone() }, page)
                    }));
                }
                Ok(found)
            }
        })+
    };
}

loads_pages! {
    ProbeFilter => probe_row::Model,
        |db, ids, filter, request| lookup::probes_of_runs(db, ids, filter, request);
    TranscriptFilter => transcript::Model,
        |db, ids, filter, request| lookup::transcripts_of_runs(db, ids, filter, request);
    AllEvents => run_event::Model,
        |db, ids, _filter, request| lookup::events_of_runs(db, ids, request);
    AllVersions => definition_version::Model,
        |db, ids, _filter, request| lookup::versions_of_definitions(db, ids, request);
}
