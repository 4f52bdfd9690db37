"""The ledger in a database: SQLite in one file by default, PostgreSQL by URL. Imported only when a change happens.

Belongs here: tables, migrations, transactions, the hash chain, sealing, claims, workflows. Does not belong here:
what a transition means, and whether it may happen (engine.changes).
"""
