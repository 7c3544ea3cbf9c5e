"""Forms that YAML allows and hardly anyone writes."""

import pytest

from tests.addon.test_esphome_yaml_random import compose, edited, entry, removed, without_ours

ODD = [
    "---\nmicro_wake_word:\n...\n",
    "%YAML 1.1\n---\nmicro_wake_word:\n  models:\n  - a\n...\n# tail\n",
    "micro_wake_word:\n  models:\n    - a\nx: |+\n  foo\n\n\n",
    "micro_wake_word:\n  models:\n    - model: a\n      x: |\n        foo\n\n\n\n  y: 1\n",
    "micro_wake_word:\n  models:\n    -   model: a\n        id: b\n    -   c\n",
    "  micro_wake_word:\n    models:\n      - a\n  select:\n",
    "micro_wake_word: # x\n  # y\n  models: # z\n    # q\n    - a # r\n    # s\n  # t\n# u\n",
    "micro_wake_word:\n\n  models:\n\n\n    - a\n\n\n\nselect:\n\n\n",
    "micro_wake_word: ~\n",
    "micro_wake_word: null\nselect: null\npackages:\n",
    "micro_wake_word: &m\nother: *m\n",
    "micro_wake_word: {}\n",
    "\"micro_wake_word\":\n  'models':\n  - a\n'select':\n- platform: x\n",
    "micro_wake_word:\n  models:\n    - a\n    - {b: 'c\n      # d'}\n    - \"x\n      # y\"\n",
    "micro_wake_word:\n  models:\n    [a,\n     b]\nselect:\n  []\n",
    "micro_wake_word:\n  models: [\n  ]\n",
    "micro_wake_word:\n  models: [a: b]\n",
    "micro_wake_word:\n  models: !!seq\n  - a\n",
    "micro_wake_word:\n  models:\n  - !secret x\n  - !lambda |-\n    foo\n",
    "packages:\n  <<: &p\n    a: !include base.yaml\n  b: !include base.yaml\nmicro_wake_word: !include x.yaml\n",
    "packages:\n  - &q !include base.yaml\n  - *q\nmicro_wake_word: !include x.yaml\nselect: *q\n",
]


@pytest.mark.parametrize("text", ODD)
def test_odd_forms_gain_and_lose_words_too(text: str) -> None:
    data = text.encode()
    once = edited(data, entry())
    assert once.count(b"wakesmith/hey_jarvis_v2.json") == 1
    assert without_ours(compose(once), compose(data)) == compose(data)
    assert edited(once, entry()) == once
    assert removed(once, "hey_jarvis") == data
    both = edited(once, entry(word="ok_smith"))
    assert removed(removed(both, "hey_jarvis"), "ok_smith") == data


def test_aliases_of_aliases_have_an_end() -> None:
    keys = (f"x{n}: &x{n} [{', '.join([f'*x{n - 1}'] * 9)}]\n" for n in range(1, 12))
    data = b"micro_wake_word:\nx0: &x0 [a]\n" + "".join(keys).encode()
    assert removed(edited(data, entry()), "hey_jarvis") == data
