"""From a request to the file of choices that the trainer reads, with the user's recordings beside it."""

import json
import re
import shutil
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from addon.records import JobRequest, Model, Sample, SampleLabel, SampleState

CONFIG = "job.yaml"
RECORDINGS = "recordings"
LICENCE = "the user's own recordings"
_ESCAPED = re.compile(
    "[$\x7f-\xa0\u2028\u2029\ufeff\ufffe\uffff]"
)  # besides `$`: what YAML takes otherwise than JSON


def write_config(folder: Path, request: JobRequest, version: int, recordings: dict[str, list[str]]) -> Path:
    """Write `job.yaml` into the job's folder and return its path.

    It is JSON, which YAML contains, without a bare `$`: the trainer would replace `${NAME}` by the environment.
    """
    text = json.dumps(choices_of(request, version, recordings), ensure_ascii=False, indent=1)
    text = _ESCAPED.sub(lambda found: f"\\u{ord(found[0]):04x}", text)
    partial = folder / f".{CONFIG}.partial"
    partial.write_text(text + "\n", encoding="utf-8")
    return partial.replace(folder / CONFIG)


def choices_of(request: JobRequest, version: int, recordings: dict[str, list[str]]) -> dict[str, Any]:
    """Return the recipe's keys that the request decides; its settings come last.

    Args:
        version: of the model, part of its id.
        recordings: folders by key of `data`, as `gather_recordings` returns them.
    """
    choices: dict[str, Any] = {
        "preset": request.preset,
        "phrase": {"text": request.phrase, "language": request.language, "say": list(request.say)},
        "samples": {"veto": list(request.veto)},
        "data": {**recordings, "licence": LICENCE} if recordings else {},
        "training": {},
        "evaluation": {},
        "export": {"version": version},
    }
    if request.false_accepts_per_hour is not None:
        choices["training"]["target_false_accepts"] = request.false_accepts_per_hour
        choices["evaluation"]["false_accepts_per_hour"] = request.false_accepts_per_hour
    for key, value in request.settings.items():
        section, dot, name = key.partition(".")
        if dot:
            choices.setdefault(section, {})[name] = value
        else:
            choices[key] = value
    return choices


def next_version(phrase: str, models: Iterable[Model], others: Iterable[str] = ()) -> int:
    """Return the version that a new model of the phrase gets.

    Deleted ones count: satellites never fetch an id again.

    Args:
        others: phrases of trainings under way.
    """
    word = word_of(phrase)
    versions = [m.version for m in models if m.word == word or word_of(m.phrase) == word]
    return max(versions, default=0) + 1 + sum(word_of(other) == word for other in others)


def word_of(phrase: str) -> str:
    """Return what two phrases have in common that are the same to a model's id."""
    return re.sub(r"\W+", "_", phrase.casefold()).strip("_")


def gather_recordings(phrase: str, samples: Iterable[Sample], source: Path, to: Path) -> dict[str, list[str]]:
    """Copy the user's recordings for a run and return the `data` keys that name them. Blocks.

    Good ones of the phrase are positives, named `speaker1_take1.wav` so that a person stands in one split only; near
    misses and false wakes are what it must not hear, other speech what it should not. Copied, because a recording may
    be trimmed or deleted while the run goes on.

    Args:
        source: the folder of `<id>.wav`.
        to: is replaced.
    """
    kinds: dict[str, list[Sample]] = {"positive": [], "hard_negative": [], "negative": []}
    for sample in samples:
        if kind := _kind(sample, phrase):
            kinds[kind].append(sample)
    shutil.rmtree(to, ignore_errors=True)
    found = [kind for kind, members in kinds.items() if _copy(members, source, to / kind)]
    if len(found) > 1:  # one folder of all kinds: the trainer knows the names within
        return {"positives" if "positive" in found else "negatives": [str(to)]}
    return {{"positive": "positives"}.get(kind, "negatives"): [str(to / kind)] for kind in found}


def _kind(sample: Sample, phrase: str) -> str | None:
    same = word_of(sample.phrase) == word_of(phrase)
    if sample.deleted is not None or sample.state not in (SampleState.GOOD, SampleState.FALSE_WAKE):
        return None
    if sample.state is SampleState.FALSE_WAKE:
        return "hard_negative" if same else None
    if sample.label is SampleLabel.PHRASE:
        return "positive" if same else None
    return "hard_negative" if sample.label is SampleLabel.NEAR_MISS and same else "negative"


def _copy(samples: Sequence[Sample], source: Path, to: Path) -> int:
    speakers: dict[str, int] = {}
    copied = 0
    for take, sample in enumerate(sorted(samples, key=lambda s: (s.created, s.id)), 1):
        file = source / f"{sample.id}.wav"
        if not file.is_file():
            continue
        to.mkdir(parents=True, exist_ok=True)
        number = speakers.setdefault(sample.speaker.casefold(), len(speakers) + 1) if sample.speaker else 0
        shutil.copy2(file, to / (f"speaker{number}_take{take}.wav" if number else f"recording_{take}.wav"))
        copied += 1
    return copied
