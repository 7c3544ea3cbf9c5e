"""Shards: utterances grouped so that a worker opens one session and keeps it, and no kill loses more than seconds."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path

from trainer.core.fingerprint import fingerprint, hash_file
from trainer.core.seeds import seed_of
from trainer.samples.utterances import Shard, Utterance
from trainer.samples.voices import Voice

# Raise it when engines, trimming or checks change what a shard's clips are, so that cached ones are made again.
SHARD_VERSION = 3
# Processor seconds measured on one core of a 2-core x86-64 machine: for a session, and for a letter of IPA.
SECONDS_A_CALL = {"piper": 0.02, "kokoro": 0.35}
SECONDS_A_LETTER = {"piper": 0.005, "kokoro": 0.03}
SHARD_SECONDS = 15.0  # what a kill may lose; a session of Piper takes 1.2 of them


def make_shards(utterances: Sequence[Utterance], voices: Sequence[Voice], seed: int) -> list[Shard]:
    """Return shards, in the order of the script as far as each holds one engine and one model of Piper's."""
    by_name = {voice.name: voice for voice in voices}
    hashes = _Hashes()
    sessions: defaultdict[tuple[str, Path | None], list[Utterance]] = defaultdict(list)
    for utterance in utterances:
        first = by_name[utterance.voices[0]]
        sessions[first.engine, first.path if first.engine == "piper" else None].append(utterance)
    return [_shard(part, by_name, hashes, seed) for session in sessions.values() for part in _parts(session)]


def _shard(said: tuple[Utterance, ...], by_name: dict[str, Voice], hashes: "_Hashes", seed: int) -> Shard:
    used = tuple(by_name[name] for name in sorted({name for u in said for name in u.voices}))
    # The seed is the content's: what else a run says does not change these clips.
    own = fingerprint(SHARD_VERSION, list(said), seed, [(v.name, v.speaker, hashes.of(v.path)) for v in used])
    return Shard(used[0].engine, own, seed_of(seed, "shard", fingerprint(list(said))), used, said)


def _parts(utterances: Sequence[Utterance]) -> Iterator[tuple[Utterance, ...]]:
    part: list[Utterance] = []
    cost = 0.0
    for utterance in utterances:
        engine = utterance.voices[0].partition(":")[0]
        part.append(utterance)
        calls = 1 + sum(seconds > 0 for seconds in utterance.pauses)
        cost += SECONDS_A_CALL[engine] * calls + SECONDS_A_LETTER[engine] * len(utterance.ipa)
        if cost >= SHARD_SECONDS:
            yield tuple(part)
            part, cost = [], 0.0
    if part:
        yield tuple(part)


class _Hashes:
    """Hashes of files, each read once."""

    def __init__(self) -> None:
        self._known: dict[Path, str] = {}

    def of(self, path: Path) -> str:
        if path not in self._known:
            self._known[path] = hash_file(path)
        return self._known[path]
