"""The editor of ESPHome's YAML on our corpus: patched, accepted by the real esphome, undone byte for byte."""

import re
from pathlib import Path

import pytest
import yaml

from addon.publish.esphome_yaml.editing import find_words, plan_edit, remove_edit
from addon.publish.esphome_yaml.entry import Choice, ModelEntry
from tests.addon.esphome_home import CORPUS, DEVICES, Home, find_esphome

CHOICES = (Choice("Slightly sensitive", 247), Choice("Moderately sensitive", 230), Choice("Very sensitive", 200))
# Their voice_assistant does not name micro_wake_word.
UNLINKED = {f"{name}.yaml" for name in ("anchors", "bare_engine", "bedroom", "bom", "kitchen", "windows")}
DEVICES_BY_PACKAGE = {"anchors", "bedroom", "engine_included", "flow", "kitchen", "models_included"}


def entry(version: int = 2, word: str = "hey_jarvis") -> ModelEntry:
    id = f"{word}_v{version}"
    return ModelEntry(id, f"wakesmith/{id}.json", CHOICES, "Moderately sensitive")


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path)


@pytest.fixture(scope="module")
def real_home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    return Home(tmp_path_factory.mktemp("real"), find_esphome())


def test_the_corpus_is_as_wild_as_it_should_be() -> None:
    held = {name: (CORPUS / name).read_bytes() for name in DEVICES}
    assert len(held) >= 14
    assert any(data.startswith(b"\xef\xbb\xbf") for data in held.values())
    assert any(b"\n" not in data.replace(b"\r\n", b"") for data in held.values())
    assert any(b"\r\n" in data and b"\n" in data.replace(b"\r\n", b"") for data in held.values())
    assert any(not data.endswith(b"\n") for data in held.values())
    assert any(b"\t#" in data for data in held.values())


@pytest.mark.parts
@pytest.mark.parametrize("device", DEVICES)
def test_esphome_accepts_the_edit_and_has_the_word(real_home: Home, device: str) -> None:
    before = real_home.check(device)
    path = real_home.folder / device
    original = path.read_bytes()
    try:
        path.write_bytes(plan_edit(device, real_home.files, entry()).after)
        after = real_home.check(device)
    finally:
        path.write_bytes(original)
    found, old = load_config(after), load_config(before)
    model = found["micro_wake_word"]["models"]
    added = [item for item in model if item not in old["micro_wake_word"]["models"]]
    kept = [item for item in old["micro_wake_word"]["models"] if item not in model]
    assert [Path(item["model"]["path"]).name for item in added] == ["hey_jarvis_v2.json"]
    assert [Path(item["model"]["path"]).name for item in kept] == ["hey_jarvis_v1.json"] * (
        device == "already_there.yaml"
    )
    select = [item for item in found["select"] if item not in old.get("select", [])]
    assert [item["id"] for item in select] == ["wakesmith_hey_jarvis_sensitivity"]
    assert f"id({added[0]['id']})->set_probability_cutoff(cutoffs[i])" in str(select[0]["on_value"])
    assert (f"id({added[0]['id']})->enable()" in str(select[0]["on_value"])) == (device in UNLINKED)
    without = [{k: v for k, v in part.items() if k not in ("micro_wake_word", "select")} for part in (found, old)]
    assert without[0] == without[1]


@pytest.mark.parts
def test_the_lambda_speaks_to_the_model(real_home: Home) -> None:
    path = real_home.folder / "generated.yaml"
    path.write_bytes((real_home.folder / "bare_engine.yaml").read_bytes())
    path.write_bytes(plan_edit(path.name, real_home.files, entry()).after)
    done = real_home.ask(path.name, "compile", "--only-generate")
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    (source,) = real_home.data.rglob("main.cpp")
    lines = [line.strip() for line in source.read_text().splitlines()]
    at = lines.index("static const uint8_t cutoffs[] = {247, 230, 200};")
    assert lines[at + 1] == "wakesmith_hey_jarvis->set_probability_cutoff(cutoffs[i]);"
    assert lines[at + 2] == "wakesmith_hey_jarvis->enable();"
    assert any("micro_wake_word::WakeWordModel *const wakesmith_hey_jarvis =" in line for line in lines)


@pytest.mark.parametrize("device", DEVICES)
def test_the_edit_is_undone_byte_for_byte(home: Home, device: str) -> None:
    path = home.folder / device
    original = path.read_bytes()
    edit = plan_edit(device, home.files, entry())
    assert edit.changed
    assert edit.before == original
    path.write_bytes(edit.after)
    assert find_words(device, home.files)[-1:] == ("hey_jarvis",)
    again = plan_edit(device, home.files, entry())
    assert not again.changed
    assert again.diff == ""
    assert remove_edit(device, home.files, "hey_jarvis").after == original


@pytest.mark.parametrize("device", DEVICES)
def test_a_later_version_takes_the_place_of_the_earlier(home: Home, device: str) -> None:
    path = home.folder / device
    original = path.read_bytes()
    path.write_bytes(plan_edit(device, home.files, entry(2)).after)
    second = plan_edit(device, home.files, entry(3))
    lines = [line for line in second.diff.splitlines()[2:] if line[:1] in "+-"]
    assert len(lines) == 2, second.diff
    assert [re.sub(r".*hey_jarvis_v(\d).*", r"\1", line) for line in lines] == ["2", "3"]
    path.write_bytes(second.after)
    assert remove_edit(device, home.files, "hey_jarvis").after == original


@pytest.mark.parametrize("device", DEVICES)
@pytest.mark.parametrize("first", [0, 1], ids=["first", "last"])
def test_words_come_and_go_in_any_order(home: Home, device: str, first: int) -> None:
    path = home.folder / device
    original = path.read_bytes()
    words = ["hey_jarvis", "ok_smith"]
    for word in words:
        path.write_bytes(plan_edit(device, home.files, entry(word=word)).after)
    alone = remove_edit(device, home.files, words[first]).after
    path.write_bytes(alone)
    assert find_words(device, home.files)[-1:] == (words[1 - first],)
    path.write_bytes(remove_edit(device, home.files, words[1 - first]).after)
    assert path.read_bytes() == original


@pytest.mark.parametrize("device", DEVICES)
def test_only_the_main_file_changes_and_only_by_our_lines(home: Home, device: str) -> None:
    edit = plan_edit(device, home.files, entry())
    assert edit.name == device
    lost = [line for line in edit.diff.splitlines()[2:] if line.startswith("-")]
    if device == "already_there.yaml":
        assert all(f"\n+#~{line[1:]}\n" in edit.diff for line in lost)
    else:
        assert len(lost) == (1 if device.startswith("flow") else 0)
    packed = b"wakesmith_hey_jarvis:" in edit.after
    assert packed == (device.removesuffix(".yaml") in DEVICES_BY_PACKAGE)


class _Loader(yaml.SafeLoader):
    """Reads what `esphome config` prints."""


_Loader.add_multi_constructor("!", lambda loader, suffix, node: f"!{suffix} {node.value}")


def load_config(text: str) -> dict[str, list[dict[str, object]]]:
    found: dict[str, list[dict[str, object]]] = yaml.load(text, _Loader)
    return found
