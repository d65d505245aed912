-- A stop is a latch beside cancel: what is queued fails, what is in flight finishes and counts.
ALTER TABLE runs ADD COLUMN stopped_at {time};
ALTER TABLE runs ADD COLUMN stop_reason text CHECK (stop_reason IN ('rejected', 'deadline'));
-- What the open gate allows, e.g. 'approve,reject'; NULL = no gate is open.
ALTER TABLE runs ADD COLUMN gate_actions text;
-- The plan that the run was made from; NULL for runs older than plans.
ALTER TABLE runs ADD COLUMN plan_hash text;
-- What the run costs at most; NULL where a model has no price or no bound of its output.
ALTER TABLE runs ADD COLUMN cost_high_usd_micros bigint;

-- One row per run, also without a budget: claims lock it, so that a budget that is set while
-- they are under way holds for all of them. The ledger of money: what is promised to calls in
-- flight is reserved, what was paid is spent. spent may exceed the limit where a provider does.
CREATE TABLE run_budgets (
    run_id {uuid} PRIMARY KEY REFERENCES runs (id),
    -- NULL = no budget; nothing is reserved or spent here then.
    limit_usd_micros bigint CHECK (limit_usd_micros >= 0),
    reserved_usd_micros bigint NOT NULL DEFAULT 0 CHECK (reserved_usd_micros >= 0),
    spent_usd_micros bigint NOT NULL DEFAULT 0
);
INSERT INTO run_budgets (run_id) SELECT id FROM runs;
-- Never enforced, never set.
ALTER TABLE run_limits DROP COLUMN budget_usd_micros;

-- The most that one call of a turn can cost; rows for all turns, or for none where there is no
-- price or no bound of the output.
CREATE TABLE run_model_bounds (
    run_model_id {uuid} NOT NULL REFERENCES run_models (id),
    turn_index integer NOT NULL,
    usd_micros bigint NOT NULL CHECK (usd_micros >= 0),
    PRIMARY KEY (run_model_id, turn_index)
);

-- What a claim of a probe may still cost (held), or may have cost without anybody having heard
-- (presumed). fence: of the claim.
CREATE TABLE budget_reservations (
    probe_id {uuid} NOT NULL,
    fence bigint NOT NULL,
    run_id {uuid} NOT NULL,
    run_model_id {uuid} NOT NULL,
    usd_micros bigint NOT NULL CHECK (usd_micros >= 0),
    is_presumed boolean NOT NULL,
    PRIMARY KEY (probe_id, fence)
);
CREATE INDEX budget_reservations_run ON budget_reservations (run_id);

-- A wait for a person.
CREATE TABLE gates (
    id {uuid} PRIMARY KEY,
    run_id {uuid} NOT NULL REFERENCES runs (id),
    kind text NOT NULL CHECK (kind IN ('approval', 'budget', 'provider')),
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
CREATE UNIQUE INDEX gates_open ON gates (run_id) WHERE state = 'open';
CREATE INDEX gates_waiting ON gates (opened_at, id) WHERE state = 'open';

-- What somebody decided; an aborted gate has none.
CREATE TABLE gate_decisions (
    id {uuid} PRIMARY KEY,
    gate_id {uuid} NOT NULL UNIQUE REFERENCES gates (id),
    action text NOT NULL CHECK (action IN ('approve', 'reject', 'request_changes')),
    decided_by {uuid} NOT NULL REFERENCES users (id),
    comment text,
    new_budget_usd_micros bigint,
    created_at {time} NOT NULL
);

-- Somebody asked for failed probes to be tried again; a job does it in chunks.
CREATE TABLE run_retries (
    id {uuid} PRIMARY KEY,
    run_id {uuid} NOT NULL REFERENCES runs (id),
    -- Separated by commas; NULL = whatever the category.
    categories text,
    requested_by {uuid} NOT NULL REFERENCES users (id),
    -- By the database's clock: probes that fail later are not meant.
    requested_at {time} NOT NULL,
    requeued_count bigint NOT NULL DEFAULT 0,
    finished_at {time}
);
CREATE INDEX run_retries_open ON run_retries (run_id) WHERE finished_at IS NULL;
CREATE INDEX run_limits_deadline ON run_limits (deadline_at);
