"""Articles a city publishes, and finding the one that answers a question."""
