"""Public datasets: what is known of them without having them, and their download."""
