"""Words that every room shares: operations' base classes, requests, ports, findings, texts, errors.

Belongs here: types and pure functions that two or more rooms need. Does not belong here: I/O of any kind,
anything that imports another room, and anything that only one room needs.
"""
