"""A helper in the place of `wakesmith serve`: the method says how it behaves."""

import json
import os
import sys
import threading
import time


def write(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def give(number: int, result: object) -> None:
    write(json.dumps({"id": number, "result": result}))


def later(number: int, seconds: float) -> None:
    time.sleep(seconds)
    give(number, {"slept": seconds})


sessions: set[str] = set()
for line in sys.stdin:
    asked = json.loads(line)
    number, method, params = asked["id"], asked["method"], asked["params"]
    if method in ("echo", "advise"):
        give(number, {"pid": os.getpid(), **params})
    elif method == "sleep":
        threading.Thread(target=later, args=(number, params["seconds"]), daemon=True).start()
    elif method == "fail":
        write(json.dumps({"id": number, "error": {"code": params["code"], "message": "no", "hint": "do this"}}))
    elif method == "die":
        os._exit(3)
    elif method == "hang":
        time.sleep(60)
    elif method == "noise":
        for text in ("not json", "[]", '{"id": "x"}', '{"id": 999, "result": {}}', "x" * 100_000, "null"):
            write(text)
        sys.stderr.write("a complaint\n")
        give(number, {"quiet": True})
    elif method == "large":
        give(number, {"values": [0.123456789] * 200_000})
    elif method == "listen_open":
        sessions.add(params["session"])
        give(number, {"stride": 3, "cutoff": params["cutoff"] or 217, "window": 5, "step_s": 0.03})
    elif method == "listen_feed":
        known = params["session"] in sessions
        give(number, {"at_s": 0.1, "probabilities": [0.5], "means": [0.5], "detections": []}) if known else write(
            json.dumps({"id": number, "error": {"code": "no_session", "message": "unknown", "hint": ""}})
        )
    elif method == "listen_close":
        sessions.discard(params["session"])
        give(number, {"open": len(sessions)})
