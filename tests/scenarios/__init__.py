"""Scenarios: calls described in TOML, rendered to sound and heard by the whole Chain.

``reading`` reads them, ``sounds`` and ``builder`` make them audible, ``hearing`` lets the device
hear them. A scenario is two calls that differ in little: one breaks a clause, one keeps it.
"""
