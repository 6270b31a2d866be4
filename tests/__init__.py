"""What the world may expect of portal_linkage."""
