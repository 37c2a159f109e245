DELETE FROM asset_event_tags WHERE event_id IN :ids
