"""The server's side, extra ``fleet``: what IT runs for a site of many desks.

Nothing of it is installed on a desk, and no room of the device imports it.
"""
