"""The revisions, the oldest first. What is here has run somewhere: it is added to, and never changed."""
