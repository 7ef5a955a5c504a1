"""Tools for whoever keeps a rulebook: how safe a phrase is, and where its threshold should lie.

Nothing here runs on the device while it hears.
"""
