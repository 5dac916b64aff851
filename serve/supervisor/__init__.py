"""``suda up``: every process of one machine as children of one supervisor."""
