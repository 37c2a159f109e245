"""What a report leads on to: a page for each session, address, file and HASSH that it lists."""
