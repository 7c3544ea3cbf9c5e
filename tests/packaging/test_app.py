"""The app as Supervisor reads it: configuration, options in every language, rating, backup, pictures."""

import dataclasses
import importlib.util
import json
import re
import shutil
import sqlite3
import struct
import subprocess
import sys
from pathlib import Path
from typing import Any

import matplotlib.image
import numpy as np
import pytest
import supervisor
import yaml

import trainer
from addon.backup import COPY
from addon.errors import Invalid
from addon.homeassistant.supervisor import SERVICE
from addon.jobs.child import HASTE
from addon.library import fetching
from addon.options import DEVICES, LEVELS, SUPERVISED, Options, load_options
from addon.store import NAME
from addon.web import server

KEPT = ("backup.db", "models/hey_marvin_v1/hey_marvin_v1.tflite", "samples/a1.wav",
        "samples/originals/a1.flac", "jobs/j1/recipe.yaml", "jobs/j1/events.jsonl", "jobs/j1/trainer.log",
        "jobs/j1/result/hey_marvin_v1.json", "models/cache_v1/cache_v1.json")  # fmt: skip
LEFT_OUT = ("arriving/upload.tmp", "wakesmith.db", "wakesmith.db-wal", "wakesmith.db-shm",
            "cache/wakesmith/shards/s.bin", "datasets/speech/x.npy", "previews/k.wav", "trash/m/x.tflite",
            "share/wakesmith/voices/de_DE-eva-low.onnx",
            "gpu/tensorflow/x.so", "esphome/build/x.o", "jobs/j1/features/train_positive/rows.bin",
            "jobs/j1/samples/audio/rows.bin",
            "jobs/j1/samples.partial/clips.jsonl")  # fmt: skip


