"""Any ONNX model that turns sound into a speaker embedding: what it wants is read off the shape of its input.

| input | taken for |
| --- | --- |
| `[batch, samples]`, `[batch, 1, samples]` | the waveform at 16 kHz, -1..1 |
| `[batch, frames, bins]` | log-mel features; bins 20 to 128, most often 80 (WeSpeaker, 3D-Speaker, CAM++, ECAPA) |
| `[batch, bins, frames]` | the same, bins first (NeMo) |

Log-mel features are Kaldi's (`filterbank`), their mean over the recording subtracted. Batch is 1. Where the length is
fixed, longer sound is embedded window by window and averaged, and shorter sound is repeated. A second input of one
dimension is the length: a whole number takes the count of samples or frames, a fraction takes 1.0 (SpeechBrain).
Of several outputs the one that is named "emb..." is the embedding, else the first.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trainer.core.audio import SAMPLE_RATE, from_pcm16
from trainer.errors import ModelError
from trainer.samples.sessions import open_session
from trainer.speakers.filterbank import log_mel

BINS = (20, 128)
_ALLOWED = (
    "Waveforms [1, samples] at 16 kHz and log-mel features [1, frames, bins] or [1, bins, frames] of "
    f"{BINS[0]} to {BINS[1]} bins are allowed."
)
_TYPES = {"tensor(int64)": np.int64, "tensor(int32)": np.int32, "tensor(float)": np.float32}


class OnnxModel:
    """A speaker model, ready to embed.

    Args:
        path: of the .onnx file.

    Raises:
        ModelError: it cannot be read, or its input is none of those in the table.
    """

    def __init__(self, path: Path) -> None:
        try:
            self._session = open_session(path)
        except Exception as error:  # of many kinds, that ONNX Runtime does not export
            raise ModelError(
                f"{path} cannot be read as an ONNX model: {error}", hint="Name a speaker model's .onnx file."
            ) from error
        self._path = path
        self._sound, *self._others = self._session.get_inputs()
        rate = self._session.get_modelmeta().custom_metadata_map.get("sample_rate", str(SAMPLE_RATE))
        if rate != str(SAMPLE_RATE):
            raise self._refusal(f"wants sound at {rate} Hz; {SAMPLE_RATE} Hz is given", "Name another model.")
        self._bins, self._bins_first = self._layout()
        names = [output.name for output in self._session.get_outputs()]
        self._output = next((name for name in names if name.lower().startswith("emb")), names[0])

    def embed(self, pcm: NDArray[np.int16]) -> NDArray[np.float32]:
        """Return the embedding of int16 [n] at 16 kHz, float32 [size], not normalised.

        Raises:
            ModelError: the model fails, or what it returns is no single vector of finite numbers.
        """
        if self._bins:
            values = log_mel(pcm, self._bins)
            values = values - values.mean(axis=0)
        else:
            values = from_pcm16(pcm)
        found = [self._run(window) for window in self._windows(values)]
        if len({len(vector) for vector in found}) != 1 or not np.isfinite(found).all():
            raise self._refusal(
                "returns no vector of numbers, of one size for every recording", "Name another model."
            )
        vector: NDArray[np.float32] = np.mean(found, axis=0, dtype=np.float32)
        return vector

    def _layout(self) -> tuple[int, bool]:
        """Return the number of mel bins, 0 for a waveform, and whether they come before the frames."""
        shape = [size if isinstance(size, int) else 0 for size in self._sound.shape]
        if self._sound.type != "tensor(float)" or any(len(o.shape) != 1 for o in self._others) or shape[:1] > [1]:
            raise self._odd()
        if len(shape) == 2 or (len(shape) == 3 and shape[1] == 1):
            return 0, False
        if len(shape) == 3 and BINS[0] <= shape[2] <= BINS[1]:
            return shape[2], False
        if len(shape) == 3 and BINS[0] <= shape[1] <= BINS[1]:
            return shape[1], True
        raise self._odd()

    def _windows(self, values: NDArray[np.float32]) -> Iterator[NDArray[np.float32]]:
        size = self._sound.shape[1 if self._bins and not self._bins_first else -1]
        if not isinstance(size, int) or size < 1:
            yield values
            return
        whole = np.resize(values, (max(size, len(values)), *values.shape[1:]))  # repeated where too short
        for start in range(0, len(whole) - size + 1, size):
            yield whole[start : start + size]

    def _run(self, window: NDArray[np.float32]) -> NDArray[np.float32]:
        shaped = window.T if self._bins_first else window
        if not self._bins and len(self._sound.shape) == 3:
            shaped = shaped[None]
        given: dict[str, Any] = {self._sound.name: np.ascontiguousarray(shaped[None], np.float32)}
        for other in self._others:
            whole_number = "int" in other.type
            given[other.name] = np.array([len(window)] if whole_number else [1.0], _TYPES.get(other.type, np.float32))
        try:
            [vector] = self._session.run([self._output], given)
        except Exception as error:
            raise self._refusal(f"fails on a recording: {error}", _ALLOWED) from error
        vector = np.asarray(vector, np.float32).squeeze()
        return vector if vector.ndim == 1 else np.full(1, np.nan, np.float32)

    def _odd(self) -> ModelError:
        inputs = ", ".join(f"{i.name} {i.shape} of {i.type}" for i in (self._sound, *self._others))
        return self._refusal(f"wants what is not known here: {inputs}", _ALLOWED)

    def _refusal(self, what: str, hint: str) -> ModelError:
        return ModelError(f"{self._path} {what}", hint=hint)
