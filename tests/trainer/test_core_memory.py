"""Memory within the limits of control groups, as Linux shows them in both of its versions."""

from pathlib import Path

import psutil
import pytest

from trainer.core.memory import Memory, find_memory

MB = 1_000_000


def write(folder: Path, **files: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (folder / name.replace("__", ".")).write_text(text + "\n")


def find(tmp_path: Path, groups: str) -> Memory:
    (tmp_path / "groups").write_text(groups)
    return find_memory(tmp_path / "groups", tmp_path / "mount")


def test_the_tightest_of_the_groups_around_counts(tmp_path: Path) -> None:
    app = tmp_path / "mount/system/app"
    write(
        app, memory__max=str(90 * MB), memory__current=str(60 * MB), memory__stat=f"anon 1\ninactive_file {10 * MB}"
    )
    write(app.parent, memory__max=str(50 * MB), memory__current=str(5 * MB), memory__stat="inactive_file 0")
    assert find(tmp_path, "0::/system/app\n") == Memory(50 * MB, 40 * MB)


def test_the_older_kind_is_read_where_a_container_sees_only_its_own(tmp_path: Path) -> None:
    files = {"memory__limit_in_bytes": str(80 * MB), "memory__usage_in_bytes": str(90 * MB)}
    write(tmp_path / "mount/memory", **files, memory__stat="total_inactive_file 0")
    assert find(tmp_path, "5:cpu:/x\n4:memory:/docker/abc\n") == Memory(80 * MB, 0)


@pytest.mark.parametrize("groups", ["0::/\n", "", "0::/gone\n3:cpu,cpuacct:/x\n"])
def test_without_a_limit_it_is_the_machines(tmp_path: Path, groups: str) -> None:
    write(tmp_path / "mount", memory__max="max", memory__current="1", memory__stat="inactive_file 0")
    found = find(tmp_path, groups)
    assert found.total == psutil.virtual_memory().total
    assert 0 < found.available < found.total


def test_where_there_are_no_groups_it_is_the_machines(tmp_path: Path) -> None:
    assert find_memory(tmp_path / "none", tmp_path).total == psutil.virtual_memory().total
