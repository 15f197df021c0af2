"""What gains say together: groupings, persistence, measurements, size, cost and speed."""
