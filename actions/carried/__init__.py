"""What comes with a message beside its words: photos, files, voice notes, a shared location."""
