"""The Rasa box: everything that imports Rasa 3.6.21, and nothing that imports the rest of Suda."""
