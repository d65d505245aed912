-- Where a row of the registry comes from decides who may change it: a sync at start leaves alone
-- what an admin has set.
ALTER TABLE providers ADD COLUMN key_variable text;

ALTER TABLE models ADD COLUMN origin text NOT NULL DEFAULT 'builtin'
    CHECK (origin IN ('builtin', 'config', 'admin', 'used'));
ALTER TABLE models ADD COLUMN is_offered boolean NOT NULL DEFAULT true;
ALTER TABLE models ADD COLUMN output_tokens_max bigint;
ALTER TABLE models ADD COLUMN has_temperature boolean NOT NULL DEFAULT true;
ALTER TABLE models ADD COLUMN has_seed boolean NOT NULL DEFAULT true;
ALTER TABLE models ADD COLUMN has_reasoning boolean NOT NULL DEFAULT false;

ALTER TABLE model_versions ADD COLUMN origin text NOT NULL DEFAULT 'builtin'
    CHECK (origin IN ('builtin', 'config', 'admin', 'used'));

-- A price has tiers, and is never edited: another one supersedes it, so that a turn's price_id
-- always names the numbers it was costed with.
CREATE TABLE prices_next (
    id {uuid} PRIMARY KEY,
    provider_id text NOT NULL,
    model_id text NOT NULL,
    effective_from {time} NOT NULL,
    -- The tier: holds for the whole call where the prompt has more tokens than this.
    above_input_tokens bigint NOT NULL DEFAULT 0 CHECK (above_input_tokens >= 0),
    input_usd_micros_per_million bigint NOT NULL CHECK (input_usd_micros_per_million >= 0),
    cached_input_usd_micros_per_million bigint CHECK (cached_input_usd_micros_per_million >= 0),
    cache_write_usd_micros_per_million bigint CHECK (cache_write_usd_micros_per_million >= 0),
    output_usd_micros_per_million bigint NOT NULL CHECK (output_usd_micros_per_million >= 0),
    origin text NOT NULL CHECK (origin IN ('builtin', 'config', 'admin')),
    recorded_at {time} NOT NULL,
    -- NULL = holds.
    superseded_at {time},
    FOREIGN KEY (provider_id, model_id) REFERENCES models (provider_id, id)
);
INSERT INTO prices_next (id, provider_id, model_id, effective_from, above_input_tokens,
    input_usd_micros_per_million, cached_input_usd_micros_per_million, output_usd_micros_per_million,
    origin, recorded_at)
SELECT id, provider_id, model_id, effective_from, 0,
    input_usd_micros_per_million, cached_input_usd_micros_per_million, output_usd_micros_per_million,
    'builtin', effective_from FROM prices;
DROP TABLE prices;
ALTER TABLE prices_next RENAME TO prices;
CREATE UNIQUE INDEX prices_tier ON prices (provider_id, model_id, effective_from, above_input_tokens)
    WHERE superseded_at IS NULL;

-- Those of input_tokens that were written to the provider's cache.
ALTER TABLE turns ADD COLUMN cache_write_tokens bigint;

-- How the run named the model, e.g. gpt-4o@default; model_version is what that was then.
ALTER TABLE run_models ADD COLUMN asked_for text;

-- A job is about a run or about a provider.
ALTER TABLE jobs ADD COLUMN provider_id text REFERENCES providers (id);
CREATE UNIQUE INDEX jobs_check ON jobs (provider_id) WHERE status IN ('queued', 'running') AND provider_id IS NOT NULL;

-- What asking a provider's free endpoint showed.
CREATE TABLE provider_checks (
    id {uuid} PRIMARY KEY,
    provider_id text NOT NULL REFERENCES providers (id),
    worker_id {uuid} NOT NULL REFERENCES workers (id),
    checked_at {time} NOT NULL,
    -- False: the worker holds no key, so nothing was asked.
    is_configured boolean NOT NULL,
    is_reachable boolean,
    is_key_accepted boolean,
    latency_ms bigint,
    model_count bigint,
    error_category text,
    error_message text
);
CREATE INDEX provider_checks_latest ON provider_checks (provider_id, checked_at);

-- Who did what to what is no run.
CREATE TABLE audit_events (
    id {uuid} PRIMARY KEY,
    actor_id {uuid} NOT NULL REFERENCES users (id),
    action text NOT NULL,
    subject text NOT NULL,
    payload {json} NOT NULL,
    created_at {time} NOT NULL
);
CREATE INDEX audit_events_by_age ON audit_events (created_at, id);
