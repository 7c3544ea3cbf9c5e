"""The front end and the stage: where frames lie in time, and whole feature sets from clips to stores."""

import json
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from pymicro_features import MicroFrontend

from trainer.core.audio import to_pcm16
from trainer.core.clips import Clip, ClipKind, Split, write_manifest
from trainer.core.ragged import RaggedStore, write_ragged
from trainer.core.workers import process_pool
from trainer.errors import DataError
from trainer.events import Progress, Sample, Warning, discard
from trainer.features.frontend import features_of, frame_count, frame_of, quantise, samples_for
from trainer.features.sets import plan_sets
from trainer.features.stage import make_features
from trainer.recipe import AugmentationRecipe, Recipe

SETS = {
    "train_positive",
    "train_near_miss",
    "train_speech",
    "train_noise",
    "validation_positive",
    "validation_near_miss",
    "validation_ambient",
}
RECIPE = Recipe(augmentation=AugmentationRecipe(copies=3, near_miss_copies=2, speech_copies=1))


def voice(seconds, seed):
    """Something like a vowel sequence: harmonics under a moving envelope."""
    rng = np.random.default_rng(seed)
    time = np.arange(round(seconds * 16_000)) / 16_000
    pitch = rng.uniform(90, 220)
    sound = sum(np.sin(2 * np.pi * pitch * h * time + h) / h for h in range(1, 20))
    return to_pcm16((0.2 * sound * (0.6 + 0.4 * np.sin(2 * np.pi * rng.uniform(2, 5) * time))).astype(np.float32))


def write_samples(folder, rows):
    clips, sounds = [], []
    for number, (kind, split, seconds) in enumerate(rows):
        end = seconds if kind is ClipKind.POSITIVE else None
        clips.append(Clip(kind, split, f"piper:{split}{number % 3}", "test", "CC0-1.0", seconds, end_s=end))
        sounds.append(voice(seconds, number))
    folder.mkdir(parents=True, exist_ok=True)
    write_manifest(folder / "clips.jsonl", clips)
    write_ragged(folder / "audio", sounds, np.int16)
    return folder


def starter(speech=4):
    """What a starter pack has: voices, and no noise, no rooms, no music."""
    rows = []
    for split in (Split.TRAIN, Split.VALIDATION):
        rows += [(ClipKind.POSITIVE, split, s) for s in (0.2, 0.7, 1.1, 5.0)]
        rows += [(ClipKind.NEAR_MISS, split, s) for s in (0.2, 0.6, 0.9, 5.0)]
        rows += [(ClipKind.SPEECH, split, s) for s in (0.4, 2.0, 4.0, 20.0)[:speech]]
    return rows


@pytest.fixture(scope="module", autouse=True)
def small_bank():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("trainer.features.bank.ROOMS", 5)
        patch.setattr("trainer.features.sets._GENERATED_S", 60.0)
        yield


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    root = tmp_path_factory.mktemp("features")
    samples = write_samples(root / "samples", starter())
    events = []
    (root / "out.partial").mkdir()
    with ThreadPoolExecutor(2) as pool:
        make_features(RECIPE, samples, root / "out.partial", pool, events.append)
    return root / "out.partial", events


def test_features_are_the_front_ends_values_exactly():
    sound = (np.random.default_rng(0).standard_normal(16_000) * 8000).astype(np.int16)
    front, expected = MicroFrontend(), []
    for at in range(0, sound.size, 160):
        expected += front.process_samples(sound[at : at + 160].tobytes()).features
    features = features_of(sound)
    assert features.dtype == np.uint16
    assert features.shape == (frame_count(sound.size), 40)
    assert features.max() > 600
    np.testing.assert_array_equal(features.ravel() * 0.0390625, expected)
    np.testing.assert_array_equal(features_of(sound.astype(np.float32) / 32767), features)


