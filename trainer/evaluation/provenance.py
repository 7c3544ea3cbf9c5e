"""Where a model comes from: voices and recordings with their licences, versions, seed (N14)."""

import platform
from collections import defaultdict
from collections.abc import Iterable, Sequence
from importlib import metadata
from typing import Any, Literal

from trainer.core.clips import Clip
from trainer.core.fingerprint import fingerprint
from trainer.phrase.plan import PhrasePlan
from trainer.recipe import Recipe

PACKAGES = ("wakesmith", "numpy", "scipy", "tensorflow-cpu", "ai-edge-litert", "pymicro-features", "piper-tts")
# Words in a licence that forbid commercial use, and those that are known to allow it.
_FORBID = ("-nc", "noncommercial", "non-commercial", "research", "academic", "personal use")
_ALLOW = ("mit", "apache", "bsd", "cc0", "cc-by", "cc by", "public domain", "gpl", "mpl", "isc", "unlicense", "zlib")
Commercial = Literal["yes", "no", "unknown"]


def gather_provenance(recipe: Recipe, plan: PhrasePlan, clips: Sequence[Clip]) -> dict[str, Any]:
    """Return what went into the model, ready for JSON."""
    sources = list_sources(clips)
    return {
        "phrase": plan.text,
        "language": plan.language,
        "pronunciations": [p.ipa for p in plan.pronunciations],
        "preset": recipe.preset,
        "seed": recipe.seed,
        "recipe": fingerprint(recipe),
        "commercial use": allows_commerce(s["licence"] for s in sources),
        "voices": len({c.speaker for c in clips if c.speaker}),
        "python": platform.python_version(),
        "versions": [f"{name} {version}" for name in PACKAGES if (version := _version(name))],
        "sources": sources,
    }


def list_sources(clips: Sequence[Clip]) -> list[dict[str, Any]]:
    """Return every source with its licence, number of clips and hours."""
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
        }
        for (name, licence), part in sorted(by_source.items())
    ]


def allows_commerce(licences: Iterable[str]) -> Commercial:
    """Say whether all licences allow commercial use, as far as their names tell. Not legal advice."""
    names = {licence.lower() for licence in licences}
    if any(word in name for name in names for word in _FORBID):
        return "no"
    return "yes" if names and all(any(word in name for word in _ALLOW) for name in names) else "unknown"


def _version(package: str) -> str | None:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None
