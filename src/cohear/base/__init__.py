"""What every room stands on: errors, registries, keyed randomness, files written whole."""
