"""Challenger against champion: the same sound, an exact test, and a verdict that says when there is too little."""

import json
from pathlib import Path

import numpy as np
import pymicro_wakeword
import pytest
from spoken import speak

from trainer.cli import main
from trainer.core.audio import SAMPLE_RATE, write_wav
from trainer.core.clips import Clip, ClipKind, Split, write_manifest
from trainer.core.ragged import RaggedWriter
from trainer.core.seeds import generator
from trainer.errors import DataError
from trainer.evaluation.paired import exact_p, judge, pair_moments
from trainer.evaluation.unheard import gather_sound
from trainer.model.manifest import probability_of

MODELS = Path(pymicro_wakeword.__file__).parent / "models"


def test_the_exact_test_is_the_binomials() -> None:
    from scipy.stats import binomtest

    for ours in range(9):
        for theirs in range(9):
            expected = binomtest(ours, ours + theirs).pvalue if ours + theirs else 1.0
            assert exact_p(ours, theirs) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("clips", "accepts", "enough_clips", "enough_sound", "verdict"),
    [
        (1, 0, True, True, "wins"),
        (0, 1, True, True, "wins"),
        (1, 1, False, False, "wins"),
        (1, 0, False, True, "wins"),
        (1, 0, True, False, "undecided"),  # it may wake more often by mistake: nobody listened
        (0, 1, False, True, "undecided"),
        (-1, 0, False, False, "loses"),
        (0, -1, True, True, "loses"),
        (1, -1, True, True, "mixed"),
        (0, 0, True, True, "equal"),
        (0, 0, True, False, "undecided"),
        (0, 0, False, True, "undecided"),
    ],
)
def test_the_verdict(clips: int, accepts: int, enough_clips: bool, enough_sound: bool, verdict: str) -> None:
    assert judge(clips, accepts, enough_clips=enough_clips, enough_sound=enough_sound) == verdict


def test_moments_that_wake_both_count_once() -> None:
    ours = [("a", 1.0), ("a", 1.03), ("a", 10.0), ("b", 1.5)]
    theirs = [("a", 2.5), ("b", 9.0)]
    assert pair_moments(ours, theirs) == [(True, True), (True, False), (True, False), (False, True)]
    assert pair_moments([], []) == []


def write_run(folder: Path, clips: list[Clip], seed: int = 1) -> Path:
    store = RaggedWriter(folder / "samples" / "audio", np.int16)
    for place in range(len(clips)):
        store.append(generator(seed, place).integers(-99, 99, 400).astype(np.int16))
    store.close()
    write_manifest(folder / "samples" / "clips.jsonl", clips)
    return folder


def clip(kind: ClipKind, split: Split, speaker: str, origin: str = "", seconds: float = 1.0) -> Clip:
    return Clip(kind, split, speaker, "source", "CC0-1.0", seconds, origin=origin)


def test_what_another_run_was_trained_on_is_left_out(tmp_path: Path) -> None:
    positive, noise = ClipKind.POSITIVE, ClipKind.NOISE
    one = write_run(
        tmp_path / "one",
        [
            clip(positive, Split.TEST, "kokoro:bella"),
            clip(positive, Split.TEST, "kokoro:adam+nova"),  # whose second voice trained the other
            clip(positive, Split.TRAIN, "kokoro:emma"),
            clip(noise, Split.TEST, "", "rain.wav"),
            clip(noise, Split.TEST, "", "wind.wav"),
            clip(ClipKind.NEAR_MISS, Split.TEST, "kokoro:bella"),
            clip(positive, Split.VALIDATION, "kokoro:sky"),
        ],
    )
    two = write_run(
        tmp_path / "two",
        [
            clip(positive, Split.TEST, "kokoro:bella"),  # the same sound as the first run's first: once
            clip(positive, Split.TRAIN, "kokoro:liam+nova"),
            clip(noise, Split.TRAIN, "", "wind.wav"),
            clip(positive, Split.TEST, "kokoro:emma"),  # who trained the first
        ],
    )
    sound = gather_sound([], [], [one, two])
    assert [r.name for r in sound.clips] == ["run 1, clip 0"]
    assert [r.name for r, _ in sound.others] == ["run 1, clip 3"]
    assert len(gather_sound([], [], [one]).clips) == 2
    assert len(gather_sound([], [], [two]).clips) == 2


