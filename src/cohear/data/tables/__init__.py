"""Clip tables: as publishers write them, as readers give them, and the house's own manifest."""
