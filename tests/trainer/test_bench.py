"""The measurements run and print what they promise; what they measure is nobody's business here."""

import os
import sys
from pathlib import Path

import numpy as np
import pytest
from feature_sets import write_feature_sets

from bench import augmentation, features, quality, stages, training
from bench.measuring.sides import Side, SideError, interleave, rates, ratio
from trainer.core.audio import write_wav
from trainer.events import Finished, Stage, StageState, Started, encode

pytestmark = pytest.mark.slow


class Counter:
    """A contender that counts."""

    def __init__(self) -> None:
        self.total = 0

    def add(self, count: int) -> int:
        self.total += count
        return self.total

    def fail(self) -> None:
        raise ValueError("no such luck")


def test_sides_keep_their_state_and_tell_their_failures() -> None:
    with Side("a", Counter) as first, Side("b", Counter) as second:
        turns = interleave([first, second], "add", (2,), 3)
        assert [[turn.result for turn in side] for side in turns] == [[2, 4, 6], [2, 4, 6]]
        assert all(rate > 0 for rate in rates(turns[0]))
        with pytest.raises(SideError, match="no such luck"):
            second.call("fail")
    assert ratio([2.0, 3.0, 4.0], [1.0, 1.0, 1.0]) == "3.00 (2.00 to 4.00)"


def test_features_are_compared(capsys: pytest.CaptureFixture[str]) -> None:
    features.main(["--clips", "4", "--rounds", "1", "--workers", "1"])
    out = capsys.readouterr().out
    assert "plain loop" in out
    assert "pymicro-features" in out


def test_augmentation_is_compared(capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("audiomentations", reason="needs script/setup --bench")
    augmentation.main(["--clips", "4", "--rounds", "1", "--files", "4"])
    out = capsys.readouterr().out
    assert "audiomentations chain" in out
    assert "ratio of each round" in out


def test_losses_are_compared(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = str(write_feature_sets(tmp_path))
    training.main(["loss", "--features", folder, "--limit", "1", "--steps", "20"])
    out = capsys.readouterr().out
    assert "ours, dense, seed 1" in out
    assert "ours, clip, seed 1" in out


def test_the_peer_is_trained_and_its_weights_are_ours(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    if "MICROWAKEWORD" not in os.environ:
        pytest.skip("needs a checkout of microWakeWord, named by MICROWAKEWORD")
    folder, peer = str(write_feature_sets(tmp_path)), os.environ["MICROWAKEWORD"]
    words = ["--features", folder, "--peer", peer, "--round-steps", "2", "--rounds", "1", "--warm-up", "1"]
    training.main(["speed", "recall", *words, "--limit", "2", "--every", "1"])
    out = capsys.readouterr().out
    assert out.count("microWakeWord, seed 1") == 1
    assert "steps/s" in out


def test_a_journal_becomes_a_table(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    events = [
        Started("alexa", str(tmp_path), ("phrase", "samples")),
        Stage("phrase", StageState.SKIPPED),
        Stage("samples", StageState.RUNNING),
        Stage("samples", StageState.DONE, 7.5),
        Finished("model", "it hears"),
    ]
    (tmp_path / "events.jsonl").write_text("".join(encode(event) + "\n" for event in events))
    stages.main([str(tmp_path)])
    out = capsys.readouterr().out
    assert "7.5" in out
    assert "skipped, done before: phrase" in out
    assert "finished: it hears" in out


def test_a_run_is_watched() -> None:
    running, done = (encode(Stage("samples", state)) for state in (StageState.RUNNING, StageState.DONE))
    work = "block = bytearray(80_000_000); block[::4096] = b'x' * len(block[::4096]); time.sleep(0.6)"
    text = f"import time; print({running!r}, flush=True); {work}; print({done!r}, flush=True); time.sleep(0.3)"
    account = stages.watch_run([sys.executable, "-c", text])
    assert account.seconds["samples"] >= 0.5
    assert account.peak_mb["samples"] >= 80
    assert account.cpu_s["samples"] < 5


def test_quality_names_found_and_accepts(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("pymicro_wakeword", reason="needs script/setup --dev")
    rng = np.random.default_rng(1)
    for folder in ("word", "other"):
        (tmp_path / folder).mkdir()
        write_wav(tmp_path / folder / "a.wav", (0.1 * rng.standard_normal(16_000)).astype(np.float32))
    words = ["--positives", str(tmp_path / "word"), "--negatives", str(tmp_path / "other"), "--workers", "1"]
    quality.main(["--peer", "alexa", *words, "--conditions", "clean", "noise_0db"])
    out = capsys.readouterr().out
    assert "official alexa" in out
    assert "0.0/1" in out
    assert "Noise as loud as the voice" in out
