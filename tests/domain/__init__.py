"""What is true, tested without any store."""
