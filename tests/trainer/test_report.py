"""The stage on a small made-up run, its files, and the words of a report."""

import json
import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from scipy.ndimage import gaussian_filter

from trainer.core.clips import Clip, ClipKind, Split, write_manifest
from trainer.core.fingerprint import hash_file
from trainer.core.ragged import write_ragged
from trainer.data.packs import LOCK
from trainer.evaluation.card import render_card
from trainer.evaluation.measures import hourly, share
from trainer.evaluation.provenance import allows_commerce
from trainer.evaluation.report import render_report
from trainer.evaluation.results import Evaluation, read_evaluation
from trainer.evaluation.stage import evaluate_model
from trainer.evaluation.words import at_most, describe_accepts, describe_heard, describe_recall, hours, name_condition
from trainer.events import Event, Warning
from trainer.model.groundwork import save_groundwork
from trainer.model.manifest import read_manifest
from trainer.phrase.plan import PhrasePlan, Pronunciation
from trainer.recipe import Recipe
from trainer.recipe_files import parse_recipe
from trainer.samples.provenance import Provenance

MODEL = Path(pytest.importorskip("pymicro_wakeword").__file__).parent / "models" / "alexa.tflite"
PLAN = PhrasePlan(
    "alexa & <co>", "en", "en-us", "alexa", (Pronunciation("əlˈɛksə", "espeak", "en-us"),), (), (), (), 3
)


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
    provenance = Provenance([])
    for clip, pcm in zip(clips, audio, strict=True):
        provenance.add(clip, pcm)
    provenance.write(out / "samples" / "provenance.json", [])
    for name, slices in (("positive", 300), ("near_miss", 300), ("ambient", 1500)):
        rows = [gaussian_filter(rng.standard_normal((slices, 40)), (4, 3)) for _ in range(4)]
        features = [np.clip(300 + row / row.std() * 220, 0, 663).astype(np.uint16) for row in rows]
        write_ragged(out / "features" / f"validation_{name}", features, np.uint16, (40,))
    (out / "model").mkdir()
    (out / "model" / "model.tflite").write_bytes(MODEL.read_bytes())
    (out / "training").mkdir()
    rows = [f'{{"step": {s}, "loss": {1 / s}, "recall": 0.9, "strict_recall": 0.8}}' for s in (10, 20, 30)]
    (out / "training" / "history.jsonl").write_text("\n".join(rows))


def run_stage(
    out: Path, packs: tuple[Path, ...] = (), groundwork: Path | None = None
) -> tuple[Evaluation, list[Event]]:
    recipe: Recipe = parse_recipe(
        {
            "evaluation": {"conditions": ["clean", "level_-20db"], "windows": [3, 5]},
            "training": {"groundwork": str(groundwork)} if groundwork else {},
        }
    )
    events: list[Event] = []
    with ThreadPoolExecutor(2) as executor:
        found = evaluate_model(
            recipe, PLAN, out, out / "evaluation", executor, events.append, arena=26_000, packs=packs
        )
    return found, events


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


def test_a_calculated_arena_is_not_called_measured(tmp_path: Path) -> None:
    make_run(tmp_path)
    found, _ = run_stage(tmp_path)
    guessed = replace(found, model=replace(found.model, arena_calculated=True))
    for render in (render_card, render_report):
        assert "26,000 bytes, calculated, not measured" in render(guessed)
        assert "calculated" not in render(found)


def test_without_a_test_split_the_figures_say_so(tmp_path: Path) -> None:
    make_run(tmp_path, test_clips=False)
    found, _ = run_stage(tmp_path)
    assert any("No voice was kept" in c.message for c in found.cautions)


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
    assert describe_heard(hourly(0, 1.5)) == "did not wake in 1.5 hours of other sound"
    assert hours(0.999, down=True) == "59 minutes"
    assert hours(0.02) == "1 minute"


def test_conditions_have_names_for_people() -> None:
    assert name_condition("noise_10db") == "Noise, 10 dB below the voice"
    assert name_condition("noise_0db") == "Noise as loud as the voice"
    assert name_condition("level_-30db") == "Quiet voice, -30 dB"


