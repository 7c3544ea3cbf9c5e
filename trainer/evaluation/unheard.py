"""Sound that no training has heard: the test clips of runs, without what another of these runs was trained on."""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from trainer.core.clips import Clip, ClipKind, Split, read_clips
from trainer.core.ragged import RaggedStore
from trainer.errors import DataError
from trainer.evaluation.evaluate import list_recordings
from trainer.evaluation.paired import Sound
from trainer.evaluation.scoring import Recording

MOST_CLIPS, MOST_HOURS = 600, 2.0  # more changes no verdict, and takes minutes
_OTHERS = (ClipKind.SPEECH, ClipKind.NOISE, ClipKind.MUSIC)
Piece = tuple[Recording, float]  # and its seconds
_BYTES_A_SECOND = 32_000  # of a 16-bit recording at 16 kHz: a guess at its length that only cuts the work to size


def gather_sound(positives: Sequence[Path], negatives: Sequence[Path], runs: Sequence[Path]) -> Sound:
    """Return the recordings of the folders, and the test clips of the runs.

    Of a run, what another run trained on is left out: the same speaker, or the same file. What two runs have in
    common counts once.

    Args:
        positives: folders of recordings of the phrase. negatives: folders of any other sound.
        runs: folders of runs, with `samples`.

    Raises:
        DataError: a folder is missing, or is no run's.
    """
    clips = [(r, 0.0) for r in list_recordings(positives)]
    others = [(r, r.path.stat().st_size / _BYTES_A_SECOND) for r in list_recordings(negatives)]
    seen: set[bytes] = set()
    listed = [_listed(run) for run in runs]
    for place, (run, found) in enumerate(zip(runs, listed, strict=True)):
        trained = _Trained(clip for at, other in enumerate(listed) if at != place for clip in other)
        audio: RaggedStore[np.int16] = RaggedStore(run / "samples" / "audio")
        for recording, clip in _tests(run, place, found):
            if trained.heard(clip) or (digest := _digest(audio[recording.row])) in seen:
                continue
            seen.add(digest)
            (clips if clip.kind is ClipKind.POSITIVE else others).append((recording, clip.seconds))
    return Sound(
        tuple(r for r, _ in _thin(clips, lambda part: len(part) <= MOST_CLIPS)),
        tuple(_thin(others, lambda part: sum(s for _, s in part) <= 3600 * MOST_HOURS)),
    )


class _Trained:
    """Speakers and files of clips that trained a model."""

    def __init__(self, clips: Iterable[Clip]) -> None:
        trained = [clip for clip in clips if clip.split is Split.TRAIN]
        self._speakers = {name for clip in trained for name in _speakers(clip)}
        self._origins = {clip.origin for clip in trained if clip.origin}

    def heard(self, clip: Clip) -> bool:
        return clip.origin in self._origins or not self._speakers.isdisjoint(_speakers(clip))


def _speakers(clip: Clip) -> list[str]:
    """Return a clip's voices; those of a mixture after the first lack the name space."""
    space, colon, names = clip.speaker.partition(":")
    return [f"{space}{colon}{name.rpartition(':')[2]}" for name in (names or space).split("+") if name]


def _listed(run: Path) -> list[Clip]:
    try:
        return read_clips(run / "samples" / "clips.jsonl")
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise DataError(f"{run} holds no samples of a run: {error}", code="no_folder") from error


def _tests(run: Path, place: int, clips: Sequence[Clip]) -> Iterable[tuple[Recording, Clip]]:
    for row, clip in enumerate(clips):
        if clip.split is Split.TEST and clip.kind in (ClipKind.POSITIVE, *_OTHERS):
            name = f"run {place + 1}, clip {row}"
            voice = clip.speaker or clip.source
            yield Recording(name, clip.kind.value, run / "samples" / "audio", row, voice, clip.end_s), clip


def _digest(values: NDArray[np.int16]) -> bytes:
    return hashlib.blake2b(np.ascontiguousarray(values).data, digest_size=16).digest()


def _thin(found: list[Piece], fits: Callable[[list[Piece]], bool]) -> list[Piece]:
    """Return every second, third, ... of them, so that they fit."""
    step = 1
    while not fits(part := found[::step]) and len(part) > 1:
        step += 1
    return part
