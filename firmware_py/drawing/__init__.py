"""Shapes, HTML and pixels: how reports and the desk card are drawn."""
