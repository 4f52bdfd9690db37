"""The one loop: understand, judge, act, verify, answer; and the life of a change.

Belongs here: turns of a conversation, changes, decisions on a condition, the inventory. Does not belong
here: any adapter (ports only), any wording of a face.
"""
