"""An evaluation as somebody would make it in a notebook.

Usage: notebook.py BASE_URL DEFINITION_FILE    (ends with status 0 and "ok" when all holds)
"""

import io
import sys
import time
from collections import Counter
from pathlib import Path

import httpx
import pandas as pd
from pandas.api import types

BASE_URL, FILE = sys.argv[1:]
MODELS = ["sim-steadfast", "sim-cautious"]
client = httpx.Client(base_url=BASE_URL, timeout=60, trust_env=False)


def ask(query, **variables):
    answer = client.post("/graphql", json={"query": query, "variables": variables})
    answer.raise_for_status()
    body = answer.json()
    assert "errors" not in body, body
    return body["data"]


definition = ask(
    """mutation ($text: String!) { importDefinition(input: {text: $text, format: YAML}) {
        definition { id name } version { scenarioCount } } }""",
    text=Path(FILE).read_text(encoding="utf-8"),
)["importDefinition"]
assert definition["version"]["scenarioCount"] == 125, definition

run_id = ask(
    """mutation ($input: CreateRunInput!) { createRun(input: $input) { run { id } warnings } }""",
    input={
        "definitionId": definition["definition"]["id"],
        "models": [{"model": model} for model in MODELS],
        "samplesPerScenario": 2,
        "temperature": 1.0,
        "sampleSeed": 11,
    },
)["createRun"]["run"]["id"]

deadline = time.monotonic() + 90
while True:
    progress = ask(
        "query ($id: ID!) { run(id: $id) { status progress { pollAfterMs ledger { planned ended } } } }",
        id=run_id,
    )["run"]
    wait = progress["progress"]["pollAfterMs"]
    if wait is None:
        break
    assert time.monotonic() < deadline, progress
    time.sleep(wait / 1000)
assert progress["status"] == "COMPLETED", progress

download = client.get(f"/api/export/run/{run_id}/csv")
assert download.headers["content-type"].startswith("text/csv"), download.headers
assert download.content.startswith(b"\xef\xbb\xbf"), download.content[:20]
frame = pd.read_csv(io.BytesIO(download.content), parse_dates=["timestamp"])

# pandas drops the byte order mark by itself: the first column has its plain name.
assert frame.columns[0] == "run_id", list(frame.columns)
assert len(frame) == 500 and set(frame["run_id"]) == {run_id}
assert not frame["transcript_id"].duplicated().any()

for column in ["sample_index", "input_tokens", "output_tokens", "latency_ms", "turn_count",
               "dim_victims_score", "dim_relation_score", "dim_harm_score"]:
    assert types.is_integer_dtype(frame[column]), (column, frame[column].dtype)
for column in ["cost_usd", "score"]:
    assert types.is_float_dtype(frame[column]), (column, frame[column].dtype)
for column in ["scenario_key", "model_id", "model_version", "dim_victims", "response", "outcome"]:
    assert types.is_string_dtype(frame[column]), (column, frame[column].dtype)
assert isinstance(frame["timestamp"].dtype, pd.DatetimeTZDtype), frame["timestamp"].dtype
assert frame["timestamp"].notna().all() and (frame["cost_usd"] > 0).all()
# Some answers of the cautious model decide nothing: missing is missing, not 0.
assert frame["decision"].isna().any() and frame["decision"].dropna().between(1, 5).all()
assert (frame["decision"].isna() == (frame["outcome"] != "decided")).all()
assert (frame["score"].dropna() == frame["decision"].dropna()).all()

partial = client.get(f"/api/export/run/{run_id}/csv", params={"partial": "true"})
partial = pd.read_csv(io.BytesIO(partial.content))
assert types.is_bool_dtype(partial["is_complete"]), partial["is_complete"].dtype

findings = ask(
    """query ($id: ID!) { run(id: $id) { findings { runModel { modelId } ledger { decided succeeded }
        score { mean n } distribution { value count } } } }""",
    id=run_id,
)["run"]["findings"]
assert [row["runModel"]["modelId"] for row in findings] == MODELS
for row in findings:
    ours = frame[frame["model_id"] == row["runModel"]["modelId"]]
    counts = Counter(int(value) for value in ours["decision"].dropna())
    theirs = {int(entry["value"]): entry["count"] for entry in row["distribution"]}
    assert {value: counts[value] for value in theirs} == theirs, (counts, theirs)
    assert sum(theirs.values()) == row["ledger"]["decided"] == row["score"]["n"]
    assert len(ours) == row["ledger"]["succeeded"] == 250

print("ok")
