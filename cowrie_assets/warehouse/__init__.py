"""The database: engine, schema, migrations, dictionaries, SQL files."""
