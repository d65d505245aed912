-- How often decisions or scores of the model's transcripts were changed after their first reading. Together
-- with the counters it says whether something that was computed is still true, without reading any of them.
ALTER TABLE run_models ADD COLUMN reading_revision bigint NOT NULL DEFAULT 0;

-- A computed result, of whatever kind. What no longer holds is kept, as superseded.
CREATE TABLE analyses (
    id {uuid} PRIMARY KEY,
    -- run, resampled; others are added with what computes them.
    kind text NOT NULL,
    -- What it is about, in words of its kind: the run's id, or that of two with what was asked of them.
    subject text NOT NULL,
    run_id {uuid} NOT NULL REFERENCES runs (id),
    -- A second run, where two are compared.
    other_run_id {uuid} REFERENCES runs (id),
    -- Of everything that it was computed from.
    input_sha256 text NOT NULL,
    -- The version of Probity and of the computation.
    code_version text NOT NULL,
    -- As text, byte for byte; NULL = it failed.
    document text,
    failure_reason text,
    computed_ms bigint NOT NULL CHECK (computed_ms >= 0),
    created_at {time} NOT NULL,
    superseded_at {time},
    UNIQUE (kind, subject, input_sha256, code_version),
    CHECK ((document IS NULL) = (failure_reason IS NOT NULL))
);
CREATE UNIQUE INDEX analyses_current ON analyses (kind, subject) WHERE superseded_at IS NULL;
CREATE INDEX analyses_run ON analyses (run_id, kind);
CREATE INDEX analyses_other_run ON analyses (other_run_id) WHERE other_run_id IS NOT NULL;

-- Any number of corrections ask for one analysis.
CREATE UNIQUE INDEX jobs_analyze ON jobs (run_id) WHERE status = 'queued' AND kind = 'analyze_run';
