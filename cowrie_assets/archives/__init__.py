"""Raw events outside the warehouse: where their files lie, what is in a file, and how a file is proved."""
