"""Sessions that belong together: what they did, each distinct thing once, and the campaigns that follow from it."""
