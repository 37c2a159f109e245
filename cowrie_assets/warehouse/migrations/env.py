"""Alembic's entry: runs inside the transaction and the connection that `warehouse.versions` gives it."""

from alembic import context

from cowrie_assets.warehouse.schema import metadata
from cowrie_assets.warehouse.views import create_views, drop_views

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=metadata)
drop_views(connection)
context.run_migrations()
create_views(connection)
