//! The finisher: writes what arrives within a few milliseconds in one transaction.

use std::time::Duration;

use domain::{
    config::Config,
    db::Db,
    queue::{self, Ending, ProbeWrite, Written},
};
use entity::AttemptResult;
use tokio::{
    sync::{mpsc, oneshot},
    time::{Instant, sleep, timeout_at},
};
use tokio_util::task::TaskTracker;

/// Writes of one transaction: few enough that a claim, which may wait for it, waits shortly.
const BATCH_MAX: usize = 128;
/// Text of one transaction: a batch of very long answers is split.
const BATCH_BYTES_MAX: usize = 32 << 20;
const OUTAGE_PAUSE: Duration = Duration::from_millis(500);

struct Pending {
    write: ProbeWrite,
    answer: oneshot::Sender<Written>,
}

/// Takes writes and answers when they are committed. Waits out database outages.
#[derive(Clone)]
pub(crate) struct Finisher {
    send: mpsc::Sender<Pending>,
    tracker: TaskTracker,
}

impl Finisher {
    pub(crate) fn start(db: Db, config: &Config) -> Self {
        let (send, receive) = mpsc::channel(4 * BATCH_MAX);
        let tracker = TaskTracker::new();
        tracker.spawn(gather(db, receive, Duration::from_millis(config.finish_batch_ms)));
        Self { send, tracker }
    }

    /// Commits a write; returns what became of it.
    pub(crate) async fn write(&self, write: ProbeWrite) -> Written {
        let (answer, written) = oneshot::channel();
        if self.send.send(Pending { write, answer }).await.is_err() {
            return Written::Lapsed;
        }
        written.await.unwrap_or(Written::Lapsed)
    }

    /// Waits until everything is written. No other clone may write any more.
    pub(crate) async fn drained(self) {
        drop(self.send);
        self.tracker.close();
        self.tracker.wait().await;
    }
}

async fn gather(db: Db, mut receive: mpsc::Receiver<Pending>, window: Duration) {
    while let Some(first) = receive.recv().await {
        let deadline = Instant::now() + window;
        let mut bytes = weight(&first.write);
        let mut batch = vec![first];
        while batch.len() < BATCH_MAX && bytes < BATCH_BYTES_MAX {
            match timeout_at(deadline, receive.recv()).await {
                Ok(Some(next)) => {
                    bytes += weight(&next.write);
                    batch.push(next);
                }
                Ok(None) | Err(_) => break,
            }
        }
        write_batch(&db, batch).await;
    }
}

fn weight(write: &ProbeWrite) -> usize {
    write.turns.iter().map(|turn| turn.answer.len() + turn.raw_body.len() + turn.request_body.len()).sum()
}

/// Writes a batch; one with a row that the database will not store is split until that row
/// stands alone, so that no answer suffers for another's fault.
async fn write_batch(db: &Db, batch: Vec<Pending>) {
    let mut parts = vec![batch];
    while let Some(mut part) = parts.pop() {
        let (writes, answers): (Vec<_>, Vec<_>) =
            part.drain(..).map(|pending| (pending.write, pending.answer)).unzip();
        match through_outages(|| queue::finish(db, &writes)).await {
            Ok(written) => {
                for ((write, answer), written) in writes.iter().zip(answers).zip(written) {
                    let written = match written {
                        Written::Lapsed => through_outages(|| queue::finish_late(db, write)).await.unwrap_or_else(
                            |error| {
                                tracing::error!(probe_id = %write.probe.id, %error, "a late answer could not be booked");
                                Written::Late
                            },
                        ),
                        other => other,
                    };
                    // Nobody waits where the worker is shutting down.
                    let _unheard = answer.send(written);
                }
            }
            Err(error) => {
                let mut pending: Vec<Pending> = writes
                    .into_iter()
                    .zip(answers)
                    .map(|(write, answer)| Pending { write, answer })
                    .collect();
                if pending.len() > 1 {
                    let tail = pending.split_off(pending.len() / 2);
                    parts.extend([tail, pending]);
                } else if let Some(poison) = pending.pop() {
                    fail_poison(db, poison, &error).await;
                }
            }
        }
    }
}

/// A row that cannot be stored fails its probe, with the reason.
async fn fail_poison(db: &Db, poison: Pending, error: &domain::Error) {
    let Pending { mut write, answer } = poison;
    tracing::error!(probe_id = %write.probe.id, %error, "an answer could not be stored");
    write.turns.clear();
    let message = "The answer could not be stored; the worker's log says why.".to_owned();
    if let Some(attempt) = &mut write.attempt {
        attempt.result = AttemptResult::Failed;
        attempt.error_category = Some("storage".into());
        attempt.error_message = Some(message.clone());
        attempt.raw_body = None;
        attempt.request_id = None;
    }
    write.ending = Ending::Failed { category: "storage".into(), message, partial: None };
    let written = through_outages(|| queue::finish(db, std::slice::from_ref(&write))).await;
    let written = written.ok().and_then(|written| written.first().copied()).unwrap_or(Written::Lapsed);
    let _unheard = answer.send(written);
}

/// Repeats a write until the database can be reached again.
async fn through_outages<T, F: Future<Output = domain::Result<T>>>(
    mut attempt: impl FnMut() -> F,
) -> domain::Result<T> {
    let mut is_out = false;
    loop {
        match attempt().await {
            Err(error) if error.is_outage() => {
                if !std::mem::replace(&mut is_out, true) {
                    tracing::warn!(%error, "answers are kept in memory until the database is back");
                }
                sleep(OUTAGE_PAUSE).await;
            }
            other => return other,
        }
    }
}
