-- Who may what. Secrets are stored as SHA-256 only.
CREATE TABLE users (
    id {uuid} PRIMARY KEY,
    name text NOT NULL UNIQUE,
    role text NOT NULL CHECK (role IN ('viewer', 'researcher', 'admin')),
    created_at {time} NOT NULL
);

CREATE TABLE api_tokens (
    id {uuid} PRIMARY KEY,
    user_id {uuid} NOT NULL REFERENCES users (id),
    name text NOT NULL,
    secret_sha256 text NOT NULL UNIQUE,
    created_at {time} NOT NULL,
    last_used_at {time},
    revoked_at {time}
);

-- The registry: what can be evaluated and what it costs. Synced from data at start.
CREATE TABLE providers (
    id text PRIMARY KEY,
    display_name text NOT NULL,
    wire_format text NOT NULL,
    is_key_required boolean NOT NULL
);

CREATE TABLE models (
    provider_id text NOT NULL REFERENCES providers (id),
    id text NOT NULL,
    display_name text NOT NULL,
    default_version text,
    context_tokens bigint,
    has_system_prompt boolean NOT NULL,
    has_structured_output boolean NOT NULL,
    PRIMARY KEY (provider_id, id)
);

CREATE TABLE model_versions (
    provider_id text NOT NULL,
    model_id text NOT NULL,
    version text NOT NULL,
    PRIMARY KEY (provider_id, model_id, version),
    FOREIGN KEY (provider_id, model_id) REFERENCES models (provider_id, id)
);

CREATE TABLE prices (
    id {uuid} PRIMARY KEY,
    provider_id text NOT NULL,
    model_id text NOT NULL,
    effective_from {time} NOT NULL,
    input_usd_micros_per_million bigint NOT NULL CHECK (input_usd_micros_per_million >= 0),
    cached_input_usd_micros_per_million bigint,
    output_usd_micros_per_million bigint NOT NULL CHECK (output_usd_micros_per_million >= 0),
    UNIQUE (provider_id, model_id, effective_from),
    FOREIGN KEY (provider_id, model_id) REFERENCES models (provider_id, id)
);

-- What is asked. A version is never edited.
CREATE TABLE definitions (
    id {uuid} PRIMARY KEY,
    name text NOT NULL,
    description text,
    -- Name, description and tags in lower case, for the search.
    search_text text NOT NULL,
    parent_id {uuid} REFERENCES definitions (id),
    forked_from_version_id {uuid},
    latest_version_id {uuid} NOT NULL,
    created_by {uuid} NOT NULL REFERENCES users (id),
    created_at {time} NOT NULL,
    updated_at {time} NOT NULL,
    deleted_at {time},
    last_accessed_at {time}
);
CREATE UNIQUE INDEX definitions_name ON definitions (name) WHERE deleted_at IS NULL;
CREATE INDEX definitions_by_update ON definitions (updated_at, id) WHERE deleted_at IS NULL;
CREATE INDEX definitions_parent ON definitions (parent_id);

CREATE TABLE definition_tags (
    definition_id {uuid} NOT NULL REFERENCES definitions (id),
    tag text NOT NULL,
    PRIMARY KEY (definition_id, tag)
);
CREATE INDEX definition_tags_tag ON definition_tags (tag);

CREATE TABLE definition_versions (
    id {uuid} PRIMARY KEY,
    definition_id {uuid} NOT NULL REFERENCES definitions (id),
    number integer NOT NULL CHECK (number >= 1),
    content {json} NOT NULL,
    sha256 text NOT NULL,
    scenario_count bigint NOT NULL CHECK (scenario_count >= 1),
    created_by {uuid} NOT NULL REFERENCES users (id),
    created_at {time} NOT NULL,
    UNIQUE (definition_id, number)
);

-- combination: position in the cartesian product of the version's dimensions.
CREATE TABLE scenarios (
    id {uuid} PRIMARY KEY,
    definition_version_id {uuid} NOT NULL REFERENCES definition_versions (id),
    combination bigint NOT NULL,
    key text NOT NULL,
    UNIQUE (definition_version_id, combination),
    UNIQUE (definition_version_id, key)
);

