"""The samples stage: voices speak the plan, recordings join, every clip is checked and written with its split."""

import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import Executor
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from trainer.core.audio import SAMPLE_RATE
from trainer.core.clips import Clip, ClipKind, Rejection, Split, write_manifest
from trainer.core.ragged import RaggedWriter
from trainer.core.workers import map_in_order
from trainer.data.recordings import FindCrowds, import_recordings
from trainer.errors import DataError
from trainer.events import Report, Warning
from trainer.phrase.plan import PhrasePlan
from trainer.phrase.similarity import find_target, judge_texts
from trainer.recipe import Recipe
from trainer.samples.checks import find_missaid
from trainer.samples.listening import write_listening
from trainer.samples.provenance import Provenance
from trainer.samples.script import write_script
from trainer.samples.shards import SHARD_VERSION, make_shards
from trainer.samples.speakers import Cast, cast_voices, is_native
from trainer.samples.synthesis import Spoken, prune_cache, read_shard, speak_shard
from trainer.samples.utterances import Shard, Utterance
from trainer.samples.voices import Voice, installed_voices, kokoro_absence

FEWEST_POSITIVES = 10  # in training, below which nothing can be learnt
SAMPLES_VERSION = f"{SHARD_VERSION}.4"  # the second number: of what becomes of spoken shards here
REJECTED_SHARE = 0.05  # of spoken clips, above which the user is told

Row = tuple[Clip, NDArray[np.int16]]


def make_samples(
    recipe: Recipe,
    plan: PhrasePlan,
    folder: Path,
    executor: Executor,
    report: Report,
    find_crowds: FindCrowds | None = None,
) -> None:
    """Fill `folder` with clips.jsonl, audio/, rejections.jsonl, provenance.json and listen/*.wav.

    The order of rows is that of the script, then of the recordings: it does not depend on the workers.

    Args:
        find_crowds: says in which sources of recordings many people speak.

    Raises:
        VoiceError: a voice is missing or fails.
        DataError: a folder of recordings is unusable, or too few positives are left.
    """
    voices = installed_voices(recipe.samples)
    casts = cast_voices(voices, recipe.samples, plan.language, recipe.seed)
    _warn_of_voices(recipe, plan, voices, casts, report)
    provenance = Provenance(voices)
    clips: list[Clip] = []
    rejections: list[Rejection] = []
    seen: dict[bytes, str] = {}
    writer = RaggedWriter(folder / "audio", np.int16)
    for row in _rows(recipe, plan, voices, casts, executor, report, find_crowds):
        result = refuse_duplicate(row, seen) if isinstance(row, tuple) else row
        if isinstance(result, Rejection):
            rejections.append(result)
            continue
        clip, pcm = result
        clips.append(clip)
        writer.append(pcm)
        provenance.add(clip, pcm)
    writer.close({"rate": SAMPLE_RATE})
    write_manifest(folder / "clips.jsonl", clips)
    write_manifest(folder / "rejections.jsonl", rejections)
    provenance.write(folder / "provenance.json", rejections)
    _check_counts(clips, rejections, report)
    write_listening(folder, clips, report)
    prune_cache()


def _rows(
    recipe: Recipe,
    plan: PhrasePlan,
    voices: Sequence[Voice],
    casts: dict[Split, Cast],
    executor: Executor,
    report: Report,
    find_crowds: FindCrowds | None,
) -> Iterator[Row | Rejection]:
    script = write_script(recipe.samples, plan, casts, recipe.seed)
    shards = make_shards(script, voices, recipe.seed)
    sources = {voice.name: voice for voice in voices}
    for utterance, result in _speak(shards, executor, report):
        if isinstance(result, Rejection):
            yield Rejection(utterance.settings, result.reason, result.message)
        else:
            yield _clip(utterance, result, sources[utterance.voices[0]]), result.pcm
    judge = partial(judge_texts, target=find_target(plan.pronunciations), voice=plan.espeak_voice)
    yield from import_recordings(recipe.data, recipe.seed, executor, report, judge, find_crowds)


