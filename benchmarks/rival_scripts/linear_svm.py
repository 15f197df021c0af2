"""A linear support vector machine on a vector a clip, its cost chosen on validation: what is put on fixed features."""

import numpy as np
from fold import Fold
from sklearn.metrics import balanced_accuracy_score
from sklearn.preprocessing import StandardScaler
from sklearn.svm import LinearSVC

COSTS = (1e-5, 1e-4, 1e-3, 1e-2, 1e-1)


def answered(fold: Fold, vectors: np.ndarray) -> None:
    """Fit, choose and answer from vectors ``[clips, numbers]``."""
    train, validation, test = fold.parts.values()
    targets = np.array(fold.targets)
    vectors = StandardScaler().fit(vectors[train]).transform(vectors)
    found = []
    for cost in COSTS:
        machine = LinearSVC(C=cost, class_weight="balanced", max_iter=20000, random_state=0)
        machine.fit(vectors[train], targets[train])
        found.append((balanced_accuracy_score(targets[validation], machine.predict(vectors[validation])), machine))
    best = max(found, key=lambda pair: pair[0])[1]
    fold.answer(best.predict(vectors[test]).tolist())
