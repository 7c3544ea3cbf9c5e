"""Where every clip comes from: sources with licences, hashes and counts (N14)."""

import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trainer.core.clips import Clip, Rejection
from trainer.core.folders import write_whole
from trainer.data.leakage import ingredients
from trainer.samples.voices import Voice


def read_hashes(path: Path) -> dict[tuple[str, str], str]:
    """Return the SHA-256 of the samples of each source, by source and licence, from the file that `write` writes."""
    sources = json.loads(path.read_text(encoding="utf-8"))["sources"]
    return {(source["source"], source["licence"]): source["sha256"] for source in sources}


@dataclass
class _Source:
    clips: int = 0
    seconds: float = 0.0
    kinds: Counter[str] = field(default_factory=Counter)
    speakers: set[str] = field(default_factory=set)
    digest: "hashlib._Hash" = field(default_factory=hashlib.sha256)


class Provenance:
    """Gathers the sources of clips as they are written."""

    def __init__(self, voices: Sequence[Voice]) -> None:
        self._spoken = {voice.source for voice in voices}
        self._sources: defaultdict[tuple[str, str], _Source] = defaultdict(_Source)
        self._counts: defaultdict[str, Counter[str]] = defaultdict(Counter)

    def add(self, clip: Clip, pcm: NDArray[np.int16]) -> None:
        """Count one clip."""
        source = self._sources[clip.source, clip.licence]
        source.clips += 1
        source.seconds += clip.seconds
        source.kinds[clip.kind.value] += 1
        source.speakers.update(ingredients(clip.speaker))
        source.digest.update(pcm.tobytes())
        self._counts[clip.kind.value][clip.split.value] += 1

    def write(self, path: Path, rejections: Iterable[Rejection]) -> None:
        """Write the sources, counts by kind and split, and rejections by reason, as JSON.

        `sha256` is that of all samples of a source in the order of the manifest; `synthetic` says that voices spoke.
        """
        sources: list[dict[str, Any]] = [
            {
                "source": name,
                "licence": licence,
                "synthetic": name in self._spoken,
                "clips": source.clips,
                "seconds": round(source.seconds, 2),
                "kinds": dict(sorted(source.kinds.items())),
                "speakers": sorted(source.speakers),
                "sha256": source.digest.hexdigest(),
            }
            for (name, licence), source in sorted(self._sources.items())
        ]
        counts = {kind: dict(sorted(splits.items())) for kind, splits in sorted(self._counts.items())}
        rejected = dict(sorted(Counter(rejection.reason for rejection in rejections).items()))
        document = {"sources": sources, "counts": counts, "rejected": rejected}
        write_whole(path, json.dumps(document, ensure_ascii=False, indent=1) + "\n")
