"""ComParE functionals of openSMILE (6,373 numbers a clip) and a linear support vector machine."""

import numpy as np
import opensmile
import soundfile
from fold import Fold
from linear_svm import answered

SHORTEST = 8000  # samples: shorter clips are padded, since some functionals need more frames


def main() -> None:
    fold = Fold()
    smile = opensmile.Smile(opensmile.FeatureSet.ComParE_2016, opensmile.FeatureLevel.Functionals)
    vectors = []
    for file in fold.files:
        samples, rate = soundfile.read(file, dtype="float32")
        samples = np.pad(samples, (0, max(0, SHORTEST - len(samples))))
        vectors.append(smile.process_signal(samples, rate).to_numpy()[0])
    answered(fold, np.nan_to_num(np.array(vectors)))


if __name__ == "__main__":
    main()
