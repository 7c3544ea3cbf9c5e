"""Nothing stands in two splits, and the audit would notice."""

import json
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from trainer.core.clips import Clip, ClipKind, Split
from trainer.data.leakage import audit, ingredients
from trainer.data.listing import Recording
from trainer.data.manifests import write_split_manifests
from trainer.data.splits import SHARES, assign_folds, assign_splits, group_recordings
from trainer.errors import DataError
from trainer.events import Event, Progress


def recording(path: str, kind: ClipKind = ClipKind.SPEECH, source: str = "s", speaker: str = "") -> Recording:
    return Recording(Path(path), kind, source, speaker, "CC0-1.0", path)


def clip(split: Split, speaker: str = "", kind: ClipKind = ClipKind.SPEECH, seconds: float = 1.0) -> Clip:
    return Clip(kind, split, speaker, "s", "CC0-1.0", seconds)


FULL = [clip(split, f"v{split}{kind}", kind) for split in Split for kind in (ClipKind.POSITIVE, ClipKind.SPEECH)]


def test_a_speaker_is_one_group_in_every_folder() -> None:
    groups = group_recordings(
        [
            recording("pos/anna/a.wav", ClipKind.POSITIVE, "pos", "anna"),
            recording("neg/anna/x.wav", ClipKind.SPEECH, "anna"),
            recording("neg/story/x.wav", ClipKind.SPEECH, "story"),
        ]
    )
    assert groups[0] == groups[1] == "recorded:anna"
    assert groups[2] not in groups[:2]


def test_sources_of_unknown_speakers_stay_whole_where_there_are_enough() -> None:
    rows = [recording(f"{s}/f{i}.wav", source=s) for s in "abcd" for i in range(3)]
    assert len(set(group_recordings(rows))) == 4
    assert len(set(group_recordings(rows[:9]))) == 9


def test_a_crowd_is_split_by_file_and_by_itself() -> None:
    rows = [recording(f"{s}/f{i:02d}{s}.wav", source=s) for s in "abcd" for i in range(25)]
    groups = group_recordings(rows, {"a", "b"})
    assert len(set(groups)) == 25 + 25 + 2
    seconds = [60.0 if r.source == "a" else 2.0 for r in rows]
    parts = [(r.kind, r.source if r.source in "ab" else "") for r in rows]
    placed = assign_splits(parts, groups, seconds, 1)
    for crowd in "ab":
        counts = Counter(placed[g] for g, r in zip(groups, rows, strict=True) if r.source == crowd)
        assert counts == {Split.TRAIN: 20, Split.VALIDATION: 3, Split.TEST: 2}
    assert placed[groups[50]] is Split.TRAIN


@pytest.mark.parametrize(
    ("names", "groups"),
    [
        (["1-44831-A", "1-44831-B", "2-100-A"], 2),
        (["rain_part1", "rain_part2", "rain_part13", "wind"], 2),
        (["fan 1", "fan 2", "saw"], 2),
        ([f"clip_{i:02d}" for i in range(20)], 20),
        (["a", "b", "c"], 3),
    ],
)
def test_pieces_of_one_noise_stay_together(names: list[str], groups: int) -> None:
    rows = [recording(f"n/{name}.wav", ClipKind.NOISE, "n") for name in names]
    assert len(set(group_recordings(rows))) == groups


@settings(max_examples=40, deadline=None)
@given(st.lists(st.floats(0.2, 30), min_size=60, max_size=300), st.integers(0, 1000))
def test_many_groups_come_near_to_the_shares(seconds: list[float], seed: int) -> None:
    groups = [f"g{i}" for i in range(len(seconds))]
    placed = assign_splits([(ClipKind.SPEECH, "")] * len(groups), groups, seconds, seed)
    for split, share in SHARES.items():
        have = sum(s for g, s in zip(groups, seconds, strict=True) if placed[g] is split)
        assert have / sum(seconds) == pytest.approx(share, abs=0.05)


def test_the_seed_shuffles_and_repeats() -> None:
    groups = [f"g{i}" for i in range(100)]

    def of(seed: int) -> dict[str, Split]:
        return assign_splits([(ClipKind.NOISE, "")] * 100, groups, [5.0] * 100, seed)

    assert of(1) == of(1)
    assert of(1) != of(2)


def test_one_speaker_alone_goes_to_training() -> None:
    assert assign_splits([(ClipKind.POSITIVE, "")] * 3, ["recorded:me"] * 3, [1.0] * 3, 1) == {
        "recorded:me": Split.TRAIN
    }


def test_a_group_that_is_placed_stays_and_counts() -> None:
    parts = [(ClipKind.POSITIVE, "")] * 10 + [(ClipKind.SPEECH, "")] * 10
    groups = [f"p{i}" for i in range(10)] * 2
    placed = assign_splits(parts, groups, [1.0] * 20, 3)
    assert set(placed.values()) == set(Split) or Counter(placed.values())[Split.TRAIN] == 8
    assert len(placed) == 10


def test_ingredients_of_mixtures() -> None:
    assert ingredients("kokoro:a+b") == ["kokoro:a", "kokoro:b"]
    assert ingredients("joe") == ["joe"]
    assert ingredients("") == []
    assert ingredients("unknown:x/a+b") == ["unknown:x/a+b"]


def test_a_clean_set_has_no_findings() -> None:
    assert audit(FULL) == []


def test_a_mixture_that_holds_a_speaker_of_another_split_is_a_leak() -> None:
    clips = [*FULL, clip(Split.TRAIN, "kokoro:a+b"), clip(Split.TEST, "kokoro:b+c")]
    [finding] = audit(clips)
    assert (finding.level, finding.code) == ("error", "speaker_leak")
    assert "kokoro:b in test, train" in finding.message
    assert "kokoro:a " not in finding.message


