"""What makes an object acceptable to the API server, one module per family of kinds.

Belongs here: pure checks of an object, alone or against its stored form, with the server's wording.
Does not belong here: checks that need other objects (admission) or permissions (RBAC).
"""
