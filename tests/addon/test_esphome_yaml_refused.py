"""What a configuration cannot take, in words, and what people do to our lines."""

import pytest

from addon.publish.esphome_yaml.editing import find_words, plan_edit, remove_edit
from addon.publish.esphome_yaml.entry import (
    Choice,
    ModelEntry,
    model_id,
    model_of,
    sensitivity_id,
    sensitivity_name,
    word_of,
)
from addon.publish.esphome_yaml.errors import ConfigError

ENTRY = ModelEntry("hey_jarvis_v2", "wakesmith/hey_jarvis_v2.json", (Choice("low", 247), Choice("high", 200)), "low")
BARE = ModelEntry("hey_jarvis_v2", "wakesmith/hey_jarvis_v2.json")
HEARS = "esphome:\n  name: x\nesp32:\nmicrophone:\n  - platform: i2s_audio\n"
ENGINE = "micro_wake_word:\n  models:\n    - okay_nabu\n"
LINKED = "voice_assistant:\n  micro_wake_word:\n"
VALUES = {"unseen_package": {"package"}, "no_select": {"file"}, "always_on": {"file"}, "same_word": {"word"}}
MERGED = {"base.yaml": "packages: {a: !include b.yaml}\nmicro_wake_word:\nselect:\n  platform: template\n"}


def laughs(line: str) -> str:
    """Return keys whose aliases stand for aliases, of which a billion come."""
    keys = (f"x{n}: &x{n}\n  {line.format(f'x{n - 1}')}\n" for n in range(1, 16))
    return "x0: &x0\n  logger:\n" + "".join(keys) + line.format("x15") + "\n"


REFUSED = [
    ("esphome_chip", "esphome:\n  name: x\nesp8266:\n  board: d1_mini\n", {}),
    ("esphome_chip", "packages: {a: !include a.yaml}\nesphome: {name: x}\n", {"a.yaml": "rp2040:\n"}),
    ("esphome_microphone", "esphome:\n  name: x\nesp32:\n  board: esp32dev\n", {}),
    ("esphome_engine", HEARS + "voice_assistant:\n", {}),
    ("esphome_engine", HEARS + "micro_wake_word: !remove\n", {}),
    ("esphome_list", "micro_wake_word:\n  models: okay_nabu\n", {}),
    ("esphome_list", "micro_wake_word:\n  models:\n    model: okay_nabu\n", {}),
    ("esphome_list", "micro_wake_word:\n  models: !remove\n", {}),
    ("esphome_list", "packages:\n  - !include a.yaml\n", {"a.yaml": "micro_wake_word: {models: okay_nabu}"}),
    (
        "esphome_elsewhere",
        "micro_wake_word: !include {file: parts/a.yaml}\n",
        {"parts/a.yaml": "models: !include b.yaml", "parts/b.yaml": "- wakesmith/hey_jarvis_v1.json"},
    ),
    ("esphome_packages", "micro_wake_word: !include a.yaml\npackages: !include b.yaml\n", {}),
    ("esphome_packages", "<<: !include base.yaml\n", MERGED),
    ("esphome_packages", "{micro_wake_word: , esphome: {name: x}}\n", {}),
    ("esphome_yaml", "a: [1\nb: 2\n", {}),
    ("esphome_yaml", "packages: [!include a.yaml]\n", {"a.yaml": "a: 'b"}),
    ("esphome_mapping", "- a\n", {}),
    ("esphome_mapping", "", {}),
    ("esphome_mapping", "# nothing\n", {}),
    ("esphome_place", "? micro_wake_word\n: models:\n    - okay_nabu\nx: 1\n", {}),
    ("esphome_place", ENGINE + "x: &x\n  <<: *x\n<<: &y\n  <<: *y\n", {}),
    ("esphome_place", ENGINE + "x: " + "[" * 200_000, {}),
    ("esphome_place", ENGINE + laughs("packages: [*{0}, *{0}, *{0}, *{0}]"), {}),
    ("esphome_place", ENGINE + laughs("<<: [*{0}, *{0}, *{0}, *{0}]"), {}),
    ("esphome_place", ENGINE + "packages: [!include d.yaml, !include d.yaml, !include d.yaml]\n", {}),
]


