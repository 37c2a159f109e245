"""What is worth sharing of what was seen: addresses, hosts, urls, files, keys, wallets, with how sure it is and why."""
