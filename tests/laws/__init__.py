"""The laws of the design, L1 to L17, as properties of every store."""
