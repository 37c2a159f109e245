-- What became of a campaign, and what others became part of it, the newest first.
SELECT changed_at, campaign, became, kind, sessions
FROM campaign_changes
WHERE campaign = :campaign OR became = :campaign
ORDER BY changed_at DESC, campaign, became
LIMIT :most
