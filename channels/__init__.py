"""Where citizens are: one folder a channel, each with webhook, parse and send."""
