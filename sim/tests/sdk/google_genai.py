"""Google's SDK against a simulated provider."""

from google import genai
from google.genai import errors as google
from google.genai import types
from simulated import KEY, PROMPT, ROOT, SCHEMA, check_json, raises, run, set_faults


def client(key=KEY):
    return genai.Client(api_key=key, http_options=types.HttpOptions(base_url=ROOT))


CLIENT = client()


def ask(contents=PROMPT, api=CLIENT, model="sim-balanced", **config):
    config = types.GenerateContentConfig(**config)
    return api.models.generate_content(model=model, contents=contents, config=config)


def stream(contents=PROMPT, model="sim-balanced", **config):
    config = types.GenerateContentConfig(**config)
    return list(CLIENT.models.generate_content_stream(model=model, contents=contents, config=config))


def create():
    answer = ask(system_instruction="Be brief.", seed=1, temperature=0.5, max_output_tokens=500)
    assert answer.model_version == "sim-balanced-2026-09-01" and answer.response_id
    assert answer.candidates[0].finish_reason == "STOP"
    assert "ecision" in answer.text
    usage = answer.usage_metadata
    assert usage.total_token_count == usage.prompt_token_count + usage.candidates_token_count
    assert ask(seed=2).text == ask(seed=2).text
    assert len({ask(seed=seed).text for seed in range(6)}) > 1


def thoughts():
    config = {"thinking_config": types.ThinkingConfig(include_thoughts=True)}
    answer = ask(model="sim-utilitarian", seed=1, **config)
    parts = answer.candidates[0].content.parts
    assert [bool(part.thought) for part in parts] == [True, False] and parts[1].thought_signature
    assert answer.usage_metadata.thoughts_token_count > 0
    hidden = ask(model="sim-utilitarian", seed=1)
    assert len(hidden.candidates[0].content.parts) == 1
    assert hidden.usage_metadata.thoughts_token_count > 0


def streams():
    whole = ask(seed=3)
    chunks = stream(seed=3)
    assert len(chunks) > 3 and "".join(chunk.text or "" for chunk in chunks) == whole.text
    assert [c.candidates[0].finish_reason for c in chunks if c.candidates[0].finish_reason] == ["STOP"]
    counts = chunks[-1].usage_metadata
    assert counts.total_token_count == whole.usage_metadata.total_token_count
    set_faults({"kind": {"stream_error": {"after_events": 2}}})
    assert raises(google.APIError, stream).code == 503
    set_faults({"kind": {"stream_ends": {"after_events": 2}}})
    assert len(stream()) == 2


def turns():
    chat = CLIENT.chats.create(model="sim-balanced")
    chat.send_message(PROMPT)
    assert "again" in chat.send_message("Would you say so again?").text


def shapes():
    check_json(ask(response_mime_type="application/json", response_json_schema=SCHEMA).text)
    schema = types.Schema(
        type="OBJECT",
        properties={"decision": types.Schema(type="INTEGER", minimum=1, maximum=5),
                    "reason": types.Schema(type="STRING")},
    )
    check_json(ask(response_mime_type="application/json", response_schema=schema).text)


def endings():
    assert ask(max_output_tokens=2).candidates[0].finish_reason == "MAX_TOKENS"
    assert "ecision" not in ask(stop_sequences=["ecision"]).text
    for kind, reason in [
        ("content_filter", "SAFETY"),
        ("recitation", "RECITATION"),
        ("prohibited_content", "PROHIBITED_CONTENT"),
    ]:
        set_faults({"kind": kind})
        assert ask().candidates[0].finish_reason == reason
    set_faults({"kind": "prompt_blocked"})
    blocked = ask()
    assert not blocked.candidates and blocked.prompt_feedback.block_reason == "PROHIBITED_CONTENT"
    set_faults({"kind": "odd_text"})
    assert "\ud800" in ask().text


def models():
    names = [model.name for model in CLIENT.models.list()]
    assert "models/sim-balanced" in names and "models/sim-balanced-2026-09-01" in names, names
    assert CLIENT.models.get(model="sim-oracle").output_token_limit


def errors():
    def detail(error, name, field):
        found = [d[field] for d in error.details["error"]["details"] if d["@type"].endswith(name)]
        return found[0] if found else None

    wrong = raises(google.ClientError, lambda: ask(api=client("wrong")))
    assert (wrong.code, detail(wrong, "ErrorInfo", "reason")) == (400, "API_KEY_INVALID")
    assert raises(google.ClientError, lambda: ask(model="nobody")).code == 404
    for kind, code, status in [
        ({"rate_limited": {"retry_after": {"seconds": 13}}}, 429, "RESOURCE_EXHAUSTED"),
        ("quota", 429, "RESOURCE_EXHAUSTED"),
        ("billing", 403, "PERMISSION_DENIED"),
        ("forbidden", 403, "PERMISSION_DENIED"),
        ("context_length", 400, "INVALID_ARGUMENT"),
        ("model_not_found", 404, "NOT_FOUND"),
        ("server_error", 500, "INTERNAL"),
        ("overloaded", 503, "UNAVAILABLE"),
        ("timeout", 504, "DEADLINE_EXCEEDED"),
    ]:
        set_faults({"kind": kind})
        error = raises(google.APIError, ask)
        assert (error.code, error.status) == (code, status), (kind, error)
        if kind == "quota":
            assert "PerDay" in detail(error, "QuotaFailure", "violations")[0]["quotaId"]
        elif code == 429:
            assert detail(error, "RetryInfo", "retryDelay") == "13s"


run(create, thoughts, streams, turns, shapes, endings, models, errors)
