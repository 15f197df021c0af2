"""What statistics say: typed findings and their words, made once; page, terminal and JSON show them."""

# ruff: noqa: I001 - the order of the answers is the order in which kinds are entered
from cohear.findings import best_pair, verdict_counts, on_these_clips, second_score  # noqa: F401 - to be entered
from cohear.findings import sure_effects, control_explanations, verdict_method  # noqa: F401 - to be entered
from cohear.findings import domain_gains, related_best, labels_worth, measured_partners, best_single  # noqa: F401 - to be entered
from cohear.findings import smallest_gain, open_cells, correlates, agreement  # noqa: F401 - to be entered
from cohear.findings import network_size, groups_beside_pairs, larger_encoder  # noqa: F401 - to be entered
from cohear.findings import network_costs, learning_speed, one_network, grouping, best_way  # noqa: F401 - to be entered
from cohear.findings import partners_without_labels  # noqa: F401 - to be entered
from cohear.findings import caveats_of_runs, caveats_of_devices, not_learnt, caveats_of_repeats, caveats_of_scores  # noqa: F401 - to be entered
from cohear.findings.finding import StudyFinding
from cohear.findings.study_findings import Findings
from cohear.findings.kind import FINDINGS, Kind, Said

__all__ = ["FINDINGS", "Findings", "Kind", "Said", "StudyFinding"]
