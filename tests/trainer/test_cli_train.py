"""The run around the pipeline: journal, views, stopping, resuming. A small pipeline stands in."""

import argparse
import io
import json
import os
import pstats
import pty
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from trainer import events, pipeline
from trainer.cli import main
from trainer.cli.choices import choose_folder, choose_recipe, resume_command
from trainer.cli.command import build_parser
from trainer.cli.live import LiveView
from trainer.cli.watchers import PlainView, duration, write_tensorboard
from trainer.core.arrays import choose
from trainer.errors import Cancelled, TrainingError
from trainer.events import Finished, Metric, Progress, Report, Stage, StageState, Started, Warning
from trainer.recipe import Recipe
from trainer.recipe_files import load_recipe

RUN = [
    Started("hey jarvis", "out", ("phrase", "samples", "training")),
    Stage("phrase", StageState.SKIPPED),
    Stage("samples", StageState.RUNNING),
    *(Progress(n, 200, "clips", 10.0, (200 - n) / 10) for n in range(0, 201, 2)),
    Stage("samples", StageState.DONE, 20.0),
    Stage("training", StageState.RUNNING),
    Metric(500, {"loss": 0.25, "recall": 0.9}),
    Warning("few", "few clips", "record more"),
]


def parse(*words: str) -> argparse.Namespace:
    return build_parser().parse_args(["train", *words])


def read(folder: Path) -> list[events.Event]:
    return [events.decode(line) for line in (folder / "events.jsonl").read_text().splitlines()]


@pytest.fixture
def stage(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """Put a pipeline in place that reports RUN and then does what the list says: raises, or ends well."""
    script: list[object] = []

    def run(recipe: Recipe, out: Path, report: Report) -> Path:
        for event in RUN:
            report(event)
        if script:
            raise script[0]  # type: ignore[misc]
        report(Finished(str(out / "result"), "hears you"))
        return out / "result"

    monkeypatch.setattr(pipeline, "run", run)
    monkeypatch.setattr(pipeline, "check_choices", lambda _: None)  # of voices that may be missing here
    return script


def test_a_run_is_written_down(stage: list[object], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["train", "hey jarvis", "--out", str(tmp_path / "a")]) == 0
    assert read(tmp_path / "a") == [*RUN, Finished(str(tmp_path / "a" / "result"), "hears you")]
    assert (tmp_path / "a" / "trainer.log").exists()
    lines = capsys.readouterr().out.splitlines()
    assert sum(line.startswith("samples: ") for line in lines) == 11  # ten tenths and the end
    assert lines[-2:] == ["hears you", str(tmp_path / "a" / "result")]


def test_json_is_the_journal(stage: list[object], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["train", "hey jarvis", "--out", str(tmp_path), "--json"]) == 0
    assert capsys.readouterr().out == (tmp_path / "events.jsonl").read_text()


@pytest.mark.parametrize(
    ("error", "exit_code", "code"),
    [
        (TrainingError("no gain", hint="more data", code="diverged"), 6, "diverged"),
        (KeyboardInterrupt(), 130, "cancelled"),
        (Cancelled("stopped"), 130, "cancelled"),
        (ZeroDivisionError("by zero"), 1, "crash"),
    ],
)
def test_bad_ends(
    stage: list[object],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    error: BaseException,
    exit_code: int,
    code: str,
) -> None:
    stage.append(error)
    assert main(["train", "hey jarvis", "--out", str(tmp_path)]) == exit_code
    last = read(tmp_path)[-1]
    assert isinstance(last, events.Failed)
    assert last.code == code
    told = capsys.readouterr().err
    assert "Traceback" not in told
    assert last.message in told
    if code in ("cancelled", "crash"):
        assert f"wakesmith train 'hey jarvis' --out {tmp_path} --resume" in told
    if code == "crash":
        assert str(tmp_path / "trainer.log") in told
        assert "ZeroDivisionError: by zero" in (tmp_path / "trainer.log").read_text()


def test_a_resumed_run_goes_on_in_the_journal(stage: list[object], tmp_path: Path) -> None:
    stage.append(KeyboardInterrupt())
    main(["train", "hey jarvis", "--out", str(tmp_path)])
    stage.clear()
    assert main(["train", "hey jarvis", "--out", str(tmp_path), "--resume"]) == 0
    found = read(tmp_path)
    assert sum(isinstance(event, Started) for event in found) == 2
    assert [events.is_terminal(event) for event in found].count(True) == 2
    assert isinstance(found[-1], Finished)


def test_refusals_reach_programs(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["train", "hey", "--set", "training.batch=0", "--json"]) == 2
    event = events.decode(capsys.readouterr().out)
    assert isinstance(event, events.Failed)
    assert event.code == "recipe"


@pytest.mark.skipif(choose("auto").name == "cupy", reason="there is a GPU here")
def test_a_missing_gpu_is_refused_on_stdout_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["train", "hey you", "--device", "gpu", "--json", "--out", str(tmp_path / "run")]) == 9
    event = events.decode(capsys.readouterr().out)
    assert isinstance(event, events.Failed)
    assert event.code == "no_gpu"
    assert not (tmp_path / "run").exists()


