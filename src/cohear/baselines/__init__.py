"""What networks are held against: scikit-learn's estimators on a vector a clip, on the same clips; never torch."""
