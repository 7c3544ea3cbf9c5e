"""The report on an analysis: what a person reads before naming the groups. Markdown, good as plain text too."""

from collections.abc import Iterator
from pathlib import Path

from trainer.speakers.analysis import SHORT_S, Analysis, Group

UNSURE = 0.1  # margin below which a recording may as well be another's
_UNSURE_TOLD = 30
_CLEAR, _WEAK = 0.5, 0.25  # silhouettes, after Kaufman and Rousseeuw, "Finding Groups in Data", 1990


def write_report(found: Analysis, names: Path) -> str:
    """Return the report.

    Args:
        names: the name list that the reader is to edit.
    """
    return "\n".join(_lines(found, names)) + "\n"


def warnings(found: Analysis) -> list[str]:
    """Return what makes the groups doubtful, each a sentence or two; empty where nothing does."""
    recordings = sum(len(group.members) for group in found.groups)
    said = []
    if found.strength:
        said.append(
            f"The built-in embedding is weak. {found.strength} Listen before you trust a group, or give --model."
        )
    if found.short:
        said.append(
            f"{found.short} of {recordings} recordings hold {SHORT_S:g} s of speech or less: so short a clip carries "
            "little of the speaker, and its group is a guess. Say how many people there are with --n-clusters."
        )
    if found.silhouette is not None and found.silhouette < _WEAK:
        said.append(f"The groups are not clearly apart: silhouette {found.silhouette:.2f}, {_CLEAR} is clear.")
    if found.left_out:
        said.append(f"{len(found.left_out)} recordings could not be listened to and stand in no group.")
    return said


def unsure(found: Analysis) -> list[tuple[Group, int]]:
    """Return the least certain recordings, as group and place in it, the most doubtful first."""
    every = [(group, at) for group in found.groups for at, m in enumerate(group.members) if m.nearest]
    doubtful = [(group, at) for group, at in every if group.members[at].margin < UNSURE]
    return sorted(doubtful, key=lambda pair: pair[0].members[pair[1]].margin)


def _lines(found: Analysis, names: Path) -> Iterator[str]:
    recordings = sum(len(group.members) for group in found.groups)
    how = (
        "their number was given"
        if found.similarity is None
        else f"alike from a similarity of {found.similarity:g} on"
    )
    yield f"# Who speaks in {found.folder}"
    yield f"\n{recordings} recordings in {len(found.groups)} groups ({how}), told apart by {found.embedding}."
    if found.silhouette is not None:
        yield f"Silhouette {found.silhouette:.2f}: above {_CLEAR} groups are clear, below {_WEAK} hardly there."
    for warning in warnings(found):
        yield f"\n**Mind:** {warning}"
    yield f"\nNext: write people's names into {names}, then\n"
    yield f"    wakesmith speakers apply {found.folder} {names} --dry-run"
    yield "\n## Groups\n\n| name | recordings | speech | least certain |\n| --- | --- | --- | --- |"
    for group in found.groups:
        least = group.members[0]
        doubt = f"{least.recording} ({least.margin:.2f})"
        yield f"| {group.name} | {len(group.members)} | {group.speech_s:.1f} s | {doubt} |"
    if doubtful := unsure(found):
        yield f"\n## Least certain\n\nMore like their own group by less than {UNSURE:g}; below 0 like the other.\n"
        for group, at in doubtful[:_UNSURE_TOLD]:
            member = group.members[at]
            yield f"- {member.recording}: {group.name} or {member.nearest}? ({member.margin:.2f})"
        if len(doubtful) > _UNSURE_TOLD:
            yield f"- and {len(doubtful) - _UNSURE_TOLD} more"
    if found.left_out:
        yield "\n## Left out\n"
        yield from (f"- {rejection.reason}: {rejection.message}" for rejection in found.left_out)
    if found.passed_over:
        others = ", ".join(f"{count} {suffix}" for suffix, count in sorted(found.passed_over.items()))
        yield f"\nFiles that are not audio: {others}."