@pytest.mark.parametrize("samples", [0, 159, 479, 480, 639, 640, 16_000])
def test_frame_count_is_what_the_front_end_gives(samples):
    assert len(features_of(np.zeros(samples, np.int16))) == frame_count(samples)
    assert frame_count(samples_for(7)) == 7
    assert frame_count(samples_for(7) - 1) == 6


@pytest.mark.parametrize("sample", [16_000, 16_001, 16_159, 16_160, 20_333])
def test_a_click_is_heard_first_in_the_frame_promised(sample):
    sound = np.zeros(32_000, np.int16)
    sound[sample : sample + 3000] = 12_000 * np.sin(np.arange(3000))
    loud = np.flatnonzero(features_of(sound).max(axis=1) > 0)
    # The window is a Hann window, so a sound that has just entered may be too faint for one frame.
    assert frame_of(sample) <= loud[0] <= frame_of(sample) + 1


def test_quantise_is_the_firmwares_formula():
    values = np.arange(700, dtype=np.uint16)
    expected = [min(127, max(-128, (int(v) * 256 + 333) // 666 - 128)) for v in values]
    assert quantise(values).tolist() == expected


def test_every_set_is_there_and_readable(made):
    folder, events = made
    summary = json.loads((folder / "features.json").read_text())["sets"]
    assert set(summary) == SETS
    for name in SETS:
        store = RaggedStore(folder / name)
        ends, clips = (np.load(folder / name / f"{part}.npy") for part in ("ends", "clips"))
        assert len(store) == summary[name]["rows"] == len(ends) == len(clips) > 0
        assert store.item == (40,)
        assert store.dtype == np.uint16
        assert store.values.max() <= 700
        assert (ends.dtype, clips.dtype) == (np.int32, np.int32)
    last = [event for event in events if isinstance(event, Progress)][-1]
    assert last.done == last.total


def test_positives_hold_the_whole_phrase_and_time_after_it(made):
    folder, events = made
    for name, copies in (("train_positive", 3), ("validation_positive", 2)):
        store = RaggedStore(folder / name)
        ends, clips = np.load(folder / name / "ends.npy"), np.load(folder / name / "clips.npy")
        assert set(store.lengths()) == {300}
        assert len(store) == 3 * copies  # of four clips one is too long
        lengths = np.array([0.2, 0.7, 1.1])[clips % 12]
        assert (ends >= 100 * lengths / 1.12).all()
        assert (ends <= 300 - 45).all()
    dropped = [event for event in events if isinstance(event, Warning) and event.code == "too_long"]
    assert [event.message.split()[0] for event in dropped] == ["3", "2"]


def test_negatives_have_no_end_and_are_long_enough(made):
    folder, _ = made
    for name in SETS - {"train_positive", "validation_positive"}:
        store = RaggedStore(folder / name)
        assert (np.load(folder / name / "ends.npy") == -1).all()
        assert store.lengths().min() >= 300
    assert RaggedStore(folder / "validation_ambient").lengths().min() >= 6000


def test_sounds_can_be_heard_at_the_place_the_event_names(made):
    folder, events = made
    paths = [Path(event.path) for event in events if isinstance(event, Sample)]
    assert {p.name.rsplit("_", 1)[0] for p in paths} == SETS
    assert all((folder / "listen" / p.name).stat().st_size > 44 + 2 * 3 * 16_000 - 1 for p in paths)
    assert {p.parent for p in paths} == {folder.with_name("out") / "listen"}


def test_the_result_does_not_depend_on_the_workers(tmp_path):
    samples = write_samples(tmp_path / "samples", starter())
    recipe = replace(RECIPE, augmentation=replace(RECIPE.augmentation, copies=30))
    for workers in (1, 2):
        with process_pool(workers) as pool:
            make_features(recipe, samples, tmp_path / str(workers), pool, discard)
    other = tmp_path / "other"
    with ThreadPoolExecutor(3) as pool:
        make_features(replace(recipe, seed=2), samples, other, pool, discard)
    for name in SETS:
        for part in ("values.bin", "offsets.npy", "ends.npy", "clips.npy"):
            first, second = (tmp_path / str(n) / name / part for n in (1, 2))
            assert first.read_bytes() == second.read_bytes(), (name, part)
        assert (tmp_path / "1" / name / "values.bin").read_bytes() != (other / name / "values.bin").read_bytes()


def test_recordings_of_people_weigh_more_in_training_than_voices():
    """As three to two (D12); in validation all weigh the same."""
    clips = [
        Clip(ClipKind.POSITIVE, split, speaker, "test", "CC0-1.0", 1.0, end_s=0.9)
        for split in (Split.TRAIN, Split.VALIDATION)
        for speaker in ("speaker1", "kokoro:af_heart+am_adam")
    ]
    sets = {planned.name: planned for planned in plan_sets(Recipe(), clips, [16_000] * 4)}
    copies = Recipe().augmentation.copies
    rows = Counter(scene.clip for scene in sets["train_positive"].scenes)
    assert sorted(rows.values()) == [copies, copies * 3 // 2]
    assert len(set(Counter(scene.clip for scene in sets["validation_positive"].scenes).values())) == 1


def test_pieces_of_other_speech_stand_alone_where_the_phrase_would():
    clips = [Clip(ClipKind.POSITIVE, split, "kokoro:a", "t", "CC0-1.0", 1.0, end_s=0.9) for split in list(Split)[:2]]
    lengths = [16_000] * 2
    for seconds in (0.2, 1.0, 5.0, 60.0):
        clips.append(Clip(ClipKind.SPEECH, Split.TRAIN, "b", "t", "CC0-1.0", seconds))
        lengths.append(round(seconds * 16_000))

    def scenes(alone):
        recipe = Recipe(augmentation=AugmentationRecipe(copies=80, alone=alone))
        return {one.name: one.scenes for one in plan_sets(recipe, clips, lengths)}

    with_them, without = scenes(0.5), scenes(0.0)
    assert with_them["train_positive"] == without["train_positive"]
    assert with_them["train_speech"] == without["train_speech"]
    assert without["train_near_miss"] == with_them["validation_near_miss"] == ()
    rows = with_them["train_near_miss"]
    assert len(rows) == 40
    assert {scene.end for scene in rows} == {-1}
    pieces = [piece for scene in rows for piece in scene.pieces]
    assert len(pieces) == 40
    assert {piece.row for piece in pieces} == {3, 4, 5}, "what is too short says nothing"
    assert all(piece.stop - piece.start <= 1.6 * 16_000 for piece in pieces)
    assert all(0 <= piece.start < piece.stop <= lengths[piece.row] for piece in pieces)


def test_without_any_other_speech_there_are_still_sets(tmp_path):
    samples = write_samples(tmp_path / "samples", starter(speech=0))
    with ThreadPoolExecutor(2) as pool:
        make_features(RECIPE, samples, tmp_path / "out", pool, discard)
    summary = json.loads((tmp_path / "out" / "features.json").read_text())["sets"]
    assert summary["train_speech"]["rows"] == 0
    assert summary["train_noise"]["hours"] > 100 / 3600
    assert summary["validation_ambient"]["hours"] > 0.1


def test_a_split_without_a_phrase_that_fits_is_refused(tmp_path):
    rows = [row for row in starter() if row[0] is not ClipKind.POSITIVE]
    rows += [(ClipKind.POSITIVE, Split.TRAIN, 0.7), (ClipKind.POSITIVE, Split.VALIDATION, 5.0)]
    samples = write_samples(tmp_path / "samples", rows)
    with ThreadPoolExecutor(1) as pool, pytest.raises(DataError, match=r"validation.*too long"):
        make_features(RECIPE, samples, tmp_path / "out", pool, discard)
