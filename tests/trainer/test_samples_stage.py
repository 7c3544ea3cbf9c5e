"""The samples stage with real voices: Piper's starter voice, and Kokoro where it is installed."""

import json
import os
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from trainer.core.audio import SAMPLE_RATE, read_audio, write_wav
from trainer.core.clips import Clip, ClipKind, Rejection, Split, read_clips, read_rejections
from trainer.core.ragged import RaggedStore
from trainer.errors import DataError
from trainer.events import Event, Progress, Sample, Warning, discard
from trainer.phrase.plan import PhrasePlan, plan_phrase
from trainer.recipe import DataRecipe, Recipe, SampleRecipe
from trainer.recipe_files import parse_recipe
from trainer.samples import synthesis
from trainer.samples.checks import MARGIN_S
from trainer.samples.script import write_script
from trainer.samples.shards import make_shards
from trainer.samples.speakers import cast_voices
from trainer.samples.stage import make_samples, refuse_duplicate
from trainer.samples.synthesis import Spoken, prune_cache, read_shard, speak_shard
from trainer.samples.utterances import Shard, Utterance
from trainer.samples.voices import every_voice, kokoro_absence

JOE = "en_US-joe-medium"
pytestmark = [
    pytest.mark.voices,
    pytest.mark.skipif(
        not any(JOE in voice.name for voice in every_voice()), reason=f"the voice {JOE} is not installed"
    ),
]
RECIPE: Recipe = parse_recipe(
    {
        "phrase": {"text": "alexa"},
        "samples": {
            "engines": ["piper"],
            "voices": [JOE],
            "positives": 24,
            "near_misses": 8,
            "near_miss_clips": 10,
            "speech_minutes": 0.2,
        },
    }
)


@pytest.fixture(scope="module")
def plan() -> PhrasePlan:
    return plan_phrase(RECIPE.phrase, RECIPE.samples.near_misses, RECIPE.seed)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A cache of this module's own."""
    folder = tmp_path_factory.mktemp("cache")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(synthesis, "cache_folder", lambda: folder)
        yield folder


@pytest.fixture(scope="module")
def made(plan: PhrasePlan, store: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Event]]:
    """A folder that the stage has filled, and what it reported."""
    folder = tmp_path_factory.mktemp("job") / "samples.partial"
    events: list[Event] = []
    with ThreadPoolExecutor(1) as executor:
        make_samples(RECIPE, plan, folder, executor, events.append)
    return folder, events


def clips_of(folder: Path) -> tuple[list[Clip], RaggedStore[np.int16]]:
    return read_clips(folder / "clips.jsonl"), RaggedStore(folder / "audio")


def test_every_row_has_its_audio(made: tuple[Path, list[Event]]) -> None:
    clips, audio = clips_of(made[0])
    rejected = read_rejections(made[0] / "rejections.jsonl")
    assert len(clips) == len(audio)
    for clip, pcm in zip(clips, audio, strict=True):
        assert clip.seconds == pytest.approx(len(pcm) / SAMPLE_RATE, abs=1e-3)
        assert clip.licence == "CC0-1.0"
        assert np.abs(pcm).max() == pytest.approx(0.7 * 32767, rel=0.01)
    kinds = Counter(clip.kind for clip in clips)
    assert kinds[ClipKind.POSITIVE] + kinds[ClipKind.NEAR_MISS] + len(rejected) >= 34
    assert kinds[ClipKind.POSITIVE] >= 20
    assert {clip.split for clip in clips if clip.kind is ClipKind.POSITIVE} == set(Split)


def test_positives_end_where_they_say(made: tuple[Path, list[Event]]) -> None:
    clips, _ = clips_of(made[0])
    for clip in clips:
        if clip.kind is ClipKind.POSITIVE:
            assert clip.end_s is not None
            assert 0.3 < clip.end_s < 1.5
            assert 0 <= clip.seconds - clip.end_s <= MARGIN_S + 0.001
        else:
            assert clip.end_s is None


def test_sources_are_counted(made: tuple[Path, list[Event]]) -> None:
    clips, _ = clips_of(made[0])
    document = json.loads((made[0] / "provenance.json").read_text())
    (source,) = document["sources"]
    assert source["licence"] == "CC0-1.0"
    assert source["synthetic"]
    assert source["clips"] == len(clips) == sum(sum(splits.values()) for splits in document["counts"].values())
    assert source["speakers"] == [f"piper:{JOE}"]


def test_the_user_hears_and_is_told(made: tuple[Path, list[Event]]) -> None:
    folder, events = made
    samples = [event for event in events if isinstance(event, Sample)]
    assert len(samples) >= 10
    for sample in samples:
        assert sample.path.startswith("samples/listen/")
        assert len(read_audio(folder / "listen" / Path(sample.path).name)) > 0.2 * SAMPLE_RATE
    assert [event.code for event in events if isinstance(event, Warning)] == ["one_voice"]
    assert [(event.done, event.total) for event in events if isinstance(event, Progress)]


