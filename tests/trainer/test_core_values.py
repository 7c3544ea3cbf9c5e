"""Fingerprints, seeds, clips, errors and workers: small things that everything leans on."""

import itertools
import os
import pickle
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from trainer import errors
from trainer.core.arrays import NUMPY, choose
from trainer.core.clips import Clip, ClipKind, Rejection, Split, read_clips, read_rejections, write_manifest
from trainer.core.fingerprint import fingerprint, hash_file
from trainer.core.seeds import generator, seed_of
from trainer.core.workers import map_in_order, process_pool
from trainer.errors import DataError, ResourceError, WakesmithError
from trainer.events import Event, Progress
from trainer.recipe_files import load_recipe


@dataclass(frozen=True)
class Thing:
    number: float
    names: tuple[str, ...] = ()


def test_fingerprints_differ_where_values_do() -> None:
    values = [1, 1.5, "1", None, True, [1], [[1]], {"a": 1}, {"a": 2}, Path("a"), Split.TEST, Thing(1.0), Thing(2.0),
              Thing(1.0, ("a",)), load_recipe("quick"), load_recipe("standard")]  # fmt: skip
    for one, other in itertools.combinations(values, 2):
        assert fingerprint(one) != fingerprint(other), (one, other)
    assert fingerprint(1, 2) != fingerprint([1, 2])


def test_fingerprints_do_not_depend_on_order_of_keys_or_on_the_process() -> None:
    assert fingerprint({"a": 1, "b": 2}) == fingerprint({"b": 2, "a": 1})
    code = "from trainer.core.fingerprint import fingerprint; print(fingerprint({'a', 'b'} and 'x', 1.5, None))"
    found = {
        subprocess.run(
            [sys.executable, "-c", code],
            env=os.environ | {"PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()
        for seed in ("1", "2")
    }
    assert found == {fingerprint("x", 1.5, None)}


@pytest.mark.parametrize("value", [object(), {1, 2}, np.zeros(2), float("nan")])
def test_what_has_no_stable_fingerprint_is_refused(value: object) -> None:
    with pytest.raises((TypeError, ValueError)):
        fingerprint(value)


def test_hash_of_a_file(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"abc")
    assert hash_file(tmp_path / "a") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


def test_seeds_depend_on_names_alone() -> None:
    assert seed_of(1, "a", 2) == seed_of(1, "a", 2)
    others = {
        seed_of(1, "a", 2),
        seed_of(2, "a", 2),
        seed_of(1, "a", 3),
        seed_of(1, "b", 2),
        seed_of(1, "a2"),
        seed_of(1),
    }
    assert len(others) == 6
    assert generator(1, "a").random() == generator(1, "a").random()
    assert 0 <= seed_of(1) < 2**63


def test_clips_are_read_back(tmp_path: Path) -> None:
    clips = [
        Clip(ClipKind.POSITIVE, Split.TRAIN, "kokoro:a+b", "kokoro", "Apache-2.0", 0.8, "привет", "x", 0.7),
        Clip(ClipKind.NOISE, Split.TEST, "", "folder", "CC0-1.0", 3.0),
    ]
    write_manifest(tmp_path / "clips.jsonl", clips)
    assert read_clips(tmp_path / "clips.jsonl") == clips
    rejections = [Rejection("a.wav", "not_audio", "text\nin lines")]
    write_manifest(tmp_path / "rejections.jsonl", rejections)
    assert read_rejections(tmp_path / "rejections.jsonl") == rejections


def every_error() -> list[type[WakesmithError]]:
    return [e for e in vars(errors).values() if isinstance(e, type) and issubclass(e, WakesmithError)]


@pytest.mark.parametrize("kind", every_error())
def test_errors_cross_processes_whole(kind: type[WakesmithError]) -> None:
    error = pickle.loads(pickle.dumps(kind("what", hint="do", code="key")))
    assert type(error) is kind
    assert (error.message, error.hint, error.code, str(error)) == ("what", "do", "key", "what")
    assert kind("what").code == kind.default_code


def test_arrays_on_the_processor() -> None:
    assert choose("cpu") is NUMPY
    assert NUMPY.to_host(NUMPY.from_host(np.arange(3))).tolist() == [0, 1, 2]


def test_a_gpu_that_is_not_there_is_an_error() -> None:
    if choose("auto").name == "cupy":
        pytest.skip("there is a GPU here")
    with pytest.raises(ResourceError, match="GPU") as caught:
        choose("gpu")
    assert caught.value.code == "no_gpu"


def double(number: int) -> int:
    if number == 13:
        raise DataError("unlucky", hint="skip it")
    return 2 * number


def test_map_keeps_order_and_reports() -> None:
    events: list[Event] = []
    with ThreadPoolExecutor(4) as pool:
        found = list(map_in_order(pool, double, range(12), events.append, "things", ahead=3))
    assert found == [2 * n for n in range(12)]
    last = events[-1]
    assert isinstance(last, Progress)
    assert (last.done, last.total, last.unit) == (12, 12, "things")


def test_map_of_nothing() -> None:
    with ThreadPoolExecutor(1) as pool:
        assert list(map_in_order(pool, double, [], lambda _: None, "things")) == []


def interrupt_handler(_: int) -> bool:
    return signal.getsignal(signal.SIGINT) is signal.SIG_IGN


def test_processes_hand_over_errors_and_leave_ctrl_c_to_the_parent() -> None:
    with process_pool(1) as pool:
        assert list(map_in_order(pool, interrupt_handler, [1], lambda _: None, "things")) == [True]
        with pytest.raises(DataError) as caught:
            list(map_in_order(pool, double, [1, 13, 2], lambda _: None, "things"))
    assert caught.value.hint == "skip it"
