"""Lessons from a network on speech embeddings: what it hears, what it says to a batch, what comes of it."""

import json
from pathlib import Path

import numpy as np
import pytest
from feature_sets import WORD_END, write_feature_sets

from trainer.core.folders import is_whole
from trainer.core.ragged import RaggedStore, write_ragged
from trainer.core.workers import ProgressClock
from trainer.evaluation.provenance import gather_provenance
from trainer.events import Event, Metric, Progress, discard
from trainer.features.embedding import EMBEDDING, HEARD, embed, embedding_folder, places_of
from trainer.model.weights import load_weights
from trainer.phrase.plan import plan_phrase
from trainer.recipe import PhraseRecipe, Recipe
from trainer.recipe_files import load_recipe
from trainer.training.lessons import Lessons, hint_loss, lesson_loss
from trainer.training.pretraining import START
from trainer.training.sampler import Crop, open_set
from trainer.training.stage import GROUNDWORK, LESSONS, train_model
from trainer.training.teacher import CONTEXT, LESSON, SURE, open_heard, teach

LEAD = 100
SMALL = (
    "training.batch=32",
    "training.steps=[90, 60]",
    "training.evaluate_every=30",
    "training.teacher_steps=40",
    "training.pretraining=30",
    "training.beginnings=3",
)


def recipe(*settings: str) -> Recipe:
    return load_recipe("quick", settings=(*SMALL, "model.size=small", "training.mine=20", *settings))


