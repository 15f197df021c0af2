"""A bundle on labelled clips that it was not trained on, beside what its card promises; never torch."""
