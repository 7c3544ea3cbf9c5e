"""A speech embedding that has heard many people: what it makes of sound teaches networks that have heard only voices.

Google's speech embedding (Lin, Kilgour, Roblek and Sharifi, 2020, arXiv:2002.01322; Apache-2.0) turns the last 0.78 s
of sound into 96 numbers every 80 ms, in which the same word by different people lies close together. It is far too
large for a device, so it only teaches (`training/teacher.py`). Its two files come with pyopen-wakeword (Apache-2.0),
of which nothing else is used; where that is not installed, networks learn without it.
"""

import importlib.util
import threading
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trainer.core.audio import SAMPLE_RATE
from trainer.recipe import TrainingRecipe

EMBEDDING = 96  # values
HEARD = "heard"  # folder of a feature set: the embeddings of its rows
STEP_SLICES = 8  # feature slices of 10 ms from one embedding to the next
_MELS = 32
_WINDOW = 76  # mel frames of 10 ms that an embedding sees
_NEWEST = 78  # slices from the beginning of the sound to the newest that the first embedding has heard
_CHUNK = SAMPLE_RATE * 80 // 1000  # sound is padded to whole chunks, so that few lengths occur
_KEPT = 32  # interpreters for sounds of different lengths
_PACKAGE = "pyopen_wakeword"
_MEL_FILE, _EMBEDDING_FILE = "melspectrogram.tflite", "embedding_model.tflite"


def embedding_folder() -> Path | None:
    """Return the folder with the embedding's files, or None where they are not installed."""
    found = importlib.util.find_spec(_PACKAGE)
    for place in (found.submodule_search_locations or ()) if found else ():
        folder = Path(place) / "models"
        if all((folder / name).is_file() for name in (_MEL_FILE, _EMBEDDING_FILE)):
            return folder
    return None


def embedding_file() -> Path | None:
    """Return the embedding's network, or None where it is not installed."""
    folder = embedding_folder()
    return folder / _EMBEDDING_FILE if folder else None


def ear_of(training: TrainingRecipe) -> Path | None:
    """Return the folder of the embedding that a recipe's teacher listens through; None where there is no teacher."""
    return embedding_folder() if training.teacher == "embedding" else None


def embed(pcm: NDArray[np.int16], folder: Path) -> NDArray[np.float32]:
    """Return the embeddings of a sound, float32 [n, 96]; none for less than 0.8 s.

    Args:
        pcm: int16 [samples] at 16 kHz.
        folder: of `embedding_folder`.
    """
    sound = np.pad(pcm, (0, -len(pcm) % _CHUNK)).astype(np.float32)
    # The embedding was trained on another scale of the logarithm than its mel file gives (openWakeWord, utils.py).
    mels = _run(folder / _MEL_FILE, sound[None]).reshape(-1, _MELS) * np.float32(0.1) + np.float32(2)
    count = (len(mels) - _WINDOW) // STEP_SLICES + 1
    if count < 1:
        return np.zeros((0, EMBEDDING), np.float32)
    seen = np.ascontiguousarray(mels[: _WINDOW + (count - 1) * STEP_SLICES])
    # The network is convolutional in time: a longer window gives all its embeddings at once.
    return _run(folder / _EMBEDDING_FILE, seen[None, :, :, None]).reshape(-1, EMBEDDING)


def places_of(slices: NDArray[np.floating[Any]], lead: int) -> NDArray[np.float64]:
    """Return which embedding, between two, has heard up to a feature slice.

    Args:
        slices: of the kept part of a row.
        lead: slices of the row before its kept part, which were embedded, too.
    """
    places: NDArray[np.float64] = (slices.astype(np.float64) + lead - _NEWEST) / STEP_SLICES
    return places


@lru_cache(maxsize=_KEPT)
def _interpreter(file: Path, shape: tuple[int, ...], _thread: int) -> Any:
    """Return an interpreter of this thread for inputs of one shape: two threads must not share one."""
    from ai_edge_litert.interpreter import Interpreter

    interpreter = Interpreter(str(file), num_threads=1)
    interpreter.resize_tensor_input(interpreter.get_input_details()[0]["index"], shape)
    interpreter.allocate_tensors()
    return interpreter


def _run(file: Path, values: NDArray[np.float32]) -> NDArray[np.float32]:
    interpreter = _interpreter(file, values.shape, threading.get_ident())
    interpreter.set_tensor(interpreter.get_input_details()[0]["index"], values)
    interpreter.invoke()
    answer: NDArray[np.float32] = interpreter.get_tensor(interpreter.get_output_details()[0]["index"])
    return answer
