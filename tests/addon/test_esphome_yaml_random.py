"""What holds of every edit, on configurations made at random: order of keys, indents, comments, line ends, styles."""

import re
from typing import Any

import yaml
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from addon.publish.esphome_yaml.editing import plan_edit, remove_edit
from addon.publish.esphome_yaml.entry import Choice, ModelEntry
from addon.publish.esphome_yaml.errors import ConfigError

CHOICES = (Choice("low", 247), Choice("high", 200))
FILES = {
    "engine.yaml": b"models:\n  - okay_nabu\n",
    "models.yaml": b"- okay_nabu\n",
    "selects.yaml": b"- platform: template\n  name: Mood\n",
    "base.yaml": b"micro_wake_word:\n  models: [okay_nabu]\nselect: []\n",
}
# Pieces as lines with "." for a step of mappings and "-" for a list's dash, which `laid_out` turns into blanks.
MODEL_ITEMS = st.sampled_from(
    [
        ["- okay_nabu"],
        ["- model: okay_nabu", "  id: okay_nabu"],
        ["- id: !extend stock", "  probability_cutoff: 90%"],
        ["- model: alexa  # {x}: [y", "  internal: true"],
        ["- {model: alexa, id: 'a # b'}"],
        ["- &word", "  # as an anchor", "  model: alexa", "- *word"],
        ["-", "  model: !include alexa.yaml  # far from its dash", "  probability_cutoff:", "    ${cutoff}"],
        ["- model: >-", "    okay_nabu", ""],
    ]
)
SELECT_ITEMS = st.sampled_from(
    [
        ["- platform: template", '  name: "Mood: #1"', "  options: [a, b]"],
        [
            "- platform: template",
            "  set_action:",
            "    lambda: |-",
            "      // # >>> no mark",
            "      f(x);",
            "",
            "  name: M",
        ],
        ["- platform: template", "  name: >-", "    folded", "    name"],
        ["- name: M", "  lambda: |-", "    g();"],
    ]
)
BY_HAND = st.sampled_from(
    [
        ["- wakesmith/hey_jarvis_v1.json  # by hand"],
        ["- ./wakesmith/hey_jarvis_v1.json"],
        ["- model: 'wakesmith/hey_jarvis_v1.json'", "  id: !extend hj", "  # a comment within", "  internal: true"],
        ["-", "  # a comment first", "  id: hj", "", "  model: wakesmith/hey_jarvis_v1.json"],
    ]
)
OTHERS = st.sampled_from(
    [
        ["esphome:", ".name: x", ".comment: 'it''s'"],
        ["wifi:", ".ssid: !secret ssid", ".password: !secret password\t# tab"],
        ["api:"],
        ["api: {encryption: {key: !secret key}}"],
        ["text: &anchor", ".a: 1", "copy: *anchor"],
        [
            "script:",
            ".- id: s",
            ".  then:",
            ".    - lambda: |",
            ".        if (a) { b(); }  // {{ jinja }} ${x}",
            ".    - delay: 1s",
        ],
        ["substitutions:", ".room: den", '.long: "two', '.  lines"'],
        ["ünï: 'čödé 😀'"],
    ]
)
COMMENTS = st.sampled_from(["", "", "# a comment", "#~no", "   # indented", "#\ttabs\tin it"])


@st.composite
def lists(draw: st.DrawFn, items: st.SearchStrategy[list[str]], key: str, include: str) -> list[str]:
    shape = draw(st.sampled_from(["block", "block", "anchor", "flow", "empty", "include", "null"]))
    if shape == "flow":
        return [f"{key}: " + draw(st.sampled_from(["[okay_nabu]", "[ {name: a} , b ]", "[a, # c\n    b,\n  ]"]))]
    if shape in ("empty", "include", "null"):
        return [{"empty": f"{key}: []", "include": f"{key}: !include {include}", "null": f"{key}:  # none"}[shape]]
    found = [f"{key}: &{key}  # named" if shape == "anchor" else f"{key}:"]
    for item in draw(st.lists(items, min_size=1, max_size=3)):
        found += [f"~{line}" if line else line for line in item]
        found += [comment for comment in [draw(COMMENTS)] if comment]
    return found


@st.composite
def configurations(draw: st.DrawFn) -> bytes:
    sections = draw(st.lists(OTHERS, max_size=4, unique_by=lambda lines: lines[0].split(":")[0]))
    engine = draw(st.sampled_from(["own", "own", "own", "include", "package", "merge", "bare"]))
    own = draw(lists(MODEL_ITEMS, "models", "models.yaml"))
    parts = [["id: mww"], own, ["on_wake_word_detected:", ".then: []"], ["vad:"]]
    chosen = draw(st.permutations(parts))
    sections += {
        "own": [["micro_wake_word:", *(f".{line}" for part in chosen for line in part)]],
        "include": [["micro_wake_word: !include engine.yaml"]],
        "package": [],
        "merge": [["<<: !include base.yaml"]],
        "bare": [["micro_wake_word:  # nothing yet"]],
    }[engine]
    if engine != "merge" and draw(st.booleans()):
        sections.append(draw(lists(SELECT_ITEMS, "select", "selects.yaml")))
    package = (
        ["packages:", "~- !include base.yaml"] if draw(st.booleans()) else ["packages:", ".b: !include base.yaml"]
    )
    if engine == "package" or (engine != "merge" and draw(st.booleans())):
        sections.append(package)
    lines = [line for section in draw(st.permutations(sections)) for line in [draw(COMMENTS), *section]]
    return draw(laid_out(lines))


