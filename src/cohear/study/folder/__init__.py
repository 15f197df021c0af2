"""The study folder: what is in it, how far it has come, and what of it is done again."""
