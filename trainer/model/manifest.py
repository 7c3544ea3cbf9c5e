"""ESPHome's manifest, version 2: the `.json` beside a model, by which a device runs it.

Fields and ranges: MANIFEST_SCHEMA_V2 in `micro_wake_word/__init__.py` of ESPHome. Where ESPHome checks nothing (the
cutoff) or is about to check more (size, window, arena, when models are loaded over HTTP), the narrower range holds.
"""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from trainer.core.folders import write_whole
from trainer.errors import ModelError

VERSION = 2
FEATURE_STEP_MS = 10  # all models of one device share one step size, and the official ones have 10
WINDOWS = (1, 50)
ARENAS = (1, 1 << 20)  # bytes
FILE_LIMIT = 8192  # bytes: a larger manifest is refused when loaded over HTTP
MINIMUM_ESPHOME = "2024.7.0"  # the first release that reads version 2


@dataclass(frozen=True)
class Manifest:
    """What a device is told about a model.

    Attributes:
        wake_word: the phrase, as people read it.
        model: file name of the model, beside the manifest.
        author, website: who made it; the website may be empty.
        trained_languages: language codes, at least one.
        probability_cutoff: 0..1; the firmware takes int(255 * cutoff), see `cutoff`.
        sliding_window_size: probabilities that are averaged.
        tensor_arena_size: bytes.
        feature_step_size: milliseconds between slices.
        minimum_esphome_version: the oldest firmware that runs the model.
    """

    wake_word: str
    model: str
    author: str
    trained_languages: tuple[str, ...]
    probability_cutoff: float
    sliding_window_size: int
    tensor_arena_size: int
    website: str = ""
    feature_step_size: int = FEATURE_STEP_MS
    minimum_esphome_version: str = MINIMUM_ESPHOME

    @property
    def cutoff(self) -> int:
        """The cutoff as the firmware keeps it, 0..255."""
        return int(self.probability_cutoff * 255)

    def to_dict(self) -> dict[str, Any]:
        """Return the manifest as JSON data."""
        head = {"type": "micro", "wake_word": self.wake_word, "author": self.author}
        website = {"website": self.website} if self.website else {}
        return {
            **head,
            **website,
            "model": self.model,
            "trained_languages": list(self.trained_languages),
            "version": VERSION,
            "micro": {
                "probability_cutoff": self.probability_cutoff,
                "sliding_window_size": self.sliding_window_size,
                "feature_step_size": self.feature_step_size,
                "tensor_arena_size": self.tensor_arena_size,
                "minimum_esphome_version": self.minimum_esphome_version,
            },
        }


def probability_of(cutoff: int) -> float:
    """Return the `probability_cutoff` that the firmware turns into exactly this cutoff, 0..255.

    The middle of the cutoff's interval: `cutoff / 255` itself may be cut down to `cutoff - 1` by int().
    """
    if not 0 <= cutoff <= 255:
        raise ValueError(f"a cutoff of 0..255 is allowed. Received: {cutoff}")
    return min(1.0, round((cutoff + 0.5) / 255, 4))


def validate(data: Mapping[str, Any]) -> list[str]:
    """Return everything that is wrong with manifest data: nothing, if a device takes it."""
    problems = _problems("", data, _TOP)
    micro = data.get("micro")
    if isinstance(micro, Mapping):
        problems += _problems("micro.", micro, _MICRO)
    return problems


def read_manifest(path: Path) -> Manifest:
    """Read a manifest.

    Raises:
        ModelError: it cannot be read, or a device would refuse it; the message names every problem.
    """
    try:
        raw = path.read_bytes()
        data = json.loads(raw)
    except OSError as error:
        raise ModelError(f"{path} cannot be read: {error.strerror}", code="manifest") from error
    except ValueError as error:
        raise ModelError(f"{path} is not JSON: {error}", code="manifest") from error
    if not isinstance(data, dict):
        raise ModelError(f"{path} must hold a JSON object. Received: {type(data).__name__}", code="manifest")
    problems = validate(data)
    if len(raw) > FILE_LIMIT:
        problems.append(f"at most {FILE_LIMIT} bytes are allowed. Received: {len(raw)}")
    if problems:
        raise ModelError(f"{path} is not a manifest of version {VERSION}: {'; '.join(problems)}", code="manifest")
    micro = data["micro"]
    return Manifest(
        wake_word=data["wake_word"],
        model=data["model"],
        author=data["author"],
        trained_languages=tuple(data["trained_languages"]),
        website=data.get("website", ""),
        **{name: micro[name] for name in _MICRO},
    )


def write_manifest(path: Path, manifest: Manifest) -> None:
    """Write a manifest whole.

    Raises:
        ModelError: a device would refuse it.
    """
    data = manifest.to_dict()
    if problems := validate(data):
        raise ModelError(f"the manifest is not valid: {'; '.join(problems)}", code="manifest")
    write_whole(path, json.dumps(data, ensure_ascii=False, indent=2, allow_nan=False) + "\n")


@dataclass(frozen=True)
class _Field:
    allowed: str
    check: Callable[[Any], bool]
    required: bool = True


def _problems(prefix: str, data: Mapping[str, Any], known: Mapping[str, _Field]) -> list[str]:
    problems = [f"{prefix}{key} is not known; known: {', '.join(known)}" for key in data if key not in known]
    for key, rule in known.items():
        if key not in data:
            problems += [f"{prefix}{key} is missing: {rule.allowed}"] if rule.required else []
        elif not rule.check(data[key]):
            problems.append(f"{prefix}{key}: {rule.allowed} is allowed. Received: {data[key]!r}")
    return problems


def _whole(low: int, high: int) -> _Field:
    return _Field(
        f"a whole number from {low} to {high}" if low < high else f"{low}",
        lambda value: isinstance(value, int) and not isinstance(value, bool) and low <= value <= high,
    )


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _matches(pattern: str) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, str) and re.fullmatch(pattern, value) is not None


_TEXT = _Field("text that is not empty", _is_text)
_TOP: Mapping[str, _Field] = {
    "type": _Field('"micro"', lambda value: value == "micro"),
    "wake_word": _TEXT,
    "author": _TEXT,
    "website": _Field("a URL that begins with http:// or https://", _matches(r"https?://[^\s/]+\S*"), required=False),
    "model": _Field("the name of a .tflite file in the same folder", _matches(r"[^/\\:]+\.tflite")),
    "trained_languages": _Field(
        "a list of at least one language code",
        lambda value: isinstance(value, list) and bool(value) and all(map(_is_text, value)),
    ),
    "version": _whole(VERSION, VERSION),
    "micro": _Field("an object", lambda value: isinstance(value, Mapping)),
}
_MICRO: Mapping[str, _Field] = {
    "probability_cutoff": _Field(
        "a number from 0 to 1",
        lambda value: isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= 1,
    ),
    "sliding_window_size": _whole(*WINDOWS),
    "feature_step_size": _whole(FEATURE_STEP_MS, FEATURE_STEP_MS),
    "tensor_arena_size": _whole(*ARENAS),
    "minimum_esphome_version": _Field(
        "a release such as 2024.7.0", _matches(r"\d{4}\.\d{1,2}\.\d{1,2}(-?(b|rc|dev)\d*)?")
    ),
}
