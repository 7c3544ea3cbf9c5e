"""The image: its base, its Dockerfile, its service, and the form of the YAML beside it."""

import importlib.util
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

SERVICES = Path("rootfs/etc/s6-overlay/s6-rc.d")
YAMLLINT = "{extends: default, rules: {line-length: {max: 120}}}"


@pytest.fixture(scope="module")
def dockerfile(root: Path) -> str:
    return (root / "Dockerfile").read_text(encoding="utf-8")


def test_base_is_the_same_in_both_places(root: Path, dockerfile: str) -> None:
    default = re.findall(r"^ARG BUILD_FROM=(\S+)$", dockerfile, re.MULTILINE)
    assert len(default) == 1
    assert re.fullmatch(r"ghcr\.io/home-assistant/base-debian:\w+", default[0])
    build = yaml.safe_load((root / "build.yaml").read_text(encoding="utf-8"))
    assert build == {"build_from": {"aarch64": default[0], "amd64": default[0]}}
    assert set(re.findall(r"^FROM (\S+)", dockerfile, re.MULTILINE)) == {"${BUILD_FROM}"}


def test_image_takes_only_what_is_there_and_runs_no_heredoc(root: Path, dockerfile: str) -> None:
    copies = [line.split()[1:] for line in dockerfile.splitlines() if line.startswith("COPY ")]
    sources = [name for words in copies if not words[0].startswith("--from") for name in words[:-1]]
    assert {"rootfs", "trainer", "addon", "integration", "requirements"} <= set(sources)
    assert [name for name in sources if not (root / name).exists()] == []
    assert "<<" not in dockerfile
    assert "curl" not in dockerfile  # everything comes from Debian and from lock files, with hashes


def test_image_keeps_what_is_fetched_in_the_data_folder(dockerfile: str) -> None:
    for name in ("XDG_CACHE_HOME", "XDG_DATA_HOME", "MPLCONFIGDIR", "CUPY_CACHE_DIR", "CUDA_CACHE_PATH"):
        assert re.search(rf"\b{name}=/data/", dockerfile), name
    assert "NVIDIA_VISIBLE_DEVICES=all" in dockerfile
    assert "NVIDIA_DRIVER_CAPABILITIES=compute,utility" in dockerfile


def test_hadolint_finds_nothing(root: Path) -> None:
    program = shutil.which("hadolint", path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}")
    if program is None:
        pytest.skip("hadolint is not here; its wheel is for Linux on x86-64 alone")
    found = subprocess.run([program, "--no-color", root / "Dockerfile"], capture_output=True, text=True, check=False)
    assert (found.returncode, found.stdout) == (0, "")


def test_yamllint_finds_nothing(root: Path, sources: list[Path]) -> None:
    if importlib.util.find_spec("yamllint") is None:
        pytest.skip("yamllint is not here")
    ours = (p for p in sources if p.parts[0] not in ("trainer", "tests"))  # presets; people's files in all styles
    files = [p for p in ours if p.suffix in (".yaml", ".yml")]
    assert {"config.yaml", "build.yaml", "repository.yaml", "en.yaml", "de.yaml"} <= {p.name for p in files}
    command = [sys.executable, "-m", "yamllint", "--strict", "-d", YAMLLINT, *files]
    found = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    assert (found.returncode, found.stdout) == (0, "")


def services(root: Path) -> list[Path]:
    return [root / SERVICES / p.name for p in (root / SERVICES / "user/contents.d").iterdir()]


def test_every_service_is_whole_and_belongs_to_the_user_bundle(root: Path) -> None:
    assert [s.name for s in services(root)] == ["wakesmith"]
    assert {p.name for p in (root / SERVICES).iterdir()} == {"user", *(s.name for s in services(root))}
    for service in services(root):
        assert (service / "type").read_text() == "longrun\n"
        assert (service / "dependencies.d/base").is_file()
        for name in ("run", "finish"):
            assert os.access(service / name, os.X_OK), name
            assert (service / name).read_text().count("\n") < 10, name


def test_run_ends_in_exec_with_the_containers_environment(root: Path) -> None:
    for service in services(root):
        lines = (service / "run").read_text().splitlines()
        assert lines[0] == "#!/command/with-contenv sh"
        assert lines[-1].startswith("exec ")


@pytest.mark.parametrize(
    ("arguments", "code", "halts"),
    [(("0", "0"), "0", False), (("1", "0"), "1", True), (("256", "9"), "137", True), (("256", "15"), "143", False)],
)
def test_finish_writes_the_code_and_halts_on_a_real_failure(
    root: Path, tmp_path: Path, arguments: tuple[str, str], code: str, halts: bool
) -> None:
    results, halt = tmp_path / "exitcode", tmp_path / "halt"
    halt.write_text(f"#!/bin/sh\ntouch {tmp_path}/halted\n")
    halt.chmod(0o755)
    for service in services(root):
        script = (service / "finish").read_text()
        places = {"/run/s6-linux-init-container-results/exitcode": results, "/run/s6/basedir/bin/halt": halt}
        for place, ours in places.items():
            assert place in script
            script = script.replace(place, str(ours))
        (tmp_path / "finish").write_text(script)
        subprocess.run(["sh", tmp_path / "finish", *arguments], check=True)
        assert results.read_text() == f"{code}\n"
        assert (tmp_path / "halted").exists() == halts
