"""Gains and measurements that others have published, as tables of a study: they stay the user's."""
