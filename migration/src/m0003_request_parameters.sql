-- What is asked of the models beside the prompt; NULL: the provider's default.
ALTER TABLE runs ADD COLUMN top_p {float};
-- A JSON list of texts; '[]': none.
ALTER TABLE runs ADD COLUMN stop {json} NOT NULL DEFAULT '[]';
ALTER TABLE runs ADD COLUMN reasoning_effort text
    CHECK (reasoning_effort IN ('none', 'minimal', 'low', 'medium', 'high'));

-- From sending to the first text of a streamed answer; NULL: it came in one piece.
ALTER TABLE turns ADD COLUMN first_token_ms bigint;
-- A JSON list: what was asked for and not sent, because the model does not take it.
ALTER TABLE turns ADD COLUMN omitted {json} NOT NULL DEFAULT '[]';

-- What had come of a streamed answer that broke off.
ALTER TABLE attempts ADD COLUMN partial_answer text;
ALTER TABLE attempts ADD COLUMN partial_reasoning text;
