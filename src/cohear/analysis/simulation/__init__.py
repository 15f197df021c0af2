"""Studies of known truth: what verdicts, intervals and looks are worth."""
