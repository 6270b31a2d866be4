"""Feeds: what comes of the files that people export."""
