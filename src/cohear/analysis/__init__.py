"""Numbers to conclusions: pure functions of tables, no training and no torch."""
