"""The training of one run, from specification to scores, top to bottom."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from torch import Tensor

from cohear.base.errors import RunFailed
from cohear.base.named import make
from cohear.base.streams import torch_stream
from cohear.models.sharing import Network
from cohear.runs.pack import Pack
from cohear.runs.place import RunPlace
from cohear.runs.predictions import Predictions, part_of
from cohear.runs.scaled_task import with_scale
from cohear.runs.task_data import TaskData, load_task, with_shuffled_labels
from cohear.training.batches import Rows, TaskBatches
from cohear.training.checkpoints import Checkpoints
from cohear.training.curve import Curve, grid
from cohear.training.device import Device
from cohear.training.evaluate import Evaluation
from cohear.training.finite import StepsWatched
from cohear.training.networks import encoder_choice, first_network
from cohear.training.objectives import OBJECTIVES, Step, fill_gradients
from cohear.training.optimiser import make_optimiser
from cohear.training.run_features import RunFeatures
from cohear.training.schedule import SCHEDULES
from cohear.training.settings import TrainingSettings
from cohear.training.sources import inputs_of
from cohear.training.spec import RunSpec
from cohear.training.teachers import Teachers
from cohear.training.versions import check_training_versions
from cohear.training.watched import Moment, Watch, unwatched

PARTS = ("train", "validation", "test")
_HERE = RunPlace()


@dataclass(frozen=True)
class TaskScores:
    """What a run leaves of one task.

    Attributes:
        scores: ``{part: {selection: {metric: value}}}``; NaN where nothing can be scored.
        steps: step of the optimiser that each selection took its weights from.
        predictions: ``{part: Predictions}`` of the last step.
        test_clips: clips that enter the test score.
    """

    data: TaskData
    scores: dict[str, dict[str, dict[str, float]]]
    steps: dict[str, int]
    predictions: dict[str, Predictions]
    test_clips: int


@dataclass(frozen=True)
class RunResult:
    """A trained network and all that was measured of it.

    ``steps`` are those of the optimiser that each task took part in, as they were counted; ``device`` is what it was
    trained on.
    """

    spec: RunSpec
    network: Network
    tasks: dict[str, TaskScores]
    curve: list[dict[str, object]]
    steps: int
    seconds: float
    device: str

    @property
    def parameters(self) -> int:
        """Trainable numbers of the whole network."""
        return self.network.size()


def train_one(
    spec: RunSpec,
    pack: Pack,
    place: RunPlace = _HERE,
    watch: Watch = unwatched,
    features: RunFeatures | None = None,
) -> RunResult:
    """Train one network for the full number of steps and score it.

    Args:
        spec: of the run.
        pack: what it reads from.
        place: whose device it is trained on, in the precision of the specification.
        watch: is shown the network before each step, and leaves it as it is.
        features: that are on the device already; None where there are none.

    Raises:
        OtherVersions: the specification was planned for other code than there is here.
        DataError: a split or a feature store is not there.
        RunFailed: a loss or a logit is not a finite number.
    """
    device = Device.of(place.device, spec.training.precision)
    began = device.clock()
    run = Learner(spec, pack, device, features or RunFeatures.beside_networks(device, place))
    network, objective = run.network, run.objective
    optimiser, learning_rate = make_optimiser(spec.training, len(run.order), network, objective)

    network.train()
    for step, together in enumerate(run.order):
        optimiser.zero_grad(set_to_none=True)
        here = run.batch(together)
        watch(Moment(step, len(run.order), network, optimiser, run.tasks, here))
        with device.forward():
            embeddings = network.embed({task: rows.windows for task, rows in here.items()}, step)
            logits = {task: network.logits(task, embeddings[task], step) for task in here}
        losses = run.losses(step, here, logits)
        if losses and network.learns:  # a batch of a partner without labels alone has none
            with torch_stream(*run.name, "objective", "step", step):
                fill_gradients(objective, Step(losses, {task: embeddings[task] for task in losses}, network))
        optimiser.step()
        learning_rate.step()
        run.stepped(step, here)

    scores = run.scores()
    return run.result(scores, device.clock() - began)


class Learner:
    """A run on its way: what its steps are made of, and what is seen of them; the steps themselves are others' to take.

    Args:
        spec: of the run.
        pack: what it reads from.
        device: that its network is on.
        features: there, of this run and those beside it.

    Attributes:
        name: of its random streams.
        tasks: all of them.
        network: with its first weights, on the device.
        objective: of the tasks that learn.
        order: the tasks of each step of the optimiser.

    Raises:
        OtherVersions: the specification was planned for other code than there is here.
        DataError: a split or a feature store is not there.
        RunFailed: a task would take another number of steps than the settings say.
    """

    def __init__(self, spec: RunSpec, pack: Pack, device: Device, features: RunFeatures) -> None:
        check_training_versions(spec, encoder_choice(spec, str(pack.code)))
        settings, inputs, name = spec.training, inputs_of(spec), (spec.study_seed, spec.fold, spec.seed)
        loaded = [(reference, load_task(reference, pack)) for reference in spec.tasks]
        tasks = {each.name: with_scale(data, inputs[each.name], each.normalise) for each, data in loaded}
        for reference in spec.tasks:
            if reference.labels == "shuffled":
                tasks[reference.name] = with_shuffled_labels(tasks[reference.name], name)
        learning = {reference.name: tasks[reference.name] for reference in spec.tasks if reference.labels != "none"}
        scored = {reference.name: tasks[reference.name] for reference in spec.tasks if reference.scored}
        self.spec, self.name, self.tasks, self._learning = spec, name, tasks, learning
        self.network = device.put(first_network(spec, tasks, pack))
        self._teachers = Teachers.of(spec, tasks, pack, device) if spec.needs else None
        with torch_stream(*name, "objective", "weights"):
            self.objective = device.put(make(OBJECTIVES, settings.objective, list(learning)))
        with torch_stream(*name, "schedule"):
            self.order = make(SCHEDULES, settings.schedule).order(
                {task: len(data.parts["train"]) for task, data in tasks.items()}, settings.steps
            )
        whole_budget({task: sum(task in together for together in self.order) for task in tasks}, settings)
        self._inputs, self._features, self._device = inputs, features, device
        self._strides = {task: self.network.encoder_of(task).stride for task in tasks}
        self._batches = {
            task: TaskBatches(data, inputs[task], settings, name, self._strides[task], features)
            for task, data in tasks.items()
        }
        validation = {task: self._evaluation(task, "validation") for task in scored}
        checkpoints = Checkpoints({task: _sign(data) for task, data in scored.items()})
        self._curve, self._watched = Curve(learning), StepsWatched(device)
        self._looks = Looks(self._curve, checkpoints, validation, settings.steps, len(self.order))
        self._taken_by = dict.fromkeys(tasks, 0)

    def _evaluation(self, task: str, part: str) -> Evaluation:
        data, given, stride = self.tasks[task], self._inputs[task], self._strides[task]
        return Evaluation(data, part, given, self.name, self._features, stride)

    def batch(self, together: Collection[str]) -> dict[str, Rows]:
        """What the next step is made of, for each task that is in it."""
        return {task: self._batches[task].make(self._taken_by[task]) for task in self.tasks if task in together}

    def losses(self, step: int, here: Mapping[str, Rows], logits: Mapping[str, Tensor]) -> dict[str, Tensor]:
        """Of the tasks in a step that learn.

        Args:
            step: of the optimiser, from 0.
            here: its batch.
            logits: of the network, for the batch.

        Raises:
            RunFailed: one of them, or a logit, is not a finite number.
        """
        losses: dict[str, Tensor] = {}
        for task in (each for each in here if each in self._learning):
            losses[task] = loss_of(
                self.tasks[task],
                logits[task].float(),
                here[task],
                self.spec.training,
                self._teachers,
                self._taken_by[task],
            )
            self._watched.saw(task, step + 1, losses[task], logits[task])
            self._curve.saw(task, losses[task], logits[task], here[task].targets)
        return losses

    def stepped(self, step: int, here: Collection[str]) -> None:
        """Take note of a step, and look at the network where it is due.

        Args:
            step: of the optimiser, from 0; it has been taken.
            here: tasks that were in it.

        Raises:
            RunFailed: a loss or a logit of it, or of a step since the last look, is not a finite number.
        """
        for task in here:
            self._taken_by[task] += 1
        own = {task: self._taken_by[task] for task in here}
        if self._looks.are_due(step + 1, own):
            self._watched.look()
            self._looks.look(self.network, step + 1, own)

    def scores(self) -> dict[str, TaskScores]:
        """Of the trained network, on every part.

        Raises:
            RunFailed: a task took another number of steps than the settings say, or an answer is not finite.
        """
        whole_budget(self._taken_by, self.spec.training)
        scored = [reference.name for reference in self.spec.tasks if reference.scored]
        unseen = {task: {part: self._evaluation(task, part) for part in ("train", "test")} for task in scored}
        return score(self.network, unseen, self._looks, len(self.order))

    def result(self, scores: dict[str, TaskScores], seconds: float) -> RunResult:
        """All that was measured, after so many seconds of the device."""
        steps = min(self._taken_by.values())
        called = self._device.called
        return RunResult(self.spec, self.network.cpu(), scores, self._curve.points, steps, seconds, called)


class Looks:
    """Looks at a network while it learns: tasks at a grid of their own steps, checkpoints at one of the optimiser's.

    Args:
        curve: gets the points.
        checkpoints: are offered what may be picked.
        validation: of each task that is scored.
        steps: that each task takes.
        length: steps that the optimiser takes.

    Attributes:
        scores: of validation, by task and step of the optimiser.
        predictions: of each task's validation at the last look.
    """

    def __init__(
        self, curve: Curve, checkpoints: Checkpoints, validation: Mapping[str, Evaluation], steps: int, length: int
    ) -> None:
        self._curve, self.checkpoints, self._validation = curve, checkpoints, validation
        self._points, self._picks = set(grid(steps)), set(grid(length))
        self.scores: dict[tuple[str, int], dict[str, float]] = {}
        self.predictions: dict[str, Predictions] = {}

    def are_due(self, step: int, own: Mapping[str, int]) -> bool:
        """Whether there is something to look at; arguments are those of ``look``."""
        return step in self._picks or not self._points.isdisjoint(own.values())

    def look(self, network: Network, step: int, own: Mapping[str, int]) -> None:
        """Add the points that are due, and offer the weights where they may be picked.

        Args:
            network: after that step.
            step: of the optimiser, from 1.
            own: how many each task that was in it has taken by now.
        """
        at_a_point = {task: taken for task, taken in own.items() if taken in self._points}
        for task, taken in at_a_point.items():
            self._curve.training_point(task, taken)
        validated = {}
        for task, evaluation in self._validation.items():
            if step in self._picks or task in at_a_point:
                self.predictions[task] = evaluation.predict(network, step)
                scores = evaluation.scores(self.predictions[task], step)
                self.scores[task, step] = scores
                validated[task] = scores[evaluation.task.metric.name]
                if task in at_a_point:
                    self._curve.validation_point(task, at_a_point[task], scores)
        if step in self._picks:
            self.checkpoints.offer(step, network, validated)


def loss_of(
    task: TaskData, logits: Tensor, rows: Rows, settings: TrainingSettings, teachers: Teachers | None, taken: int
) -> Tensor:
    """A task's loss in a step, by its labels and by its teacher where it has one."""
    loss = task.kind.loss(logits, rows.targets, settings.label_smoothing)
    return loss if teachers is None else teachers.annealed(loss, task, logits, rows, taken)


