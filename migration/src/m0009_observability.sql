-- Which model a try was for: what calls to a model were like lately is one index scan, however
-- long the history. NULL = older than this column.
ALTER TABLE attempts ADD COLUMN run_model_id {uuid};
CREATE INDEX attempts_recent ON attempts (run_model_id, finished_at);

-- Runs that ended lately.
CREATE INDEX runs_ended ON runs (completed_at) WHERE completed_at IS NOT NULL;

-- The machine that a worker runs on, and what starts it again there; NULL = it did not say.
ALTER TABLE workers ADD COLUMN host text;
ALTER TABLE workers ADD COLUMN restart_command text;
