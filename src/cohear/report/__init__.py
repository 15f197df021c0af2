"""Tables to one self-contained HTML page and to tables in the terminal."""
