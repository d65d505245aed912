-- A kind more. SQLite cannot change a CHECK, so both tables are made anew: the decisions refer to
-- the gates, and go first.
CREATE TABLE gates_anew (
    id {uuid} PRIMARY KEY,
    run_id {uuid} NOT NULL REFERENCES runs (id),
    kind text NOT NULL CHECK (kind IN ('approval', 'budget', 'provider', 'judge')),
    state text NOT NULL CHECK (state IN ('open', 'approved', 'rejected', 'changes_requested', 'aborted')),
    -- 1, 2, 3 … per run and kind.
    attempt integer NOT NULL CHECK (attempt >= 1),
    allowed_actions text NOT NULL,
    reason text NOT NULL,
    opened_at {time} NOT NULL,
    closed_at {time},
    UNIQUE (run_id, kind, attempt),
    CHECK ((state = 'open') = (closed_at IS NULL))
);
INSERT INTO gates_anew SELECT id, run_id, kind, state, attempt, allowed_actions, reason, opened_at, closed_at FROM gates;
CREATE TABLE gate_decisions_anew (
    id {uuid} PRIMARY KEY,
    gate_id {uuid} NOT NULL UNIQUE REFERENCES gates_anew (id),
    action text NOT NULL CHECK (action IN ('approve', 'reject', 'request_changes')),
    decided_by {uuid} NOT NULL REFERENCES users (id),
    comment text,
    new_budget_usd_micros bigint,
    created_at {time} NOT NULL
);
INSERT INTO gate_decisions_anew
    SELECT id, gate_id, action, decided_by, comment, new_budget_usd_micros, created_at FROM gate_decisions;
DROP TABLE gate_decisions;
DROP TABLE gates;
ALTER TABLE gates_anew RENAME TO gates;
ALTER TABLE gate_decisions_anew RENAME TO gate_decisions;
-- A judge's gate holds nothing up, so it may be open beside one that does.
CREATE UNIQUE INDEX gates_open ON gates (run_id) WHERE state = 'open' AND kind <> 'judge';
CREATE UNIQUE INDEX gates_open_judge ON gates (run_id) WHERE state = 'open' AND kind = 'judge';
CREATE INDEX gates_waiting ON gates (opened_at, id) WHERE state = 'open';

-- The model that reads what the deterministic reader cannot. The last one of a run counts.
CREATE TABLE run_judges (
    id {uuid} PRIMARY KEY,
    run_id {uuid} NOT NULL REFERENCES runs (id),
    -- 1, 2, 3 … per run: each time somebody has it judged.
    attempt integer NOT NULL CHECK (attempt >= 1),
    provider_id text NOT NULL,
    model_id text NOT NULL,
    model_version text,
    wire_model text NOT NULL,
    -- NULL = as many as are needed.
    calls_max bigint CHECK (calls_max >= 1),
    prompt_version text NOT NULL,
    requested_by {uuid} NOT NULL REFERENCES users (id),
    created_at {time} NOT NULL,
    -- What was unreadable before is judged from here on; false = the job is still at it.
    is_reopened boolean NOT NULL,
    reopened_seq bigint NOT NULL DEFAULT -1,
    -- Why it ended before everything was judged; NULL = it did not.
    stopped_at {time},
    stop_category text,
    stop_message text,
    UNIQUE (run_id, attempt),
    CHECK ((stopped_at IS NULL) = (stop_category IS NULL))
);

