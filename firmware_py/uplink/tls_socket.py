"""A TLS socket that does not stay open when its handshake fails.

paho wraps first and shakes hands afterwards; where that fails, it leaves the socket to the garbage
collector.
"""

import ssl


class ClosingSocket(ssl.SSLSocket):
    """For ``SSLContext.sslsocket_class``."""

    def do_handshake(self, block: bool = False) -> None:
        """Shake hands, or close."""
        try:
            super().do_handshake(block)
        except OSError:  # ssl.SSLError is one
            self.close()
            raise
