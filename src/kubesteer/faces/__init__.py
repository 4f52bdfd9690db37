"""How people and programs reach kubesteer: the command line today; HTTP, MCP and a web page later.

Belongs here: parsing of input, rendering of answers, exit codes. Does not belong here: logic.
"""