CREATE TABLE runs (
    id {uuid} PRIMARY KEY,
    definition_id {uuid} REFERENCES definitions (id),
    definition_version_id {uuid} REFERENCES definition_versions (id),
    parent_run_id {uuid} REFERENCES runs (id),
    run_type text NOT NULL CHECK (run_type IN ('full', 'sample', 'rerun', 'test')),
    status text NOT NULL CHECK (status IN
        ('pending', 'awaiting_approval', 'running', 'scoring', 'completed', 'completed_with_errors', 'failed', 'cancelled')),
    -- What was asked; never changes.
    sample_percentage {float} NOT NULL CHECK (sample_percentage > 0 AND sample_percentage <= 100),
    sample_seed bigint NOT NULL,
    samples_per_scenario integer NOT NULL CHECK (samples_per_scenario >= 1),
    temperature {float},
    max_tokens integer,
    scenario_count bigint NOT NULL,
    planned_count bigint NOT NULL,
    -- How many of the scenarios have had their probes queued.
    fanned_out_count bigint NOT NULL DEFAULT 0,
    event_seq bigint NOT NULL DEFAULT 0,
    paused_at {time},
    cancelled_at {time},
    created_by {uuid} NOT NULL REFERENCES users (id),
    created_at {time} NOT NULL,
    queued_at {time},
    started_at {time},
    completed_at {time},
    last_accessed_at {time},
    CHECK ((completed_at IS NOT NULL) = (status IN ('completed', 'completed_with_errors', 'failed', 'cancelled')))
);
CREATE INDEX runs_by_age ON runs (created_at, id);
CREATE INDEX runs_definition ON runs (definition_id);
CREATE INDEX runs_parent ON runs (parent_run_id);
CREATE INDEX runs_active ON runs (id) WHERE status IN ('pending', 'awaiting_approval', 'running', 'scoring');

CREATE TABLE run_limits (
    run_id {uuid} PRIMARY KEY REFERENCES runs (id),
    priority integer NOT NULL,
    budget_usd_micros bigint,
    deadline_at {time},
    parallel integer
);

-- Ended counts are stored; queued and running are derived.
CREATE TABLE run_models (
    id {uuid} PRIMARY KEY,
    run_id {uuid} NOT NULL REFERENCES runs (id),
    ordinal integer NOT NULL,
    provider_id text NOT NULL,
    model_id text NOT NULL,
    model_version text,
    -- What the provider is asked for: the version, or the model where none is known.
    wire_model text NOT NULL,
    lane text NOT NULL,
    planned_count bigint NOT NULL,
    succeeded_count bigint NOT NULL DEFAULT 0,
    failed_count bigint NOT NULL DEFAULT 0,
    cancelled_count bigint NOT NULL DEFAULT 0,
    decided_count bigint NOT NULL DEFAULT 0,
    unreadable_count bigint NOT NULL DEFAULT 0,
    refused_count bigint NOT NULL DEFAULT 0,
    content_filter_count bigint NOT NULL DEFAULT 0,
    truncated_count bigint NOT NULL DEFAULT 0,
    empty_count bigint NOT NULL DEFAULT 0,
    input_tokens bigint NOT NULL DEFAULT 0,
    output_tokens bigint NOT NULL DEFAULT 0,
    -- NULL: nothing that was answered had a known price.
    cost_usd_micros bigint,
    UNIQUE (run_id, ordinal),
    CHECK (succeeded_count + failed_count + cancelled_count <= planned_count),
    CHECK (decided_count + unreadable_count + refused_count + content_filter_count + truncated_count + empty_count
        <= succeeded_count)
);

