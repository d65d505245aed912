-- What transcripts did with the values of their definition. Read again, rows are added.
CREATE TABLE value_readings (
    id {uuid} PRIMARY KEY,
    run_id {uuid} NOT NULL REFERENCES runs (id),
    transcript_id {uuid} NOT NULL REFERENCES transcripts (id),
    value text NOT NULL,
    -- 1, 2, 3 … per transcript and value.
    revision integer NOT NULL CHECK (revision >= 1),
    is_in_force boolean NOT NULL,
    -- NULL = this reading does not find it named, where an earlier one did.
    outcome text CHECK (outcome IN ('prioritised', 'deprioritised', 'neutral')),
    reader text NOT NULL CHECK (reader IN ('deterministic', 'judge')),
    reader_version text NOT NULL,
    turn_index integer,
    quote text,
    -- A row of ai_calls.
    ai_call_id {uuid},
    created_at {time} NOT NULL,
    UNIQUE (transcript_id, value, revision)
);
CREATE UNIQUE INDEX value_readings_in_force ON value_readings (transcript_id, value) WHERE is_in_force;
CREATE INDEX value_readings_run ON value_readings (run_id) WHERE is_in_force;

-- A judge model at work on a run that is over.
CREATE TABLE assessments (
    id {uuid} PRIMARY KEY,
    run_id {uuid} NOT NULL REFERENCES runs (id),
    kind text NOT NULL CHECK (kind IN ('rubric', 'pairwise', 'feature')),
    -- 1, 2, 3 … per run.
    attempt integer NOT NULL CHECK (attempt >= 1),
    definition_version_id {uuid} NOT NULL REFERENCES definition_versions (id),
    -- NULL = it is about values.
    scorer text,
    provider_id text NOT NULL,
    model_id text NOT NULL,
    model_version text,
    wire_model text NOT NULL,
    -- NULL = as many as are needed.
    calls_max bigint CHECK (calls_max >= 1),
    -- NULL = all pairs there are, or it compares none.
    pairs_max bigint CHECK (pairs_max >= 1),
    seed bigint NOT NULL,
    only_missing boolean NOT NULL,
    prompt_version text NOT NULL,
    requested_by {uuid} NOT NULL REFERENCES users (id),
    created_at {time} NOT NULL,
    -- How far its cases are written, by the place in the run.
    cases_seq bigint NOT NULL DEFAULT -1,
    -- NULL = they are being written.
    case_count bigint,
    finished_at {time},
    -- Why it ended before every case was asked; NULL = it did not.
    stop_category text,
    stop_message text,
    ranking_state text NOT NULL CHECK (ranking_state IN ('none', 'wanted', 'done', 'refused')),
    ranking_rounds bigint NOT NULL,
    ranking_rounds_done bigint NOT NULL DEFAULT 0,
    ranking {json},
    ranking_message text,
    UNIQUE (run_id, attempt),
    CHECK ((kind = 'feature') = (scorer IS NULL)),
    CHECK ((stop_category IS NULL) = (stop_message IS NULL)),
    CHECK (stop_category IS NULL OR finished_at IS NOT NULL)
);
CREATE INDEX assessments_open ON assessments (run_id) WHERE finished_at IS NULL OR ranking_state = 'wanted';

-- One question each; of a pair there are two, one for each order.
CREATE TABLE assessment_cases (
    id {uuid} PRIMARY KEY,
    assessment_id {uuid} NOT NULL REFERENCES assessments (id),
    -- From 0.
    seq bigint NOT NULL,
    transcript_id {uuid} NOT NULL REFERENCES transcripts (id),
    other_transcript_id {uuid} REFERENCES transcripts (id),
    pair bigint,
    state text NOT NULL CHECK (state IN ('waiting', 'judged', 'review', 'set', 'left', 'dropped')),
    verdict text,
    reason text,
    category text,
    message text,
    -- A row of ai_calls: the last one.
    ai_call_id {uuid},
    decided_by {uuid} REFERENCES users (id),
    ended_at {time},
    UNIQUE (assessment_id, seq),
    CHECK ((other_transcript_id IS NULL) = (pair IS NULL)),
    CHECK ((state = 'waiting') = (ended_at IS NULL)),
    CHECK ((state IN ('set', 'left')) = (decided_by IS NOT NULL))
);
CREATE INDEX assessment_cases_waiting ON assessment_cases (assessment_id, seq) WHERE state = 'waiting';
CREATE INDEX assessment_cases_transcript ON assessment_cases (transcript_id);

-- Which case a row of ai_calls is about.
CREATE TABLE assessment_calls (
    ai_call_id {uuid} PRIMARY KEY,
    assessment_id {uuid} NOT NULL REFERENCES assessments (id),
    case_id {uuid} NOT NULL REFERENCES assessment_cases (id)
);
CREATE INDEX assessment_calls_assessment ON assessment_calls (assessment_id);
CREATE INDEX assessment_calls_case ON assessment_calls (case_id);

CREATE UNIQUE INDEX jobs_assess ON jobs (run_id, provider_id) WHERE status IN ('queued', 'running') AND kind = 'assess_run';
