"""What a set of folders holds (D2, D3, D18): counts, hours, formats, levels, faults, and what is too little."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from pathlib import Path

import av
import numpy as np

from trainer.core.audio import SAMPLE_RATE
from trainer.core.clips import ClipKind, Rejection
from trainer.core.workers import map_in_order
from trainer.data.decoding import Decoded, decode, decode_long, is_cut, probe_seconds
from trainer.data.leakage import Finding
from trainer.data.listing import Recording, kind_named, list_recordings, root_folders
from trainer.data.quality import QUIET_DBFS
from trainer.data.speech import levels
from trainer.events import Report, discard
from trainer.recipe import DataRecipe

# Files that a kind should hold at least, and the number that is better (D3). Fewer train all the same.
FEW = {ClipKind.POSITIVE: (100, 1000), ClipKind.SPEECH: (1000, 10_000), ClipKind.NEAR_MISS: (50, 500)}
NEGATIVES_PER_POSITIVE = 10
LONG_S = 600.0  # longer files are described by their header alone and decoded part by part


@dataclass(frozen=True)
class FileFacts:
    """One file: how it is stored and how it sounds.

    Attributes:
        recording: what it is.
        codec, rate, channels: as stored: "pcm_s16le", Hz, count; empty and 0 where it cannot be opened.
        seconds: of sound.
        level_dbfs: 95th percentile of its 10 ms levels.
        silence: share of its frames that are 40 dB below that.
        clipped: whether samples stand at full scale.
        rejections: what the import would refuse.
        digests: of its pieces, by which copies are found.
        cut: whether it holds less sound than its header states.
    """

    recording: Recording
    codec: str
    rate: int
    channels: int
    seconds: float
    level_dbfs: float
    silence: float
    clipped: bool
    rejections: tuple[Rejection, ...]
    digests: tuple[bytes, ...] = ()
    cut: bool = False


@dataclass(frozen=True)
class KindFacts:
    """All usable files of one kind."""

    files: int
    hours: float
    speakers: int
    sources: tuple[str, ...]
    licences: tuple[str, ...]
    shortest_s: float
    median_s: float
    longest_s: float
    level_dbfs: float
    silence: float
    clipped: int


@dataclass(frozen=True)
class Analysis:
    """What `analyse` found.

    Attributes:
        kinds: facts by kind.
        formats: files by "codec rate channels", such as "pcm_s16le 16000 Hz mono". The commonest first.
        converted: files that are not 16 kHz mono 16-bit and are converted on import.
        passed_over: files that are not audio, by suffix.
        rejections: files that the import refuses, each with its reason.
        findings: what is too little or sounds wrong; warnings only.
    """

    kinds: dict[ClipKind, KindFacts]
    formats: dict[str, int]
    converted: int
    passed_over: dict[str, int]
    rejections: tuple[Rejection, ...]
    findings: tuple[Finding, ...]


def analyse(recipe: DataRecipe, executor: Executor, report: Report = discard) -> Analysis:
    """Read every file of the recipe's folders once and say what they hold.

    Raises:
        DataError: a folder is missing or holds no recordings.
    """
    listing = list_recordings(recipe)
    batches = [tuple(listing.recordings[i : i + 32]) for i in range(0, len(listing.recordings), 32)]
    found = _without_copies(
        f for batch in map_in_order(executor, inspect_files, batches, report, "batches") for f in batch
    )
    by_kind = {kind: [f for f in found if f.recording.kind is kind and f.seconds] for kind in ClipKind}
    kinds = {kind: _kind(files) for kind, files in by_kind.items() if files}
    return Analysis(
        kinds=kinds,
        formats=dict(Counter(_format(f) for f in found if f.codec).most_common()),
        converted=sum(
            f.codec != "" and (f.codec, f.rate, f.channels) != ("pcm_s16le", SAMPLE_RATE, 1) for f in found
        ),
        passed_over=dict(listing.passed_over),
        rejections=tuple(r for f in found for r in f.rejections),
        findings=tuple(_findings(found, kinds)),
    )


def recipe_of(folders: Sequence[Path], named: Mapping[str, Sequence[Path]] | None = None) -> DataRecipe:
    """Return a recipe for folders: those in `named` are of the kind that their field of the recipe says.

    The others are roots of all kinds (D1), or of the kind that their own names say, or else other speech.
    """
    kinds = {ClipKind.POSITIVE: "positives", ClipKind.NOISE: "noise", ClipKind.MUSIC: "music", ClipKind.ROOM: "rooms"}
    found = {field: list((named or {}).get(field, ())) for field in (*kinds.values(), "negatives")}
    for folder in folders:
        kind = kind_named(folder)
        found[kinds.get(kind, "negatives") if kind else "negatives"].append(folder)
    return DataRecipe(
        positives=tuple(found["positives"]),
        negatives=tuple(found["negatives"]),
        noise=tuple(found["noise"]),
        music=tuple(found["music"]),
        rooms=tuple(found["rooms"]),
    )


def guessed(folders: Sequence[Path]) -> list[Path]:
    """Return those of the folders that are taken for other speech only because nothing says what they hold."""
    return [f for f in folders if f.is_dir() and kind_named(f) is None and not root_folders(f)]


def inspect_files(recordings: tuple[Recording, ...]) -> list[FileFacts]:
    """Describe several files. Runs in worker processes."""
    return [_inspect(recording) for recording in recordings]


def _without_copies(found: Iterable[FileFacts]) -> list[FileFacts]:
    """Turn files that sound exactly like one before into rejections, as the import does."""
    seen: dict[tuple[bytes, ...], str] = {}
    kept = []
    for file in found:
        origin = file.recording.origin
        if file.digests and file.digests in seen:
            copy = Rejection(origin, "duplicate", f"{origin} sounds exactly like {seen[file.digests]}")
            kept.append(replace(file, seconds=0.0, rejections=(*file.rejections, copy)))
        else:
            seen[file.digests] = origin
            kept.append(file)
    return kept


def _inspect(recording: Recording) -> FileFacts:
    codec, rate, channels = _stored(recording.path)
    promised_s = probe_seconds((recording.path,))[0]
    long = promised_s > LONG_S
    pieces = list(_reduced(decode_long(recording) if long else decode(recording)))
    sounds = [p for p in pieces if not isinstance(p, Rejection)]
    if not sounds:
        refused = tuple(p for p in pieces if isinstance(p, Rejection))
        return FileFacts(recording, codec, rate, channels, 0.0, -100.0, 1.0, False, refused)
    digests = tuple(sound[-1] for sound in sounds)
    seconds, loud, silence, clipped, heard = (
        np.array(column) for column in zip(*(sound[:-1] for sound in sounds), strict=True)
    )
    return FileFacts(
        recording,
        codec,
        rate,
        channels,
        float(seconds.sum()),
        float(np.average(loud, weights=seconds)),
        float(np.average(silence, weights=seconds)),
        bool(clipped.any()),
        tuple(p for p in pieces if isinstance(p, Rejection)),
        digests,
        is_cut(float(heard.sum()), promised_s),
    )


def _reduced(
    pieces: Iterator[Decoded | Rejection],
) -> Iterator[tuple[float, float, float, bool, float, bytes] | Rejection]:
    """Yield seconds, loud level, share of silence, clipping, seconds before trimming and digest; no sound is kept."""
    for piece in pieces:
        if isinstance(piece, Rejection):
            yield piece
            continue
        frames = levels(piece.pcm)
        loud = float(np.percentile(frames, 95)) if frames.size else -100.0
        silence = float(np.mean(frames < loud - 40.0)) if frames.size else 1.0
        yield len(piece.pcm) / SAMPLE_RATE, loud, silence, piece.clipped, piece.heard_s, piece.digest


def _stored(path: Path) -> tuple[str, int, int]:
    try:
        with av.open(str(path), metadata_errors="ignore") as container:
            context = container.streams.audio[0].codec_context
            return str(context.name), int(context.sample_rate), int(context.channels)
    except (av.error.FFmpegError, OSError, ValueError, IndexError):
        return "", 0, 0


def _format(file: FileFacts) -> str:
    channels = {1: "mono", 2: "stereo"}.get(file.channels, f"{file.channels} channels")
    return f"{file.codec} {file.rate} Hz {channels}"


def _kind(files: Sequence[FileFacts]) -> KindFacts:
    seconds = np.array([f.seconds for f in files])
    return KindFacts(
        files=len(files),
        hours=round(float(seconds.sum()) / 3600, 4),
        speakers=len({f.recording.speaker for f in files if f.recording.speaker}),
        sources=tuple(sorted({f.recording.source for f in files})),
        licences=tuple(sorted({f.recording.licence for f in files})),
        shortest_s=round(float(seconds.min()), 3),
        median_s=round(float(np.median(seconds)), 3),
        longest_s=round(float(seconds.max()), 3),
        level_dbfs=round(float(np.median([f.level_dbfs for f in files])), 1),
        silence=round(float(np.average([f.silence for f in files], weights=seconds)), 3),
        clipped=sum(f.clipped for f in files),
    )


def _findings(found: Sequence[FileFacts], kinds: dict[ClipKind, KindFacts]) -> Iterator[Finding]:
    for kind, (least, better) in FEW.items():
        files = kinds[kind].files if kind in kinds else 0
        if kind in kinds and files < least:
            message = f"{files} {kind} recordings; at least {least} are advised, {better} are better"
            yield Finding("warning", f"few_{kind}", message)
    if ClipKind.POSITIVE in kinds and ClipKind.SPEECH in kinds:
        positive = kinds[ClipKind.POSITIVE].files
        negative = kinds[ClipKind.SPEECH].files + (
            kinds[ClipKind.NEAR_MISS].files if ClipKind.NEAR_MISS in kinds else 0
        )
        if negative < NEGATIVES_PER_POSITIVE * positive:
            yield Finding(
                "warning",
                "few_negatives_per_positive",
                f"{negative} negatives for {positive} positives; {NEGATIVES_PER_POSITIVE} for each are advised",
            )
    if cut := [f for f in found if f.cut]:
        message = f"{len(cut)} recordings hold less sound than they state, such as {cut[0].recording.origin}"
        yield Finding("warning", "cut_off", message)
    for kind, count in Counter(f.recording.kind for f in found).items():
        if kind not in kinds:
            yield Finding("error", "nothing_usable", f"none of the {count} {kind} recordings can be used")
    spoken = [f for f in found if f.seconds and f.recording.kind is ClipKind.POSITIVE]
    quiet = [f for f in spoken if f.level_dbfs < QUIET_DBFS]
    if quiet:
        example = quiet[0].recording.origin
        yield Finding("warning", "quiet", f"{len(quiet)} positives are below {QUIET_DBFS:g} dBFS, such as {example}")
    if spoken and len({f.recording.speaker for f in spoken if f.recording.speaker}) == 1:
        yield Finding(
            "warning", "one_speaker", "one speaker says the phrase; others can be expected to be heard worse"
        )
