//! Turning requests away under pressure, so that those that are let in are answered.

use std::{
    sync::atomic::{AtomicUsize, Ordering},
    time::Duration,
};

use axum::{
    extract::{Request, State},
    middleware::Next,
    response::{IntoResponse, Response},
};
use domain::config::Config;
use http::StatusCode;
use tokio::{
    sync::{Semaphore, SemaphorePermit},
    time::timeout,
};

use super::{Server, problem::Problem};

/// Places for requests that are answered, and a short queue for those that come meanwhile.
pub(super) struct Room {
    places: Semaphore,
    waiting: AtomicUsize,
    waiting_max: usize,
    wait: Duration,
}

impl Room {
    pub(super) fn of(config: &Config) -> Self {
        Self {
            places: Semaphore::new(config.requests_max.min(Semaphore::MAX_PERMITS)),
            waiting: AtomicUsize::new(0),
            waiting_max: config.requests_waiting_max,
            wait: Duration::from_secs_f64(config.requests_wait_seconds),
        }
    }

    /// A place, at once or after a short wait; None: there is none.
    async fn enter(&self) -> Option<SemaphorePermit<'_>> {
        if let Ok(place) = self.places.try_acquire() {
            return Some(place);
        }
        let _queued = Queued::behind(&self.waiting, self.waiting_max)?;
        timeout(self.wait, self.places.acquire()).await.ok()?.ok()
    }
}

/// A place in the queue, given back also where the client goes away.
struct Queued<'a>(&'a AtomicUsize);

impl<'a> Queued<'a> {
    fn behind(waiting: &'a AtomicUsize, most: usize) -> Option<Self> {
        let one_more = |count| (count < most).then_some(count + 1);
        waiting.fetch_update(Ordering::Relaxed, Ordering::Relaxed, one_more).ok().map(|_| Self(waiting))
    }
}

impl Drop for Queued<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Lets a request in, or turns it away with 503 and `Retry-After`. The place is free again when the
/// answer begins: what is streamed after that has bounds of its own.
pub(super) async fn admit_few(State(server): State<Server>, request: Request, next: Next) -> Response {
    let Some(_place) = server.room.enter().await else {
        server.metrics.shed();
        let message = "The server has as many requests as it can answer; try again in a moment.";
        return Problem::new(StatusCode::SERVICE_UNAVAILABLE, "RATE_LIMITED", message).into_response();
    };
    next.run(request).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn who_comes_when_all_places_and_the_queue_are_taken_is_turned_away_at_once() {
        let config = Config { requests_max: 1, requests_waiting_max: 1, ..Config::default() };
        let room = Room::of(&config);
        let first = room.enter().await;
        assert!(first.is_some());
        let second = room.enter();
        tokio::pin!(second);
        assert!(futures::poll!(&mut second).is_pending(), "the second waits");
        assert!(room.enter().await.is_none(), "for the third there is no room to wait");
        drop(first);
        assert!(second.await.is_some());
        assert_eq!(room.waiting.load(Ordering::Relaxed), 0);
    }

    #[tokio::test]
    async fn who_gives_up_waiting_leaves_the_queue() {
        let config = Config { requests_max: 1, requests_waiting_max: 1, ..Config::default() };
        let room = Room::of(&config);
        let _first = room.enter().await;
        {
            let second = room.enter();
            tokio::pin!(second);
            assert!(futures::poll!(&mut second).is_pending());
        }
        let third = room.enter();
        tokio::pin!(third);
        assert!(futures::poll!(&mut third).is_pending(), "there is room to wait again");
    }
}
