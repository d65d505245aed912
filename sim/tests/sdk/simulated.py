"""What the scripts beside this one share: the server under test and its controls.

Each is called with the server's address, such as http://127.0.0.1:4499, whose key is "sk-sim",
and ends with status 0 and "ok" when all holds.
"""

import json
import sys
import urllib.request

ROOT = sys.argv[1]
KEY = "sk-sim"
PROMPT = "Do you tell a friend?\n1 = never\n5 = always"
SCHEMA = {
    "type": "object",
    "properties": {
        "decision": {"type": "integer", "minimum": 1, "maximum": 5},
        "reason": {"type": "string"},
    },
    "required": ["decision", "reason"],
    "additionalProperties": False,
}


def set_faults(*rules):
    body = json.dumps({"rules": list(rules)}).encode()
    headers = {"content-type": "application/json"}
    request = urllib.request.Request(f"{ROOT}/sim/faults", body, headers, method="PUT")
    urllib.request.urlopen(request)


def raises(kind, call):
    try:
        call()
    except kind as error:
        return error
    raise AssertionError(f"no {kind.__name__}")


def check_json(text):
    answer = json.loads(text)
    assert set(answer) == {"decision", "reason"}, answer
    assert 1 <= answer["decision"] <= 5 and answer["reason"], answer


def run(*checks):
    for check in checks:
        check()
        set_faults()
    print("ok")
