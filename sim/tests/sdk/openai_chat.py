"""OpenAI's SDK, Chat Completions, against a simulated provider."""

import openai
from simulated import KEY, PROMPT, ROOT, SCHEMA, check_json, run, set_faults

QUESTION = {"role": "user", "content": PROMPT}


def client(key=KEY):
    return openai.OpenAI(base_url=f"{ROOT}/v1", api_key=key, max_retries=0, timeout=10)


def raises(kind, call, code=None):
    try:
        call()
    except kind as error:
        assert code is None or error.code == code, (error.code, code)
        return error
    raise AssertionError(f"no {kind.__name__}")


def ask(messages=(QUESTION,), api=None, **extra):
    api = api or client()
    extra.setdefault("model", "sim-balanced")
    return api.chat.completions.create(messages=list(messages), **extra)


def create():
    answer = ask(seed=1)
    assert answer.model == "sim-balanced-2026-09-01", answer.model
    assert answer.id.startswith("chatcmpl-") and answer._request_id.startswith("req_")
    assert answer.choices[0].finish_reason == "stop"
    assert "ecision" in answer.choices[0].message.content
    usage = answer.usage
    assert usage.total_tokens == usage.prompt_tokens + usage.completion_tokens
    assert usage.prompt_tokens_details.cached_tokens == 0
    again = ask(seed=1, model=answer.model)
    assert again.choices[0].message.content == answer.choices[0].message.content


def stream():
    whole = ask(seed=2, model="sim-utilitarian")
    options = {"include_usage": True}
    events = list(ask(seed=2, model="sim-utilitarian", stream=True, stream_options=options))
    text = "".join(e.choices[0].delta.content or "" for e in events if e.choices)
    assert text == whole.choices[0].message.content, text
    assert events[-1].usage == whole.usage and not events[-1].choices
    assert [e.choices[0].finish_reason for e in events if e.choices][-1] == "stop"
    assert whole.usage.completion_tokens_details.reasoning_tokens > 0
    assert whole.choices[0].message.reasoning_content


def models():
    names = [model.id for model in client().models.list()]
    assert "sim-balanced" in names and "sim-balanced-2026-09-01" in names, names
    assert client().models.retrieve("sim-cautious").id == "sim-cautious"
    raises(openai.NotFoundError, lambda: client().models.retrieve("nobody"), "model_not_found")


def errors():
    raises(openai.AuthenticationError, lambda: ask(api=client("wrong")), "invalid_api_key")
    raises(openai.NotFoundError, lambda: ask(model="nobody"), "model_not_found")
    raises(openai.BadRequestError, lambda: ask(messages=()), "empty_array")
    kinds = [
        ({"rate_limited": {"retry_after": {"seconds": 7}}}, openai.RateLimitError, "rate_limit_exceeded"),
        ("quota", openai.RateLimitError, "insufficient_quota"),
        ("billing", openai.RateLimitError, "billing_not_active"),
        ("model_not_found", openai.NotFoundError, "model_not_found"),
        ("prompt_blocked", openai.BadRequestError, "content_filter"),
        ("forbidden", openai.PermissionDeniedError, None),
        ("context_length", openai.BadRequestError, "context_length_exceeded"),
        ("server_error", openai.InternalServerError, None),
        ("bad_gateway", openai.InternalServerError, None),
        ("overloaded", openai.InternalServerError, None),
        ("reset", openai.APIConnectionError, None),
        ("truncated_body", Exception, None),
    ]
    for kind, error, code in kinds:
        set_faults({"kind": kind})
        caught = raises(error, ask, code)
        if code == "rate_limit_exceeded":
            assert caught.response.headers["retry-after"] == "7"
    set_faults({"kind": {"stream_error": {"after_events": 3}}})
    raises(openai.APIError, lambda: list(ask(stream=True)))
    set_faults({"kind": {"stream_ends": {"after_events": 3}}})
    assert len(list(ask(stream=True))) == 3
    set_faults({"kind": "unavailable", "first_n": 1})
    assert ask(api=client().with_options(max_retries=1)).choices
    set_faults({"kind": "refusal"})
    assert ask().choices[0].message.refusal
    set_faults({"kind": "odd_text"})
    assert "\ud800" in ask().choices[0].message.content
    set_faults()


def shapes():
    schema = {"name": "decision", "schema": SCHEMA, "strict": True}
    answer = ask(response_format={"type": "json_schema", "json_schema": schema})
    check_json(answer.choices[0].message.content)
    stopped = ask(stop=["ecision"])
    assert "ecision" not in stopped.choices[0].message.content


def turns():
    first = ask(seed=3).choices[0].message
    follow_up = {"role": "user", "content": "Would you say so again?"}
    answer = {"role": "assistant", "content": first.content}
    second = ask([QUESTION, answer, follow_up], seed=3).choices[0].message
    assert "again" in second.content and "ecision" in second.content, second.content
    short = ask(max_completion_tokens=5)
    assert short.choices[0].finish_reason == "length"
    assert short.usage.completion_tokens <= 5


run(create, stream, models, shapes, errors, turns)
