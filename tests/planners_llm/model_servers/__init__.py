"""An HTTP server that plays a model provider, in each wire format, well-behaved or hostile.

Belongs here: the server, the wire formats, scripted replies. Does not belong here: anything of kubesteer.
"""

from model_servers.server import Asked, ModelServer, Raw
from model_servers.wires import WIRES, Said, encoded

__all__ = ["WIRES", "Asked", "ModelServer", "Raw", "Said", "encoded"]
