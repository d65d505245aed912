"""OpenAI's SDK, Responses, against a simulated provider."""

import openai
from simulated import KEY, PROMPT, ROOT, SCHEMA, check_json, raises, run, set_faults


def client(key=KEY):
    return openai.OpenAI(base_url=f"{ROOT}/v1", api_key=key, max_retries=0, timeout=10)


def ask(input=PROMPT, api=None, **extra):
    extra.setdefault("model", "sim-balanced")
    return (api or client()).responses.create(input=input, **extra)


def create():
    answer = ask(instructions="Be brief.", temperature=0.5, max_output_tokens=500, store=False)
    assert answer.id.startswith("resp_") and answer._request_id.startswith("req_")
    assert (answer.status, answer.model) == ("completed", "sim-balanced-2026-09-01")
    assert "ecision" in answer.output_text, answer.output_text
    assert answer.instructions == "Be brief." and answer.store is False
    usage = answer.usage
    assert usage.total_tokens == usage.input_tokens + usage.output_tokens
    assert usage.input_tokens_details.cached_tokens == 0
    texts = {ask().output_text for _ in range(6)}
    assert len(texts) > 1, texts


def reasoning():
    answer = ask(model="sim-utilitarian", reasoning={"effort": "low", "summary": "auto"})
    assert [item.type for item in answer.output] == ["reasoning", "message"]
    assert answer.output[0].summary[0].text
    assert answer.usage.output_tokens_details.reasoning_tokens > 0
    bare = ask(model="sim-utilitarian", include=["reasoning.encrypted_content"])
    assert not bare.output[0].summary and bare.output[0].encrypted_content
    again = ask([{"role": "user", "content": PROMPT}, *bare.output, {"role": "user", "content": "Sure?"}])
    assert "again" in again.output_text, again.output_text


def stream():
    events = list(ask(model="sim-utilitarian", reasoning={"summary": "auto"}, stream=True))
    names = [event.type for event in events]
    assert names[:2] == ["response.created", "response.in_progress"]
    assert names[-1] == "response.completed"
    assert [event.sequence_number for event in events] == list(range(len(events)))
    final = events[-1].response
    text = "".join(e.delta for e in events if e.type == "response.output_text.delta")
    assert text and text == final.output_text
    thought = "".join(e.delta for e in events if e.type == "response.reasoning_summary_text.delta")
    assert thought == final.output[0].summary[0].text
    with client().responses.stream(model="sim-balanced", input=PROMPT) as helper:
        assert helper.until_done().get_final_response().output_text
    set_faults({"kind": {"stream_error": {"after_events": 4}}})
    events = list(ask(stream=True))
    assert len(events) == 5 and events[-1].type == "response.failed", events
    assert events[-1].response.error.code == "server_error"
    set_faults({"kind": {"stream_ends": {"after_events": 4}}})
    assert len(list(ask(stream=True))) == 4


def turns():
    first = ask()
    messages = [
        {"role": "user", "content": [{"type": "input_text", "text": PROMPT}]},
        {"role": "assistant", "content": [{"type": "output_text", "text": first.output_text}]},
        {"role": "user", "content": "Would you say so again?"},
    ]
    assert "again" in ask(messages).output_text
    messages[1]["content"][0]["type"] = "input_text"
    error = raises(openai.BadRequestError, lambda: ask(messages))
    assert "output_text" in error.message, error.message


def shapes():
    text = {"format": {"type": "json_schema", "name": "decision", "schema": SCHEMA, "strict": True}}
    check_json(ask(text=text).output_text)


def endings():
    set_faults({"kind": "length"})
    assert ask().incomplete_details.reason == "max_output_tokens"
    set_faults({"kind": "content_filter"})
    cut = ask()
    assert (cut.status, cut.incomplete_details.reason) == ("incomplete", "content_filter")
    assert list(ask(stream=True))[-1].type == "response.incomplete"
    set_faults({"kind": "refusal"})
    assert ask().output[0].content[0].refusal
    assert any(event.type == "response.refusal.delta" for event in ask(stream=True))
    set_faults({"kind": "odd_text"})
    assert "\ud800" in ask().output_text


def errors():
    assert raises(openai.AuthenticationError, lambda: ask(api=client("wrong"))).code == "invalid_api_key"
    assert raises(openai.NotFoundError, lambda: ask(model="nobody")).code == "model_not_found"
    earlier = raises(openai.BadRequestError, lambda: ask(previous_response_id="resp_1"))
    assert earlier.code == "previous_response_not_found"
    short = raises(openai.BadRequestError, lambda: ask(max_output_tokens=5))
    assert short.code == "integer_below_min_value"
    seed = raises(openai.BadRequestError, lambda: ask(extra_body={"seed": 1}))
    assert seed.code == "unknown_parameter"
    for kind, error, code in [
        ({"rate_limited": {"retry_after": {"millis": 250}}}, openai.RateLimitError, "rate_limit_exceeded"),
        ("quota", openai.RateLimitError, "insufficient_quota"),
        ("billing", openai.RateLimitError, "billing_not_active"),
        ("prompt_blocked", openai.BadRequestError, "content_filter"),
        ("context_length", openai.BadRequestError, "context_length_exceeded"),
        ("model_not_found", openai.NotFoundError, "model_not_found"),
        ("timeout", openai.InternalServerError, None),
        ("overloaded", openai.InternalServerError, None),
        ("reset", openai.APIConnectionError, None),
    ]:
        set_faults({"kind": kind})
        assert raises(error, ask).code == code, kind


run(create, reasoning, stream, turns, shapes, endings, errors)
