"""A self-test of some ten seconds: the smallest of everything that a run needs."""

import time
from collections.abc import Callable, Iterator
from typing import NamedTuple

from trainer.errors import WakesmithError


class Finding(NamedTuple):
    """One line of an examination; `level` is "ok", "note" or "FAULT"."""

    level: str
    name: str
    message: str


def test_parts() -> Iterator[Finding]:
    """Plan a phrase, hear a second of silence, export and load an untrained model."""
    tests: tuple[tuple[str, Callable[[], str]], ...] = (("phrase, front end", _plan), ("export, arena", _export))
    for name, test in tests:
        began = time.monotonic()
        try:
            yield Finding("ok", name, f"{test()}, {time.monotonic() - began:.1f} s")
        except (WakesmithError, ImportError, OSError, ValueError, RuntimeError) as error:
            yield Finding("FAULT", name, str(error))


def _plan() -> str:
    import numpy as np

    from trainer.features.frontend import features_of
    from trainer.phrase.plan import plan_phrase
    from trainer.recipe import PhraseRecipe

    plan = plan_phrase(PhraseRecipe("hey jarvis"), 5, 1)
    frames = features_of(np.zeros(16_000, np.float32))
    return f'"{plan.text}" is {plan.pronunciations[0].ipa}; {len(frames)} frames of a second'


def _export() -> str:
    import numpy as np

    from trainer.export.arena import find_arena
    from trainer.export.parity import probe_frames
    from trainer.export.tflite import export_tflite
    from trainer.model.shape import shape_of
    from trainer.model.weights import initial_weights
    from trainer.recipe import ModelRecipe

    shape = shape_of(ModelRecipe())
    model = export_tflite(initial_weights(shape, np.random.default_rng(1)), shape, probe_frames())
    arena = find_arena(model)
    return (
        f"a model of {len(model):,} bytes with an arena of {arena.bytes:,}{'' if arena.measured else ', calculated'}"
    )
