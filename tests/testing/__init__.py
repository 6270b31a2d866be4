"""The kit for other people's tests keeps its own promises."""