def test_again_is_the_same_and_speaks_nothing(
    made: tuple[Path, list[Event]], plan: PhrasePlan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(synthesis, "Speaker", None)  # whoever speaks now fails
    with ThreadPoolExecutor(3) as executor:
        make_samples(RECIPE, plan, tmp_path / "again", executor, discard)
    for name in ("clips.jsonl", "audio/values.bin", "provenance.json", "rejections.jsonl"):
        assert (tmp_path / "again" / name).read_bytes() == (made[0] / name).read_bytes()


def shards_of(plan: PhrasePlan, samples: SampleRecipe) -> list[Shard]:
    voices = [voice for voice in every_voice() if JOE in voice.name or "kokoro" in samples.engines]
    return make_shards(write_script(samples, plan, cast_voices(voices, samples, "en", 1), 1), voices, 1)


def test_speaking_again_gives_the_same_bytes(
    plan: PhrasePlan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = shards_of(plan, replace(RECIPE.samples, speech_minutes=0))[0]
    shard = replace(whole, utterances=whole.utterances[:3])
    other = replace(whole, key="other", seed=whole.seed + 1, utterances=whole.utterances[:3])
    contents = []
    for turn in "ab":
        monkeypatch.setattr(synthesis, "cache_folder", lambda turn=turn: tmp_path / turn)
        contents.append(speak_shard(shard).read_bytes())
    assert contents[0] == contents[1]
    assert speak_shard(other).read_bytes() != contents[0]


def test_a_damaged_shard_is_spoken_again(plan: PhrasePlan, store: Path) -> None:
    shard = replace(shards_of(plan, RECIPE.samples)[0], key="damaged")
    shard = replace(shard, utterances=shard.utterances[:2])
    whole = speak_shard(shard).read_bytes()
    (store / "damaged.npz").write_bytes(whole[: len(whole) // 2])
    assert speak_shard(shard).read_bytes() == whole


class Killed(Exception):
    """What a kill looks like from within."""


class Mortal(Executor):
    """Works at once, in this process, and dies before its second task."""

    def __init__(self) -> None:
        self.tasks = 0

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        self.tasks += 1
        if self.tasks > 1:
            raise Killed
        future: Future[Any] = Future()
        future.set_result(fn(*args, **kwargs))
        return future


def test_a_killed_run_keeps_its_finished_shards(
    plan: PhrasePlan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("trainer.samples.shards.SHARD_SECONDS", 0.2)
    monkeypatch.setattr(synthesis, "cache_folder", lambda: tmp_path / "cache")
    with pytest.raises(Killed):
        make_samples(RECIPE, plan, tmp_path / "samples", Mortal(), discard)
    (kept,) = (tmp_path / "cache").glob("*.npz")
    assert all(isinstance(result, Spoken) for result in read_shard(kept))
    before = kept.stat().st_ino
    with pytest.raises(Killed):
        make_samples(RECIPE, plan, tmp_path / "samples", Mortal(), discard)
    assert kept.stat().st_ino == before


def test_recordings_join(plan: PhrasePlan, store: Path, made: tuple[Path, list[Event]], tmp_path: Path) -> None:
    clips, audio = clips_of(made[0])
    row = next(i for i, clip in enumerate(clips) if clip.kind is ClipKind.SPEECH)
    for name in ("one.wav", "copy.wav"):
        write_wav(tmp_path / "mine" / name, np.asarray(audio[row]))
    recipe = replace(RECIPE, data=DataRecipe(negatives=(tmp_path / "mine",), licence="mine"))
    with ThreadPoolExecutor(1) as executor:
        make_samples(recipe, plan, tmp_path / "samples", executor, discard)
    joined, _ = clips_of(tmp_path / "samples")
    assert len(joined) == len(clips) + 1
    assert joined[-1].licence == "mine"
    reasons = [r.reason for r in read_rejections(tmp_path / "samples" / "rejections.jsonl")]
    assert reasons.count("duplicate") == 1


def test_the_same_clip_is_taken_once() -> None:
    clip = Clip(ClipKind.SPEECH, Split.TRAIN, "piper:a", "a", "mine", 0.1)
    pcm = np.arange(1600, dtype=np.int16)
    seen: dict[bytes, str] = {}
    assert refuse_duplicate((clip, pcm), seen) == (clip, pcm)
    again = refuse_duplicate((replace(clip, origin="b"), pcm.copy()), seen)
    assert isinstance(again, Rejection)
    assert again.reason == "duplicate"


def test_too_few_positives_are_an_error(
    plan: PhrasePlan, store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(synthesis, "expected_seconds", lambda utterance: (60.0, 90.0))
    monkeypatch.setattr(synthesis, "cache_folder", lambda: tmp_path / "cache")
    recipe = replace(RECIPE, samples=replace(RECIPE.samples, near_miss_clips=0, speech_minutes=0))
    with ThreadPoolExecutor(1) as executor, pytest.raises(DataError, match="24 too_short") as failed:
        make_samples(recipe, plan, tmp_path / "samples", executor, discard)
    assert failed.value.code == "too_few_positives"


def test_the_cache_is_kept_small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(synthesis, "cache_folder", lambda: tmp_path)
    for age, name in enumerate("abc"):
        (tmp_path / f"{name}.npz").write_bytes(b"x" * 100)
        os.utime(tmp_path / f"{name}.npz", (1e9 - age, 1e9 - age))
    prune_cache(250)
    assert sorted(path.stem for path in tmp_path.glob("*.npz")) == ["a", "b"]


@pytest.mark.skipif(bool(kokoro_absence()), reason=kokoro_absence() or "present")
def test_kokoro_does_not_depend_on_what_it_said_before(plan: PhrasePlan) -> None:
    samples = SampleRecipe(engines=("kokoro",), positives=20, near_miss_clips=0, speech_minutes=0)
    shard = next(s for s in shards_of(plan, samples) if s.engine == "kokoro")
    mixed = next(u for u in shard.utterances if len(u.voices) == 2)
    speaker = synthesis.Speaker(shard)
    first = speaker.speak(mixed)
    speaker.speak(shard.utterances[0])
    assert np.array_equal(first, speaker.speak(mixed))
    other: Utterance = replace(mixed, timbre=1 - mixed.timbre, prosody=1 - mixed.prosody)
    assert not np.array_equal(first, speaker.speak(other))
