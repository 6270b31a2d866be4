"""What a person at the firm, and a script, may expect of the command ``portal-linkage``."""
