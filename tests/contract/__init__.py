"""Every store keeps the contract."""
