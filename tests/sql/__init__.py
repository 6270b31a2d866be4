"""What is true of the SQL store alone."""