@pytest.fixture(scope="module")
def config(root: Path) -> dict[str, Any]:
    return yaml.safe_load((root / "config.yaml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def translations(root: Path) -> dict[str, dict[str, Any]]:
    return {p.stem: yaml.safe_load(p.read_text(encoding="utf-8")) for p in (root / "translations").glob("*.yaml")}


def test_supervisor_takes_the_configuration_whole(config: dict[str, Any]) -> None:
    assert supervisor.find_faults(config) == []
    assert config["version"] == trainer.__version__
    assert set(config["arch"]) == {"amd64", "aarch64"}
    assert config["init"] is False  # s6-overlay is process 1


@pytest.mark.parametrize(
    ("key", "value"),
    [("slug", "wake smith"), ("arch", ["armv7"]), ("watchdog", "http://localhost"), ("backup", "warm"),
     ("schema", {"a": "integer"}), ("timeout", 5), ("panel_colour", "red"), ("version", "newest")],
)  # fmt: skip
def test_our_rules_find_faults(config: dict[str, Any], key: str, value: Any) -> None:
    assert len(supervisor.find_faults(config | {key: value})) == 1
    assert supervisor.find_faults({k: v for k, v in config.items() if k != "arch"}) == ["arch is missing"]


def test_the_app_ends_before_supervisor_loses_patience(config: dict[str, Any]) -> None:
    most = 2 * server._SHUTDOWN_S + HASTE.kill + HASTE.after_end + 2 * fetching._GRACE_S  # one after the other
    assert most < config["timeout"] - 20  # the rest is the helper's, the database's and the process supervisor's


def test_there_is_one_app_in_the_tree(sources: list[Path]) -> None:
    found = [p for p in sources if p.suffix in (".yaml", ".yml", ".json") and p.stem == "config"]
    assert found == [Path("config.yaml")]
    assert [p for p in sources if p.suffix in (".yaml", ".yml", ".json") and p.stem in ("build", "repository")] == [
        Path("build.yaml"),
        Path("repository.yaml"),
    ]


def test_repository_is_named(root: Path) -> None:
    found = yaml.safe_load((root / "repository.yaml").read_text(encoding="utf-8"))
    assert isinstance(found.get("name"), str)
    assert set(found) <= {"name", "url", "maintainer"}


def test_options_are_the_schemas_the_services_and_every_languages(
    root: Path, config: dict[str, Any], translations: dict[str, dict[str, Any]]
) -> None:
    assert list(config["schema"]) == list(SUPERVISED)
    assert set(SUPERVISED) <= {f.name for f in dataclasses.fields(Options)}
    assert set(translations) == {"en", "de"}
    assert {p.stem for p in (root / "addon/frontend/translations").glob("*.json")} == set(translations)
    for language, texts in translations.items():
        assert set(texts) == {"configuration", "network"}, language
        assert list(texts["configuration"]) == list(SUPERVISED), language
        assert set(texts["network"]) == set(config["ports"]), language
        for option, words in texts["configuration"].items():
            assert set(words) == {"name", "description"}, (language, option)
            assert all(isinstance(w, str) and w.strip() for w in words.values()), (language, option)


def test_options_are_in_the_users_guide(root: Path, config: dict[str, Any]) -> None:
    rows = re.findall(r"^\| `(\w+)` \| (\S+) \|", (root / "DOCS.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert [name for name, _ in rows] == list(SUPERVISED)
    for name, default in rows:
        shown = {"off": False, "none": ""}.get(default, yaml.safe_load(default.strip("`")))
        assert shown == getattr(Options(), name), name


def test_defaults_are_the_services_own(config: dict[str, Any], tmp_path: Path) -> None:
    assert config["options"] == {name: getattr(Options(), name) for name in config["options"]}
    assert supervisor.accepts(config["schema"], config["options"])
    file = tmp_path / "options.json"
    file.write_text(json.dumps(config["options"]))
    loaded = load_options([], {}, file)
    assert loaded.ingress
    assert loaded.port == config["ingress_port"]
    assert set(config["ports"]) == {f"{loaded.lan_port}/tcp"}
    assert config["ports"] == {f"{loaded.lan_port}/tcp": None}


@pytest.mark.parametrize(
    ("name", "values"),
    [("log_level", [*LEVELS, "trace", ""]), ("device", [*DEVICES, "tpu"]), ("concurrent", [0, 1, 8, 9, "1"]),
     ("lan", [True, False, "yes"]), ("lan_token", ["", "0123456789abcdef", 5])],
)  # fmt: skip
def test_form_and_service_allow_the_same(
    config: dict[str, Any], tmp_path: Path, name: str, values: list[Any]
) -> None:
    file = tmp_path / "options.json"
    verdicts = set()
    for value in values:
        options = config["options"] | {name: value}
        file.write_text(json.dumps(options))
        try:
            load_options([], {}, file)
            taken = True
        except Invalid:
            taken = False
        assert supervisor.accepts(config["schema"], options) == taken, value
        verdicts.add(taken)
    assert verdicts == {True, False}


def test_home_assistant_learns_of_the_app(root: Path, config: dict[str, Any], tmp_path: Path) -> None:
    assert config["discovery"] == [SERVICE]
    manifest = json.loads((root / "integration/manifest.json").read_text(encoding="utf-8"))
    assert manifest["domain"] == SERVICE
    assert "mqtt:want" in config["services"]
    assert {"type": "homeassistant_config", "read_only": False} in config["map"]
    file = tmp_path / "options.json"
    file.write_text(json.dumps(config["options"]))
    loaded = load_options([], {}, file)
    assert (loaded.homeassistant, loaded.link_host) == ("/homeassistant", "0.0.0.0")
    assert f"{loaded.link_port}/tcp" not in config["ports"], "within Supervisor's network alone"


def test_of_home_assistants_configuration_three_folders_can_be_written(root: Path) -> None:
    lines = re.findall(r"^\s*(/homeassistant/\S*) (\w+),$", (root / "apparmor.txt").read_text(), re.MULTILINE)
    folders = "/homeassistant/{esphome,custom_wake_words,custom_components}/"
    assert {path for path, rights in lines if "w" in rights} == {folders, f"{folders}**"}
    assert not any("x" in rights or "m" in rights for _, rights in lines)


def test_rating_is_eight(root: Path, config: dict[str, Any]) -> None:
    profile = (root / "apparmor.txt").is_file()
    assert supervisor.rate(config, has_profile=profile) == 8
    assert supervisor.rate(config, has_profile=False) == 7
    assert supervisor.rate(config | {"ingress": False, "ports": {"1/tcp": 1}}, has_profile=True) == 6
    assert supervisor.rate(config | {"host_network": True}, has_profile=True) == 7
    assert supervisor.rate(config | {"full_access": True}, has_profile=True) == 1


def test_profile_is_one_and_named_after_the_app(root: Path, config: dict[str, Any]) -> None:
    text = (root / "apparmor.txt").read_text(encoding="utf-8")
    assert re.findall(r"^profile (\S+)", text, re.MULTILINE) == [config["slug"]]
    assert not re.search(r"^\s*(file|capability|network),", text, re.MULTILINE), "all of a kind is allowed"
    if shutil.which("apparmor_parser") is None:
        pytest.skip("apparmor_parser is not here")
    command = ["apparmor_parser", "--skip-kernel-load", "--skip-cache", "--quiet", root / "apparmor.txt"]
    found = subprocess.run(command, capture_output=True, text=True, check=False)
    assert found.returncode == 0, found.stderr


def test_backup_begins_with_a_copy_of_the_database(root: Path, config: dict[str, Any], tmp_path: Path) -> None:
    program, *rest = config["backup_pre"].split()
    assert program == "/opt/wakesmith/.venv/bin/python"
    assert (
        f"exec {program.removeprefix('/opt/wakesmith/')} " in next(root.glob("rootfs/**/wakesmith/run")).read_text()
    )
    assert rest == ["-m", "addon.backup", "/data"]
    with sqlite3.connect(tmp_path / NAME) as live:
        live.execute("PRAGMA journal_mode = WAL")
        live.execute("CREATE TABLE t (x)")
    subprocess.run([sys.executable, *rest[:2], str(tmp_path)], check=True, cwd=root, timeout=60)
    kept = [p.name for p in tmp_path.iterdir() if not supervisor.is_left_out(config["backup_exclude"], p.name)]
    assert kept == [COPY]


@pytest.mark.parametrize("path", KEPT)
def test_backup_keeps(config: dict[str, Any], path: str) -> None:
    assert not supervisor.is_left_out(config["backup_exclude"], path)


@pytest.mark.parametrize("path", LEFT_OUT)
def test_backup_leaves_out(config: dict[str, Any], path: str) -> None:
    assert config["backup"] == "hot"
    assert supervisor.is_left_out(config["backup_exclude"], path)


@pytest.mark.parametrize(("name", "size"), [("icon.png", (128, 128)), ("logo.png", (250, 100))])
def test_pictures_are_drawn_by_their_script(root: Path, tmp_path: Path, name: str, size: tuple[int, int]) -> None:
    spec = importlib.util.spec_from_file_location("draw_icon", root / "script" / "draw_icon.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.draw_all(tmp_path)
    assert struct.unpack(">II", (root / name).read_bytes()[16:24]) == size
    kept, drawn = (matplotlib.image.imread(folder / name) for folder in (root, tmp_path))
    assert np.abs(kept - drawn).mean() < 0.02  # fonts and edges differ a little between versions
    assert kept[..., :3].std() > 0.1  # and it is not one colour
