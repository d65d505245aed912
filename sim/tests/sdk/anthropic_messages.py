"""Anthropic's SDK against a simulated provider."""

import anthropic
from simulated import KEY, PROMPT, ROOT, SCHEMA, check_json, raises, run, set_faults

QUESTION = {"role": "user", "content": PROMPT}


def client(key=KEY):
    return anthropic.Anthropic(base_url=ROOT, api_key=key, max_retries=0, timeout=10)


def request(messages=(QUESTION,), **extra):
    return {"model": "sim-balanced", "max_tokens": 4000, "messages": list(messages), **extra}


def ask(messages=(QUESTION,), api=None, **extra):
    return (api or client()).messages.create(**request(messages, **extra))


def create():
    answer = ask(system="Be brief.")
    assert answer.id.startswith("msg_") and answer._request_id.startswith("req_")
    assert answer.model == "sim-balanced-2026-09-01"
    assert (answer.stop_reason, answer.content[0].type) == ("end_turn", "text")
    assert "ecision" in answer.content[0].text
    assert answer.usage.cache_read_input_tokens == 0 and answer.usage.input_tokens > 0
    texts = {ask().content[0].text for _ in range(6)}
    assert len(texts) > 1, texts


def thinking():
    how = {"type": "enabled", "budget_tokens": 1024}
    answer = ask(thinking=how)
    assert [block.type for block in answer.content] == ["thinking", "text"]
    assert answer.content[0].thinking and answer.content[0].signature
    follow_up = {"role": "user", "content": "Would you say so again?"}
    turns = [QUESTION, {"role": "assistant", "content": answer.content}, follow_up]
    assert "again" in ask(turns, thinking=how).content[1].text
    forged = [{"type": "thinking", "thinking": "Other.", "signature": answer.content[0].signature}]
    turns[1] = {"role": "assistant", "content": forged}
    assert "signature" in raises(anthropic.BadRequestError, lambda: ask(turns, thinking=how)).message
    raises(anthropic.BadRequestError, lambda: ask(thinking=how, extra_body={"temperature": 0.5}))
    raises(anthropic.BadRequestError, lambda: ask(thinking={"type": "enabled", "budget_tokens": 5000}))


def stream():
    how = {"type": "enabled", "budget_tokens": 1024}
    with client().messages.stream(**request(thinking=how)) as events:
        deltas = [e.delta for e in events if e.type == "content_block_delta"]
        final = events.get_final_message()
    kinds = [delta.type for delta in deltas]
    assert kinds[0] == "thinking_delta" and "signature_delta" in kinds and kinds[-1] == "text_delta"
    assert "".join(d.text for d in deltas if d.type == "text_delta") == final.content[1].text
    assert final.content[0].signature and final.stop_reason == "end_turn"
    assert final.usage.output_tokens > 10
    set_faults({"kind": {"stream_error": {"after_events": 4}}})
    error = raises(anthropic.APIStatusError, lambda: list(ask(stream=True)))
    assert error.body["error"]["type"] == "overloaded_error", error.body
    set_faults({"kind": {"stream_ends": {"after_events": 4}}})
    names = [event.type for event in ask(stream=True)]
    assert len(names) == 4 and "message_stop" not in names, names


def turns():
    first = ask().content[0].text
    follow_up = {"role": "user", "content": "Would you say so again?"}
    second = ask([QUESTION, {"role": "assistant", "content": first}, follow_up]).content[0].text
    assert "again" in second, second


def caching():
    long = [{"type": "text", "text": "So it is. " * 1000, "cache_control": {"type": "ephemeral"}}]
    assert ask(system="So it is. " * 1000).usage.cache_creation_input_tokens == 0
    first = ask(system=long).usage
    assert first.cache_creation_input_tokens > 2000 and first.cache_read_input_tokens == 0
    second = ask(system=long).usage
    assert second.cache_read_input_tokens == first.cache_creation_input_tokens
    assert second.cache_creation_input_tokens == 0


def shapes():
    answer = ask(output_config={"format": {"type": "json_schema", "schema": SCHEMA}})
    check_json(answer.content[0].text)


def endings():
    assert ask(max_tokens=5).stop_reason == "max_tokens"
    stopped = ask(stop_sequences=["ecision"])
    assert (stopped.stop_reason, stopped.stop_sequence) == ("stop_sequence", "ecision")
    set_faults({"kind": "refusal"})
    assert ask().stop_reason == "refusal"
    set_faults({"kind": "prompt_blocked"})
    assert ask().stop_reason == "refusal" and not ask().content
    set_faults({"kind": "odd_text"})
    assert "\ud800" in ask().content[0].text


def models():
    names = [model.id for model in client().models.list()]
    assert "sim-balanced" in names and "sim-balanced-2026-09-01" in names, names
    assert client().models.retrieve("sim-cautious").display_name == "sim-cautious"
    raises(anthropic.NotFoundError, lambda: client().models.retrieve("nobody"))


def errors():
    raises(anthropic.AuthenticationError, lambda: ask(api=client("wrong")))
    raises(anthropic.NotFoundError, lambda: ask(model="nobody"))
    raises(anthropic.BadRequestError, lambda: ask([{"role": "system", "content": "x"}]))
    raises(anthropic.BadRequestError, lambda: ask([{"role": "assistant", "content": "x"}]))
    raises(anthropic.BadRequestError, lambda: ask(extra_body={"seed": 1}))
    for kind, status, name in [
        ({"rate_limited": {"retry_after": {"seconds": 7}}}, 429, "rate_limit_error"),
        ("quota", 400, "invalid_request_error"),
        ("billing", 400, "invalid_request_error"),
        ("unauthorized", 401, "authentication_error"),
        ("forbidden", 403, "permission_error"),
        ("context_length", 400, "invalid_request_error"),
        ("model_not_found", 404, "not_found_error"),
        ("request_too_large", 413, "request_too_large"),
        ("server_error", 500, "api_error"),
        ("timeout", 504, "timeout_error"),
        ("overloaded", 529, "overloaded_error"),
    ]:
        set_faults({"kind": kind})
        error = raises(anthropic.APIStatusError, ask)
        assert error.status_code == status and error.body["error"]["type"] == name, (kind, error)
        assert error.body["request_id"] == error.request_id
        if status == 429:
            assert error.response.headers["retry-after"] == "7"


run(create, thinking, stream, turns, caching, shapes, endings, models, errors)