def whole_budget(taken_by: Mapping[str, int], settings: TrainingSettings) -> int:
    """The steps that every task takes part in; scores after fewer or more than the settings say cannot be compared.

    Raises:
        RunFailed: a task takes part in another number of steps than the settings say.
    """
    other = [f"{task}: {taken}" for task, taken in taken_by.items() if taken != settings.steps]
    if other:
        raise RunFailed(f"training takes another number of steps than {settings.steps} ({', '.join(other)})")
    return min(taken_by.values())


def score(
    network: Network,
    unseen: Mapping[str, Mapping[str, Evaluation]],
    looks: Looks,
    last_step: int,
) -> dict[str, TaskScores]:
    """All scores of a trained network; it is left with the weights of its last step.

    Args:
        network: after its last step.
        unseen: by task, the parts that were not looked at.
        looks: those at validation, at the last step too, with what they would pick.
        last_step: of the optimiser.
    """
    tasks = {task: next(iter(parts.values())).task for task, parts in unseen.items()}
    predictions = {
        (task, part): looks.predictions[task]
        if part == "validation"
        else unseen[task][part].predict(network, last_step)
        for task in tasks
        for part in PARTS
    }
    known = {(task, "validation", step): scores for (task, step), scores in looks.scores.items()}
    for task, parts in unseen.items():
        for part, evaluation in parts.items():
            known[task, part, last_step] = evaluation.scores(predictions[task, part], last_step)
    scores: dict[str, dict[str, dict[str, dict[str, float]]]] = {
        task: {part: {"last": known[task, part, last_step]} for part in PARTS} for task in tasks
    }
    steps: dict[str, dict[str, int]] = {task: {"last": last_step} for task in tasks}
    last = {key: tensor.detach().clone() for key, tensor in network.state_dict().items()}
    for selection, step, state, chosen_for in looks.checkpoints.picks():
        network.load_state_dict(state)
        for task in chosen_for:
            steps[task][selection] = step
            if (task, "test", step) not in known:  # two selections often pick the same step
                test = unseen[task]["test"]
                known[task, "test", step] = test.scores(test.predict(network, step), step)
            for part in ("validation", "test"):
                scores[task][part][selection] = known[task, part, step]
        network.load_state_dict(last)
    for task, data in tasks.items():
        of_datasets = predictions[task, "test"].scores_by_dataset(data)
        scores[task] |= {part_of(name): {"last": found} for name, found in of_datasets.items()}
    return {
        task: TaskScores(
            data=data,
            scores=scores[task],
            steps=steps[task],
            predictions={part: predictions[task, part] for part in PARTS},
            test_clips=predictions[task, "test"].scored_clips(data),
        )
        for task, data in tasks.items()
    }


def _sign(task: TaskData) -> int:
    return 1 if task.metric.higher_is_better else -1
