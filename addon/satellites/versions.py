"""Which version of a word a flashed satellite runs: it calls all of them alike, so what was sent to it says so."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from addon.fleet import Delivery, Deployment, Target, TargetState, word_of
from addon.publish.esphome_yaml.entry import PREFIX, model_id


@dataclass
class Versions:
    """The last model of each word that a satellite was flashed with, by satellite and word."""

    known: dict[tuple[str, str], str] = field(default_factory=dict)

    def name(self, satellite: str, id: str) -> str:
        """Return the versioned id of a word as a satellite calls it; where that is not known, the same."""
        return self.known.get((satellite, id.removeprefix(f"{PREFIX}_")), id) if id.startswith(f"{PREFIX}_") else id

    def take(self, deployment: Deployment, earlier: Mapping[str, Deployment]) -> None:
        """Note what a deployment that has ended did.

        Args:
            earlier: deployments that may have been undone, by id.
        """
        word = word_of(deployment.model)
        undone = earlier.get(deployment.of or "")
        for target in deployment.targets:
            if target.delivery is not Delivery.FLASH or not target.flashed:
                continue
            self.known.pop((target.satellite, word), None)  # half done: nobody knows
            if target.state is TargetState.DONE:
                model = deployment.model if undone is None else _before(undone.targets, target.satellite, word)
                if model:
                    self.known[target.satellite, word] = model

    def read(self, deployments: Iterable[Deployment]) -> None:
        """Note what all deployments did, by the time of their ends."""
        ended = sorted((one for one in deployments if one.ended), key=lambda one: one.ended or "")
        earlier = {one.id: one for one in ended}
        for deployment in ended:
            self.take(deployment, earlier)


def listens(ids: Iterable[str], word: str) -> bool:
    """Say whether a version of a word is among a satellite's ids, whatever it calls it."""
    return any(id == model_id(word) or word_of(id) == word for id in ids)


def _before(targets: Iterable[Target], satellite: str, word: str) -> str | None:
    """Return the version that a satellite had before, if that was known."""
    found = (id for one in targets if one.satellite == satellite for id in one.before if word_of(id) == word)
    return next((id for id in found if id != word), None)
