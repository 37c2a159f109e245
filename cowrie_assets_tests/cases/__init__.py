"""Small inputs that once went wrong, each in a folder with a note of what was done and seen."""
