//! What a run found as CSV: a row per model and figure.

use uuid::Uuid;

use super::csv::{BOM, number, safe, short_id, unwritable, writer};
use crate::{
    analysis::inputs_of,
    auth::{Action, Actor, Resource, authorize, sha256_hex},
    db::Db,
    error::Result,
    findings::{self, ModelFindings},
    run as runs,
    stats::{Interval, MeanEstimate},
};

/// A run's findings as a file.
#[derive(Clone, Debug)]
pub struct FindingsFile {
    /// `run_<short id>_<date>_findings.csv`, with `_partial` while the run goes on.
    pub file_name: String,
    /// Changes when the content can have changed.
    pub etag: String,
    run_id: Uuid,
    for_excel: bool,
}

impl FindingsFile {
    /// Looks at a run, before anything is computed.
    ///
    /// # Errors
    /// `NotFound`, `Forbidden`, `Unavailable` or `Database`.
    pub async fn of(db: &Db, actor: &Actor, run_id: Uuid, for_excel: bool) -> Result<Self> {
        let run = runs::find(db, run_id).await?;
        authorize(actor, Action::Export, Resource::Run(Some(run.created_by)))?;
        let input = inputs_of(db.read(), &[run_id]).await?.remove(&run_id).unwrap_or_default();
        let version = env!("CARGO_PKG_VERSION");
        let hash = sha256_hex(format!("findings {run_id} {input} {version} {for_excel}").as_bytes());
        let date = run.completed_at.unwrap_or_else(crate::db::now).format("%Y-%m-%d");
        let partial = if run.status.is_terminal() { "" } else { "_partial" };
        let file_name = format!("run_{}_{date}_findings{partial}.csv", short_id(run_id));
        Ok(Self { file_name, etag: format!("\"{}\"", &hash[..32]), run_id, for_excel })
    }

    /// The file's bytes.
    ///
    /// # Errors
    /// `NotFound`, `Unavailable` or `Database`.
    pub async fn bytes(&self, db: &Db) -> Result<Vec<u8>> {
        let models = findings::of_run(db, self.run_id).await?;
        let rows: Vec<_> = models.iter().map(|model| &model.row).collect();
        let labels = runs::model_labels(&rows);
        let mut bytes = BOM.to_vec();
        let mut out = writer(&mut bytes);
        out.write_record(COLUMNS).map_err(unwritable)?;
        for (model, label) in models.iter().zip(&labels) {
            for row in self.rows_of(model, label) {
                out.write_record(row).map_err(unwritable)?;
            }
        }
        out.flush().map_err(|error| unwritable(error.into()))?;
        drop(out);
        Ok(bytes)
    }

    fn rows_of(&self, model: &ModelFindings, label: &str) -> Vec<Vec<String>> {
        let text = |text: &str| safe(text, self.for_excel).into_owned();
        let row = |figure: &str, name: &str, meaning: &str, figures: [String; 9]| {
            let named = [
                self.run_id.to_string(),
                text(label),
                model.row.id.to_string(),
                figure.to_owned(),
                text(name),
                text(meaning),
            ];
            named.into_iter().chain(figures).collect::<Vec<_>>()
        };
        let ledger = model.ledger;
        let counts = [
            ("planned", ledger.planned),
            ("failed", ledger.failed),
            ("cancelled", ledger.cancelled),
            ("decided", ledger.decided),
            ("reading", ledger.reading),
            ("unreadable", ledger.unreadable),
            ("refused", ledger.refused),
            ("content_filter", ledger.content_filter),
            ("truncated", ledger.truncated),
            ("empty", ledger.empty),
        ];
        let mut rows: Vec<_> =
            counts.iter().map(|(name, count)| row("probes", name, "", counted(*count, None))).collect();
        rows.push(row("score", "", "", estimated(&model.score, model.interval, None)));
        for decision in &model.distribution {
            let share = (ledger.decided > 0).then(|| decision.count as f64 / ledger.decided as f64);
            let meaning = decision.label.as_deref().unwrap_or_default();
            rows.push(row("decision", &decision.value, meaning, counted(decision.count, share)));
        }
        let of_scorers = model.scores.iter().map(|found| {
            // Points are neither passed nor failed.
            row("scorer", &found.scorer, "", estimated(&found.rate, found.wilson, (!found.is_points).then_some(found.passed)))
        });
        rows.extend(of_scorers);
        rows
    }
}

const COLUMNS: [&str; 15] = [
    "run_id",
    "model",
    "run_model_id",
    "figure",
    "name",
    "label",
    "count",
    "value",
    "standard_error",
    "interval_low",
    "interval_high",
    "confidence",
    "n",
    "scenarios",
    "warnings",
];

fn counted(count: impl ToString, share: Option<f64>) -> [String; 9] {
    let mut figures: [String; 9] = Default::default();
    figures[0] = count.to_string();
    figures[1] = number(share);
    figures
}

fn estimated(mean: &MeanEstimate, interval: Option<Interval>, count: Option<u64>) -> [String; 9] {
    let interval = interval.map(|interval| (interval.low, interval.high)).or(mean.interval);
    let codes: Vec<_> = mean.warnings.iter().map(|warning| warning.code.as_str()).collect();
    [
        number(count),
        number(mean.mean),
        number(mean.standard_error),
        number(interval.map(|(low, _)| low)),
        number(interval.map(|(_, high)| high)),
        number(interval.map(|_| crate::analysis::CONFIDENCE)),
        mean.n.to_string(),
        mean.clusters.to_string(),
        codes.join(";"),
    ]
}
