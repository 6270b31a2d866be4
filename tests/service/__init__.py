"""The use cases, on both stores."""
