"""Audio files as they are on this disk: found, decoded once, and known by their content."""