def reader(main: str, others: dict[str, str] | None = None) -> dict[str, bytes]:
    return {name: text.encode() for name, text in ({"d.yaml": main} | (others or {})).items()}


@pytest.mark.parametrize(("code", "main", "others"), REFUSED)
def test_what_cannot_be_done_is_said(code: str, main: str, others: dict[str, str]) -> None:
    with pytest.raises(ConfigError) as refused:
        plan_edit("d.yaml", reader(main, others).get, ENTRY)
    assert refused.value.code == code
    assert refused.value.status == 422
    assert str(refused.value.values["file"]) in refused.value.message


def test_what_is_no_text_and_what_is_not_there_is_said() -> None:
    for code, data in (("esphome_text", {"d.yaml": b"a: \xff"}), ("esphome_missing", {})):
        with pytest.raises(ConfigError) as refused:
            plan_edit("d.yaml", data.get, ENTRY)
        assert refused.value.code == code


@pytest.mark.parametrize(
    ("code", "main"),
    [
        ("unseen_package", "packages:\n  x: github://someone/satellites/echo.yaml@main\n"),
        ("unseen_package", "packages:\n  x: !include not/here/${name}.yaml\n"),
        ("no_select", LINKED + ENGINE + "select:\n  platform: template\n  name: Mood\n"),
        ("no_select", LINKED + ENGINE + "select: !remove\n"),
        ("word_first", LINKED + "micro_wake_word:\n  models: &m\n    - okay_nabu\nother: *m\n"),
        ("same_word", LINKED + ENGINE.replace("okay_nabu", "{model: hey_jarvis, id: x}")),
        ("same_word", LINKED + ENGINE.replace("okay_nabu", "github://someone/models/hey_jarvis.json@main")),
        ("always_on", ENGINE),
        ("always_on", ENGINE + "voice_assistant:\n  micro_wake_word: !remove\n"),
        ("always_on", ENGINE + "packages: [!include a.yaml]\n"),
    ],
)
def test_what_is_worth_knowing_is_said(code: str, main: str) -> None:
    edit = plan_edit("d.yaml", reader(main, {"a.yaml": "voice_assistant: {microphone: mic}"}).get, ENTRY)
    assert [note.code for note in edit.notes] == [code]
    assert set(edit.notes[0].told()["values"]) == VALUES.get(code, set())
    assert (b"sensitivity" in edit.after) == (code != "no_select")
    assert (b"id(wakesmith_hey_jarvis)->enable();" in edit.after) == (code == "always_on")
    assert remove_edit("d.yaml", {"d.yaml": edit.after}.get, "hey_jarvis").after == main.encode()


def test_stock_packages_are_known() -> None:
    for stock in (
        "github://esphome/home-assistant-voice-pe/home-assistant-voice.yaml",
        "{url: https://github.com/FutureProofHomes/Satellite1-ESPHome, files: [config/satellite1.yaml]}",
        "github://esphome/firmware/wake-word-voice-assistant/esp32-s3-box.yaml@main",
    ):
        notes = plan_edit("d.yaml", reader(f"packages:\n  x: {stock}\n").get, ENTRY).notes
        assert [note.code for note in notes] == ["same_word"]


def test_a_word_that_nothing_switches_on_is_not_passed_over() -> None:
    assert [note.code for note in plan_edit("d.yaml", reader(ENGINE).get, BARE).notes] == ["never_on"]
    assert plan_edit("d.yaml", reader("micro_wake_word:\n").get, BARE).notes == ()


def test_without_choices_there_is_no_select_and_a_later_version_may_have_one() -> None:
    bare = plan_edit("d.yaml", reader(ENGINE).get, BARE).after
    assert b"select" not in bare
    full = plan_edit("d.yaml", {"d.yaml": bare}.get, ENTRY).after
    assert full == plan_edit("d.yaml", reader(ENGINE).get, ENTRY).after
    assert plan_edit("d.yaml", {"d.yaml": full}.get, BARE).after == bare


def test_what_people_add_to_our_lists_stays() -> None:
    after = plan_edit("d.yaml", reader(HEARS + "micro_wake_word:\n").get, ENTRY).after.decode()
    end = "    # <<< wakesmith hey_jarvis model\n"
    theirs = after.replace(end, end + "    - okay_nabu\n")
    left = remove_edit("d.yaml", reader(theirs).get, "hey_jarvis").after.decode()
    assert left == HEARS + "micro_wake_word:\n  # >>> wakesmith\n  models:\n    - okay_nabu\n  # <<< wakesmith\n"


