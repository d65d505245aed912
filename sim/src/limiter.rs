//! A token bucket: what a provider's requests-per-minute limit is.

use std::{sync::Mutex, time::Duration};

use tokio::time::Instant;

use crate::fault_rule::RateLimit;

#[derive(Debug)]
pub(crate) struct Limiter {
    limit: RateLimit,
    bucket: Mutex<Bucket>,
}

#[derive(Debug)]
struct Bucket {
    tokens: f64,
    filled_at: Instant,
}

impl Limiter {
    pub(crate) fn new(limit: RateLimit) -> Self {
        let bucket = Bucket { tokens: f64::from(limit.burst.max(1)), filled_at: Instant::now() };
        Self { limit, bucket: Mutex::new(bucket) }
    }

    pub(crate) fn limit(&self) -> RateLimit {
        self.limit
    }

    /// How many calls are left, or how long to wait for the next.
    pub(crate) fn take(&self) -> Result<u64, Duration> {
        let per_second = f64::from(self.limit.requests_per_minute.max(1)) / 60.0;
        let mut bucket = self.bucket.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let now = Instant::now();
        let gained = now.duration_since(bucket.filled_at).as_secs_f64() * per_second;
        bucket.tokens = (bucket.tokens + gained).min(f64::from(self.limit.burst.max(1)));
        bucket.filled_at = now;
        if bucket.tokens < 1.0 {
            let wait = (1.0 - bucket.tokens) / per_second;
            return Err(Duration::from_secs_f64(wait));
        }
        bucket.tokens -= 1.0;
        Ok(bucket.tokens as u64)
    }
}
