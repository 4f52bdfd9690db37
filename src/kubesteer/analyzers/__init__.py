"""Rules that find what is wrong: a declarative entry per fault, one file per kind of object.

Belongs here: the World (a snapshot with its indexes), rules and the graph that folds symptoms under causes.
Does not belong here: fetching inside a rule, or anything that writes.
"""
