"""What a finished model's folder says about itself: its manifest, its report, and the report in plain words."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from addon.errors import Invalid

REPORT = "report.json"
_MOST_WAYS, _LONGEST_WAY = 8, 200  # characters


@dataclass(frozen=True)
class Facts:
    """What the folder says.

    Attributes:
        word, version: the parts of the file's name, `<word>_v<version>`.
        cutoff: 0..255; `window`: steps; `size`: bytes of the .tflite.
        ipa: how the phrase was said, the likeliest first.
        recall, recall_low, false_accepts_high: shares and a rate per hour, None where it was not measured.
    """

    word: str
    version: int
    phrase: str
    language: str
    size: int
    cutoff: int
    window: int
    recall: float | None
    recall_low: float | None
    false_accepts_high: float | None
    summary: str
    ipa: tuple[str, ...]


def read_facts(folder: Path) -> Facts:
    """Read a result folder.

    Raises:
        Invalid: it lacks something, or holds nonsense.
    """
    try:
        (tflite,) = folder.glob("*.tflite")
        manifest = _object(tflite.with_suffix(".json"))
        report = _object(folder / REPORT)
        micro, about = manifest["micro"], report["model"]
        word, _, version = tflite.stem.rpartition("_v")
        recall = _clean(report)
        accepts = report.get("false_accepts") or {}
        return Facts(
            word=word,
            version=int(version),
            phrase=str(manifest["wake_word"]),
            language=str((manifest.get("trained_languages") or [""])[0]),
            size=tflite.stat().st_size,
            cutoff=int(about["cutoff"]),
            window=int(micro["sliding_window_size"]),
            recall=_number(recall.get("value")),
            recall_low=_number(recall.get("low")),
            false_accepts_high=_number(accepts.get("bound", accepts.get("high"))),
            summary=_summary(recall, accepts),
            ipa=_ipa(report),
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise Invalid(f"{folder.name} is not a model's folder: {error!r}", code="no_model") from error


def _clean(report: dict[str, Any]) -> dict[str, Any]:
    conditions = report.get("conditions") or []
    found = next((c for c in conditions if c["name"] == "clean"), conditions[0] if conditions else {})
    return dict(found.get("recall") or {})


def _ipa(report: dict[str, Any]) -> tuple[str, ...]:
    ways = (report.get("provenance") or {}).get("pronunciations") or []
    return tuple(way[:_LONGEST_WAY] for way in ways[:_MOST_WAYS] if isinstance(way, str))


def _summary(recall: dict[str, Any], accepts: dict[str, Any]) -> str:
    parts = []
    if recall.get("value") is not None:
        parts.append(f"hears you {100 * recall['value']:.0f} times in 100")
    if accepts.get("bound") is not None:
        parts.append(f"wakes by mistake less than {accepts['bound']:.2g} times an hour (95 % sure)")
    return "; ".join(parts)


def _object(path: Path) -> dict[str, Any]:
    data = json.loads(path.read_text(encoding="utf-8"))
    if not isinstance(data, dict):
        raise ValueError(f"{path.name} holds no object")
    return data


def _number(value: Any) -> float | None:
    return None if value is None else float(value)
