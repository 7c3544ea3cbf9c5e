"""A child in the trainer's place: the phrase says how it behaves, well or badly."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from tests.addon.results import result_folder
from trainer.events import Event, Failed, Finished, Metric, Progress, Stage, StageState, Started, Warning, encode


def option(name: str) -> str:
    return sys.argv[sys.argv.index(name) + 1]


OUT = Path(option("--out"))
ABOUT = json.loads(Path(option("--config")).read_text())["phrase"]["text"]
DEVICE = option("--device")


def tell(event: Event) -> None:
    line = encode(event)
    with (OUT / "events.jsonl").open("a") as file:
        file.write(line + "\n")
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def begin(*stages: str) -> None:
    tell(Started(ABOUT, str(OUT), stages or ("phrase", "training")))
    tell(Stage("phrase", StageState.RUNNING))
    tell(Stage("phrase", StageState.DONE, 0.1))
    tell(Stage("training", StageState.RUNNING))


def finish() -> None:
    result_folder(OUT / "result", phrase=ABOUT)
    tell(Stage("training", StageState.DONE, 0.2))
    tell(Finished(str(OUT / "result"), "hears you"))


def good() -> int:
    begin()
    tell(Progress(1, 2, "steps", 1.0, 1.0))
    for step in (10, 20):
        tell(Metric(step, {"loss": 1 / step}))
    finish()
    return 0


def malformed() -> int:
    begin()
    out = sys.stdout.buffer
    for line in (
        b"not json",
        b"{}",
        b'{"v": 9, "kind": "stage"}',
        b"\xff\xfe\x00",
        b"[" * 50_000,
        b"x" * 300_000,
        b"",
    ):
        out.write(line + b"\n")
        out.flush()
    finish()
    return 0


def flood() -> int:
    begin()
    for i in range(8000):
        sys.stdout.write(encode(Progress(i, 8000, "steps")) + "\n")
    for i in range(3000):
        sys.stdout.write(encode(Metric(i, {"loss": 1.0})) + "\n")
    finish()
    return 0


def stderr_flood() -> int:
    begin()
    for _ in range(60):
        sys.stderr.write("noise " * 10_000 + "\n")
    sys.stderr.write("the last words")
    sys.stderr.flush()
    finish()
    return 0


def wait(*_: object) -> int:
    begin()
    while True:
        time.sleep(0.05)


def stubborn() -> int:
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    return wait()


def polite() -> int:
    begin()
    try:
        time.sleep(60)
    except KeyboardInterrupt:
        tell(Failed("cancelled", "stopped", "Go on with: wakesmith train --resume"))
        return 130
    return 1


def tree() -> int:
    """Leave grandchildren: one in the group, one in a session of its own that holds the output open."""
    again = [sys.executable, "-c", "import time; time.sleep(120)"]
    here = subprocess.Popen(again)
    away = subprocess.Popen(again, start_new_session=True)
    (OUT / "grandchildren").write_text(f"{here.pid} {away.pid}")
    return good()


def gpu() -> int:
    begin("phrase", "training")
    if DEVICE == "cpu" and os.environ["CUDA_VISIBLE_DEVICES"] == "-1":
        finish()
        return 0
    tell(Failed("crash", "unexpected InternalError: CUDA_ERROR_LAUNCH_FAILED", "the log. Go on with: x"))
    return 1


def segfault() -> int:
    begin()
    if DEVICE == "cpu":
        finish()
        return 0
    os.kill(os.getpid(), signal.SIGSEGV)
    return 1


def killed() -> int:
    begin()
    os.kill(os.getpid(), signal.SIGKILL)
    return 1


def no_end() -> int:
    begin()
    sys.stderr.write("Traceback: it fell over\n")
    return 0


def zero_after_failed() -> int:
    begin()
    tell(Failed("no_voice", "no voice is here", "Install one."))
    return 0


def one_after_finished() -> int:
    begin()
    finish()
    return 1


def lingering() -> int:
    begin()
    finish()
    time.sleep(120)
    return 0


def closed_output() -> int:
    begin()
    os.close(1)
    time.sleep(120)
    return 0


def slow() -> int:
    """Take a while, and notice how often the same stage was begun."""
    begin()
    with (OUT / "attempts").open("a") as file:
        file.write("x")
    time.sleep(0.5)
    finish()
    return 0


def once() -> int:
    """Hang in the first attempt; the second goes well."""
    begin()
    if (OUT / "attempts").exists():
        finish()
        return 0
    (OUT / "attempts").write_text("x")
    return wait()


def warned() -> int:
    begin()
    tell(Warning("few_voices", "only one voice", "Install more."))
    finish()
    return 0


if __name__ == "__main__":
    sys.exit(globals()[ABOUT.replace(" ", "_")]())
