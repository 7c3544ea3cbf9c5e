"""A model for runtimes that bring a cutoff of their own: the model's cutoff is moved into the scale of its output.

Satellites that load words by themselves (pymicro-wakeword within linux-voice-assistant) take 0.70 as the cutoff of
every word that they were sent, whatever the manifest says. They read the output's bytes as `byte * scale`, average
them over the manifest's sliding window, and detect when the mean is greater than 0.70. So the scale decides: with
`0.70 / (cutoff + 0.5 / window)` the mean passes 0.70 exactly when the sum of the bytes passes `cutoff * window`,
which is the device's rule. Half a step more than the cutoff keeps roundings from mattering: sums are whole numbers.

The scale of the last operator's output cannot simply be changed, since that operator (QUANTIZE) would then compute
other bytes for the same probability, and those near 1 would be cut off. A RESHAPE after it hands the bytes through
untouched, into a tensor that has the scale. The firmware's resolver knows it: devices would run it as before.

A model with a cutoff below 0.70 thus tells means above 1, up to 0.70 / cutoff: a threshold of 1.00 is then the
strictest that can be chosen there, yet no silence.

Once restarted, that satellite reads the cutoff of the manifest after all: it is 0.70 there, too.
"""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from trainer.core.folders import write_whole
from trainer.errors import ModelError
from trainer.evaluation.device import HIGHEST_CUTOFF, Twin
from trainer.export.parity import probe_frames
from trainer.model.flatbuffer import IDENTIFIER, read_model, read_structure
from trainer.model.manifest import Manifest, read_manifest, write_manifest

THRESHOLD = 0.70  # `threshold = 0.7` of linux-voice-assistant 1.1
_NAME = b"wakesmith_external"
_PROBE = 300  # slices by which the bytes are compared


def write_external(model: Path, folder: Path) -> tuple[Path, Path]:
    """Write a model and its manifest for such runtimes into a folder, under their own names; return both paths.

    Raises:
        ModelError: the model or the manifest beside it cannot be read, or could never detect.
        ResourceError: the disk is full.
    """
    data, manifest = read_model(model), read_manifest(model.with_suffix(".json"))
    moved = move_cutoff(data, manifest.cutoff, manifest.sliding_window_size)
    told: Manifest = replace(manifest, model=model.name, probability_cutoff=THRESHOLD)
    path, beside = folder / model.name, folder / f"{model.stem}.json"
    write_whole(path, moved)
    write_manifest(beside, told)
    return path, beside


def scale_of(cutoff: int, window: int) -> float:
    """Return the scale by which a mean of `window` bytes passes `THRESHOLD` when it passes the cutoff, 1..254."""
    if not 1 <= cutoff <= HIGHEST_CUTOFF:
        raise ModelError(
            f"a cutoff of 1 to {HIGHEST_CUTOFF} of 255 can be reached. Received: {cutoff}",
            hint="With this one the model never detects.",
            code="manifest",
        )
    return THRESHOLD / (cutoff + 0.5 / window)


def move_cutoff(data: bytes, cutoff: int, window: int) -> bytes:
    """Return the model with an output that passes `THRESHOLD` where it passed the cutoff.

    Args:
        data: a streaming .tflite with a uint8 output.
        cutoff: 0..255, of the device. window: probabilities that are averaged.

    Raises:
        ModelError: it is no such model, or the result does not give the same bytes.
    """
    scale = scale_of(cutoff, window)
    graph = read_structure(data).subgraphs[0]
    if len(graph.outputs) != 1 or graph.tensors[graph.outputs[0]].type != "UINT8":
        raise ModelError("one output of uint8 is expected", hint="`wakesmith verify` names every fault.")
    moved = _append(data, scale)
    frames = probe_frames()[:_PROBE]
    if not np.array_equal(Twin(data).probabilities(frames), Twin(moved).probabilities(frames)):
        raise ModelError("the model with the cutoff in its output gives other probabilities")
    return moved


def _append(data: bytes, scale: float) -> bytes:
    """Add the RESHAPE and the tensor that it writes; the state's subgraph is left as it is."""
    from ai_edge_litert import schema_py_generated as schema

    model = schema.ModelT.InitFromPackedBuf(data, 0)
    graph = model.subgraphs[0]
    source = int(graph.outputs[0])
    graph.tensors.append(_tensor(schema, graph.tensors[source], scale))
    target = len(graph.tensors) - 1
    graph.operators.append(_reshape(schema, model, source, target, graph.tensors[source].shape))
    graph.outputs = [target]
    for signature in model.signatureDefs or []:
        for output in signature.outputs if signature.subgraphIndex == 0 else []:
            output.tensorIndex = target if output.tensorIndex == source else output.tensorIndex
    builder = schema.flatbuffers.Builder(len(data) + 1024)
    builder.Finish(model.Pack(builder), IDENTIFIER)
    return bytes(builder.Output())


def _tensor(schema: Any, source: Any, scale: float) -> Any:
    tensor = schema.TensorT()
    tensor.name, tensor.shape, tensor.type, tensor.hasRank = _NAME, source.shape, source.type, source.hasRank
    tensor.quantization = schema.QuantizationParametersT()
    tensor.quantization.scale, tensor.quantization.zeroPoint = [scale], [0]
    return tensor


def _reshape(schema: Any, model: Any, source: int, target: int, shape: Any) -> Any:
    builtin = schema.BuiltinOperator.RESHAPE
    code = next((i for i, known in enumerate(model.operatorCodes) if known.builtinCode == builtin), None)
    if code is None:
        known = schema.OperatorCodeT()
        known.builtinCode = known.deprecatedBuiltinCode = builtin
        known.version = 1
        model.operatorCodes.append(known)
        code = len(model.operatorCodes) - 1
    operator = schema.OperatorT()
    operator.opcodeIndex, operator.inputs, operator.outputs = code, [source], [target]
    operator.builtinOptionsType = schema.BuiltinOptions.ReshapeOptions
    operator.builtinOptions = schema.ReshapeOptionsT()
    operator.builtinOptions.newShape = [int(size) for size in shape]
    return operator
