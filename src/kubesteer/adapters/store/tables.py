"""The tables as they are after all migrations."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Float, Integer, LargeBinary, MetaData, String, Table, Text

METADATA = MetaData()

SCHEMA = Table(
    "kubesteer_schema",
    METADATA,
    Column("one", Integer, primary_key=True),
    Column("version", Integer, nullable=False),
)

CHANGES = Table(
    "kubesteer_changes",
    METADATA,
    Column("id", String(32), primary_key=True),
    Column("state", String(16), nullable=False, index=True),
    Column("cluster", String(128), nullable=False),
    Column("version", Integer, nullable=False),
    Column("first_line", BigInteger, nullable=False, index=True),  # newest first is by this
    Column("last_line", BigInteger, nullable=False),
    Column("record", Text, nullable=False),  # JSON of core.ledgers.Record
    Column("particulars", LargeBinary, nullable=False),  # sealed
)

LINES = Table(
    "kubesteer_lines",
    METADATA,
    Column("sequence", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=False),
    Column("change", String(32), nullable=False, index=True),
    Column("at", String(32), nullable=False),
    Column("event", String(32), nullable=False),
    Column("by", Text, nullable=False),
    Column("text_zh", Text, nullable=False),
    Column("text_en", Text, nullable=False),
    Column("data", Text, nullable=False),  # JSON
    Column("record_hash", String(64), nullable=False),
    Column("previous", String(64), nullable=False),
    Column("hash", String(64), nullable=False),
)

HEAD = Table(
    "kubesteer_head",
    METADATA,
    Column("one", Integer, primary_key=True),
    Column("sequence", BigInteger, nullable=False),
    Column("hash", String(64), nullable=False),
)
"""The end of the chain. Every transaction that writes locks this row first."""

CLAIMS = Table(
    "kubesteer_claims",
    METADATA,
    Column("change", String(32), primary_key=True),
    Column("owner", Text, nullable=False),
    Column("until", Float, nullable=False),  # seconds since the epoch
)

HOLDS = Table(
    "kubesteer_holds",
    METADATA,
    Column("object", Text, primary_key=True),
    Column("change", String(32), nullable=False, index=True),
)
"""Objects that an approved change has hold of until it ends."""
