"""Reports: what happened in a day, an ISO week or a month, as one document that is written as JSON and as text."""
