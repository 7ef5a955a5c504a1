"""The desk's own certificate: it makes its key, and asks the enrolment service to sign it.

A short-lived process of its own; it never hears and never sends an event.
"""
