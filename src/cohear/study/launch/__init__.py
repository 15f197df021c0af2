"""Carrying runs out: one driver for order, needs and failures, and launchers, pools that differ in where runs are."""