@pytest.mark.parametrize(
    ("missing", "kind", "level"),
    [
        (Split.TRAIN, ClipKind.SPEECH, "error"),
        (Split.VALIDATION, ClipKind.POSITIVE, "error"),
        (Split.VALIDATION, ClipKind.SPEECH, "warning"),
        (Split.TEST, ClipKind.POSITIVE, "warning"),
    ],
)
def test_empty_splits_are_found(missing: Split, kind: ClipKind, level: str) -> None:
    [finding] = audit([c for c in FULL if (c.split, c.kind) != (missing, kind)])
    assert (finding.level, finding.code) == (level, f"empty_{missing}")


def chirps(seed: int) -> NDArray[np.int16]:
    """Return something as varied as speech: gliding tones, int16 [n]."""
    rng = np.random.default_rng(seed)
    parts = []
    for _ in range(8):
        t = np.arange(int(rng.uniform(0.08, 0.2) * 16_000)) / 16_000
        pitch, glide = rng.uniform(150, 2500), rng.uniform(-2000, 4000)
        tones = sum(np.sin(2 * np.pi * k * (pitch * t + glide * t * t)) / k for k in range(1, 5))
        parts.append(tones * np.hanning(len(t)) * rng.uniform(0.3, 1))
    return (6000 * np.concatenate(parts)).astype(np.int16)


def sounds(clips: list[Clip]) -> list[NDArray[np.int16]]:
    return [chirps(i) for i in range(len(clips))]


def test_the_same_sound_in_two_splits_is_a_leak() -> None:
    audio = sounds(FULL)
    assert audit(FULL, audio) == []
    audio[4] = audio[0]
    [finding] = audit(FULL, audio)
    assert (finding.level, finding.code) == ("error", "audio_leak")
    assert finding.message.startswith("1 pairs")


def test_the_audit_tells_its_progress() -> None:
    events: list[Event] = []
    audit(FULL, sounds(FULL), events.append)
    last = events[-1]
    assert isinstance(last, Progress)
    assert (last.done, last.total, last.unit) == (len(FULL), len(FULL), "clips")


def test_a_softer_noisier_copy_is_noticed() -> None:
    audio = sounds(FULL)
    copy = audio[0] * 0.4 + np.random.default_rng(0).normal(scale=8, size=audio[0].size)
    audio[4] = copy.astype(np.int16)
    [finding] = audit(FULL, audio)
    assert (finding.level, finding.code) == ("warning", "likeness")


def test_copies_within_one_split_are_no_leak() -> None:
    clips = [*FULL, clip(Split.TRAIN, "x"), clip(Split.TRAIN, "y")]
    audio = sounds(clips)
    audio[-1] = audio[-2]
    assert audit(clips, audio) == []


def voiced(pcm: NDArray[np.int16]) -> NDArray[np.float32]:
    """Return a voice as the first two samples tell it."""
    vector = pcm[:2].astype(np.float32)
    return vector / np.float32(np.linalg.norm(vector))


def test_people_who_sound_alike_in_two_splits_are_named_and_synthetic_voices_are_not() -> None:
    clips = [clip(Split.TRAIN, "recorded:anna"), clip(Split.TEST, "recorded:bea"),
             clip(Split.TEST, "recorded:carl"), clip(Split.TEST, "kokoro:x")]  # fmt: skip
    audio = sounds(clips)
    for pcm, start in zip(audio, ((100, 1), (300, 9), (1, 300), (100, 1)), strict=True):
        pcm[:2] = start
    found = [f for f in audit(clips, audio, embed=voiced) if f.code == "voice_likeness"]
    [finding] = found
    assert finding.level == "warning"
    assert "recorded:anna (train) and recorded:bea (test), 1.00" in finding.message
    assert "carl" not in finding.message
    assert "kokoro" not in finding.message
    assert not any(f.code == "voice_likeness" for f in audit(clips, audio))


def test_folds_hold_whole_speakers_and_their_share_of_every_kind() -> None:
    kinds = [ClipKind.POSITIVE] * 30 + [ClipKind.SPEECH] * 40
    groups = [f"p{i % 10}" for i in range(30)] + [f"p{i % 20}" for i in range(40)]
    placed = assign_folds(kinds, groups, [1.0] * 70, 5, 1)
    assert set(placed.values()) == set(range(5))
    for kind in (ClipKind.POSITIVE, ClipKind.SPEECH):
        counts = Counter(placed[group] for each, group in zip(kinds, groups, strict=True) if each is kind)
        assert set(counts.values()) == {sum(k is kind for k in kinds) // 5}
    assert placed == assign_folds(kinds[::-1], groups[::-1], [1.0] * 70, 5, 1)
    with pytest.raises(DataError, match="11 folds cannot be made of 10 speakers"):
        assign_folds(kinds, groups, [1.0] * 70, 11, 1)


def test_manifests_hold_every_clip_once(tmp_path: Path) -> None:
    paths = write_split_manifests(tmp_path, FULL)
    manifests = {split: json.loads(path.read_text()) for split, path in paths.items()}
    rows = [row for manifest in manifests.values() for row in manifest["clips"]]
    assert sorted(row["row"] for row in rows) == list(range(len(FULL)))
    for row in rows:
        assert row["label"] == (row["kind"] == "positive")
        assert row["split"] == FULL[row["row"]].split
    assert manifests[Split.TEST]["seconds"] == 2.0
