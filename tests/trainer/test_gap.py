"""What quantisation costs: the model in NumPy is the device's and the float one, and a spoilt layer is found."""

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from streaming_models import FRAMES, TINY, convert, official, random_weights

from trainer.cli import main
from trainer.core.audio import write_wav
from trainer.core.seeds import generator
from trainer.errors import DataError, ModelError
from trainer.evaluation.device import Twin
from trainer.evaluation.paired import Sound
from trainer.evaluation.scoring import Recording, Rule
from trainer.events import discard
from trainer.export.advice import advise, describe, worst_part
from trainer.export.floats import know_floats, name_layers
from trainer.export.graph import Graph, Rounding, read_graph
from trainer.export.losses import Losses, isolate_losses
from trainer.export.losses_page import render_losses
from trainer.export.parity import probe_frames
from trainer.model.dense import forward_numpy
from trainer.model.shape import MixedNetShape
from trainer.model.streaming import alignment
from trainer.model.weights import FEATURE_SCALE

RESIDUAL = replace(TINY, residual=(False, True), pooling="mean")


@pytest.fixture(scope="module", params=[TINY, RESIDUAL], ids=["flatten", "residual, mean"])
def made(request: pytest.FixtureRequest) -> tuple[MixedNetShape, bytes]:
    return request.param, convert(request.param)


def test_it_is_the_device_and_the_float_model(made: tuple[MixedNetShape, bytes]) -> None:
    shape, model = made
    graph = read_graph(model)
    names = know_floats(graph, random_weights(shape), shape)
    assert len(set(names.values())) == len(names)
    begin, warm = alignment(shape)
    ours = graph.run(FRAMES[None, begin:], Rounding())[0][warm:]
    expected = forward_numpy(random_weights(shape), shape, FRAMES.astype(np.float32) * FEATURE_SCALE)[1:]
    assert np.abs(ours - expected[: len(ours)]).max() < 1e-5
    rounded = np.rint(graph.run(FRAMES[None], graph.everything)[0] * 256)
    device = Twin(model).probabilities(FRAMES)
    assert len(np.unique(device)) > 5
    assert np.mean(rounded != device) < 0.15  # ties of the last digit, which a small network's logits make large
    assert np.abs(rounded - device).mean() < 0.5


@pytest.mark.parametrize("name", ["alexa", "okay_nabu"])
def test_an_official_model_is_its_device_too(name: str) -> None:
    model, frames = official(name).read_bytes(), probe_frames(600)
    graph = read_graph(model)
    rounded = np.rint(graph.run(frames[None], graph.everything)[0] * 256)
    assert np.abs(rounded - Twin(model).probabilities(frames)).max() <= 16  # a logit's last digit
    assert not graph.floats
    assert "convolution 1" in name_layers(graph, {}).values()


def test_weights_of_another_model_are_refused(made: tuple[MixedNetShape, bytes]) -> None:
    shape, model = made
    with pytest.raises(ModelError, match="not those that it was made from"):
        know_floats(read_graph(model), random_weights(shape, seed=2), shape)


def make_sound(folder: Path) -> Sound:
    names = []
    for i in range(5):
        noise = generator(3, i).standard_normal(12_000).astype(np.float32)
        write_wav(folder / f"{i}.wav", 0.2 * noise)
        names.append(Recording(f"{i}", "said", folder / f"{i}.wav"))
    return Sound(tuple(names), ((names[0], 0.75),))


def isolate(model: bytes, graph: Graph, sound: Sound) -> Losses:
    layers = name_layers(graph, {})
    with ThreadPoolExecutor(1) as executor:
        return isolate_losses("m", Twin(model), graph, layers, Rule(100, 3), sound, executor, discard)


def test_a_layer_that_is_spoilt_is_found(made: tuple[MixedNetShape, bytes], tmp_path: Path) -> None:
    shape, model = made
    graph, sound = read_graph(model), make_sound(tmp_path)
    know_floats(graph, random_weights(shape), shape)
    sane = isolate(model, graph, sound)
    spoilt = sorted(graph.of(("CONV_2D",)))[1]
    kernel = graph.main.operators[spoilt].inputs[1]
    graph.constants[kernel] = graph.constants[kernel] * np.float32(0.5)
    found = isolate(model, graph, sound)
    assert worst_part(found).name == "weights"
    assert found.quantised.distance > 3 * sane.quantised.distance
    assert found.device == sane.device
    assert sane.original.distance == 0
    assert abs(sane.quantised.distance - sane.device.distance) < 0.002
    place = list(name_layers(graph, {})).index(spoilt)
    assert max(found.layers, key=lambda layer: layer.alone.distance) == found.layers[place]
    assert found.layers[place].snr_db < sane.layers[place].snr_db - 5
    assert "the weights" in next(iter(advise(found)))
    page = render_losses(found)
    assert describe(found).split(",")[0] in page
    assert all(layer.name in page for layer in found.layers)


def test_sound_is_needed(made: tuple[MixedNetShape, bytes]) -> None:
    with pytest.raises(DataError, match="no recording of the phrase"):
        isolate(made[1], read_graph(made[1]), Sound((), ()))


def test_the_command_tells_and_writes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    make_sound(tmp_path / "said")
    model, out = official("hey_jarvis"), tmp_path / "out"
    words = ["gap", str(model), "--positives", str(tmp_path / "said"), "--workers", "1", "--out", str(out)]
    assert main(words) == 0
    told = capsys.readouterr().out
    assert "The model on the device finds 0 of 5 clips" in told
    assert "What rounding" in told or "what rounding them costs cannot be told" in told
    data = json.loads((out / "gap.json").read_text())
    assert [part["name"] for part in data["parts"]] == ["features", "weights", "outputs", "states"]
    assert data["parts"][1]["alone"]["distance"] == 0  # unknown: taken as they are in the file
    assert "<table>" in (out / "gap.html").read_text()