@st.composite
def taken_over(draw: st.DrawFn) -> bytes:
    """A configuration with an entry that a person wrote for an earlier version."""
    items = [*draw(st.lists(MODEL_ITEMS, max_size=2)), draw(BY_HAND), *draw(st.lists(MODEL_ITEMS, max_size=2))]
    lines = ["micro_wake_word:", ".models:", *(f".~{line}" for item in items for line in [*item, draw(COMMENTS)])]
    end = st.sampled_from([["vad:"], [".vad:"], ["# end"], ["..# end"]])
    return draw(laid_out([*draw(OTHERS), *lines, *draw(end)]))


@st.composite
def laid_out(draw: st.DrawFn, lines: list[str]) -> bytes:
    step, dash = draw(st.sampled_from([2, 4])), draw(st.sampled_from([0, 2]))
    ends = draw(st.sampled_from([["\n"], ["\r\n"], ["\n", "\r\n"]]))
    text = ""
    for line in lines:
        marks = re.match(r"[.~]*", line)
        assert marks is not None
        blanks = " " * sum(step if mark == "." else dash for mark in marks[0])
        for part in f"{blanks}{line[marks.end() :]}".split("\n"):
            text += part + draw(st.sampled_from(ends))
    if draw(st.booleans()):
        text = text.rstrip("\r\n")
    assume(text.count("&word") < 2)
    return (("\ufeff" if draw(st.booleans()) else "") + text).encode()


def entry(version: int = 2, word: str = "hey_jarvis") -> ModelEntry:
    return ModelEntry(f"{word}_v{version}", f"wakesmith/{word}_v{version}.json", CHOICES, "low")


def edited(data: bytes, model: ModelEntry) -> bytes:
    return plan_edit("d.yaml", (FILES | {"d.yaml": data}).get, model).after


def removed(data: bytes, word: str) -> bytes:
    return remove_edit("d.yaml", (FILES | {"d.yaml": data}).get, word).after


def meaning(node: Node) -> Any:
    """Return what a node says, without its places; of mappings the keys in order."""
    if isinstance(node, MappingNode):
        return {"!": node.tag} | {f"{key.tag} {key.value}": meaning(value) for key, value in node.value}
    if isinstance(node, SequenceNode):
        return [meaning(item) for item in node.value]
    assert isinstance(node, ScalarNode)
    return (node.tag, node.value)


def without_ours(found: Any, before: Any) -> Any:
    """Return a meaning without our items, and without keys that were made for them."""
    if isinstance(found, list):
        mine = [item for item in found if "wakesmith_" not in str(item)]
        return before if (not mine and before is None) or (before == NULL and not mine) else mine
    if not isinstance(found, dict):
        return found
    old = before if isinstance(before, dict) else {}
    mine = {key: without_ours(value, old.get(key)) for key, value in found.items() if "wakesmith_" not in key}
    mine = {key: value for key, value in mine.items() if key in old or value not in ([], {}, None, BARE)}
    return NULL if before == NULL and mine == BARE else mine


NULL = ("tag:yaml.org,2002:null", "")
BARE = {"!": "tag:yaml.org,2002:map"}


def compose(data: bytes) -> Any:
    return meaning(yaml.compose(data.decode().removeprefix("\ufeff"), Loader=yaml.CSafeLoader))


SETTINGS = settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))


@SETTINGS
@given(configurations())
def test_all_else_means_what_it_meant(data: bytes) -> None:
    before, after = compose(data), compose(edited(data, entry()))
    assert after != before
    assert str(after).count("wakesmith/hey_jarvis_v2.json") == 1
    assert str(after).count("wakesmith_hey_jarvis_sensitivity") == 1
    assert without_ours(after, before) == before


@SETTINGS
@given(configurations())
def test_lines_of_others_stay_and_ours_are_within_marks(data: bytes) -> None:
    depth, others = 0, []
    for line in re.split(r"(?<=\n)", edited(data, entry()).decode()):
        depth += line.lstrip().startswith("# >>> wakesmith")
        if not depth:
            others.append(re.sub(r"(, )?\{model: wakesmith[^}]*\}", "", line))
        depth -= line.lstrip().startswith("# <<< wakesmith")
    ends = re.compile(r"\r?\n")
    assert depth == 0
    assert ends.sub("\n", "".join(others)).rstrip("\n") == ends.sub("\n", data.decode()).rstrip("\n")


@SETTINGS
@given(configurations(), st.permutations(["hey_jarvis", "ok_smith"]))
def test_twice_is_once_and_what_came_goes(data: bytes, order: list[str]) -> None:
    once = edited(data, entry())
    assert edited(once, entry()) == once
    assert removed(once, "hey_jarvis") == data
    newer = edited(once, entry(3))
    assert newer == once.replace(b"hey_jarvis_v2", b"hey_jarvis_v3")
    both = edited(newer, entry(word="ok_smith"))
    for word in order:
        both = removed(both, word)
    assert both == data


@SETTINGS
@given(taken_over())
def test_what_a_person_wrote_comes_back(data: bytes) -> None:
    once = edited(data, entry())
    assert str(compose(once)).count("wakesmith/hey_jarvis_") == 1
    assert edited(once, entry()) == once
    assert removed(once, "hey_jarvis") == data
    both = edited(edited(once, entry(word="ok_smith")), entry(3))
    assert removed(removed(both, "hey_jarvis"), "ok_smith") == data


@SETTINGS
@given(configurations(), st.binary(max_size=20), st.integers(min_value=0))
def test_nothing_but_our_own_errors_comes_of_broken_files(data: bytes, noise: bytes, at: int) -> None:
    place = at % (len(data) + 1)
    broken = data[:place] + noise + data[place:]
    try:
        after = edited(broken, entry())
    except ConfigError:
        return
    assert removed(after, "hey_jarvis") == removed(broken, "hey_jarvis")
