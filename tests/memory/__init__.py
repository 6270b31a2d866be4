"""What is true of the store in memory alone."""