-- Every call that Probity makes for itself. waiting: for its turn; running: sent.
CREATE TABLE ai_calls (
    id {uuid} PRIMARY KEY,
    kind text NOT NULL CHECK (kind IN ('judge')),
    step text NOT NULL CHECK (step IN ('ask', 'repair')),
    status text NOT NULL CHECK (status IN ('waiting', 'running', 'succeeded', 'invalid', 'failed', 'lost')),
    run_id {uuid} NOT NULL REFERENCES runs (id),
    run_judge_id {uuid} REFERENCES run_judges (id),
    transcript_id {uuid} REFERENCES transcripts (id),
    -- The claim that it was made under: what is not its job's present one is lost.
    job_id {uuid} NOT NULL,
    fence bigint NOT NULL,
    lane text NOT NULL,
    provider_id text NOT NULL,
    wire_model text NOT NULL,
    prompt_version text NOT NULL,
    -- What it may cost, until it is settled.
    held_usd_micros bigint NOT NULL DEFAULT 0 CHECK (held_usd_micros >= 0),
    -- What it may have cost without anybody having heard.
    presumed_usd_micros bigint NOT NULL DEFAULT 0 CHECK (presumed_usd_micros >= 0),
    input_tokens bigint,
    output_tokens bigint,
    price_id {uuid},
    cost_usd_micros bigint,
    model_version text,
    failure_category text,
    failure_message text,
    http_status integer,
    request_id text,
    request_body text,
    answer text,
    raw_body {bytes},
    latency_ms bigint,
    created_at {time} NOT NULL,
    finished_at {time},
    CHECK ((status IN ('waiting', 'running')) = (finished_at IS NULL)),
    CHECK (status IN ('waiting', 'running') OR held_usd_micros = 0)
);
CREATE INDEX ai_calls_run ON ai_calls (run_id, created_at);
CREATE INDEX ai_calls_transcript ON ai_calls (transcript_id);
CREATE INDEX ai_calls_in_flight ON ai_calls (lane) WHERE status IN ('waiting', 'running');

ALTER TABLE decisions ADD COLUMN ai_call_id {uuid} REFERENCES ai_calls (id);

-- What a judge could not read and a person is asked about.
CREATE TABLE reviews (
    id {uuid} PRIMARY KEY,
    run_id {uuid} NOT NULL REFERENCES runs (id),
    gate_id {uuid} NOT NULL REFERENCES gates (id),
    transcript_id {uuid} NOT NULL REFERENCES transcripts (id),
    ai_call_id {uuid} NOT NULL REFERENCES ai_calls (id),
    category text NOT NULL,
    message text NOT NULL,
    -- What can be read from the judge's raw answer; NULL = nothing.
    value text,
    state text NOT NULL CHECK (state IN ('open', 'approved', 'set', 'left', 'judged_again')),
    decided_by {uuid} REFERENCES users (id),
    decided_at {time},
    created_at {time} NOT NULL,
    UNIQUE (gate_id, transcript_id),
    CHECK ((state = 'open') = (decided_at IS NULL))
);
CREATE INDEX reviews_run ON reviews (run_id, id);
CREATE UNIQUE INDEX reviews_open ON reviews (transcript_id) WHERE state = 'open';

-- A job per run, and what is judged is found by its outcome.
DROP INDEX jobs_check;
CREATE UNIQUE INDEX jobs_check ON jobs (provider_id) WHERE status IN ('queued', 'running') AND kind = 'check_provider';
CREATE UNIQUE INDEX jobs_judge ON jobs (run_id) WHERE status IN ('queued', 'running') AND kind = 'judge_transcripts';
CREATE INDEX probes_reading ON probes (run_id, seq) WHERE outcome = 'reading';

-- One judgement of a scorer about a transcript; 1 = passed, 0 = not. Scored again, one is added.
CREATE TABLE scores (
    id {uuid} PRIMARY KEY,
    transcript_id {uuid} NOT NULL REFERENCES transcripts (id),
    run_id {uuid} NOT NULL,
    scorer text NOT NULL,
    scorer_version text NOT NULL,
    revision integer NOT NULL CHECK (revision >= 1),
    is_in_force boolean NOT NULL,
    value {float} NOT NULL,
    reason text,
    created_at {time} NOT NULL,
    UNIQUE (transcript_id, scorer, scorer_version, revision)
);
CREATE UNIQUE INDEX scores_in_force ON scores (transcript_id, scorer) WHERE is_in_force;

-- Somebody had a run scored again, by the scorers of this version of its definition.
CREATE TABLE run_rescores (
    id {uuid} PRIMARY KEY,
    run_id {uuid} NOT NULL REFERENCES runs (id),
    definition_version_id {uuid} NOT NULL REFERENCES definition_versions (id),
    requested_by {uuid} NOT NULL REFERENCES users (id),
    created_at {time} NOT NULL,
    -- How far that is, by the place in the run.
    done_seq bigint NOT NULL DEFAULT -1,
    finished_at {time}
);
CREATE INDEX run_rescores_run ON run_rescores (run_id);
