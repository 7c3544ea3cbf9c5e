"""Folders and files that are whole or absent, also when the disk is full or the process dies."""

import errno
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from trainer.core.folders import disk_space_named, is_whole, whole_folder, write_whole
from trainer.errors import DataError, ResourceError


def test_a_folder_gets_its_name_when_whole(tmp_path: Path) -> None:
    path = tmp_path / "stage"
    with whole_folder(path, "a") as partial:
        (partial / "file").write_text("1")
        assert not path.exists()
    assert (path / "file").read_text() == "1"
    assert is_whole(path, "a")
    assert not is_whole(path, "b")
    assert [p.name for p in tmp_path.iterdir()] == ["stage"]


def cut_off(path: Path, key: str) -> None:
    """Begin a folder, add to its file, and fail."""
    with whole_folder(path, key) as partial:
        with (partial / "file").open("a") as file:
            file.write("half.")
        raise DataError("cut off")


def test_a_failure_leaves_what_was_there(tmp_path: Path) -> None:
    path = tmp_path / "stage"
    with whole_folder(path, "a") as partial:
        (partial / "file").write_text("1")
    with pytest.raises(DataError):
        cut_off(path, "b")
    assert (path / "file").read_text() == "1"
    assert is_whole(path, "a")


def test_other_inputs_replace_it(tmp_path: Path) -> None:
    path = tmp_path / "stage"
    for key in ("a", "b"):
        with whole_folder(path, key) as partial:
            (partial / key).touch()
    assert is_whole(path, "b")
    assert {p.name for p in path.iterdir()} >= {"b"}
    assert not (path / "a").exists()


def test_the_same_inputs_go_on_others_begin_anew(tmp_path: Path) -> None:
    path = tmp_path / "stage"
    for _ in range(2):
        with pytest.raises(DataError):
            cut_off(path, "a")
    with whole_folder(path, "a") as partial:
        assert (partial / "file").read_text() == "half.half."
    with pytest.raises(DataError):
        cut_off(path, "b")
    with whole_folder(path, "c") as partial:
        assert not (partial / "file").exists()
    assert is_whole(path, "c")


def test_missing_and_strange_folders_are_not_whole(tmp_path: Path) -> None:
    assert not is_whole(tmp_path / "none", "a")
    (tmp_path / "file").touch()
    assert not is_whole(tmp_path / "file", "a")
    (tmp_path / "empty").mkdir()
    assert not is_whole(tmp_path / "empty", "")


KILLED = """
import os, signal, sys
from pathlib import Path
from trainer.core.folders import whole_folder
with whole_folder(Path(sys.argv[1]), "a") as partial:
    (partial / "file").write_text("half")
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_killed_while_writing(tmp_path: Path) -> None:
    path = tmp_path / "stage"
    done = subprocess.run([sys.executable, "-c", KILLED, path], check=False)
    assert done.returncode == -signal.SIGKILL
    assert not path.exists()
    assert not is_whole(path, "a")
    with whole_folder(path, "a") as partial:
        (partial / "file").write_text("whole")
    assert (path / "file").read_text() == "whole"


def test_files_are_replaced_at_once(tmp_path: Path) -> None:
    path = tmp_path / "new" / "file"
    write_whole(path, "ä")
    write_whole(path, b"\x00\x01")
    assert path.read_bytes() == b"\x00\x01"
    assert [p.name for p in path.parent.iterdir()] == ["file"]


@pytest.fixture
def tiny_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 64 KiB."""
    disk = tmp_path / "disk"
    disk.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", disk]
    if os.geteuid() or subprocess.run(command, check=False, capture_output=True).returncode:
        pytest.skip("mounting a small disk needs root")
    yield disk
    subprocess.run(["umount", disk], check=True)


def test_full_disk_while_writing_a_folder(tiny_disk: Path) -> None:
    path = tiny_disk / "stage"
    with whole_folder(path, "a") as partial:
        (partial / "file").write_text("old")
    with pytest.raises(ResourceError) as caught, whole_folder(path, "b") as partial:
        (partial / "large").write_bytes(bytes(200_000))
    assert caught.value.code == "disk_full"
    assert caught.value.exit_code == 9
    assert str(path) in caught.value.message
    assert caught.value.hint
    assert (path / "file").read_text() == "old"
    assert is_whole(path, "a")


def test_full_disk_while_writing_a_file(tiny_disk: Path) -> None:
    path = tiny_disk / "file"
    write_whole(path, "old")
    with pytest.raises(ResourceError, match="full"):
        write_whole(path, bytes(200_000))
    assert path.read_text() == "old"
    assert [p.name for p in tiny_disk.iterdir()] == ["file"]


def test_other_errors_of_the_system_stay_themselves(tmp_path: Path) -> None:
    with pytest.raises(PermissionError), disk_space_named(tmp_path):
        raise PermissionError(errno.EACCES, "no")
