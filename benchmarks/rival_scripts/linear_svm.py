"""A linear support vector machine on fixed features, a vector a clip; its cost is chosen on validation."""

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

    def fitted(cost: float, part: np.ndarray) -> LinearSVC:
        machine = LinearSVC(C=cost, class_weight="balanced", max_iter=20000, random_state=0)
        return machine.fit(vectors[part], targets[part])

    def on_validation(cost: float) -> float:
        return balanced_accuracy_score(targets[validation], fitted(cost, train).predict(vectors[validation]))

    best = fitted(max(COSTS, key=on_validation), fold.learnt)
    fold.answer(best.predict(vectors[test]).tolist())
