"""The rules: one file per kind of object or per stage of a pod's life, all of them listed in `registry`.

Belongs here: what a fault looks like in the World, its wording, what explains it and what would mend it.
Does not belong here: fetching, the folding of symptoms under causes, output.
"""
