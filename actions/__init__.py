"""What a dialogue may do; the only users of rasa_sdk."""
