"""Readers of a host's own tables keep their contract, and faulty ones are caught."""
