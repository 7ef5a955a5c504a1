"""Builds SVG and HTML as trees, so that nothing is ever escaped by hand."""

from typing import Final
from xml.etree.ElementTree import Element, indent, tostring

FONTS: Final = (
    "'Noto Sans CJK SC','Noto Sans SC','Source Han Sans SC','PingFang SC',"
    "'Microsoft YaHei','WenQuanYi Micro Hei','DejaVu Sans',sans-serif"
)
"""Families with Chinese characters on Linux, macOS and Windows, and one from which to fall back."""


def node(tag: str, *children: Element | str, **attributes: object) -> Element:
    """Make an element; in names of attributes ``_`` stands for ``-`` and falls off the end."""
    made = Element(tag)
    for name, value in attributes.items():
        made.set(name.rstrip("_").replace("_", "-"), _written(value))
    add(made, *children)
    return made


def add(parent: Element, *children: Element | str) -> None:
    """Put elements and texts at the end of an element."""
    for child in children:
        if isinstance(child, Element):
            parent.append(child)
        elif len(parent):
            parent[-1].tail = (parent[-1].tail or "") + child
        else:
            parent.text = (parent.text or "") + child


def _written(value: object) -> str:
    return f"{round(value, 1):.6g}" if isinstance(value, float) else str(value)


def as_svg(drawing: Element) -> str:
    """Write a drawing as a file of its own."""
    return tostring(drawing, encoding="unicode") + "\n"


def page(title: str, style: str, *body: Element, language: str = "zh") -> str:
    """Write one HTML page that stands alone: its policy forbids it to load anything."""
    policy = "default-src 'none'; style-src 'unsafe-inline'"
    head = node(
        "head",
        node("meta", charset="utf-8"),
        node("meta", http_equiv="Content-Security-Policy", content=policy),
        node("meta", name="viewport", content="width=device-width, initial-scale=1"),
        node("title", title),
        node("style", f"body{{font-family:{FONTS}}}{style}"),
    )
    html = node("html", head, node("body", *body), lang="zh-CN" if language == "zh" else "en")
    indent(head, "")
    return "<!DOCTYPE html>\n" + tostring(html, encoding="unicode", method="html") + "\n"
