"""The complaint form: what is known, how an answer is read, what is asked next, what is read back."""
