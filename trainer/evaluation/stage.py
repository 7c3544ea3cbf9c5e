"""The evaluation stage: cutoff and window from the validation sets, figures from the test clips, report, manifest."""

import hashlib
import json
from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from trainer.core.clips import SYNTHETIC, Clip, ClipKind, Split, read_clips
from trainer.core.folders import write_whole
from trainer.core.ragged import RaggedStore
from trainer.core.workers import map_in_order
from trainer.data.packs import describe_pack
from trainer.evaluation.calibrate import Calibration, Phases, calibrate
from trainer.evaluation.card import write_card
from trainer.evaluation.device import SLICES_PER_HOUR, Twin
from trainer.evaluation.evaluate import CLIPS, chunks, cut_streams, now, order_conditions, plan_clips, thin
from trainer.evaluation.placing import quiet_features
from trainer.evaluation.provenance import gather_provenance
from trainer.evaluation.report import write_report
from trainer.evaluation.results import Caution, Evaluation, ModelFacts, write_evaluation
from trainer.evaluation.scoring import CLEAN, ClipTask, Recording, Rule, StreamTask, score_clips, score_stream
from trainer.evaluation.summary import Heard, find_cautions
from trainer.evaluation.words import summarise
from trainer.events import Report, Warning
from trainer.features.conditions import is_babble
from trainer.features.embedding import HEARD
from trainer.model.manifest import Manifest, write_manifest
from trainer.phrase.plan import PhrasePlan
from trainer.recipe import Recipe
from trainer.samples.provenance import read_hashes

EVALUATION_VERSION = 4  # raise it when figures change: runs made before are then measured again
_STREAM_S = 300.0
_LEAD_S, _TAIL_S = 2.0, 0.5  # of quiet around stored features of a clip
_NEGATIVES = (ClipKind.SPEECH, ClipKind.NOISE, ClipKind.MUSIC)


@dataclass(frozen=True)
class RowTask:
    """Rows of a feature set to run the model over; `lone` rows are clips, which need quiet around them."""

    twin: Twin
    store: Path
    rows: tuple[int, ...]
    lone: bool
    seed: int


def run_rows(task: RowTask) -> list[Phases]:
    """Return the probabilities of every row in every phase; what a worker does."""
    store: RaggedStore[np.uint16] = RaggedStore(task.store)
    before = quiet_features(_LEAD_S, task.seed) if task.lone else np.zeros((0, 40), np.uint16)
    after = before[: round(_TAIL_S * 100)]
    return [task.twin.all_phases(np.concatenate([before, store[row], after])) for row in task.rows]


def evaluate_model(
    recipe: Recipe,
    plan: PhrasePlan,
    out: Path,
    folder: Path,
    executor: Executor,
    report: Report,
    arena: int,
    arena_calculated: bool = False,
    packs: Sequence[Path] = (),
) -> Evaluation:
    """Calibrate and measure the run's model; write the manifest, report.json, report.html, card.md and summary.txt.

    Args:
        out: the run's folder, with `samples`, `features`, `training` and `model`.
        folder: where to write.
        arena: bytes of tensor arena that the manifest is to name.
        arena_calculated: they come from a calculation; TFLite-Micro's interpreter was not there to measure.
        packs: folders of the packs of features that training heard.
    """
    model = (out / "model" / "model.tflite").read_bytes()
    name = f"{plan.id}_v{recipe.export.version}"
    twin = Twin(model)
    calibration = calibrate_model(recipe, twin, out / "features", executor, report)
    chosen = calibration.chosen
    facts = ModelFacts(
        f"{name}.tflite",
        plan.text,
        len(model),
        hashlib.sha256(model).hexdigest(),
        twin.stride,
        chosen.cutoff,
        chosen.probability_cutoff,
        calibration.window,
        "calibration on the validation sets",
        arena,
        arena_calculated,
    )
    clips = read_clips(out / "samples" / "clips.jsonl")
    measured = _measure(
        recipe, twin, Rule(chosen.cutoff, calibration.window), out / "samples", clips, executor, report
    )
    evaluation = Evaluation(
        model=facts,
        calibration=calibration,
        history=_history(out / "training" / "history.jsonl"),
        provenance=gather_provenance(
            recipe,
            plan,
            clips,
            [describe_pack(pack) for pack in packs],
            read_hashes(out / "samples" / "provenance.json"),
            taught=recipe.training.teacher != "none" and (out / "features" / "train_positive" / HEARD).is_dir(),
        ),
        created=now(),
        **measured,
    )
    _write_all(folder, name, evaluation, _manifest(recipe, plan, facts, arena))
    return evaluation


def _write_all(folder: Path, name: str, evaluation: Evaluation, manifest: Manifest) -> None:
    write_evaluation(folder / "report.json", evaluation)
    write_report(folder / "report.html", evaluation)
    write_card(folder / "card.md", evaluation)
    write_whole(folder / "summary.txt", summarise(evaluation))
    write_manifest(folder / f"{name}.json", manifest)


