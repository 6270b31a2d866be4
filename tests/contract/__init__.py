"""Every store keeps the contract: in one class, as an adapter's author writes it, or in two that run side by side."""
