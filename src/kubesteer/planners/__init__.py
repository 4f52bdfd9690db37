"""Words to operations: `rules` (offline, bilingual, the default) and `llm` (any provider).

Belongs here: everything that turns a conversation and an inventory into a Plan, an Ask or a Say.
Does not belong here: running an operation, approving one, or talking to a cluster.
"""
