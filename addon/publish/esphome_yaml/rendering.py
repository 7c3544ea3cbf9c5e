"""Our lines: the model's entry, the select of its sensitivity, a package of both."""

from collections.abc import Mapping, Sequence

from addon.publish.esphome_yaml.entry import ModelEntry, model_id, sensitivity_id, sensitivity_name

Lines = list[str]


def render_model(entry: ModelEntry, kept: Mapping[str, str]) -> Lines:
    """Return the item of `micro_wake_word.models`; `kept`: what a person chose for it before (`id`, `internal`)."""
    chosen = {"id": model_id(entry.word), **kept}
    return as_item([f"model: {entry.manifest}", *(f"{key}: {value}" for key, value in chosen.items())])


def render_model_inline(entry: ModelEntry, kept: Mapping[str, str]) -> str:
    """Return the same item for a list between brackets."""
    chosen = {"id": model_id(entry.word), **kept}
    return "{model: " + entry.manifest + "".join(f", {key}: {value}" for key, value in chosen.items()) + "}"


def render_select(entry: ModelEntry, model: str, switched_on: bool) -> Lines:
    """Return the item of `select`.

    A template select publishes its state at boot, restored or initial, so that `on_value` is run then too; `i` is the
    option's place. Cutoffs are the device's own, 0..255.

    Args:
        entry: with its choices.
        model: the id of the model on the device.
        switched_on: switch the word on too, where nothing else can.
    """
    cutoffs = ", ".join(str(choice.cutoff) for choice in entry.choices)
    return as_item(
        [
            "platform: template",
            f"id: {sensitivity_id(entry.word)}",
            f"name: {sensitivity_name(entry.word)}",
            "icon: mdi:ear-hearing",
            "entity_category: config",
            "optimistic: true",
            "restore_value: true",
            f'initial_option: "{entry.chosen}"',
            "options:",
            *(f'  - "{choice.name}"' for choice in entry.choices),
            "on_value:",
            "  - lambda: |-",
            f"      static const uint8_t cutoffs[] = {{{cutoffs}}};",
            f"      id({model})->set_probability_cutoff(cutoffs[i]);",
            *([f"      id({model})->enable();"] if switched_on else []),
        ]
    )


def render_package(word: str, parts: Mapping[str, Lines], listed: bool) -> Lines:
    """Return a package with items by their lists' paths ("micro_wake_word.models"), for a list or by its name."""
    body: Lines = []
    for path, item in parts.items():
        body += nest(path.split("."), item)
    return as_item(body) if listed else [f"{model_id(word)}:", *indented(body)]


def nest(keys: Sequence[str], item: Lines, step: int = 2, dash: int = 2) -> Lines:
    """Return a list's item below its keys: `step` blanks deeper a key, the list `dash` deeper than its key."""
    if not keys:
        return item
    return [f"{keys[0]}:", *indented(nest(keys[1:], item, step, dash), dash if len(keys) == 1 else step)]


def as_item(lines: Lines) -> Lines:
    """Return a mapping's lines as an item of a list."""
    return [f"- {lines[0]}", *indented(lines[1:])]


def indented(lines: Sequence[str], by: int = 2) -> Lines:
    """Return lines moved to the right."""
    return [" " * by + line for line in lines]
