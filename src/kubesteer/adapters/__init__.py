"""The outside world behind ports: kubernetes, store (SQLite, PostgreSQL), llm.

Belongs here: translation between a port of core and a protocol or library. Does not belong here: decisions.
Adapters are the only place where a status code or a driver's exception is seen.
"""
