"""What the tables have in common: their collection, and columns that the two engines declare otherwise."""

from sqlalchemy import BigInteger, Column, Identity, Integer, MetaData, Text

metadata = MetaData()
"""Every table of the warehouse."""

Id = BigInteger().with_variant(Integer(), "sqlite")
"""SQLite makes a row id only of a column declared `INTEGER PRIMARY KEY`."""

PlainText = Text().with_variant(Text(collation="C"), "postgresql")
"""Compared by code point on both engines, whatever the database's locale."""


def numbered() -> Column[int]:
    """The column `id`: on PostgreSQL a number of a sequence, on SQLite one that the one writer gives."""
    return Column("id", Id, Identity(), primary_key=True)