def test_much_sound_is_thinned_evenly(tmp_path: Path) -> None:
    many = [clip(ClipKind.POSITIVE, Split.TEST, f"v{i}") for i in range(1300)]
    hours = [clip(ClipKind.NOISE, Split.TEST, "", f"{i}.wav", 600.0) for i in range(30)]
    sound = gather_sound([], [], [write_run(tmp_path / "run", many + hours)])
    assert len(sound.clips) == 434  # every third
    assert sum(seconds for _, seconds in sound.others) == 6000.0


def test_folders_that_are_none(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no samples of a run"):
        gather_sound([], [], [tmp_path])
    with pytest.raises(DataError, match="not a folder"):
        gather_sound([tmp_path / "nowhere"], [], [])


@pytest.fixture(scope="module")
def words(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Twelve ways of saying "hey jarvis", and other speech."""
    folder = tmp_path_factory.mktemp("words")
    spoken = speak("hey jarvis")
    for take, speed in enumerate(np.linspace(0.9, 1.12, 12)):
        places = np.arange(0, len(spoken) - 1, speed)
        faster = np.interp(places, np.arange(len(spoken)), spoken).astype(np.float32)
        write_wav(folder / "phrase" / f"{take}.wav", faster)
    write_wav(folder / "other" / "talk.wav", np.tile(speak("turn on the light in the kitchen"), 4))
    return folder / "phrase", folder / "other"


def at(folder: Path, word: str, cutoff: int) -> Path:
    folder.mkdir()
    data = json.loads((MODELS / f"{word}.json").read_text())
    data["micro"]["probability_cutoff"] = probability_of(cutoff)
    (folder / f"{word}.json").write_text(json.dumps(data))
    (folder / f"{word}.tflite").write_bytes((MODELS / f"{word}.tflite").read_bytes())
    return folder / f"{word}.tflite"


@pytest.mark.slow
@pytest.mark.voices
def test_real_models_on_real_speech(
    words: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    phrase, other = words
    good, deaf = at(tmp_path / "good", "hey_jarvis", 200), at(tmp_path / "deaf", "alexa", 229)

    def compare(new: Path, old: Path, *more: str) -> dict[str, object]:
        given = ["--positives", str(phrase), *more, "--workers", "1", "--json"]
        assert main(["compare", str(new), str(old), *given]) == 0
        found: dict[str, object] = json.loads(capsys.readouterr().out)
        return found

    both = compare(good, deaf, "--negatives", str(other))
    assert both["clips"] == 12
    assert both["challenger"]["found"] >= 9  # type: ignore[index]
    assert both["champion"]["found"] == 0  # type: ignore[index]
    assert both["p"] < 0.05  # type: ignore[operator]
    assert both["verdict"] == "undecided"  # hardly any other sound was heard: it may wake more often
    assert 0 < both["hours"] * 3600 < SAMPLE_RATE  # type: ignore[operator]
    assert compare(deaf, good)["verdict"] == "loses"
    assert main(["compare", str(good), str(deaf), "--negatives", str(phrase), "--workers", "1", "--json"]) == 0
    woken = json.loads(capsys.readouterr().out)  # the same clips, taken for other sound
    assert (woken["clips"], woken["champion"]["accepts"]) == (0, 0)
    assert woken["challenger"]["accepts"] == woken["challenger"]["only_accepts"] >= 6
    assert woken["verdict"] == "loses"
    same = compare(good, good)
    assert (same["verdict"], same["p"]) == ("undecided", 1.0)
