"""What a plan will cost, foretold from trials of seconds: short runs by the code that carries runs out."""