def test_what_people_change_in_our_lines_goes_with_them() -> None:
    after = plan_edit("d.yaml", reader(ENGINE).get, ENTRY).after
    changed = after.replace(b"id: wakesmith_hey_jarvis\n", b"id: wakesmith_hey_jarvis\n      internal: true\n")
    assert not plan_edit("d.yaml", {"d.yaml": changed}.get, ENTRY).changed
    assert remove_edit("d.yaml", {"d.yaml": changed}.get, "hey_jarvis").after == ENGINE.encode()


MARKS = [">>> wakesmith hey_jarvis model", "<<< wakesmith hey_jarvis model", "<<< wakesmith\n"]


@pytest.mark.parametrize("mark", MARKS)
def test_half_a_mark_is_not_guessed_at(mark: str) -> None:
    after = plan_edit("d.yaml", reader(ENGINE).get, ENTRY).after.decode() + "\n"
    files = reader(after.replace(mark, mark.replace("wakesmith", "someone")))
    with pytest.raises(ConfigError) as refused:
        plan_edit("d.yaml", files.get, ENTRY)
    assert refused.value.code == "esphome_marks"
    with pytest.raises(ConfigError) as refused:
        remove_edit("d.yaml", files.get, "hey_jarvis")
    assert refused.value.code == "esphome_marks"


def test_an_entry_by_hand_between_brackets_becomes_this_version() -> None:
    main = "micro_wake_word: {models: [wakesmith/hey_jarvis_v1.json, okay_nabu]}\n"
    after = plan_edit("d.yaml", reader(main).get, BARE).after.decode()
    ours = "{model: wakesmith/hey_jarvis_v2.json, id: wakesmith_hey_jarvis}"
    assert after == main.replace("wakesmith/hey_jarvis_v1.json", ours)
    assert find_words("d.yaml", reader(after).get) == ("hey_jarvis",)
    assert b"[okay_nabu]" in remove_edit("d.yaml", reader(after).get, "hey_jarvis").after


def test_removing_what_is_not_there_changes_nothing() -> None:
    edit = remove_edit("d.yaml", reader(ENGINE).get, "hey_jarvis")
    assert not edit.changed
    assert edit.diff == ""


def test_names_come_to_the_same() -> None:
    assert word_of("hey_jarvis_v12") == "hey_jarvis"
    assert word_of("a_v1_v2") == "a_v1"
    assert model_of("./wakesmith/hey_jarvis_v3.json", "hey_jarvis") == "hey_jarvis_v3"
    assert model_of("wakesmith/hey_jarvis_v3.json", "jarvis") == ""
    assert model_of("https://x.invalid/wakesmith/hey_jarvis_v3.json") == ""
    assert model_id("hey_jarvis") == "wakesmith_hey_jarvis"
    assert sensitivity_name("hey_jarvis").lower().replace(" ", "_") == sensitivity_id("hey_jarvis")


@pytest.mark.parametrize(
    ("id", "manifest", "choices", "chosen"),
    [
        ("hey jarvis_v1", "wakesmith/a.json", (), ""),
        ("hey_jarvis", "wakesmith/a.json", (), ""),
        ("hey_jarvis_v1", "wakesmith/a.json\nevil: 1", (), ""),
        ("hey_jarvis_v1", "wakesmith/a.tflite", (), ""),
        ("hey_jarvis_v1", "wakesmith/a.json", (Choice("low", 3),), "high"),
    ],
)
def test_no_entry_holds_what_yaml_would_read_otherwise(
    id: str, manifest: str, choices: tuple[Choice, ...], chosen: str
) -> None:
    with pytest.raises(ValueError, match="Received"):
        ModelEntry(id, manifest, choices, chosen)


@pytest.mark.parametrize(
    ("name", "cutoff"), [('a"b', 1), ("a\n", 1), ("${a}", 1), ("", 1), ("low", 256), ("low", -1)]
)
def test_no_choice_holds_what_yaml_would_read_otherwise(name: str, cutoff: int) -> None:
    with pytest.raises(ValueError, match="Received"):
        Choice(name, cutoff)
