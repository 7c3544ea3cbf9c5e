"""The integration's files, as Home Assistant's own check and the marketplace want them."""

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from homeassistant.helpers.service import _SERVICES_SCHEMA  # what core itself holds services.yaml against

FOLDER = Path(__file__).resolve().parents[2] / "integration"
STRINGS: dict[str, Any] = json.loads((FOLDER / "strings.json").read_text())
GERMAN: dict[str, Any] = json.loads((FOLDER / "translations" / "de.json").read_text())
ICONS: dict[str, Any] = json.loads((FOLDER / "icons.json").read_text())
SOURCES = {path: ast.parse(path.read_text()) for path in FOLDER.rglob("*.py")}


def leaves(tree: Any, path: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(tree, dict):
        for key, value in tree.items():
            yield from leaves(value, f"{path}/{key}")
    else:
        yield path, tree


def sorted_deep(tree: Any) -> bool:
    if not isinstance(tree, dict):
        return True
    return list(tree) == sorted(tree) and all(sorted_deep(value) for value in tree.values())


def called(name: str) -> Iterator[ast.Call]:
    for tree in SOURCES.values():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call):
                function = node.func
                if (function.id if isinstance(function, ast.Name) else getattr(function, "attr", "")) == name:
                    yield node


def texts(keyword: str) -> set[str]:
    found = set()
    for tree in SOURCES.values():
        for node in ast.walk(tree):
            if isinstance(node, ast.keyword) and node.arg == keyword and isinstance(node.value, ast.Constant):
                found.add(str(node.value.value))
    return found


def test_the_manifest_is_in_order() -> None:
    manifest = json.loads((FOLDER / "manifest.json").read_text())
    keys = list(manifest)
    assert keys == ["domain", "name", *sorted(keys[2:])]
    assert (manifest["domain"], manifest["iot_class"], manifest["config_flow"]) == ("wakesmith", "local_push", True)
    assert re.fullmatch(r"\d+\.\d+\.\d+", manifest["version"])
    assert manifest["requirements"] == [], "all that it needs Home Assistant has"
    assert set(manifest["after_dependencies"]) == {"assist_satellite", "esphome", "hassio"}


def test_the_marketplace_finds_a_name() -> None:
    hacs = json.loads((FOLDER.parent / "hacs.json").read_text())
    assert hacs["name"] == "Wakesmith"
    assert hacs["homeassistant"] == "2025.11.0"


def test_translations_say_the_same_things() -> None:
    english = json.loads((FOLDER / "translations" / "en.json").read_text())
    assert english == STRINGS
    assert dict(leaves(GERMAN)).keys() == dict(leaves(STRINGS)).keys()
    assert sorted_deep(STRINGS)
    assert sorted_deep(GERMAN)


def test_translations_name_the_same_values() -> None:
    german = dict(leaves(GERMAN))
    for path, text in leaves(STRINGS):
        assert set(re.findall(r"\{(\w+)\}", text)) == set(re.findall(r"\{(\w+)\}", german[path])), path
        assert text.strip() == text != "", path
        assert german[path].strip() == german[path] != "", path


def test_every_translation_key_has_a_text_and_every_text_a_key() -> None:
    of_entities = {key for kind in STRINGS["entity"].values() for key in kind}
    keys = texts("translation_key")
    assert set(STRINGS["exceptions"]) | of_entities >= keys
    code = "\n".join(path.read_text() for path in SOURCES)
    assert [key for key in (*STRINGS["exceptions"], *of_entities, *STRINGS["issues"]) if f'"{key}"' not in code] == []


def test_every_entity_has_an_icon_or_a_device_class() -> None:
    for kind, entities in STRINGS["entity"].items():
        assert set(entities) == set(ICONS["entity"][kind]), kind
        assert all(icon["default"].startswith("mdi:") for icon in ICONS["entity"][kind].values())
    for name, icon in ICONS["entity"]["sensor"].items():
        assert set(icon.get("state", {})) <= set(STRINGS["entity"]["sensor"][name].get("state", {}))


