"""Speaker embeddings: how well they tell voices apart, of short clips and of longer ones, synthetic and of people.

The voices are those of runs' samples: clips of one unmixed voice, hardly made larger or smaller. With --fit half of
them (every second) gives the built-in embedding its constants; the other half is measured. Recordings of people are
given with --people, where the end of the file's name says who speaks: `anything__SPEAKER.wav`.
"""

import argparse
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bench.measuring.tables import show
from trainer.core.audio import SAMPLE_RATE, read_audio, to_pcm16
from trainer.core.clips import read_clips
from trainer.core.ragged import RaggedStore
from trainer.errors import AudioError
from trainer.speakers import cepstra
from trainer.speakers.clusters import SIMILARITY
from trainer.speakers.embedding import cut_speech, open_embedding, unit

SHORT_S, LONG_S = 1.0, 1.5  # seconds of speech of the clips that are measured apart
MOST = 16  # clips of a voice
TRACTS = (0.96, 1.04)  # as the voice is, nearly
HEADER = (
    "set", "speakers", "clips", "EER", f"same at {SIMILARITY:g}", f"mistaken at {SIMILARITY:g}", "nearest is own",
)  # fmt: skip


@dataclass(frozen=True)
class Take:
    """A recording without its pauses, and who speaks: int16 [n]."""

    pcm: NDArray[np.int16]
    speaker: str

    @property
    def seconds(self) -> float:
        return len(self.pcm) / SAMPLE_RATE


def main(argv: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description="How well do speaker embeddings tell voices apart?")
    parser.add_argument("--model", type=Path, help="an ONNX speaker model, in place of the built-in embedding")
    parser.add_argument("--people", type=Path, help="a folder of recordings named ...__SPEAKER.wav")
    parser.add_argument("runs", nargs="*", type=Path, metavar="RUN", help="folders of runs, with samples")
    parser.add_argument("--fit", action="store_true", help="find the built-in embedding's constants anew")
    args = parser.parse_args(argv)
    takes = [take for run in args.runs for take in read_voices(run / "samples")]
    names = sorted({take.speaker for take in takes})
    if args.fit:
        known = [take for take in takes if take.speaker in names[::2]]
        cepstra.fit(np.stack([cepstra.measure(t.pcm) for t in known]), np.array([t.speaker for t in known]))
    rest = [take for take in takes if take.speaker in names[1::2]]
    sets = {
        "voices, all": rest,
        f"voices, {SHORT_S:g} s and less": [take for take in rest if take.seconds <= SHORT_S],
        f"voices, {LONG_S:g} s and more": [take for take in rest if take.seconds >= LONG_S],
    }
    if args.people:
        sets["people"] = read_people(args.people)
    show("Speakers", HEADER, [(name, *figures(part, args.model)) for name, part in sets.items() if part])


def read_voices(samples: Path) -> list[Take]:
    """Return clips of unmixed voices, at most `MOST` of each, spread over the run."""
    clips, audio = read_clips(samples / "clips.jsonl"), RaggedStore[np.int16](samples / "audio")
    rows: dict[str, list[int]] = {}
    for row, clip in enumerate(clips):
        tract = re.search(r" tract ([\d.]+)", clip.origin)
        plain = not tract or TRACTS[0] <= float(tract[1]) <= TRACTS[1]
        if clip.speaker.startswith("kokoro:") and "+" not in clip.speaker and plain:
            rows.setdefault(clip.speaker, []).append(row)
    every = ((who, row) for who, part in rows.items() for row in part[:: -(-len(part) // MOST)])
    return [Take(cut_speech(audio[row]), who) for who, row in every]


def read_people(folder: Path) -> list[Take]:
    """Read recordings whose names tell who speaks."""
    takes = []
    for path in sorted(folder.iterdir()):
        if speaker := path.stem.rpartition("__")[2]:
            try:
                takes.append(Take(cut_speech(to_pcm16(read_audio(path))), speaker))
            except AudioError as error:
                print(error.message)
    return takes


def figures(takes: Sequence[Take], model: Path | None) -> tuple[str, ...]:
    """Return speakers, clips, equal error rate of pairs, pairs above the threshold, and right neighbours."""
    embed = open_embedding(model)
    vectors = np.stack([unit(embed(take.pcm)) for take in takes])
    who = np.array([take.speaker for take in takes])
    likeness = vectors @ vectors.T
    first, second = np.triu_indices(len(who), 1)
    same, pairs = who[first] == who[second], likeness[first, second]
    own, other = np.sort(pairs[same]), np.sort(pairs[~same])
    cuts = np.sort(pairs)
    missed = np.searchsorted(own, cuts) / len(own)
    mistaken = 1 - np.searchsorted(other, cuts) / len(other)
    best = int(np.argmin(np.abs(missed - mistaken)))
    np.fill_diagonal(likeness, -2)
    shares = ((missed[best] + mistaken[best]) / 2, np.mean(own >= SIMILARITY), np.mean(other >= SIMILARITY),
              np.mean(who[likeness.argmax(axis=1)] == who))  # fmt: skip
    return (str(len(set(who))), str(len(who)), *(f"{share:.1%}" for share in shares))


if __name__ == "__main__":
    main()
