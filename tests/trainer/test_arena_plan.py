"""The calculated arena beside the measured one, and a machine that can only calculate."""

from dataclasses import replace
from pathlib import Path

import pytest
from ai_edge_litert import schema_py_generated as schema
from streaming_models import TINY, convert, edit, official

from trainer.errors import ModelError
from trainer.export.arena import Arena, find_arena, manifest_arena, measure_arena
from trainer.export.arena_plan import calculate_arena
from trainer.export.checks import OPERATORS
from trainer.export.greedy import Buffer, place
from trainer.export.parity import parity, probe_frames
from trainer.export.verify import verify_model
from trainer.model.manifest import Manifest, write_manifest
from trainer.model.shape import SIZES, MixedNetShape

ALLOWED = 1.15  # calculated over measured
SHAPES = {
    "stride 1": replace(TINY, stride=1),
    "mean": replace(TINY, pooling="mean"),
    "max": replace(TINY, pooling="max", stride=2),
    "residual": replace(TINY, residual=(True, True)),
    **SIZES,
}


@pytest.fixture(scope="module")
def sound() -> bytes:
    return convert()


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine for which TFLite-Micro has no wheel."""
    monkeypatch.setattr("trainer.export.arena.find_spec", lambda _name: None)


def assert_close(model: bytes) -> None:
    pytest.importorskip("tflite_micro", reason="compares with TFLite-Micro's interpreter: Linux on x86-64 only")
    measured = measure_arena(model)
    assert measured <= calculate_arena(model) <= ALLOWED * measured


@pytest.mark.parametrize("name", ["alexa", "hey_jarvis", "hey_mycroft", "okay_nabu"])
def test_official_models_need_no_more_than_is_calculated(name: str) -> None:
    assert_close(official(name).read_bytes())


def test_our_export_needs_no_more_than_is_calculated(sound: bytes) -> None:
    assert_close(sound)


@pytest.mark.slow
@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES.keys())
def test_our_shapes_need_no_more_than_is_calculated(shape: MixedNetShape) -> None:
    assert_close(convert(shape))


@pytest.mark.parametrize(
    ("name", "expected"), [("alexa", 20720), ("hey_jarvis", 20320), ("hey_mycroft", 21728), ("okay_nabu", 27872)]
)
def test_the_calculation_is_the_same_on_every_machine(name: str, expected: int) -> None:
    # what the pinned interpreter needs on x86-64
    assert calculate_arena(official(name).read_bytes()) == expected


def test_buffers_share_memory_only_if_they_never_meet() -> None:
    assert place([]) == 0
    assert place([Buffer(32, 0, 1), Buffer(64, 1, 2)]) == 96
    assert place([Buffer(32, 0, 1), Buffer(64, 2, 3)]) == 64
    # the two large ones meet; the small one fits into the gap that the first leaves
    assert place([Buffer(64, 0, 1), Buffer(48, 1, 3), Buffer(32, 2, 3)]) == 112


def test_every_operator_of_the_device_is_known_and_others_are_refused() -> None:
    def change(tree, name: str) -> None:
        code = next(c for c in tree.operatorCodes if c.builtinCode == schema.BuiltinOperator.LOGISTIC)
        code.builtinCode = getattr(schema.BuiltinOperator, name)
        code.deprecatedBuiltinCode = min(code.builtinCode, 127)  # the old field holds no more

    model = official("alexa").read_bytes()
    for name in OPERATORS - {"CONV_2D", "DEPTHWISE_CONV_2D", "FULLY_CONNECTED", "MEAN", "VAR_HANDLE", "CALL_ONCE"}:
        assert calculate_arena(edit(model, lambda tree, name=name: change(tree, name))) > 0
    with pytest.raises(ModelError, match="memory of TANH is not known here"):
        calculate_arena(edit(model, lambda tree: change(tree, "TANH")))


def test_the_manifest_leaves_more_where_nothing_was_measured(bare: None) -> None:
    arena = find_arena(official("alexa").read_bytes())
    assert arena == Arena(20720, measured=False)
    assert arena.manifest == 29008
    assert Arena(20720, measured=True).manifest == manifest_arena(20720) == 25904


def test_without_the_interpreter_models_are_verified_and_the_verdict_says_how(
    bare: None, sound: bytes, tmp_path: Path
) -> None:
    path = tmp_path / "word.tflite"
    path.write_bytes(sound)
    verdict = verify_model(path)
    assert verdict.failures == ()
    said = {check.name: check.message for check in verdict.checks}
    assert said["arena"].startswith("calculated, not measured: ")
    assert "device twin and LiteRT agree bit for bit" in said["parity"]
    assert "TFLite-Micro could not be asked" in said["parity"]
    write_manifest(tmp_path / "word.json", Manifest("word", path.name, "me", ("en",), 0.9, 5, 1024))
    told = next(check.message for check in verify_model(path).failures)
    assert "1,024 bytes in the manifest" in told
    assert "calculated, not measured" in told


def test_official_models_pass_without_the_interpreter(bare: None) -> None:
    verify_model(official("okay_nabu")).require()


def test_without_the_interpreter_the_twin_is_held_against_litert(bare: None, sound: bytes) -> None:
    found = parity(sound, probe_frames(900))
    assert (found.micro, found.steps, found.twin, found.logit_differences) == (False, 300, 0, 0)
    assert found.logits > 20
