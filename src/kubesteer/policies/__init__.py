"""What may happen: approval, protected namespaces, limits, redaction; one file each, with its reason.

Belongs here: pure judgements over a proposed change or a text. Does not belong here: reading the cluster,
or deciding what a person meant.
"""
