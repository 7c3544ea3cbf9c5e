"""Several models on one scale: equal false accepts, paired differences, and the page."""

import json
from pathlib import Path

import numpy as np
import pytest
from streaming_models import official
from test_evaluate import tone

from trainer.cli import main
from trainer.core.audio import write_wav
from trainer.core.clips import Rejection
from trainer.evaluation.contest import lowest_cutoff, make_contest
from trainer.evaluation.contest_page import render_contest
from trainer.evaluation.paired import Heard, Where, compare_heard
from trainer.evaluation.results import ModelFacts
from trainer.evaluation.scoring import ClipScore, Recording


def hear(name: str, peaks: list[float], loud: list[int], cutoff: int = 100, seconds: float = 7200) -> Heard:
    """A model that finds clip i below cutoff `peaks[i]`, and wakes by mistake below each of `loud`."""
    cutoffs = np.arange(256)
    scores = tuple(
        ClipScore(Recording(f"{i}", "", Path()), condition, (peak > cutoff,), (cutoffs < peak) * 1.0, peak, ())
        for i, peak in enumerate(peaks)
        for condition in ("clean", "far")
    )
    counts = np.sum([cutoffs < at for at in loud] or [cutoffs < 0], axis=0).astype(np.int64)
    accepts: tuple[Where, ...] = tuple((f"noise {at}", 1.0) for at in loud if at > cutoff)
    facts = ModelFacts(f"{name}.tflite", "hey you", 60_000, "", 3, cutoff, cutoff / 255, 5, "its manifest")
    refused = (Rejection("x", "silent", "x is silent"),)
    return Heard(facts, 1, scores, accepts, seconds, counts, np.array(loud or [0], np.float64), refused)


def test_the_lowest_cutoff_holds_at_every_higher_one() -> None:
    counts = np.array([9, 5, 0, 3, 1, 1, 0, 0])
    assert [lowest_cutoff(counts, accepts) for accepts in (0, 1, 3, 9)] == [6, 4, 2, 1]


def test_cutoffs_that_mean_different_things_are_made_equal() -> None:
    """The second is the first with all its scores halved: at equal false accepts they are the same."""
    first = hear("first", [200, 180, 160, 90], [120, 60])
    second = hear("second", [100, 90, 80, 45], [60, 30])
    found = make_contest([first, second], [compare_heard(first, second)])
    assert found.sides[0].recall.value == 0.75
    assert found.sides[1].recall.value == 0.0
    assert found.sides[1].conditions[0].first_ahead.value == 0.75
    assert [at.accepts for at in found.sides[1].equal] == [0, 1, 2, 4]
    for ours, theirs in zip(found.sides[0].equal, found.sides[1].equal, strict=True):
        assert ours.recall.value == theirs.recall.value
        assert theirs.first_ahead.value == 0
        assert theirs.first_ahead.low < 0 < theirs.first_ahead.high
    assert found.pairs[0].challenger.found == 6  # three clips in two conditions
    assert found.pairs[0].challenger.only == 3
    assert (found.pairs[0].clips, found.pairs[0].played) == (4, 8)
    assert found.pairs[0].p == pytest.approx(0.25)  # each clip decides once


def test_the_page_has_all_models_on_the_same_axes() -> None:
    sides = [hear("a", [200, 180], [120]), hear("b", [150, 90], [130]), hear("<c>", [90, 80], [])]
    page = render_contest(make_contest(sides, [compare_heard(sides[0], side) for side in sides[1:]]))
    assert page.count("<svg") == 2
    assert "&lt;c&gt;.tflite" in page
    assert "<c>" not in page
    assert "From across the room" in page
    assert "#010203" not in page


def test_the_command_compares_three(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_wav(tmp_path / "said" / "0.wav", tone(0.6))
    write_wav(tmp_path / "other" / "0.wav", tone(2.0))
    models = [str(official(name)) for name in ("alexa", "hey_jarvis", "hey_mycroft")]
    given = ["--positives", str(tmp_path / "said"), "--negatives", str(tmp_path / "other")]
    out = tmp_path / "out"
    words = ["compare", *models, *given, "--conditions", "far", "--workers", "1", "--out", str(out), "--json"]
    assert main(words) == 0
    found = json.loads(capsys.readouterr().out)
    assert found == json.loads((out / "compare.json").read_text())
    assert [side["model"] for side in found["sides"]] == ["alexa.tflite", "hey_jarvis.tflite", "hey_mycroft.tflite"]
    assert [c["name"] for c in found["sides"][0]["conditions"]] == ["clean", "far"]
    assert found["pairs"][0]["verdict"] == found["verdict"]
    assert found["clips"] == 1
    assert "Misses against mistakes" in (out / "compare.html").read_text()
