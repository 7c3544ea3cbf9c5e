"""A model whose cutoff is in its output's scale fires at 0.70 exactly where the original fires at its own cutoff."""

import json
import shutil
from collections.abc import Iterator
from itertools import product
from pathlib import Path

import numpy as np
import pymicro_wakeword
import pytest
from numpy.typing import NDArray
from pymicro_wakeword import MicroWakeWord, MicroWakeWordFeatures
from spoken import in_a_room

from trainer.errors import ModelError
from trainer.evaluation.device import Twin
from trainer.export.external import THRESHOLD, move_cutoff, scale_of, write_external
from trainer.export.parity import probe_frames
from trainer.export.verify import verify_model
from trainer.model.manifest import Manifest, probability_of, read_manifest, write_manifest

MODELS = Path(pymicro_wakeword.__file__).parent / "models"
WORDS = ("alexa", "hey_jarvis", "hey_mycroft", "okay_nabu")


def at(tmp_path: Path, word: str, cutoff: int, window: int) -> tuple[Path, Manifest]:
    """A real model under another cutoff and window."""
    folder = tmp_path / f"{word}_{cutoff}_{window}"
    folder.mkdir()
    data = json.loads((MODELS / f"{word}.json").read_text())
    data["micro"] |= {"probability_cutoff": probability_of(cutoff), "sliding_window_size": window}
    (folder / f"{word}.json").write_text(json.dumps(data))
    shutil.copy(MODELS / f"{word}.tflite", folder)
    return folder / f"{word}.tflite", read_manifest(folder / f"{word}.json")


def means(runtime: MicroWakeWord, pcm: NDArray[np.int16]) -> Iterator[float]:
    for slices in MicroWakeWordFeatures().process_streaming(pcm.tobytes()):
        mean = runtime.process_streaming_prob(slices)
        assert mean is not None
        yield mean


@pytest.mark.voices
@pytest.mark.parametrize("word", WORDS)
def test_it_fires_at_the_runtimes_cutoff_where_the_original_fires_at_its_own(word: str, tmp_path: Path) -> None:
    pcm = in_a_room(*[word.replace("_", " ")] * 2, "turn on the light", seed=len(word))
    manifest = read_manifest(MODELS / f"{word}.json")
    tried = 0
    for cutoff, window in {(manifest.cutoff, manifest.sliding_window_size), (20, 3), (128, 10), (254, 1)}:
        model, _ = at(tmp_path, word, cutoff, window)
        moved, told = write_external(model, tmp_path / f"{word}_{cutoff}_{window}_out")
        ours, theirs = MicroWakeWord.from_config(told), MicroWakeWord.from_config(model.with_suffix(".json"))
        assert ours.sliding_window_size == window
        assert ours.probability_cutoff == THRESHOLD  # which it reads there once it was restarted
        fired = [mean > THRESHOLD for mean in means(ours, pcm)]
        # A mean of bytes is a whole number of `window`ths; 1 / 256 is exact, so is the comparison.
        expected = [round(mean * 256 * window) > cutoff * window for mean in means(theirs, pcm)]
        assert fired == expected
        tried += sum(expected)
        assert moved.name == model.name
    assert tried > 0  # the phrase was heard: there was something to agree on


def test_every_sum_of_bytes_is_on_the_same_side_of_both_cutoffs() -> None:
    for cutoff, window in product((1, 77, 178, 200, 229, 254), (1, 2, 3, 5, 7, 10, 50)):
        scale = np.float32(scale_of(cutoff, window))
        for total in {cutoff * window - 1, cutoff * window, cutoff * window + 1}:
            low, more = divmod(total, window)
            values = (np.full(window, low, np.float32) + (np.arange(window) < more).astype(np.float32)) * scale
            assert (float(values.astype(np.float64).mean()) > THRESHOLD) == (total > cutoff * window)


def test_a_device_runs_it_as_before(tmp_path: Path) -> None:
    model, manifest = at(tmp_path, "hey_jarvis", 200, 5)
    moved, _ = write_external(model, tmp_path / "out")
    frames = probe_frames()
    assert np.array_equal(
        Twin(model.read_bytes()).probabilities(frames), Twin(moved.read_bytes()).probabilities(frames)
    )
    failed = {check.name for check in verify_model(moved).failures}
    assert failed <= {"output", "arena"}, failed  # the scale is another, and one tensor more has to stand in memory
    assert move_cutoff(model.read_bytes(), 200, 5) == moved.read_bytes()  # the same bytes every time
    assert manifest.cutoff == 200


@pytest.mark.parametrize("cutoff", [0, 255])
def test_a_cutoff_that_is_never_passed_is_refused(tmp_path: Path, cutoff: int) -> None:
    model, manifest = at(tmp_path, "alexa", 200, 5)
    write_manifest(model.with_suffix(".json"), Manifest(**{**vars(manifest), "probability_cutoff": cutoff / 255}))
    with pytest.raises(ModelError, match="1 to 254"):
        write_external(model, tmp_path / "out")
    assert not (tmp_path / "out").exists()
