"""The search's memory and its proposals: Optuna (Akiba et al., 2019, arXiv:1907.10902), kept in one file.

Proposals come from a tree-structured Parzen estimator, which looks where good trials were (Bergstra et al., 2011); a
trial whose validations stay below the median of the others' is given up.

What is proposed depends on the finished trials alone, so a trial that was killed is proposed again.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Literal

from trainer.core.seeds import seed_of
from trainer.errors import ResourceError
from trainer.tuning.space import Choice, Values
from trainer.tuning.trials import Result

if TYPE_CHECKING:
    from optuna.trial import FrozenTrial, Trial

STARTUP = 5  # trials that are trained to their end before one is compared with their median
RANDOM = 10  # trials before the estimator begins, Optuna's default
ENOUGH = 50  # finished trials that importances want: five among the best tenth, as Optuna's documentation says
Outcome = Literal["done", "pruned", "refused"]


@dataclass(frozen=True)
class Attempt:
    """A finished trial.

    Attributes:
        number: from 0, which is the recipe as it is.
        outcome: trained to its end, given up below the median, or refused: no device takes it, or its loss diverged.
        result: of one that is done.
    """

    number: int
    values: dict[str, float]
    outcome: Outcome
    seconds: float
    result: Result | None = None


class GivenUp(Exception):
    """A trial stays below the median of the others."""


@dataclass(frozen=True)
class Proposal:
    """A trial that is under way: its number, and its values by the recipe's keys."""

    number: int
    trial: "Trial"
    values: dict[str, float]

    def report(self, score: float, step: int) -> None:
        """Take a validation of the trial.

        Raises:
            GivenUp: its best so far is below the median of the others'.
        """
        self.trial.report(score, step)
        if self.trial.should_prune():
            raise GivenUp


class Study:
    """The trials of a tuning.

    Args:
        file: where they are kept; made anew where absent.
        now: what the recipe has for each choice: the first trial.
        warm_up: steps before a trial may be given up.

    Raises:
        ResourceError: Optuna is not installed.
    """

    def __init__(self, file: Path, choices: Sequence[Choice], now: Values, seed: int, warm_up: int) -> None:
        optuna = load_optuna()
        self.optuna, self.choices, self.now, self.seed = optuna, choices, now, seed
        _cut_torn_line(file)
        # The whole path: Optuna's lock is a link, and one that leads nowhere is waited for without end.
        journal = optuna.storages.journal.JournalFileBackend(str(file.resolve()))
        self.study = optuna.create_study(
            study_name="tune",
            storage=optuna.storages.JournalStorage(journal),
            direction="maximize",
            pruner=optuna.pruners.MedianPruner(n_startup_trials=STARTUP, n_warmup_steps=warm_up),
            load_if_exists=True,
        )
        for trial in self._trials("RUNNING"):  # killed
            self.study.tell(trial.number, state=optuna.trial.TrialState.FAIL)

    def attempts(self) -> list[Attempt]:
        """Return the finished trials in order."""
        found: list[Attempt] = []
        for trial in self._trials("COMPLETE", "PRUNED"):
            about = trial.user_attrs
            result = Result(**about["result"]) if "result" in about else None
            found.append(Attempt(len(found), trial.params, about["outcome"], about["seconds"], result))
        return found

    def propose(self) -> "Proposal":
        """Return the next trial. One that is not ended is proposed again after a kill."""
        finished = len(self._trials("COMPLETE", "PRUNED"))
        self.study.sampler = self.optuna.samplers.TPESampler(
            n_startup_trials=RANDOM, seed=seed_of(self.seed, "tune", finished) % 2**32
        )
        if not finished and not self._trials("WAITING"):
            self.study.enqueue_trial(dict(self.now))
        trial = self.study.ask()
        return Proposal(finished, trial, {choice.key: _suggest(trial, choice) for choice in self.choices})

    def end(self, proposal: "Proposal", outcome: Outcome, seconds: float, result: Result | None = None) -> None:
        """Write down how a trial ended."""
        trial = proposal.trial
        trial.set_user_attr("outcome", outcome)
        trial.set_user_attr("seconds", round(seconds, 1))
        if result is None:
            self.study.tell(trial, state=self.optuna.trial.TrialState.PRUNED)
        else:
            trial.set_user_attr("result", vars(result))
            self.study.tell(trial, result.score)

    def importances(self) -> dict[str, float]:
        """Return how much of the difference between good trials and all comes from each choice; the sum is 1.

        By PED-ANOVA (Watanabe et al., 2023, arXiv:2304.10255). Empty where too few trials differ.
        """
        evaluator = self.optuna.importance.PedAnovaImportanceEvaluator()
        if len(self._trials("COMPLETE")) < STARTUP:
            return {}
        found = self.optuna.importance.get_param_importances(self.study, evaluator=evaluator)
        return {key: float(value) for key, value in found.items()}

    def _trials(self, *states: str) -> "list[FrozenTrial]":
        kinds = self.optuna.trial.TrialState
        trials: list[FrozenTrial] = self.study.get_trials(deepcopy=False, states=[kinds[state] for state in states])
        return trials


def load_optuna() -> ModuleType:
    """Return Optuna.

    Raises:
        ResourceError: it is not installed.
    """
    try:
        import optuna
    except ImportError as error:
        raise ResourceError(
            f"Optuna is not installed ({error}): `wakesmith tune` searches with it",
            hint="Run script/setup --tune. Without it: pip install 'optuna>=5,<6'.",
            code="no_optuna",
        ) from error
    optuna.logging.set_verbosity(optuna.logging.ERROR)  # trials are told by our own events
    return optuna


def _suggest(trial: "Trial", choice: Choice) -> float:
    if choice.whole:
        return trial.suggest_int(choice.key, round(choice.low), round(choice.high), log=choice.log)
    return trial.suggest_float(choice.key, choice.low, choice.high, log=choice.log)


def _cut_torn_line(file: Path) -> None:
    """Drop what a power cut left of a line: what is written behind it could not be read."""
    if file.exists():
        whole, newline, torn = file.read_bytes().rpartition(b"\n")
        if torn:
            file.write_bytes(whole + newline)
