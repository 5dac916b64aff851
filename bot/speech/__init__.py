"""Voice notes and recordings become text that the dialogue understands, and nothing is made of silence or noise."""