def test_enumerations_have_a_text_for_each_option() -> None:
    from custom_components.wakesmith import event, sensor

    for description in sensor.APP:
        if description.options:
            told = STRINGS["entity"]["sensor"][description.translation_key]["state"]
            assert set(told) == set(description.options)
    for each in (event.APP, event.WORD):
        told = STRINGS["entity"]["event"][each.translation_key]["state_attributes"]["event_type"]["state"]
        assert set(told) == set(each.event_types)


def test_every_error_and_abort_of_the_flow_has_a_text() -> None:
    from custom_components.wakesmith import errors

    flow = (FOLDER / "config_flow.py").read_text()
    codes = {errors.CannotConnect.code, errors.InvalidAuth.code, errors.NotWakesmith.code, errors.WakesmithError.code}
    assert set(STRINGS["config"]["error"]) == codes | {"app_too_old", "app_too_new"}
    assert texts("reason") <= set(STRINGS["config"]["abort"])
    steps = set(re.findall(r'step_id="(\w+)"', flow))
    assert steps == set(STRINGS["config"]["step"])


def test_services_are_described_for_core_and_for_people() -> None:
    from custom_components.wakesmith import services

    described = _SERVICES_SCHEMA(yaml.safe_load((FOLDER / "services.yaml").read_text()))
    schemas = {
        "train": services.TRAIN,
        "deploy": services.DEPLOY,
        "rollback": services.ROLLBACK,
        "set_sensitivity": services.SENSITIVITY,
    }
    assert set(described) == set(schemas) == set(STRINGS["services"]) == set(ICONS["services"])
    for name, schema in schemas.items():
        fields = {str(key): key for key in schema.schema}
        assert set(described[name]["fields"]) == set(fields) == set(STRINGS["services"][name]["fields"]), name
        for key, field in described[name]["fields"].items():
            assert bool(field.get("required")) == (type(fields[key]).__name__ == "Required"), (name, key)


def test_pictures_are_there() -> None:
    for name in ("icon.png", "logo.png"):
        assert (FOLDER / "brand" / name).read_bytes() == (FOLDER.parent / name).read_bytes()


RULES = re.findall(
    r"\S+",
    """action-setup appropriate-polling brands common-modules config-flow-test-coverage config-flow
dependency-transparency docs-actions docs-conditions docs-high-level-description docs-installation-instructions
docs-removal-instructions docs-triggers entity-event-setup entity-unique-id has-entity-name runtime-data
test-before-configure test-before-setup unique-config-entry action-exceptions config-entry-unloading
docs-configuration-parameters docs-installation-parameters entity-unavailable integration-owner log-when-unavailable
parallel-updates reauthentication-flow test-coverage devices diagnostics discovery-update-info discovery
docs-data-update docs-examples docs-known-limitations docs-supported-devices docs-supported-functions
docs-troubleshooting docs-use-cases dynamic-devices entity-category entity-device-class entity-disabled-by-default
entity-translations exception-translations icon-translations reconfiguration-flow repair-issues stale-devices
async-dependency inject-websession strict-typing""",
)


def test_the_quality_scale_answers_every_rule() -> None:
    answers = yaml.safe_load((FOLDER / "quality_scale.yaml").read_text())["rules"]
    assert list(answers) == RULES
    for rule, answer in answers.items():
        status = answer if isinstance(answer, str) else answer["status"]
        assert status in ("done", "exempt", "todo"), rule
        assert status == "done" or answer["comment"].strip(), rule


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.name)
def test_only_home_assistant_is_imported(path: Path) -> None:
    for node in ast.walk(SOURCES[path]):
        names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
        if isinstance(node, ast.ImportFrom) and not node.level:
            names = [node.module or ""]
        assert not [name for name in names if name.partition(".")[0] in ("addon", "trainer")]


def test_every_platform_says_how_many_at_a_time() -> None:
    for name in ("button", "event", "sensor", "update"):
        assert re.search(r"^PARALLEL_UPDATES = \d$", (FOLDER / f"{name}.py").read_text(), re.MULTILINE), name
