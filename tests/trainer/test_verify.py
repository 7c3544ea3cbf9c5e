import gzip
import io
import json
import zipfile
from pathlib import Path

import pytest
import streaming_models
from streaming_models import TINY, convert, edit, official, random_weights

from trainer.errors import ModelError
from trainer.export.arena import manifest_arena
from trainer.export.verify import Reference, Verdict, verify_model
from trainer.model.flatbuffer import read_structure
from trainer.model.manifest import Manifest, write_manifest


@pytest.fixture(scope="module")
def sound() -> bytes:
    return convert()


def verdict_on(data: bytes, folder: Path) -> Verdict:
    path = folder / "word.tflite"
    path.write_bytes(data)
    return verify_model(path)


def fault(verdict: Verdict, name: str) -> str:
    return next(check.message for check in verdict.failures if check.name == name)


@pytest.mark.parametrize("name", ["alexa", "hey_jarvis", "hey_mycroft", "okay_nabu"])
def test_official_models_pass(name: str) -> None:
    verdict = verify_model(official(name))
    assert verdict.failures == ()
    assert {check.name for check in verdict.checks} >= {"operators", "manifest", "arena", "parity", "size"}
    assert verdict.manifest is not None
    verdict.require()


def test_our_export_passes_with_its_manifest_and_its_float_model(sound: bytes, tmp_path: Path) -> None:
    path = tmp_path / "word.tflite"
    path.write_bytes(sound)
    cost = verify_model(path).cost
    assert cost is not None
    manifest = Manifest("word", path.name, "me", ("en",), 0.9, 5, manifest_arena(cost.arena))
    write_manifest(tmp_path / "word.json", manifest)
    verdict = verify_model(path, reference=Reference(random_weights(TINY), TINY))
    assert verdict.failures == ()
    assert verdict.manifest == manifest
    assert verdict.checks[-1].name == "gap"
    other = verify_model(path, reference=Reference(random_weights(TINY, seed=9), TINY))
    assert [check.name for check in other.failures] == ["gap"]


def test_int8_output_is_refused(tmp_path: Path) -> None:
    verdict = verdict_on(streaming_models.int8_output(), tmp_path)
    assert "UINT8 [1, 1]" in fault(verdict, "output")
    assert "Received: INT8" in fault(verdict, "output")
    with pytest.raises(ModelError, match="output"):
        verdict.require()


def test_float_states_are_refused(tmp_path: Path) -> None:
    verdict = verdict_on(streaming_models.float_states(), tmp_path)
    assert "state/first is FLOAT32" in fault(verdict, "state types")
    assert "DEQUANTIZE" in fault(verdict, "operators")


def test_a_64_mel_input_is_refused(tmp_path: Path) -> None:
    verdict = verdict_on(streaming_models.wide_input(), tmp_path)
    assert [check.name for check in verdict.failures] == ["input"]
    assert "[1, 3, 64]" in fault(verdict, "input")


def test_a_missing_variable_subgraph_is_refused(sound: bytes, tmp_path: Path) -> None:
    verdict = verdict_on(streaming_models.no_variable_subgraph(sound), tmp_path)
    assert "the variable subgraph is missing" in fault(verdict, "subgraphs")


def test_21_states_are_refused(tmp_path: Path) -> None:
    data = streaming_models.too_many_states()
    assert len(read_structure(data).states) == 21
    verdict = verdict_on(data, tmp_path)
    assert [check.name for check in verdict.failures] == ["states"]
    assert "1 to 20 variables expected. Received: 21" in fault(verdict, "states")


def test_another_scale_is_refused(sound: bytes, tmp_path: Path) -> None:
    def stretch(tree) -> None:
        main = tree.subgraphs[0]
        main.tensors[main.inputs[0]].quantization.scale = [0.2]

    assert "scale 0.20000000" in fault(verdict_on(edit(sound, stretch), tmp_path), "input")


def test_a_buffer_that_nothing_sets_to_zero_is_refused(sound: bytes, tmp_path: Path) -> None:
    def forget(tree) -> None:
        tree.subgraphs[1].operators = tree.subgraphs[1].operators[2:]

    assert "start undefined: state/" in fault(verdict_on(edit(sound, forget), tmp_path), "subgraphs")


def zipped(model: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("word.tflite", model)
    return file.getvalue()


@pytest.mark.parametrize(
    ("make", "named"),
    [
        (zipped, "a zip archive"),
        (gzip.compress, "a gzip archive"),
        (lambda _: b"<!DOCTYPE html><title>404</title>", "a web page"),
        (lambda _: b'{"type": "micro"}', "JSON, perhaps the manifest"),
        (lambda _: b"", "an empty file"),
        (lambda _: bytes(100), "100 bytes that begin with"),
        (lambda model: model[:-1], "cut off or damaged"),
        (lambda model: model[: len(model) // 2], "cut off or damaged"),
        (lambda model: model[:60], "cut off or damaged"),
    ],
    ids=["zip", "gzip", "html", "json", "empty", "zeros", "a byte short", "half", "head"],
)
def test_what_is_no_model_is_named(make, named: str, sound: bytes, tmp_path: Path) -> None:
    verdict = verdict_on(make(sound), tmp_path)
    assert [check.name for check in verdict.checks] == ["readable"]
    assert named in fault(verdict, "readable")


def test_every_cut_is_noticed(sound: bytes) -> None:
    for length in [*range(0, len(sound), 97), *range(len(sound) - 40, len(sound))]:
        with pytest.raises(ModelError):
            read_structure(sound[:length])


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    assert "cannot be read" in fault(verify_model(tmp_path / "none.tflite"), "readable")


def test_a_manifest_of_another_model_or_with_too_little_arena_is_refused(sound: bytes, tmp_path: Path) -> None:
    path = tmp_path / "word.tflite"
    path.write_bytes(sound)
    write_manifest(tmp_path / "word.json", Manifest("word", "other.tflite", "me", ("en",), 0.9, 5, 1024))
    verdict = verify_model(path)
    assert {check.name for check in verdict.failures} == {"manifest", "arena"}
    assert "1,024 bytes in the manifest" in fault(verdict, "arena")


def test_a_broken_manifest_is_refused(sound: bytes, tmp_path: Path) -> None:
    (tmp_path / "elsewhere.json").write_text(json.dumps({"type": "micro", "version": 1}))
    path = tmp_path / "word.tflite"
    path.write_bytes(sound)
    verdict = verify_model(path, tmp_path / "elsewhere.json")
    assert "wake_word is missing" in fault(verdict, "manifest")
    assert "version: 2 is allowed. Received: 1" in fault(verdict, "manifest")
