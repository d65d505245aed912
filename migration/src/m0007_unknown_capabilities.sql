-- What nobody said is not known, which is another thing than false: only what a model is known not
-- to take is left out of a request. A stored false may have been a default; what configuration
-- says is written again at the next start.
ALTER TABLE models ADD COLUMN known_reasoning boolean;
UPDATE models SET known_reasoning = has_reasoning WHERE has_reasoning;
ALTER TABLE models DROP COLUMN has_reasoning;
ALTER TABLE models RENAME COLUMN known_reasoning TO has_reasoning;

ALTER TABLE models ADD COLUMN known_structured_output boolean;
UPDATE models SET known_structured_output = has_structured_output WHERE has_structured_output;
ALTER TABLE models DROP COLUMN has_structured_output;
ALTER TABLE models RENAME COLUMN known_structured_output TO has_structured_output;
