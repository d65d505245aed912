-- What all workers together may ask of a provider's credential, and what it has told them.
-- Instants that many workers count with are seconds since 1970 by the database's clock.
CREATE TABLE provider_states (
    lane text PRIMARY KEY,
    -- As configured; NULL: no limit. Written when a worker starts.
    configured_parallel integer CHECK (configured_parallel >= 1),
    configured_requests_per_minute integer CHECK (configured_requests_per_minute >= 1),
    configured_tokens_per_minute bigint CHECK (configured_tokens_per_minute >= 1),
    configured_requests_per_day bigint CHECK (configured_requests_per_day >= 1),
    -- As an admin set it at run time; NULL: as configured.
    admin_parallel integer CHECK (admin_parallel >= 1),
    admin_requests_per_minute integer CHECK (admin_requests_per_minute >= 1),
    admin_tokens_per_minute bigint CHECK (admin_tokens_per_minute >= 1),
    admin_requests_per_day bigint CHECK (admin_requests_per_day >= 1),
    -- As the provider's headers state it; NULL: they do not.
    stated_requests_per_minute {float},
    stated_tokens_per_minute {float},
    -- What answers and refusals have taught; NULL: nothing stands in the way.
    learned_parallel integer,
    learned_requests_per_minute {float},
    is_slow_start boolean NOT NULL,
    -- Answers since the last step of the slow start.
    ramp_count integer NOT NULL DEFAULT 0,
    -- Calls that were sent before this instant do not cut the limit a second time.
    cut_at {float} NOT NULL DEFAULT 0,
    cut_count integer NOT NULL DEFAULT 0,
    risen_at {float} NOT NULL DEFAULT 0,
    limited_in_a_row integer NOT NULL DEFAULT 0,
    -- The theoretical arrival times of the rate limiter.
    request_tat {float} NOT NULL DEFAULT 0,
    token_tat {float} NOT NULL DEFAULT 0,
    -- Output tokens of an answer, on average; NULL: not known yet.
    mean_output_tokens {float},
    mean_call_tokens {float},
    -- Days since 1970 (UTC), and the calls of that day.
    day bigint NOT NULL DEFAULT 0,
    day_count bigint NOT NULL DEFAULT 0,
    cooldown_until {time},
    cooldown_reason text CHECK (cooldown_reason IN ('rate_limited', 'exhausted')),
    cooldown_message text,
    updated_at {time} NOT NULL
);

-- The breaker of one model, and a quota of its own that is used up for today.
CREATE TABLE provider_model_states (
    lane text NOT NULL,
    wire_model text NOT NULL,
    breaker text NOT NULL CHECK (breaker IN ('closed', 'open', 'half_open')),
    -- Provider-side faults in a row, over all workers.
    fault_streak integer NOT NULL DEFAULT 0,
    -- The last calls, the latest in the lowest bit; 1: a fault.
    recent_bits bigint NOT NULL DEFAULT 0,
    recent_count integer NOT NULL DEFAULT 0,
    opened_at {time},
    -- When one probe may try again.
    retry_at {time},
    pause_ms bigint NOT NULL DEFAULT 0,
    -- Probes that tried in vain since it opened.
    trial_count integer NOT NULL DEFAULT 0,
    trial_probe_id {uuid},
    fault_category text,
    fault_message text,
    cooldown_until {time},
    cooldown_message text,
    updated_at {time} NOT NULL,
    PRIMARY KEY (lane, wire_model),
    CHECK ((breaker = 'closed') = (opened_at IS NULL))
);

-- A held model waits for a person; one that was given up fails what is left of it.
ALTER TABLE run_models ADD COLUMN hold_streak integer NOT NULL DEFAULT 0;
ALTER TABLE run_models ADD COLUMN held_at {time};
ALTER TABLE run_models ADD COLUMN held_category text;
ALTER TABLE run_models ADD COLUMN held_message text;
ALTER TABLE run_models ADD COLUMN given_up_at {time};

-- By model: a claim never visits the rows of a model that is held or whose breaker is open.
DROP INDEX probes_queued;
CREATE INDEX probes_queued ON probes (run_id, run_model_id, run_at, seq) WHERE status = 'queued';

-- Who did what to what is no run.
CREATE TABLE IF NOT EXISTS audit_events (
    id {uuid} PRIMARY KEY,
    actor_id {uuid} NOT NULL REFERENCES users (id),
    action text NOT NULL,
    subject text NOT NULL,
    payload {json} NOT NULL,
    created_at {time} NOT NULL
);
CREATE INDEX IF NOT EXISTS audit_events_by_age ON audit_events (created_at, id);
