"""MQTT on the server's side: logins, connections, and what desks send, read with mistrust."""
