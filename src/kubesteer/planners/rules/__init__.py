"""The offline, bilingual planner: a grammar over tables of words, no model, no network.

Belongs here: everything from a person's words to a Plan, an Ask or a Say by rules: the tables (`lexicon`), and
the stages normalise → link → segment → classify → fill → resolve → judge, one module each.
`docs/understanding.md` tells where a wording goes.
Does not belong here: running anything, reading a cluster, and understanding by a model.
"""

from kubesteer.planners.rules.planner import RulesPlanner

__all__ = ["RulesPlanner"]
