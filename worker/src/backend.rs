//! A lane as an apalis backend: claimed probes come out one by one.
//!
//! The lane's claimer fills a channel and waits out database outages by itself, so this
//! backend is pending through them: apalis ends a worker at the first backend error.

use std::{
    convert::Infallible,
    task::{Context, Poll, ready},
};

use apalis_core::{
    backend::{Backend, BackendConfig},
    task::{Task, builder::TaskBuilder, task_id::RandomId},
    worker::context::WorkerContext,
};
use std::sync::Arc;

use tokio::sync::{Notify, OwnedSemaphorePermit, mpsc};
use tower::layer::util::Identity;

use domain::queue::ClaimedProbe;

/// A claimed probe with what it occupies.
#[derive(Debug)]
pub(crate) struct Held {
    pub(crate) probe: ClaimedProbe,
    /// A call to the provider; free once the provider has answered for good.
    pub(crate) slot: OwnedSemaphorePermit,
    /// A place in this worker's memory; free once everything is written.
    pub(crate) place: Place,
    /// Tokens that the claim reserved for its call.
    pub(crate) reserved_tokens: f64,
}

/// A place in a worker's memory.
#[derive(Debug)]
pub(crate) struct Place {
    /// What is free again when this is dropped.
    pub(crate) _permit: OwnedSemaphorePermit,
    /// Told when this is dropped: what is written is not in flight any more.
    pub(crate) written: Arc<Notify>,
}

impl Drop for Place {
    fn drop(&mut self) {
        self.written.notify_one();
    }
}

/// Hands out what a lane has claimed.
#[derive(Debug)]
pub(crate) struct LaneBackend {
    claimed: mpsc::Receiver<Held>,
}

impl LaneBackend {
    pub(crate) fn new(claimed: mpsc::Receiver<Held>) -> Self {
        Self { claimed }
    }
}

impl Backend for LaneBackend {
    type Task = Task<Held>;
    type Error = Infallible;

    fn poll_ready(&mut self, _: &mut Context<'_>, _: &WorkerContext) -> Poll<Result<(), Self::Error>> {
        Poll::Ready(Ok(()))
    }

    fn poll_next(
        &mut self,
        cx: &mut Context<'_>,
        worker: &WorkerContext,
    ) -> Poll<Option<Result<Self::Task, Self::Error>>> {
        let held = ready!(self.claimed.poll_recv(cx));
        if held.is_none() {
            // A worker whose backend is exhausted still waits to be stopped. Stopped earlier, it
            // would leave what is claimed in the channel until the leases lapse.
            if let Err(error) = worker.stop() {
                tracing::warn!(%error, "the lane was stopped twice");
            }
        }
        Poll::Ready(held.map(|held| Ok(TaskBuilder::new(held).build())))
    }

    fn poll_close(&mut self, _: &mut Context<'_>, _: &WorkerContext) -> Poll<Result<(), Self::Error>> {
        Poll::Ready(Ok(()))
    }
}

impl BackendConfig for LaneBackend {
    type Args = Held;
    type Id = RandomId;
    type Kind = apalis_core::backend::finalize::Ephemeral;
    type Config = ();
    type Layer = Identity;

    fn config(&self) -> &Self::Config {
        &()
    }

    fn middleware(&mut self, _: &mut WorkerContext) -> Self::Layer {
        Identity::new()
    }
}
