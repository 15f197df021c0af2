"""What sharing did to each task, and how sure that is, after fixed repeats or after looks."""
