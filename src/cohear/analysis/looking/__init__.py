"""What a design can find, what more repeats would bring, and where cells stand while a study runs."""
