"""How much memory there is for us: the machine's, or less where a control group (as of a container) limits it."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_GROUPS = Path("/proc/self/cgroup")
_MOUNT = Path("/sys/fs/cgroup")


@dataclass(frozen=True)
class Memory:
    """In bytes; `available` can be had without swapping."""

    total: int
    available: int


@dataclass(frozen=True)
class _Version:
    """A control group's files: its limit, what it uses, and what of that the kernel gives back when asked."""

    folder: str
    limit: str
    used: str
    cache: str


_V2 = _Version("", "memory.max", "memory.current", "inactive_file")
_V1 = _Version("memory", "memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file")


def find_memory(groups: Path = _GROUPS, mount: Path = _MOUNT) -> Memory:
    """Return the memory of this machine, within the limits of this process's control groups.

    Args:
        groups: which groups the process belongs to, as Linux lists them.
        mount: where they are mounted.
    """
    import psutil

    machine = psutil.virtual_memory()
    found = [Memory(machine.total, machine.available), *_limits(groups, mount)]
    return Memory(min(memory.total for memory in found), min(memory.available for memory in found))


def _limits(groups: Path, mount: Path) -> Iterator[Memory]:
    try:
        lines = groups.read_text(encoding="utf-8").splitlines()
    except OSError:
        return  # not Linux
    for line in lines:
        number, controllers, path = line.split(":", 2)
        if number == "0" or "memory" in controllers.split(","):
            version = _V2 if number == "0" else _V1
            group = Path(path.strip("/"))
            for each in (group, *group.parents):  # a group is bound by those around it; unseen ones have no files
                if limit := _limit(mount / version.folder / each, version):
                    yield limit


def _limit(group: Path, version: _Version) -> Memory | None:
    try:
        limit = int((group / version.limit).read_text(encoding="ascii"))
        used = int((group / version.used).read_text(encoding="ascii"))
        stat = dict(line.split() for line in (group / "memory.stat").read_text(encoding="ascii").splitlines())
        cache = int(stat.get(version.cache, 0))
    except (OSError, ValueError):  # no such group here, or "max": no limit
        return None
    return Memory(limit, max(limit - used + cache, 0))
