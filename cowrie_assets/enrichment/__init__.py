"""What services and lists outside say of files and addresses: verdicts, their history, and what is due to be asked."""
