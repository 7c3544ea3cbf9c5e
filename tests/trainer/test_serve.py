"""`wakesmith serve` as a process: requests, refusals, lanes, and how it ends."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from helper import COMMAND, ROOT, Helper, answers_to

from trainer.cli.answers import METHODS, find_answer
from trainer.cli.serve import LONGEST_LINE


@pytest.fixture(scope="module")
def helper() -> Iterator[Helper]:
    helper = Helper()
    yield helper
    assert helper.end() == 0


def test_every_method_is_there_and_documented() -> None:
    page = (ROOT / "docs" / "protocol.md").read_text(encoding="utf-8")
    for name in METHODS:
        assert find_answer(name).__name__ == name
        assert f"| `{name}` |" in page


@pytest.mark.parametrize(
    ("line", "number", "code"),
    [
        ("nonsense", None, "bad_request"),
        ("[1]", None, "bad_request"),
        ("[" * 100_000, None, "bad_request"),
        ("{}", None, "bad_request"),
        ('{"method": "hardware"}', None, "bad_request"),
        ('{"id": 1}', 1, "unknown_method"),
        ('{"id": 1, "method": "__init__"}', 1, "unknown_method"),
        ('{"id": 1, "method": ["hear"]}', 1, "unknown_method"),
        ('{"id": "a", "method": "hardware", "params": [1]}', "a", "bad_params"),
        ('{"id": 1, "method": "pronounce"}', 1, "bad_params"),
        ('{"id": 1, "method": "pronounce", "params": {"text": 5}}', 1, "bad_params"),
        ('{"id": 1, "method": "advise", "params": {"text": "a", "rivals": [1]}}', 1, "bad_params"),
        ('{"id": 1, "method": "inspect", "params": {"path": "a\\u0000b"}}', 1, "bad_params"),
        ('{"id": 1, "method": "inspect", "params": {"path": "/nowhere/at/all.wav"}}', 1, "missing"),
        ('{"id": 1, "method": "listen_feed", "params": {"session": "x", "pcm": ""}}', 1, "no_session"),
        ('{"id": 1, "method": "listen_open", "params": {"session": "x", "model": "/none.tflite"}}', 1, "model"),
        ('{"id": 1, "method": "hear", "params": {"path": "/a", "model": "/a", "cutoff": 255}}', 1, "bad_params"),
        ('{"id": 1, "method": "pronounce", "params": {"text": "\\ud800"}}', 1, "phrase_symbols"),
    ],
)
def test_what_cannot_be_answered_is_refused(helper: Helper, line: str, number: object, code: str) -> None:
    helper.write(line)
    reply = helper.read()
    assert (reply["id"], reply["error"]["code"]) == (number, code)
    assert reply["error"]["message"]


def test_bytes_that_are_no_text_and_lines_without_end_are_refused(helper: Helper) -> None:
    helper.write(b"\xff\xfe\x00")
    assert helper.read()["error"]["code"] == "bad_request"
    helper.write(b'{"id": 1, "method": "hardware", "params": {"x": "' + b"a" * (LONGEST_LINE + 5) + b'"}}')
    assert str(LONGEST_LINE) in helper.read()["error"]["message"]
    helper.write("   ")  # a blank line is nothing
    assert helper.ask("hardware")["cores"] >= 1


def test_listening_does_not_wait_for_what_is_slow(helper: Helper) -> None:
    slow = helper.send("advise", text="guten morgen welt", language="de")
    quick = helper.send("listen_close", session="none")
    helper.wait(slow)
    assert helper.came.index(quick) < helper.came.index(slow)


def test_all_is_answered_before_the_end() -> None:
    lines = [json.dumps({"id": i, "method": "pronounce", "params": {"text": f"take {i}"}}) for i in range(9)]
    replies = answers_to(lines)
    assert [reply["id"] for reply in replies] == list(range(9))
    assert all("result" in reply for reply in replies)


def test_a_closed_stdout_ends_it_quietly() -> None:
    pipe = subprocess.PIPE
    with subprocess.Popen(COMMAND, stdin=pipe, stdout=pipe, stderr=pipe, cwd=ROOT) as process:
        assert process.stdin
        assert process.stdout
        assert process.stderr
        process.stdout.close()
        process.stdin.write(b"nonsense\n")
        process.stdin.flush()
        assert process.wait(60) == 0
        assert process.stderr.read() == b""


def test_sigterm_ends_it() -> None:
    helper = Helper()
    helper.ask("listen_close", session="x")
    helper.process.send_signal(signal.SIGTERM)
    assert helper.process.wait(60) == 130


# Python runs this first in the child: it lets every line that comes in print something.
CHATTER = """
import os
import trainer.cli.serve as serve
quiet = serve._lines
def lines(stream):
    for line in quiet(stream):
        print("chatter", flush=True)
        os.write(1, b"more")
        yield line
serve._lines = lines
"""


def test_what_libraries_print_is_no_answer(tmp_path: Path) -> None:
    noisy = tmp_path / "sitecustomize.py"
    noisy.write_text(CHATTER)
    request = json.dumps({"id": 1, "method": "listen_close", "params": {"session": "x"}}) + "\n"
    environment = {**os.environ, "PYTHONPATH": f"{tmp_path}{os.pathsep}{ROOT}"}
    done = subprocess.run(COMMAND, input=request, capture_output=True, text=True, cwd=ROOT, env=environment)
    assert json.loads(done.stdout) == {"id": 1, "result": {}}
    assert "chatter" in done.stderr
    assert "more" in done.stderr


@pytest.mark.parametrize("method", ["", *sorted(set(METHODS))])
def test_no_method_loads_tensorflow(method: str) -> None:
    code = (
        "import sys, trainer.cli.serve, trainer.cli.answers as a\n"
        f"method = {method!r}\n"
        "method and a.find_answer(method)\n"
        "print(*sys.modules)"
    )
    loaded = set(subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
                 .stdout.split())  # fmt: skip
    assert not {"tensorflow", "keras", "matplotlib", "pyroomacoustics"} & loaded
    if not method:
        assert not {"numpy", "pydantic", "av", "scipy", "onnxruntime"} & loaded
