"""SVG and HTML, built as trees."""

from xml.etree import ElementTree as Tree

import hypothesis.strategies as st
from hypothesis import given

from firmware_py.drawing.html import add, as_svg, node, page

letters = st.text(
    st.characters(exclude_categories=["Cs", "Cc"], exclude_characters=["\ufffe", "\uffff"])
)


@given(letters, letters)
def test_whatever_is_written_reads_the_same(text: str, value: str) -> None:
    read = Tree.fromstring(as_svg(node("text", text, id=value)))
    assert (read.text or "", read.get("id")) == (text, value)


def test_names_and_numbers_are_written_as_svg_wants_them() -> None:
    made = node("rect", font_size=12, class_="x", x=1 / 3, width=2.0)
    assert made.attrib == {"font-size": "12", "class": "x", "x": "0.3", "width": "2"}


def test_texts_and_elements_keep_their_order() -> None:
    made = node("p", "a", node("b", "c"), "d")
    add(made, "e", node("i"), "f")
    assert Tree.tostring(made, "unicode") == "<p>a<b>c</b>de<i />f</p>"


def test_a_page_names_its_language_and_forbids_to_load() -> None:
    made = page("<标题>", "", node("p", "a < b"), language="en")
    assert made.startswith('<!DOCTYPE html>\n<html lang="en">')
    assert "<title>&lt;标题&gt;</title>" in made
    assert "<p>a &lt; b</p>" in made
    assert "default-src 'none'" in made