def test_profile_and_tensorboard(stage: list[object], tmp_path: Path) -> None:
    accumulator = pytest.importorskip("tensorboard.backend.event_processing.event_accumulator")
    assert main(["train", "hey", "--out", str(tmp_path), "--profile", "--tensorboard"]) == 0
    assert pstats.Stats(str(tmp_path / "profile.pstats")).total_calls > 0
    found = accumulator.EventAccumulator(str(tmp_path / "tensorboard")).Reload()
    assert [(s.step, s.value) for s in found.Scalars("recall")] == [(500, pytest.approx(0.9))]


def test_tensorboard_needs_no_tensorflow(tmp_path: Path) -> None:
    pytest.importorskip("tensorboard")
    write_tensorboard(tmp_path)(Metric(1, {"loss": 1.0}))
    code = "import sys; from pathlib import Path; from trainer.cli.watchers import write_tensorboard as w; "
    code += f"w(Path({str(tmp_path)!r})); sys.exit('tensorflow' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_flags_lie_over_the_file(tmp_path: Path) -> None:
    file = tmp_path / "r.yaml"
    file.write_text("seed: 3\nworkers: 2\nphrase: {language: de}\npreset: quick\n")
    args = parse("Hey Jarvis", "--config", str(file), "--seed", "4", "--say", "heɪ", "--noise", "a", "--noise", "b",
                 "--device", "cpu", "--set", "training.batch=16")  # fmt: skip
    recipe = choose_recipe(args, tmp_path)
    assert (recipe.seed, recipe.workers, recipe.device, recipe.training.batch) == (4, 2, "cpu", 16)
    assert (recipe.phrase.text, recipe.phrase.language, recipe.phrase.say) == ("Hey Jarvis", "de", ("heɪ",))
    assert recipe.data.noise == (Path("a"), Path("b"))
    assert recipe.samples == load_recipe("quick").samples  # the file's preset, not the default


def test_resume_takes_the_runs_own_choices(tmp_path: Path) -> None:
    from trainer.recipe_files import dump_recipe

    saved = load_recipe("quick", settings=["seed=7", "phrase.text=hey"])
    (tmp_path / "recipe.yaml").write_text(dump_recipe(saved))
    assert choose_recipe(parse("--resume", "--out", str(tmp_path)), tmp_path) == saved
    assert choose_recipe(parse("--resume", "--workers", "1"), tmp_path).workers == 1
    assert choose_recipe(parse("hey"), tmp_path) == load_recipe(settings=["phrase.text=hey"])


def test_folder_is_named_after_the_phrase() -> None:
    assert choose_folder(parse("Hey, Jarvis!")) == Path("out/hey_jarvis")
    assert choose_folder(parse("Привет Ёж")).name.isascii()
    assert choose_folder(parse("x", "--out", "y")) == Path("y")


def test_resume_command_is_exact(monkeypatch: pytest.MonkeyPatch) -> None:
    assert resume_command(["hey you", "--seed", "3"], Path("out/hey_you")) == (
        "wakesmith train 'hey you' --seed 3 --resume --out out/hey_you"
    )
    monkeypatch.setenv("WAKESMITH_TRAIN", "script/train")
    assert resume_command(["a", "--out=b", "--resume"], Path("b")) == "script/train a --out=b --resume"


def test_durations() -> None:
    assert [duration(s) for s in (0, 59.4, 60, 200, 3600, 7500)] == [
        "0 s", "59 s", "1 min 00 s", "3 min 20 s", "1 h 00 min", "2 h 05 min"]  # fmt: skip


