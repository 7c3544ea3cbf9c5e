import json
from pathlib import Path

import pytest
from streaming_models import official

from trainer.errors import ModelError
from trainer.model.manifest import Manifest, probability_of, read_manifest, validate, write_manifest

GOOD = Manifest("Hey Jarvis", "hey_jarvis_v1.tflite", "me", ("en", "de"), 0.97, 5, 29728)


def changed(key: str, value: object) -> dict[str, object]:
    data = GOOD.to_dict()
    head, _, tail = key.partition(".")
    (data[head] if tail else data)[tail or head] = value
    return data


@pytest.mark.parametrize("name", ["alexa", "hey_jarvis", "hey_mycroft", "okay_nabu"])
def test_official_manifests_are_read(name: str) -> None:
    manifest = read_manifest(official(name).with_suffix(".json"))
    assert manifest.model == f"{name}.tflite"
    assert manifest.author == "Kevin Ahrendt"


@pytest.mark.parametrize(
    "manifest", [GOOD, Manifest("Ключ", "k.tflite", "me", ("ru",), 1, 50, 1, "https://a.example")]
)
def test_what_is_written_is_read(manifest: Manifest, tmp_path: Path) -> None:
    write_manifest(tmp_path / "m.json", manifest)
    assert read_manifest(tmp_path / "m.json") == manifest


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("type", "macro"),
        ("wake_word", " "),
        ("author", None),
        ("website", "example.com"),
        ("model", "folder/word.tflite"),
        ("model", "word.onnx"),
        ("trained_languages", []),
        ("trained_languages", "en"),
        ("version", 1),
        ("version", True),
        ("micro", []),
        ("micro.probability_cutoff", 1.01),
        ("micro.probability_cutoff", -0.01),
        ("micro.probability_cutoff", float("nan")),
        ("micro.probability_cutoff", "0.9"),
        ("micro.sliding_window_size", 0),
        ("micro.sliding_window_size", 51),
        ("micro.sliding_window_size", 5.0),
        ("micro.feature_step_size", 20),
        ("micro.tensor_arena_size", 0),
        ("micro.tensor_arena_size", (1 << 20) + 1),
        ("micro.minimum_esphome_version", "latest"),
    ],
)
def test_values_out_of_range_are_named(key: str, value: object) -> None:
    (problem,) = validate(changed(key, value))
    assert problem.startswith(f"{key}: ")
    assert problem.endswith(f"Received: {value!r}")


@pytest.mark.parametrize("key", ["comment", "micro.comment"])
def test_unknown_keys_are_named(key: str) -> None:
    (problem,) = validate(changed(key, 1))
    assert problem.startswith(f"{key} is not known; known: ")


@pytest.mark.parametrize("key", ["type", "model", "author", "version", "wake_word", "trained_languages", "micro"])
def test_missing_keys_are_named(key: str) -> None:
    data = GOOD.to_dict()
    del data[key]
    (problem,) = validate(data)
    assert problem.startswith(f"{key} is missing")


def test_a_manifest_that_a_device_refuses_is_not_written(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="sliding_window_size"):
        write_manifest(tmp_path / "m.json", Manifest("a", "a.tflite", "me", ("en",), 0.9, 0, 1000))
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("text", "named"),
    [("{", "not JSON"), ("[]", "Received: list"), (" " * 9000 + json.dumps(GOOD.to_dict()), "8192")],
)
def test_what_is_no_manifest_is_named(text: str, named: str, tmp_path: Path) -> None:
    (tmp_path / "m.json").write_text(text)
    with pytest.raises(ModelError, match=named):
        read_manifest(tmp_path / "m.json")


def test_every_cutoff_survives_the_firmware() -> None:
    for cutoff in range(256):
        assert int(probability_of(cutoff) * 255) == cutoff
    with pytest.raises(ValueError, match="256"):
        probability_of(256)


def test_the_cutoff_is_the_firmwares() -> None:
    assert GOOD.cutoff == 247
