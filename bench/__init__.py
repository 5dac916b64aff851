"""What the running system costs, and whether it keeps what it was told."""