def calibrate_model(recipe: Recipe, twin: Twin, features: Path, executor: Executor, report: Report) -> Calibration:
    """Choose window and cutoffs on the validation sets."""
    choice = recipe.evaluation
    tasks: list[RowTask] = []
    sets = {"validation_positive": True, "validation_near_miss": True, "validation_ambient": False}
    for name, lone in sets.items():
        rows = range(len(RaggedStore[np.uint16](features / name)))
        tasks += [
            RowTask(twin, features / name, part, lone, recipe.seed) for part in chunks(rows, CLIPS if lone else 1)
        ]
    found: dict[str, list[Phases]] = {name: [] for name in sets}
    for task, phases in zip(tasks, map_in_order(executor, run_rows, tasks, report, "batches", 8), strict=True):
        found[task.store.name] += phases
    frames = int(RaggedStore[np.uint16](features / "validation_ambient").offsets[-1])
    hours = frames / SLICES_PER_HOUR
    if hours < choice.calibration_hours:
        wanted = f"{choice.calibration_hours:g} h are wanted"
        message = f"the cutoff is chosen on {60 * hours:.0f} minutes of other sound; {wanted}"
        hint = "Add recordings with --negatives or --noise."
        values = {"minutes": round(60 * hours), "wanted": choice.calibration_hours}
        report(Warning("little_negative_sound", message, hint, values))
    positives, near_misses, ambient = found.values()
    target = choice.false_accepts_per_hour
    calibration = calibrate(positives, near_misses, ambient, hours, target, choice.windows, twin.stride)
    if not calibration.chosen.held:
        message = "no cutoff meets the target for false accepts and near misses on the validation sets"
        hint = "Train longer, or with more negatives; the quietest cutoff is taken."
        report(Warning("target_not_met", message, hint))
    return calibration


def _measure(
    recipe: Recipe,
    twin: Twin,
    rule: Rule,
    samples: Path,
    clips: Sequence[Clip],
    executor: Executor,
    report: Report,
) -> dict[str, Any]:
    """Return the measured fields of an `Evaluation`, on the test clips."""
    split = (
        Split.TEST if any(c.split is Split.TEST and c.kind is ClipKind.POSITIVE for c in clips) else Split.VALIDATION
    )
    kinds = {kind: _recordings(samples, clips, split, kind) for kind in ClipKind}
    heard = Heard()
    conditions = order_conditions(recipe.evaluation.conditions)
    talkers = thin(kinds[ClipKind.SPEECH])
    if not talkers:
        conditions = tuple(name for name in conditions if not is_babble(name))
    tasks = plan_clips(twin, rule, kinds[ClipKind.POSITIVE], conditions, recipe.seed, talkers)
    for scores in map_in_order(executor, score_clips, tasks, report, "batches of clips"):
        heard.add_clips(scores)
    tasks = [ClipTask(twin, rule, part, (CLEAN,), recipe.seed) for part in chunks(kinds[ClipKind.NEAR_MISS], CLIPS)]
    for scores in map_in_order(executor, score_clips, tasks, report, "batches of near misses"):
        heard.add_clips(scores, near_miss=True)
    others = [recording for kind in _NEGATIVES for recording in kinds[kind]]
    streams = cut_streams(others, [clips[r.row].seconds for r in others], _STREAM_S)
    stream_tasks = [StreamTask(twin, rule, part, recipe.seed) for part in streams]
    for score in map_in_order(executor, score_stream, stream_tasks, report, "streams", ahead=8):
        heard.add_stream(score)
    summary = heard.summary(rule, twin.stride)
    synthetic = all(r.voice.startswith(SYNTHETIC) for r in kinds[ClipKind.POSITIVE])
    cautions = find_cautions(heard, summary["false_accepts"], summary["groups"], voices=synthetic)
    if split is Split.VALIDATION:
        untested = "No voice was kept for the test: the figures are from those that the cutoff was chosen on."
        cautions = (*cautions, Caution("no_test_voice", untested))
    basis = "voices and recordings that the model never heard" if split is Split.TEST else "the validation voices"
    return {"basis": basis, "cautions": cautions, **summary}


def _recordings(samples: Path, clips: Sequence[Clip], split: Split, kind: ClipKind) -> list[Recording]:
    return [
        Recording(
            name=clip.origin or f"{clip.source}#{row}",
            group=f"{clip.kind}: {clip.source}",
            path=samples / "audio",
            row=row,
            voice=clip.speaker or clip.source,
            end_s=clip.end_s,
        )
        for row, clip in enumerate(clips)
        if clip.split is split and clip.kind is kind
    ]


def _history(path: Path) -> tuple[dict[str, float], ...]:
    if not path.is_file():
        return ()
    return tuple(json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip())


def _manifest(recipe: Recipe, plan: PhrasePlan, facts: ModelFacts, arena: int) -> Manifest:
    return Manifest(
        wake_word=plan.text,
        model=facts.name,
        author=recipe.export.author,
        website=recipe.export.website,
        trained_languages=(plan.language,),
        probability_cutoff=facts.probability_cutoff,
        sliding_window_size=facts.window,
        tensor_arena_size=arena,
    )
