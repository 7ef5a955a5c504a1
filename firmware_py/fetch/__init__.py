"""Fetches what the site publishes, in a short-lived process that neither hears nor sends.

What is fetched is kept, and nothing more: a rulebook counts once the settings name it, a bundle
once ``deskcue update`` takes it.
"""
