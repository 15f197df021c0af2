"""A study on other machines: packed, trained by workers that stand alone, and run from a pack."""
