"""The stage on a small made-up run, its files, and the words of a report."""

import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from scipy.ndimage import gaussian_filter

from trainer.core.clips import Clip, ClipKind, Split, write_manifest
from trainer.core.ragged import write_ragged
from trainer.evaluation.measures import hourly, share
from trainer.evaluation.provenance import allows_commerce
from trainer.evaluation.report import render_report
from trainer.evaluation.results import Evaluation, read_evaluation
from trainer.evaluation.stage import evaluate_model
from trainer.evaluation.words import describe_accepts, describe_heard, describe_recall, hours, name_condition
from trainer.events import Event, Warning
from trainer.model.manifest import read_manifest
from trainer.phrase.plan import PhrasePlan, Pronunciation
from trainer.recipe import Recipe, parse_recipe

MODEL = Path(pytest.importorskip("pymicro_wakeword").__file__).parent / "models" / "alexa.tflite"
PLAN = PhrasePlan("alexa & <co>", "en", "en-us", "alexa", (Pronunciation("əlˈɛksə", "espeak", "en-us"),), (), (), 3)


def make_run(out: Path, test_clips: bool = True) -> None:
    """Write the folders of a run that ends before evaluation: noise in place of speech."""
    rng = np.random.default_rng(4)
    split = Split.TEST if test_clips else Split.VALIDATION
    clips, audio = [], []
    for kind, seconds in ((ClipKind.POSITIVE, 0.8), (ClipKind.NEAR_MISS, 0.7), (ClipKind.SPEECH, 4.0)):
        for i in range(3):
            audio.append((rng.standard_normal(round(seconds * 16_000)) * 2000).astype(np.int16))
            end = 0.6 if kind is ClipKind.POSITIVE else None
            clips.append(Clip(kind, split, f"kokoro:voice{i}", "kokoro", "Apache-2.0", seconds, end_s=end))
    (out / "samples").mkdir(parents=True)
    write_manifest(out / "samples" / "clips.jsonl", clips)
    write_ragged(out / "samples" / "audio", audio, np.int16)
    for name, slices in (("positive", 300), ("near_miss", 300), ("ambient", 1500)):
        rows = [gaussian_filter(rng.standard_normal((slices, 40)), (4, 3)) for _ in range(4)]
        features = [np.clip(300 + row / row.std() * 220, 0, 663).astype(np.uint16) for row in rows]
        write_ragged(out / "features" / f"validation_{name}", features, np.uint16, (40,))
    (out / "model").mkdir()
    (out / "model" / "model.tflite").write_bytes(MODEL.read_bytes())
    (out / "training").mkdir()
    rows = [f'{{"step": {s}, "loss": {1 / s}, "recall": 0.9, "strict_recall": 0.8}}' for s in (10, 20, 30)]
    (out / "training" / "history.jsonl").write_text("\n".join(rows))


def run_stage(out: Path) -> tuple[Evaluation, list[Event]]:
    recipe: Recipe = parse_recipe({"evaluation": {"conditions": ["clean", "level_-20db"], "windows": [3, 5]}})
    events: list[Event] = []
    with ThreadPoolExecutor(2) as executor:
        return evaluate_model(recipe, PLAN, out, out / "evaluation", executor, events.append, arena=26_000), events


def test_the_stage_writes_all_that_a_model_folder_needs(tmp_path: Path) -> None:
    make_run(tmp_path)
    found, events = run_stage(tmp_path)
    folder = tmp_path / "evaluation"
    assert read_evaluation(folder / "report.json") == found
    manifest = read_manifest(folder / "alexa_v1.json")
    assert found.calibration is not None
    assert manifest.cutoff == found.calibration.cutoff == found.model.cutoff
    assert manifest.sliding_window_size == found.calibration.window
    assert manifest.tensor_arena_size == 26_000
    assert {e.code for e in events if isinstance(e, Warning)} >= {"little_negative_sound"}
    assert found.conditions[0].recall.total == 3
    assert found.near_misses is not None
    assert found.near_misses.total == 3
    assert found.false_accepts.hours == pytest.approx(12 / 3600)
    assert found.provenance is not None
    assert found.provenance["commercial use"] == "yes"
    assert "Hears" in (folder / "summary.txt").read_text() or "unknown" in (folder / "summary.txt").read_text()
    assert "Apache-2.0" in (folder / "card.md").read_text()


def test_the_page_stands_alone_and_escapes_what_it_is_given(tmp_path: Path) -> None:
    make_run(tmp_path)
    found, _ = run_stage(tmp_path)
    page = (tmp_path / "evaluation" / "report.html").read_text()
    assert page == render_report(found)
    assert "alexa &amp; &lt;co&gt;" in page
    assert "<co>" not in page
    assert not re.search(r"(src|href)\s*=\s*[\"']?(https?:)?//", page)
    assert not re.search(r"\$(title|heading|lead|body)", page)
    assert page.count("<svg") >= 3
    for plot in re.findall(r"<svg.*?</svg>", page, re.S):
        assert "currentColor" in plot
        assert "#010203" not in plot


def test_without_a_test_split_the_figures_say_so(tmp_path: Path) -> None:
    make_run(tmp_path, test_clips=False)
    found, _ = run_stage(tmp_path)
    assert any("No voice was kept" in w for w in found.warnings)


def test_the_same_run_gives_the_same_report(tmp_path: Path) -> None:
    texts = []
    for name in ("a", "b"):
        make_run(tmp_path / name)
        found, _ = run_stage(tmp_path / name)
        text = (tmp_path / name / "evaluation" / "report.json").read_text()
        texts.append(text.replace(found.created, "now"))
    assert texts[0] == texts[1]


def test_words_claim_no_more_than_was_measured() -> None:
    assert describe_recall(share(322, 329)) == "hears you 98 times in 100 (at least 95, 95 % sure)"
    assert describe_recall(share(999, 1000)).startswith("hears you 99 times")
    assert describe_recall(share(0, 0)) == "how often it hears you is unknown"
    assert describe_accepts(hourly(0, 12.5)) == "wakes by mistake less than once in 4.1 hours (95 % sure)"
    assert describe_accepts(hourly(0, 1.5)) == "wakes by mistake fewer than 2 times an hour (95 % sure)"
    assert describe_accepts(hourly(0, 0)) == "how often it wakes by mistake is unknown"
    assert describe_heard(hourly(0, 1.5)) == "woke never in 1.5 hours of other sound"
    assert hours(0.999, down=True) == "59 minutes"


def test_conditions_have_names_for_people() -> None:
    assert name_condition("noise_10db") == "Noise, 10 dB below the voice"
    assert name_condition("noise_0db") == "Noise as loud as the voice"
    assert name_condition("level_-30db") == "Quiet voice, -30 dB"


def test_licences_decide_on_commerce() -> None:
    assert allows_commerce(["Apache-2.0", "CC-BY-4.0"]) == "yes"
    assert allows_commerce(["MIT", "CC-BY-NC-4.0"]) == "no"
    assert allows_commerce(["the user's own"]) == "unknown"
    assert allows_commerce([]) == "unknown"


def test_a_moment_of_sound_gives_no_rate() -> None:
    assert "too little" in describe_accepts(hourly(0, 0.003))
    assert hours(0.003) == "10 seconds"
