"""The roster: planned, shown, applied."""
