"""Columns that `kubectl get` prints: the Table form of every kind.

Belongs here: column definitions and the pure functions that fill a row. Does not belong here: fetching.
"""
