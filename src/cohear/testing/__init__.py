"""Contract tests that parts of your own can inherit."""
