"""A helper process as the app keeps one: asked in lines of JSON, answered in lines of JSON."""

import itertools
import json
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
COMMAND = (sys.executable, "-m", "trainer.cli", "serve")


class Helper:
    """One child process; answers are kept until they are asked for."""

    def __init__(self) -> None:
        pipe = subprocess.PIPE
        self.process = subprocess.Popen(COMMAND, stdin=pipe, stdout=pipe, stderr=pipe, cwd=ROOT)
        self.came: list[Any] = []  # ids, in the order of the answers
        self._numbers = itertools.count(1000)
        self._answers: dict[Any, dict[str, Any]] = {}

    def send(self, method: str, **params: Any) -> int:
        number = next(self._numbers)
        self.write(json.dumps({"id": number, "method": method, "params": params}))
        return number

    def write(self, line: str | bytes) -> None:
        assert self.process.stdin
        self.process.stdin.write((line if isinstance(line, bytes) else line.encode()) + b"\n")
        self.process.stdin.flush()

    def read(self) -> dict[str, Any]:
        assert self.process.stdout
        reply: dict[str, Any] = json.loads(self.process.stdout.readline())
        assert set(reply) in ({"id", "result"}, {"id", "error"})
        self.came.append(reply["id"])
        self._answers[reply["id"]] = reply
        return reply

    def wait(self, number: int) -> dict[str, Any]:
        while number not in self._answers:
            self.read()
        return self._answers[number]

    def ask(self, method: str, **params: Any) -> dict[str, Any]:
        reply = self.wait(self.send(method, **params))
        assert "result" in reply, reply
        result: dict[str, Any] = reply["result"]
        return result

    def refused(self, method: str, **params: Any) -> dict[str, str]:
        error: dict[str, str] = self.wait(self.send(method, **params))["error"]
        assert set(error) == {"code", "message", "hint", "values"}
        return error

    def end(self) -> int:
        """Close its input and return its exit code."""
        if self.process.stdin and not self.process.stdin.closed:
            self.process.stdin.close()
        return self.process.wait(60)


def answers_to(lines: Iterable[str]) -> list[dict[str, Any]]:
    """Pipe lines into a new process, and return its answers, by id."""
    text = "".join(line + "\n" for line in lines)
    done = subprocess.run(COMMAND, input=text, capture_output=True, text=True, cwd=ROOT, timeout=120)
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    return sorted(map(json.loads, done.stdout.splitlines()), key=lambda reply: str(reply["id"]))