-- One unit of work, and the queue's row. Without foreign keys: a run queues up to millions of
-- rows whose parents were written in the same transaction and are never deleted.
CREATE TABLE probes (
    id {uuid} PRIMARY KEY,
    run_id {uuid} NOT NULL,
    run_model_id {uuid} NOT NULL,
    scenario_id {uuid} NOT NULL,
    sample_index integer NOT NULL,
    seq bigint NOT NULL,
    lane text NOT NULL,
    status text NOT NULL CHECK (status IN ('queued', 'running', 'succeeded', 'failed', 'cancelled')),
    outcome text CHECK (outcome IN
        ('decided', 'reading', 'unreadable', 'refused', 'content_filter', 'truncated', 'empty')),
    run_at {time} NOT NULL,
    -- Failed tries so far; waiting for a rate limit does not count.
    attempt_count integer NOT NULL DEFAULT 0,
    turn_count integer NOT NULL DEFAULT 0,
    fence bigint NOT NULL DEFAULT 0,
    leased_by {uuid},
    lease_until {time},
    error_category text,
    error_message text,
    started_at {time},
    finished_at {time},
    CHECK ((status = 'running') = (leased_by IS NOT NULL)),
    CHECK ((status = 'running') = (lease_until IS NOT NULL)),
    CHECK ((status IN ('succeeded', 'failed', 'cancelled')) = (finished_at IS NOT NULL)),
    CHECK ((status = 'succeeded') = (outcome IS NOT NULL))
);
CREATE UNIQUE INDEX probes_unit ON probes (run_model_id, scenario_id, sample_index);
CREATE UNIQUE INDEX probes_seq ON probes (run_id, seq);
-- Backed-off rows sort last; rows of paused runs are not touched by a claim.
CREATE INDEX probes_queued ON probes (run_id, lane, run_at, seq) WHERE status = 'queued';
CREATE INDEX probes_running ON probes (run_id, run_model_id) WHERE status = 'running';
CREATE INDEX probes_leases ON probes (leased_by, lease_until) WHERE status = 'running';
CREATE INDEX probes_failed ON probes (run_id, seq) WHERE status = 'failed';

-- One try at a probe; append-only, also when it came too late.
CREATE TABLE attempts (
    id {uuid} PRIMARY KEY,
    probe_id {uuid} NOT NULL REFERENCES probes (id),
    run_id {uuid} NOT NULL,
    fence bigint NOT NULL,
    worker_id {uuid} NOT NULL,
    result text NOT NULL CHECK (result IN ('succeeded', 'failed', 'retried', 'waited', 'released', 'lost', 'late')),
    error_category text,
    error_message text,
    http_status integer,
    retry_after_ms bigint,
    request_id text,
    raw_body {bytes},
    first_turn_index integer NOT NULL,
    turn_count integer NOT NULL,
    input_tokens bigint,
    output_tokens bigint,
    cost_usd_micros bigint,
    latency_ms bigint,
    started_at {time} NOT NULL,
    finished_at {time} NOT NULL
);
CREATE INDEX attempts_probe ON attempts (probe_id);

-- One question and its answer; committed before the next is sent.
CREATE TABLE turns (
    id {uuid} PRIMARY KEY,
    probe_id {uuid} NOT NULL REFERENCES probes (id),
    turn_index integer NOT NULL,
    prompt text NOT NULL,
    answer text NOT NULL,
    reasoning text,
    finish text NOT NULL CHECK (finish IN ('stop', 'length', 'refusal', 'content_filter', 'other')),
    finish_raw text,
    model_version text,
    request_id text,
    request_body text NOT NULL,
    raw_body {bytes} NOT NULL,
    is_text_altered boolean NOT NULL,
    input_tokens bigint,
    cached_input_tokens bigint,
    output_tokens bigint,
    reasoning_tokens bigint,
    price_id {uuid},
    cost_usd_micros bigint,
    first_byte_ms bigint NOT NULL,
    latency_ms bigint NOT NULL,
    started_at {time} NOT NULL,
    finished_at {time} NOT NULL
);
CREATE UNIQUE INDEX turns_probe ON turns (probe_id, turn_index);

