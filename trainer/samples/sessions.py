"""ONNX Runtime sessions as workers need them: one thread each, seeded."""

from pathlib import Path

import onnxruntime


def open_session(model: Path, seed: int = 0) -> onnxruntime.InferenceSession:
    """Return a session of one thread: every core has a worker of its own.

    Random nodes draw their seeds when the session is made, from the number set just before.
    """
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    onnxruntime.set_seed(seed % 2**31)
    return onnxruntime.InferenceSession(str(model), options, ["CPUExecutionProvider"])
