"""Where a model comes from: voices and recordings with their licences, versions, seed (N14)."""

import platform
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from importlib import metadata
from pathlib import Path
from typing import Any, Literal

from trainer.ablations import left_out
from trainer.core.clips import Clip
from trainer.core.fingerprint import fingerprint, hash_file
from trainer.data.packs import PackFacts
from trainer.features.embedding import embedding_file
from trainer.model.groundwork import describe_groundwork
from trainer.phrase.plan import PhrasePlan
from trainer.recipe import Recipe

PACKAGES = (
    "wakesmith",
    "numpy",
    "scipy",
    "tensorflow",
    "tensorflow-cpu",
    "ai-edge-litert",
    "pymicro-features",
    "piper-tts",
)
# Whole words of a licence, its signs taken for blanks. What forbids goes before what leaves doubt, and that before
# what is known to allow; what names none of these is unknown.
_FORBID = ("nc", "noncommercial", "non commercial", "no commercial", "not for commercial", "not commercial",
           "research", "academic", "educational", "personal")  # fmt: skip
_DOUBT = ("no", "not", "nd", "evaluation", "limited", "restricted", "reserved", "proprietary", "except", "see")
_ALLOW = ("mit", "apache", "bsd", "cc0", "cc by", "public domain", "any purpose", "gpl", "gplv3", "lgpl", "agpl",
          "mpl", "isc", "unlicense", "zlib")  # fmt: skip
Commercial = Literal["yes", "no", "unknown"]


def gather_provenance(
    recipe: Recipe,
    plan: PhrasePlan,
    clips: Sequence[Clip],
    packs: Sequence[PackFacts] = (),
    hashes: Mapping[tuple[str, str], str] | None = None,
    taught: bool = False,
) -> dict[str, Any]:
    """Return what went into the model, ready for JSON.

    Args:
        packs: packs of features, which took part in training without ever being clips.
        hashes: SHA-256 of the samples of each source, by source and licence.
        taught: a teacher took part, which listens through a speech embedding.
    """
    begun = recipe.training.groundwork
    sources = [
        *list_sources(clips, hashes or {}),
        *map(_pack_source, packs),
        *([_teacher()] if taught or begun else []),
        *(_groundwork(begun) if begun else []),
    ]
    return {
        "phrase": plan.text,
        "language": plan.language,
        "pronunciations": [p.ipa for p in plan.pronunciations],
        "preset": recipe.preset,
        "seed": recipe.seed,
        "recipe": fingerprint(recipe),
        **({"left out": ablated} if (ablated := left_out(recipe)) else {}),
        "commercial use": allows_commerce(s["licence"] for s in sources),
        "voices": len({c.speaker for c in clips if c.speaker}),
        "python": platform.python_version(),
        "versions": [f"{name} {version}" for name in PACKAGES if (version := _version(name))],
        "sources": sources,
    }


def list_sources(clips: Sequence[Clip], hashes: Mapping[tuple[str, str], str]) -> list[dict[str, Any]]:
    """Return every source with its licence, number of clips, hours, and the hash of its samples."""
    by_source: dict[tuple[str, str], list[Clip]] = defaultdict(list)
    for clip in clips:
        by_source[clip.source, clip.licence].append(clip)
    return [
        {
            "name": name,
            "licence": licence,
            "clips": len(part),
            "hours": round(sum(c.seconds for c in part) / 3600, 3),
            "kinds": sorted({c.kind.value for c in part}),
            "sha256": hashes.get((name, licence), ""),
        }
        for (name, licence), part in sorted(by_source.items())
    ]


def allows_commerce(licences: Iterable[str]) -> Commercial:
    """Say whether all licences allow commercial use, as far as their names tell. Not legal advice."""
    found = {_commerce(licence) for licence in licences}
    if "no" in found:
        return "no"
    return "yes" if found == {"yes"} else "unknown"


def _commerce(licence: str) -> Commercial:
    words = f" {' '.join(re.findall('[a-z0-9]+', licence.lower()))} "

    def names(phrases: Iterable[str]) -> bool:
        return any(f" {phrase} " in words for phrase in phrases)

    if names(_FORBID):
        return "no"
    return "yes" if names(_ALLOW) and not names(_DOUBT) else "unknown"


def _pack_source(pack: PackFacts) -> dict[str, Any]:
    return {
        "name": pack.name,
        "licence": pack.licence,
        "clips": None,
        "hours": None,
        "kinds": ["features"],
        "sha256": pack.sha256,
    }


def _teacher() -> dict[str, Any]:
    file = embedding_file()
    return {
        "name": "Google's speech embedding (arXiv:2002.01322), which the teacher listens through",
        "licence": "Apache-2.0",
        "clips": None,
        "hours": None,
        "kinds": ["teacher"],
        "sha256": hash_file(file) if file else "",
    }


def _groundwork(file: Path) -> list[dict[str, Any]]:
    """Return what the weights that the model began with had heard."""
    hashed = hash_file(file)
    return [{**source, "kinds": ["groundwork"], "sha256": hashed} for source in describe_groundwork(file)]


def _version(package: str) -> str | None:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None
