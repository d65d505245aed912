-- Which scenarios a run asks: all, a seeded share, or a fraction from which main effects can be estimated.
ALTER TABLE runs ADD COLUMN sample_plan text NOT NULL DEFAULT 'full'
    CHECK (sample_plan IN ('full', 'random', 'fractional'));
UPDATE runs SET sample_plan = 'random' WHERE sample_percentage < 100;
-- How the order of the options changes from probe to probe, with its version; NULL = as they are written.
ALTER TABLE runs ADD COLUMN option_orders text;

-- The fraction of a run, frozen with it: another version of Probity may find another one.
CREATE TABLE run_designs (
    run_id {uuid} PRIMARY KEY REFERENCES runs (id),
    kind text NOT NULL CHECK (kind IN ('full', 'orthogonal_array', 'd_optimal')),
    -- Above 0, up to 1.
    d_efficiency {float} NOT NULL CHECK (d_efficiency > 0),
    -- Effects that can be estimated, the constant included.
    parameter_count bigint NOT NULL CHECK (parameter_count >= 2),
    -- The nearest larger size with an orthogonal array; NULL = none is known.
    next_orthogonal_size bigint,
    method text NOT NULL,
    method_version integer NOT NULL,
    -- A list of combinations, ascending.
    combinations {json} NOT NULL
);
