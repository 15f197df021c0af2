"""The page: one HTML file that opens from disk and loads nothing, and a server that keeps it fresh."""
