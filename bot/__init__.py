"""The core of Suda: what a citizen's message means and what becomes of it."""
