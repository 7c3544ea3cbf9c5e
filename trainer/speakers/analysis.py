"""A folder's recordings, grouped by who speaks (D5)."""

from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from trainer.core.clips import Rejection
from trainer.errors import DataError
from trainer.events import Report, discard
from trainer.speakers import cepstra
from trainer.speakers.clusters import SIMILARITY, Clustering, cluster
from trainer.speakers.embedding import Voiced, embed_files
from trainer.speakers.finding import find_recordings

SHORT_S = 1.0  # of speech: less says more of the words than of who says them


@dataclass(frozen=True)
class Member:
    """A recording in its group.

    Attributes:
        recording: path below the folder.
        speech_s: seconds of speech in it.
        margin: how much more it is like its own group than like the nearest other, as `Clustering.margins`.
        nearest: name of that other group; "" where there is none.
    """

    recording: str
    speech_s: float
    margin: float
    nearest: str


@dataclass(frozen=True)
class Group:
    """Recordings that sound like one person, the least certain first."""

    name: str
    members: tuple[Member, ...]

    @property
    def speech_s(self) -> float:
        """Seconds of speech in all of them."""
        return sum(member.speech_s for member in self.members)


@dataclass(frozen=True)
class Analysis:
    """Who seems to speak in a folder.

    Attributes:
        folder: that was listened to.
        embedding: what told the voices apart: a model's file, or the built-in one.
        strength: how far the built-in one can be trusted, as measured; "" with a model.
        similarity: from which on groups became one; None where their number was given.
        groups: the largest first.
        silhouette: as `Clustering.silhouette`.
        short: recordings with a second of speech or less.
        left_out: recordings that could not be listened to, and why.
        passed_over: files that are not audio, by suffix.
    """

    folder: str
    embedding: str
    strength: str
    similarity: float | None
    groups: tuple[Group, ...]
    silhouette: float | None
    short: int
    left_out: tuple[Rejection, ...]
    passed_over: dict[str, int]


def analyze(
    folder: Path,
    executor: Executor,
    model: Path | None = None,
    similarity: float = SIMILARITY,
    count: int | None = None,
    report: Report = discard,
) -> Analysis:
    """Listen to every recording below a folder and group them by voice.

    Args:
        model: an ONNX speaker model (`onnx_model` says which); None takes the built-in embedding.
        similarity, count: as `cluster`.

    Raises:
        DataError: there is no such folder, or nothing in it can be listened to.
        ModelError: the model cannot be used. RecipeError: more groups than recordings are asked for.
    """
    names, left_out, passed_over = find_recordings(folder)
    found = embed_files(folder, names, model, executor, report)
    left_out += [one for one in found if isinstance(one, Rejection)]
    voiced = [one for one in found if isinstance(one, Voiced)]
    if not voiced:
        raise DataError(
            f"none of the {len(left_out)} recordings in {folder} can be used",
            hint=f"For example: {left_out[0].message}.",
            code="no_audio",
        )
    grouped = cluster(np.stack([one.vector for one in voiced]), similarity, count)
    return Analysis(
        folder=str(folder),
        embedding=str(model) if model else cepstra.NAME,
        strength="" if model else cepstra.STRENGTH,
        similarity=None if count else similarity,
        groups=_groups(voiced, grouped),
        silhouette=grouped.silhouette,
        short=sum(one.speech_s <= SHORT_S for one in voiced),
        left_out=tuple(left_out),
        passed_over=dict(passed_over),
    )


def _groups(voiced: Sequence[Voiced], grouped: Clustering) -> tuple[Group, ...]:
    members: list[list[Member]] = [[] for _ in range(int(grouped.labels.max()) + 1)]
    for one, label, margin, nearest in zip(voiced, grouped.labels, grouped.margins, grouped.nearest, strict=True):
        other = f"speaker{nearest + 1}" if nearest >= 0 else ""
        members[label].append(Member(one.name, one.speech_s, round(float(margin), 3), other))
    return tuple(
        Group(f"speaker{number}", tuple(sorted(part, key=lambda m: (m.margin, m.recording))))
        for number, part in enumerate(members, 1)
    )
