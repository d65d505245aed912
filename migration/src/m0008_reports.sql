-- How often the run has ended: the revision that its report has. A run that reopens and ends
-- again is a new one.
ALTER TABLE runs ADD COLUMN ending_count integer NOT NULL DEFAULT 0 CHECK (ending_count >= 0);
UPDATE runs SET ending_count = 1 WHERE completed_at IS NOT NULL;

-- The final document of a run, as it ended this time. Never edited.
CREATE TABLE reports (
    id {uuid} PRIMARY KEY,
    run_id {uuid} NOT NULL REFERENCES runs (id),
    revision integer NOT NULL CHECK (revision >= 1),
    markdown text NOT NULL,
    -- As text: a database that sorts keys or respells numbers would break the hash.
    json text NOT NULL,
    -- Of json; the Markdown is made of it.
    sha256 text NOT NULL,
    -- The version of Probity that wrote it.
    code_version text NOT NULL,
    created_at {time} NOT NULL,
    UNIQUE (run_id, revision)
);

-- Why probes of a subject failed. Of a run: one row per cause and model, as of one ending, so that
-- any number of failures is a handful of rows.
CREATE TABLE diagnoses (
    id {uuid} PRIMARY KEY,
    subject_type text NOT NULL CHECK (subject_type IN ('run')),
    subject_id {uuid} NOT NULL,
    revision integer NOT NULL CHECK (revision >= 1),
    run_model_id {uuid} NOT NULL REFERENCES run_models (id),
    category text NOT NULL CHECK (category IN
        ('timeout', 'connection', 'auth', 'data', 'flaky', 'assertion', 'stopped', 'unknown')),
    -- A word of the table of rules, which is never renamed.
    cause text NOT NULL,
    failed_count bigint NOT NULL CHECK (failed_count >= 1),
    -- A list of texts, each with how many probes said so.
    evidence {json} NOT NULL,
    -- A list of ids.
    example_probe_ids {json} NOT NULL,
    created_at {time} NOT NULL,
    UNIQUE (subject_type, subject_id, revision, run_model_id, cause)
);

-- A run may have a million events that a probe failed, and a few dozen others.
CREATE INDEX run_events_of_note ON run_events (run_id, seq) WHERE kind <> 'probe.failed';