def test_plain_view_tells_a_second_count_of_a_stage_too() -> None:
    out = io.StringIO()
    view = PlainView(out)
    for event in (Stage("s", StageState.RUNNING), *2 * [Progress(n, 4, "x") for n in range(5)]):
        view(event)
    assert out.getvalue().count("4 of 4 x") == 2


def test_live_view_draws_every_state() -> None:
    from rich.console import Console

    view = LiveView()
    for event in RUN:
        view(event)
        console = Console(file=io.StringIO(), width=100)
        console.print(view)
    text = console.file.getvalue()  # type: ignore[attr-defined]
    for word in ("hey jarvis", "unchanged", "samples", "20 s", "> training", "loss 0.25", "few clips"):
        assert word in text
    view(events.Failed("crash", "x"))
    console.print(view)
    assert "stopped" in console.file.getvalue()  # type: ignore[attr-defined]


def test_names_with_brackets_are_shown_as_they_are() -> None:
    from rich.console import Console

    view = LiveView()
    view(Started("[bold]x[/bold] [/]", "out/[a]", ("phrase",)))
    console = Console(file=io.StringIO(), width=100)
    console.print(view)
    assert "[bold]x[/bold] [/] in out/[a]" in console.file.getvalue()  # type: ignore[attr-defined]


WAITING = """
import sys, time
from trainer import pipeline
from trainer.events import Progress, Stage, StageState, Started
from trainer.cli import main
def run(recipe, out, report):
    report(Started(recipe.phrase.text, str(out), ("phrase",)))
    report(Stage("phrase", StageState.RUNNING))
    print("library noise", file=sys.stderr, flush=True)
    while True:
        report(Progress(1, 2, "things"))
        time.sleep(0.05)
pipeline.run = run
sys.exit(main(sys.argv[1:]))
"""


@pytest.mark.parametrize("fate", ["renamed", "lost"])
def test_an_interruption_that_a_library_spoils(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fate: str) -> None:
    def run(recipe: Recipe, out: Path, report: Report) -> Path:
        report(RUN[0])
        try:
            os.kill(os.getpid(), signal.SIGINT)
            time.sleep(5)
        except KeyboardInterrupt as error:
            if fate == "renamed":
                raise RuntimeError("original exception replaced") from error
        report(RUN[1])
        raise AssertionError("the run went on")

    monkeypatch.setattr(pipeline, "run", run)
    assert main(["train", "hey", "--out", str(tmp_path)]) == 130
    last = read(tmp_path)[-1]
    assert isinstance(last, events.Failed)
    assert last.code == "cancelled"


def wait_for(path: Path, text: str) -> None:
    for _ in range(600):
        if path.exists() and text in path.read_text():
            return
        time.sleep(0.05)
    raise AssertionError(f"{text} never came")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_signals_stop_cleanly(tmp_path: Path, number: signal.Signals) -> None:
    command = [sys.executable, "-c", WAITING, "train", "hey", "--out", str(tmp_path), "--json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        wait_for(tmp_path / "events.jsonl", "progress")
        process.send_signal(number)
        out, told = process.communicate(timeout=20)
    assert process.returncode == 130
    assert json.loads(out.splitlines()[-1])["code"] == "cancelled"
    assert f"Go on with: wakesmith train hey --out {tmp_path} --json --resume" in told
    assert "Traceback" not in told


def test_on_a_terminal(tmp_path: Path) -> None:
    mine, theirs = pty.openpty()
    command = [sys.executable, "-c", WAITING, "train", "hey", "--out", str(tmp_path)]
    environment = os.environ | {"TERM": "xterm", "COLUMNS": "100", "LINES": "30"}
    with subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs, env=environment) as process:
        os.close(theirs)
        wait_for(tmp_path / "events.jsonl", "progress")
        time.sleep(1)
        process.send_signal(signal.SIGINT)
        shown = b""
        while chunk := read_terminal(mine):
            shown += chunk
        assert process.wait(timeout=20) == 130
    os.close(mine)
    text = shown.decode()
    assert "1 of 2 things" in text
    assert "stopped" in text
    assert "--resume" in text
    assert "library noise" not in text
    assert "library noise" in (tmp_path / "trainer.log").read_text()


def read_terminal(descriptor: int) -> bytes:
    try:
        return os.read(descriptor, 4096)
    except OSError:  # the other side is closed
        return b""
