"""The twin against the firmware's own engine, bit for bit, on models that thousands of devices run."""

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter

from trainer.errors import ModelError
from trainer.evaluation.device import Twin
from trainer.features.frontend import quantise

MODELS = Path(pytest.importorskip("pymicro_wakeword").__file__).parent / "models"
NAMES = ("alexa", "hey_jarvis", "hey_mycroft", "okay_nabu")


def drifting_features(slices: int, seed: int = 2) -> NDArray[np.uint16]:
    """Return features that drift over time and frequency as those of speech do: they move every model's output."""
    noise = gaussian_filter(np.random.default_rng(seed).standard_normal((slices, 40)), (4, 3))
    return np.clip(300 + noise / noise.std() * 220, 0, 663).astype(np.uint16)


def on_tflite_micro(model: bytes, features: NDArray[np.uint16], stride: int) -> NDArray[np.uint8]:
    from tflite_micro import runtime

    interpreter = runtime.Interpreter.from_bytes(model, arena_size=1 << 20)
    values = quantise(features)
    found = []
    for step in range(len(values) // stride):
        interpreter.set_input(values[step * stride : (step + 1) * stride][None], 0)
        interpreter.invoke()
        found.append(interpreter.get_output(0)[0, 0])
    return np.array(found, np.uint8)


@pytest.mark.parametrize("name", NAMES)
def test_the_twin_equals_tflite_micro_bit_for_bit(name: str) -> None:
    model = (MODELS / f"{name}.tflite").read_bytes()
    twin = Twin(model)
    features = drifting_features(2000)
    for phase in range(twin.stride):
        ours = twin.probabilities(features, phase)
        assert ours.tolist() == on_tflite_micro(model, features[phase:], twin.stride).tolist()
        assert len(ours) == (len(features) - phase) // twin.stride
    assert len(np.unique(twin.probabilities(features))) > 5  # it did react


def test_every_call_begins_from_a_fresh_state() -> None:
    twin = Twin((MODELS / "alexa.tflite").read_bytes())
    features = drifting_features(300)
    assert twin.probabilities(features).tolist() == twin.probabilities(features).tolist()


def test_the_fast_twin_is_near() -> None:
    model = (MODELS / "alexa.tflite").read_bytes()
    features = drifting_features(500)
    exact, fast = (Twin(model, fast).probabilities(features).astype(int) for fast in (False, True))
    assert np.abs(exact - fast).max() <= 30


def test_what_is_no_model_is_named() -> None:
    with pytest.raises(ModelError, match="cannot be loaded"):
        Twin(b"not a model at all").probabilities(np.zeros((9, 40), np.uint16))
    with pytest.raises(ValueError, match="phase"):
        Twin((MODELS / "alexa.tflite").read_bytes()).probabilities(np.zeros((9, 40), np.uint16), 3)
