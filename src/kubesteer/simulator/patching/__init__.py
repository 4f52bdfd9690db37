"""The four patch formats of the API, as pure functions from an object and a patch to a new object.

Belongs here: the arithmetic of patches and of field ownership. Does not belong here: storing, admission,
resourceVersions.
"""