def test_licences_decide_on_commerce() -> None:
    assert allows_commerce(["Apache-2.0", "CC-BY-4.0"]) == "yes"
    assert allows_commerce(["MIT", "CC-BY-NC-4.0"]) == "no"
    assert allows_commerce(["royalty-free, any purpose"]) == "yes"
    assert allows_commerce(["royalty-free, but not for any purpose"]) == "unknown"
    assert allows_commerce(["the user's own"]) == "unknown"
    assert allows_commerce([]) == "unknown"


@pytest.mark.parametrize(
    ("licence", "allowed"),
    [
        ("CC BY NC 4.0", "no"),
        ("cc_by_nc_sa", "no"),
        ("No commercial use permitted", "no"),
        ("Non-Commercial", "no"),
        ("MIT for academic use", "no"),
        ("limited use only", "unknown"),
        ("all rights reserved, submitted by X", "unknown"),
        ("not MIT", "unknown"),
        ("CC-BY-ND-4.0", "unknown"),
        ("CC BY 4.0", "yes"),
        ("GPL-3.0-only", "yes"),
        ("CC0-1.0", "yes"),
    ],
)
def test_licences_are_read_by_whole_words(licence: str, allowed: str) -> None:
    assert allows_commerce([licence]) == allowed


def test_packs_of_features_and_hashes_reach_report_and_card(tmp_path: Path) -> None:
    pack = tmp_path / "packs" / "mww_speech"
    pack.mkdir(parents=True)
    (pack / "index.tsv").write_text("folder\tlicence\tsource\n.\tCC-BY-NC-4.0\thttps://there/speech.zip\n")
    (tmp_path / "packs" / LOCK).write_text('{"https://there/speech.zip": {"sha256": "fed1"}}')
    make_run(tmp_path)
    found, _ = run_stage(tmp_path, (pack,))
    assert found.provenance is not None
    assert found.provenance["commercial use"] == "no"
    voices, negatives = found.provenance["sources"]
    assert (negatives["name"], negatives["licence"], negatives["sha256"]) == ("mww_speech", "CC-BY-NC-4.0", "fed1")
    stored = json.loads((tmp_path / "samples" / "provenance.json").read_text())["sources"][0]["sha256"]
    assert len(stored) == 64
    assert voices["sha256"] == stored
    for name in ("card.md", "report.html"):
        text = (tmp_path / "evaluation" / name).read_text()
        assert "mww_speech" in text
        assert stored[:16] in text


def test_what_the_groundwork_heard_stands_in_report_and_card(tmp_path: Path) -> None:
    file = tmp_path / "groundwork.npz"
    source = {"name": "kerstin_de", "licence": "CC-BY-NC-4.0", "clips": 300, "hours": 2.7}
    save_groundwork(file, {"dense/bias": np.zeros(1, np.float32)}, [source])
    make_run(tmp_path)
    found, _ = run_stage(tmp_path, groundwork=file)
    assert found.provenance is not None
    assert found.provenance["commercial use"] == "no"
    for name in ("card.md", "report.html"):
        text = (tmp_path / "evaluation" / name).read_text()
        assert "kerstin_de" in text
        assert "groundwork" in text
        assert hash_file(file)[:16] in text


def test_a_bound_reads_the_same_everywhere() -> None:
    bound = hourly(0, 0.5866)
    assert bound.bound == pytest.approx(5.107, abs=0.001)
    assert describe_accepts(bound) == "wakes by mistake fewer than 5.2 times an hour (95 % sure)"
    assert at_most(bound.bound) == "5.2"
    assert [at_most(v) for v in (0.111, 12.1, None, 1000.0)] == ["0.12", "13", "unknown", "too little sound"]


def test_validation_figures_are_called_so(tmp_path: Path) -> None:
    make_run(tmp_path)
    run_stage(tmp_path)
    for name in ("report.html", "card.md"):
        text = (tmp_path / "evaluation" / name).read_text()
        assert "These figures are of the validation sets" in text
        assert "figures below" not in text


def test_a_moment_of_sound_gives_no_rate() -> None:
    assert "too little" in describe_accepts(hourly(0, 0.003))
    assert hours(0.003) == "10 seconds"
