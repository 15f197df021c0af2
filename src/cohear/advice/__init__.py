"""From measurements and gains to what is to be expected of cells that were not run, and what to do about it."""
