"""Which runs can be trained as one: those that differ in seed, fold and data of the same shape alone."""

from __future__ import annotations

import json

from cohear.base.named import name_of
from cohear.training.spec import RunSpec

_ENCODERS = ("linear", "mlp", "dnn")
_SHARING = ("multihead", "independent")
_OBJECTIVES = ("sum",)
_OPTIMISERS = ("adamw", "sgd")
"""Parts of which it is tested that many computed as one are each what it is alone. An encoder may draw by torch's
dropout alone and look at no number of its input; an optimiser looks at each number of a parameter by itself."""

AS_ONE = (
    f"encoder {' or '.join(_ENCODERS)}, sharing {' or '.join(_SHARING)}, objective {' or '.join(_OBJECTIVES)}, "
    f"optimiser {' or '.join(_OPTIMISERS)}, without plugins and teachers"
)
"""What goes as one, for people."""


def alike(spec: RunSpec) -> str | None:
    """What runs have in common that can be trained as one; None for one that is trained alone.

    Whether their data are of one shape is seen when these are there.
    """
    training = spec.training
    known = (
        "module" not in spec.encoder
        and spec.encoder["name"] in _ENCODERS
        and name_of(training.sharing) in _SHARING
        and name_of(training.objective) in _OBJECTIVES
        and name_of(training.optimiser) in _OPTIMISERS
        and not spec.needs
        and "plugins" not in spec.versions  # of which nothing is known
    )
    if not known:
        return None
    own = {"name", "split", "store"}
    content = spec.model_dump(mode="json", exclude={"study_seed", "fold", "seed", "tasks"})
    tasks = [task.model_dump(mode="json", exclude=own) for task in spec.tasks]
    return json.dumps([content, tasks], sort_keys=True)
