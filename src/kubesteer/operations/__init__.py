"""What a person can ask for: one file per verb family, one class per verb, one line in `registry`.

Belongs here: what a verb needs, how it reads, what it would send, when it has settled and how it is undone.
Does not belong here: talking to a server (that is the Cluster port), asking for approval (engine), words
(planners).
"""