def _speak(
    shards: Sequence[Shard], executor: Executor, report: Report
) -> Iterator[tuple[Utterance, Spoken | Rejection]]:
    """Yield every utterance with what became of it. All are spoken before the first is judged against the others."""
    paths = list(map_in_order(executor, speak_shard, shards, report, "shards"))
    script = [utterance for shard in shards for utterance in shard.utterances]
    lengths = [_seconds(result) for path in paths for result in read_shard(path)]
    missaid = find_missaid(script, np.array(lengths))
    results = (result for path in paths for result in read_shard(path))
    for utterance, result, wrong in zip(script, results, missaid, strict=True):
        if wrong and isinstance(result, Spoken):
            message = f"{result.end_s:.2f} s do not fit what the same voice takes for other clips"
            yield utterance, Rejection("", "mis_said", message)
        else:
            yield utterance, result


def _seconds(result: Spoken | Rejection) -> float:
    return result.end_s if isinstance(result, Spoken) else float("nan")


def _clip(utterance: Utterance, spoken: Spoken, voice: Voice) -> Clip:
    return Clip(
        kind=utterance.kind,
        split=utterance.split,
        speaker=utterance.speaker,
        source=voice.source,
        licence=voice.licence,
        seconds=round(len(spoken.pcm) / SAMPLE_RATE, 4),
        text=utterance.text,
        origin=utterance.settings,
        end_s=round(spoken.end_s, 4) if utterance.kind is ClipKind.POSITIVE else None,
    )


def refuse_duplicate(row: Row, seen: dict[bytes, str]) -> Row | Rejection:
    """Return the row, or a rejection where its samples were seen before; they are seen from now on."""
    clip, pcm = row
    digest = hashlib.blake2b(pcm.tobytes(), digest_size=16).digest()
    if digest in seen:
        return Rejection(clip.origin, "duplicate", f"sounds exactly like {seen[digest]}")
    seen[digest] = clip.origin
    return row


def _warn_of_voices(
    recipe: Recipe, plan: PhrasePlan, voices: Sequence[Voice], casts: dict[Split, Cast], report: Report
) -> None:
    more = "`wakesmith voices fetch NAME` brings another voice of Piper's catalogue."
    if "kokoro" in recipe.samples.engines and (reason := kokoro_absence()):
        report(Warning("no_kokoro", f"{reason}; Piper speaks alone", "Run `script/setup` again to install it."))
    if len(voices) == 1:
        report(
            Warning(
                "one_voice",
                f"{voices[0].name} is the only voice: validation and test hear it too, as smaller speakers than "
                "training does. Their figures will be too good.",
                more,
                {"voice": voices[0].name},
            )
        )
    elif Split.TEST not in casts and recipe.samples.test > 0:
        report(Warning("no_test_voice", "two voices leave none for the test clips", more))
    if not any(is_native(voice, plan.language) for voice in voices):
        report(
            Warning(
                "no_native_voice",
                f"no voice speaks {plan.language!r}: all will speak with foreign accents",
                more,
                {"language": plan.language},
            )
        )


def _check_counts(clips: Sequence[Clip], rejections: Sequence[Rejection], report: Report) -> None:
    positives = Counter(clip.split for clip in clips if clip.kind is ClipKind.POSITIVE)
    reasons = Counter(rejection.reason for rejection in rejections)
    counted = ", ".join(f"{count} {reason}" for reason, count in reasons.most_common())
    if positives[Split.TRAIN] < FEWEST_POSITIVES or not positives[Split.VALIDATION]:
        raise DataError(
            f"{positives[Split.TRAIN]} positives are left for training and {positives[Split.VALIDATION]} for "
            f"validation. Rejected: {counted or 'none'}",
            hint="Raise samples.positives, add voices, or listen to the phrase: perhaps it is not said as you wish.",
            code="too_few_positives",
        )
    if len(rejections) > REJECTED_SHARE * (len(clips) + len(rejections)):
        share = 100 * len(rejections) / (len(clips) + len(rejections))
        report(
            Warning(
                "many_rejected",
                f"{share:.0f} % of the clips were rejected: {counted}",
                "See rejections.jsonl.",
                {"percent": round(share)},
            )
        )
