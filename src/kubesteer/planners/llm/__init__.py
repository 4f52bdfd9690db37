"""The planner that asks a language model, of any provider, and trusts it with nothing but words.

Belongs here: presets and settings of a model, what is sent to it (instructions, tools, observations), how its
replies are judged (wrong types, ungrounded proposals, invented figures), its bounds and what it has cost.
Does not belong here: running an operation, approving one, the choice between rules and model
(`planners.routing`), and understanding by rules.
"""