@pytest.fixture(scope="module")
def features(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Feature sets whose rows were heard, too: one value of the embedding rises with the word."""
    folder = write_feature_sets(tmp_path_factory.mktemp("features"))
    rng = np.random.default_rng(1)
    for name in ("train_positive", "train_near_miss", "train_speech", "train_noise"):
        lengths = RaggedStore[np.uint16](folder / name).lengths()
        rows = []
        for slices in lengths:
            heard = rng.standard_normal(((int(slices) + LEAD - 78) // 8 + 1, EMBEDDING)).astype(np.float16)
            if name == "train_positive":
                first = int(np.ceil(places_of(np.array([float(WORD_END)]), LEAD)[0]))
                heard[first : first + 3, 0] += 6
            rows.append(heard)
        write_ragged(folder / name / HEARD, rows, np.float16, (EMBEDDING,), {"lead": LEAD})
    return folder


@pytest.fixture(scope="module")
def lessons(features: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("lessons")
    names = ("positive", "near_miss", "speech", "noise")
    sets = open_heard({name: open_set(features / f"train_{name}", name) for name in names})
    assert sorted(sets) == sorted(names)
    teach(sets, recipe("training.teacher_steps=150").training, 1, folder, ProgressClock(150, "steps", discard))
    return folder


def test_the_teacher_tells_the_word_from_the_rest(lessons: Path) -> None:
    found = RaggedStore[np.float16](lessons / "positive")
    best = [row[:, 0].max() for row in found]
    silent = [row[:, 0].max() for row in RaggedStore[np.float16](lessons / "near_miss")]
    assert np.median(best) > 1 > -1 > np.median(silent)
    moment = float(np.median([row[:, 0].argmax() for row in found])) + CONTEXT - 1
    assert abs(moment - places_of(np.array([float(WORD_END)]), LEAD)[0]) < 6
    assert max(abs(row[:, 0]).max() for row in found) <= SURE


def test_a_lesson_is_read_where_the_sound_is(lessons: Path) -> None:
    rows = RaggedStore[np.float16](lessons / "speech")
    place = 8.0 * 30 + 78 - LEAD  # the slice that the thirtieth embedding has heard up to
    moment = 30 - (CONTEXT - 1)
    told = Lessons(lessons).look_up(
        [Crop("speech", 3, 0), Crop("speech", 3, 40), Crop("pack", 0, 0)], np.array([[place, place + 4]] * 3)
    )
    assert told.logits.shape == (3, 2)
    assert told.hints.shape == (3, 2, LESSON - 1)
    assert told.known.tolist() == [1, 1, 0]
    assert told.logits[0, 0] == pytest.approx(float(rows[3][moment, 0]), abs=1e-3)
    halfway = (float(rows[3][moment, 0]) + float(rows[3][moment + 1, 0])) / 2
    assert told.logits[0, 1] == pytest.approx(halfway, abs=1e-2)
    assert told.logits[1, 0] == pytest.approx(float(rows[3][moment + 5, 0]), abs=1e-3)


def test_before_the_first_and_after_the_last_moment_the_nearest_counts(lessons: Path) -> None:
    row = RaggedStore[np.float16](lessons / "speech")[0]
    told = Lessons(lessons).look_up([Crop("speech", 0, 0)], np.array([[-500.0, 1e6]]))
    assert told.logits[0] == pytest.approx([float(row[0, 0]), float(row[-1, 0])], abs=1e-3)


def test_what_agreement_costs() -> None:
    import tensorflow as tf

    told, known = tf.constant([[1.0, -3.0], [0.0, 0.0]]), tf.constant([1.0, 0.0])
    assert float(lesson_loss(tf, told, told, known)) == 0
    assert float(lesson_loss(tf, told + 0.5, told, known)) == pytest.approx(0.125)
    assert float(lesson_loss(tf, told + 3.0, told, known)) == pytest.approx(2.5)
    assert float(lesson_loss(tf, told + 100.0, tf.fill([2, 2], SURE), known)) == 0, "surer than sure"
    hints = tf.zeros([2, 2, 96])
    assert float(hint_loss(tf, hints + 2.0, hints, known)) == pytest.approx(4)
    assert float(hint_loss(tf, hints + 2.0, hints, tf.zeros(2))) == 0, "nobody was heard"


@pytest.mark.slow
def test_a_taught_model_is_a_model_like_any(features: Path, tmp_path: Path) -> None:
    events: list[Event] = []
    train_model(recipe(), features, tmp_path, events.append)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["history.jsonl", "weights.npz"]
    from trainer.model.shape import SIZES

    load_weights(tmp_path / "weights.npz", SIZES["small"])
    progress = [event for event in events if isinstance(event, Progress)]
    assert (progress[-1].done, progress[-1].total) == (220, 220)
    steps = [json.loads(line)["step"] for line in (tmp_path / "history.jsonl").read_text().splitlines()]
    assert steps == [30, 60, 90, 120, 150]
    plain = tmp_path / "plain"
    plain.mkdir()
    train_model(recipe("training.teacher=none"), features, plain, discard)
    assert (plain / "weights.npz").read_bytes() != (tmp_path / "weights.npz").read_bytes()


@pytest.mark.slow
def test_stopped_after_teacher_and_groundwork_it_goes_on_to_the_same_weights(features: Path, tmp_path: Path) -> None:
    whole, broken = tmp_path / "whole", tmp_path / "broken"
    whole.mkdir()
    broken.mkdir()
    train_model(recipe(), features, whole, discard)

    def stop(event: Event) -> None:
        if isinstance(event, Metric) and event.step == 120:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        train_model(recipe(), features, broken, stop)
    made = (broken / LESSONS / "positive" / "values.bin", broken / GROUNDWORK / START)
    assert all(is_whole(folder, str(recipe().seed)) for folder in (broken / LESSONS, broken / GROUNDWORK))
    before = [path.stat().st_mtime_ns for path in made]

    def look(event: Event) -> None:
        if (broken / LESSONS).exists():
            assert [path.stat().st_mtime_ns for path in made] == before

    train_model(recipe(), features, broken, look)
    assert (broken / "weights.npz").read_bytes() == (whole / "weights.npz").read_bytes()


def test_without_embeddings_it_learns_from_the_labels_alone(tmp_path: Path) -> None:
    sets = write_feature_sets(tmp_path)
    assert open_heard({"positive": open_set(sets / "train_positive", "positive")}) == {}


@pytest.mark.skipif(embedding_folder() is None, reason="the speech embedding is not installed")
def test_a_long_sound_is_embedded_as_its_pieces_are() -> None:
    folder = embedding_folder()
    assert folder is not None
    rng = np.random.default_rng(2)
    sound = (rng.standard_normal(4 * 16_000) * 3000 * np.abs(np.sin(np.arange(4 * 16_000) / 3000))).astype(np.int16)
    whole = embed(sound, folder)
    assert whole.shape[1] == EMBEDDING
    assert np.isfinite(whole).all()
    later = embed(sound[16_000:], folder)  # 12.5 steps of 80 ms: compare with pieces a whole number of steps apart
    shifted = embed(sound[10 * 1280 :], folder)
    assert len(later) < len(whole)
    assert np.abs(shifted - whole[10 : 10 + len(shifted)]).max() < 0.05
    assert embed(sound[:8000], folder).shape == (0, EMBEDDING)


@pytest.mark.skipif(embedding_folder() is None, reason="the speech embedding is not installed")
def test_the_teacher_stands_among_the_sources() -> None:
    plan = plan_phrase(PhraseRecipe(text="alexa"), 0, 1)
    sources = gather_provenance(recipe(), plan, [], taught=True)["sources"]
    assert [(source["licence"], source["kinds"]) for source in sources] == [("Apache-2.0", ["teacher"])]
    assert len(sources[0]["sha256"]) == 64
    assert gather_provenance(recipe(), plan, [])["sources"] == []
