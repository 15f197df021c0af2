"""Decode and resample; numpy in and out."""
