"""The same findings and tables for the terminal."""
