"""Two datasets of sounds, and a study with a task over both."""

import csv

import planted
import soundfile

BOTH = {"dataset": ["here", "there"], "target": "bird"}


def write_two(folder, task=BOTH, rate=planted.RATE, labels=(0, 1), labels_there=(0, 1), shares=(1, 1)):
    """Two datasets of sounds in six groups each; the second at a rate, with labels of its own as often as it says."""
    for number, (name, own, its_rate) in enumerate((("here", labels, planted.RATE), ("there", labels_there, rate))):
        rows = []
        (folder / name / "clips").mkdir(parents=True)
        for group in range(6):
            for label in own:
                for take in range(shares[label % 2] if number else 2):
                    path = f"clips/{group}-{label}-{take}.wav"
                    samples = planted.sound(1000 * number + 100 * group + 10 * take + label, label, 0.5, its_rate)
                    soundfile.write(folder / name / path, samples, its_rate, subtype="PCM_16")
                    rows.append({"path": path, "group": f"g{group}", "bird": "abcd"[label]})
        with (folder / name / "manifest.csv").open("w", newline="", encoding="utf-8") as file:
            table = csv.DictWriter(file, list(rows[0]))
            table.writeheader()
            table.writerows(rows)
    return planted.settings(
        folder, datasets={name: {"path": str(folder / name)} for name in ("here", "there")}, tasks={"both": task}
    )
