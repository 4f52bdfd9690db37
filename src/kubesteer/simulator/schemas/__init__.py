"""Shapes of the built-in types: which fields exist, of what type, and how their lists merge.

Belongs here: the distilled OpenAPI document, the code that distils it and the code that reads it.
Does not belong here: what a server makes of a shape (validation, patching, field ownership).
"""
