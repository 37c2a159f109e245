"""What is told to people and programs by itself: a digest of each period, failed runs, failed checks.

What is to be told stands in the table `notifications` until a channel confirms it: email, Slack, or a JSON webhook.
"""