-- The conversation a probe produced; immutable once written.
CREATE TABLE transcripts (
    id {uuid} PRIMARY KEY,
    probe_id {uuid} NOT NULL REFERENCES probes (id),
    run_id {uuid} NOT NULL,
    run_model_id {uuid} NOT NULL,
    scenario_id {uuid} NOT NULL,
    seq bigint NOT NULL,
    is_complete boolean NOT NULL,
    outcome text NOT NULL CHECK (outcome IN ('answered', 'refused', 'content_filter', 'truncated', 'empty', 'broken_off')),
    model_version text,
    turn_count integer NOT NULL,
    word_count bigint NOT NULL,
    input_tokens bigint,
    output_tokens bigint,
    cost_usd_micros bigint,
    latency_ms bigint NOT NULL,
    started_at {time} NOT NULL,
    finished_at {time} NOT NULL,
    last_accessed_at {time}
);
CREATE UNIQUE INDEX transcripts_complete ON transcripts (probe_id) WHERE is_complete;
CREATE INDEX transcripts_run ON transcripts (run_id, seq);
CREATE INDEX transcripts_probe ON transcripts (probe_id);

-- One reading of a transcript; the one in force counts, the original stays.
CREATE TABLE decisions (
    id {uuid} PRIMARY KEY,
    transcript_id {uuid} NOT NULL REFERENCES transcripts (id),
    run_id {uuid} NOT NULL,
    revision integer NOT NULL,
    is_in_force boolean NOT NULL,
    status text NOT NULL CHECK (status IN ('decided', 'unreadable')),
    value text,
    score {float},
    reader text NOT NULL,
    reader_version text NOT NULL,
    rule text,
    reason text,
    turn_index integer,
    quote_start integer,
    quote_end integer,
    decided_by {uuid} REFERENCES users (id),
    created_at {time} NOT NULL,
    UNIQUE (transcript_id, revision),
    CHECK ((status = 'decided') = (value IS NOT NULL))
);
CREATE UNIQUE INDEX decisions_in_force ON decisions (transcript_id) WHERE is_in_force;

-- seq is 1, 2, 3 … per run; taken under the lock of the run's row, so without a gap.
CREATE TABLE run_events (
    run_id {uuid} NOT NULL REFERENCES runs (id),
    seq bigint NOT NULL,
    kind text NOT NULL,
    actor_id {uuid},
    payload {json} NOT NULL,
    created_at {time} NOT NULL,
    PRIMARY KEY (run_id, seq)
);

CREATE TABLE command_receipts (
    actor_id {uuid} NOT NULL REFERENCES users (id),
    client_token text NOT NULL,
    command text NOT NULL,
    input_sha256 text NOT NULL,
    subject_id {uuid} NOT NULL,
    created_at {time} NOT NULL,
    PRIMARY KEY (actor_id, client_token)
);

-- Work that is not a probe, written in the transaction that asks for it.
CREATE TABLE jobs (
    id {uuid} PRIMARY KEY,
    kind text NOT NULL,
    run_id {uuid} REFERENCES runs (id),
    lane text NOT NULL,
    seq bigint NOT NULL,
    status text NOT NULL CHECK (status IN ('queued', 'running', 'succeeded', 'failed', 'cancelled')),
    run_at {time} NOT NULL,
    attempt_count integer NOT NULL DEFAULT 0,
    fence bigint NOT NULL DEFAULT 0,
    leased_by {uuid},
    lease_until {time},
    error_message text,
    created_at {time} NOT NULL,
    started_at {time},
    finished_at {time},
    CHECK ((status = 'running') = (leased_by IS NOT NULL)),
    CHECK ((status = 'running') = (lease_until IS NOT NULL))
);
CREATE INDEX jobs_queued ON jobs (run_at, seq) WHERE status = 'queued';
CREATE INDEX jobs_leases ON jobs (leased_by, lease_until) WHERE status = 'running';
CREATE INDEX jobs_run ON jobs (run_id);

CREATE TABLE workers (
    id {uuid} PRIMARY KEY,
    name text NOT NULL,
    version text NOT NULL,
    beat bigint NOT NULL,
    beat_at {time} NOT NULL,
    started_at {time} NOT NULL,
    stopped_at {time}
);
CREATE INDEX workers_live ON workers (beat_at) WHERE stopped_at IS NULL;

-- The providers a worker can serve: it holds their key, or they need none.
CREATE TABLE worker_providers (
    worker_id {uuid} NOT NULL REFERENCES workers (id),
    provider_id text NOT NULL,
    PRIMARY KEY (worker_id, provider_id)
);
