"""What rows of tables are told apart and grouped by."""

CELL = ("task", "combination", "features", "encoder", "arm")
"""What names a cell of the sharing matrix."""

REPEAT = ("fold", "seed")
"""What names a repeat."""

SETTING = ("features", "encoder", "arm")
"""What gains are never compared across within a family."""

FAMILY = (*SETTING, "pair")
"""What is tested at once; ``pair`` tells combinations of two tasks from larger ones."""

VERDICTS = ("helps", "hurts", "harmless", "undecided")
