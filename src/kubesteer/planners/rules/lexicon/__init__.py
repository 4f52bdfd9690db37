"""Words as data: what people say for each verb, noun, mood and place, in both languages.

Belongs here: tables of wordings and the small notation they are written in (`phrases`).
Does not belong here: what follows from a wording; the stages beside this package decide that.
"""
