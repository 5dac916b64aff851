"""What a citizen may want at any time, whatever is open: their data, another channel, a person, a case already filed."""
