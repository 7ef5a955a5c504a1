"""Saving pictures, in the format that the file's ending names."""

from pathlib import Path

import pytest

from firmware_py.core.errors import DeskcueError, UsageError
from firmware_py.drawing import raster
from firmware_py.drawing.raster import check_png, has_chinese_font, png
from firmware_py.reports.picture import check, save
from firmware_py.reports.timeline import svg
from tests.reports.samples import call_timeline

PNG = b"\x89PNG\r\n\x1a\n"


def test_one_story_is_one_picture(tmp_path: Path) -> None:
    assert save([call_timeline()], tmp_path / "call.svg") == [tmp_path / "call.svg"]
    assert (tmp_path / "call.svg").read_text("utf-8") == svg(call_timeline())


def test_several_stories_are_several_pictures_or_one_page(tmp_path: Path) -> None:
    both = [call_timeline(), call_timeline(seconds=20)]
    assert save(both, tmp_path / "a.svg") == [tmp_path / "a-1.svg", tmp_path / "a-2.svg"]
    assert save(both, tmp_path / "a.HTML") == [tmp_path / "a.HTML"]
    assert (tmp_path / "a.HTML").read_text("utf-8").count("<section") == 2


@pytest.mark.parametrize("name", ["call.pdf", "call", ".png", "call.svg.gz"])
def test_an_ending_that_is_not_known_is_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"end its name in \.png, \.svg, \.html"):
        check(tmp_path / name)


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(DeskcueError, match="there is no folder"):
        check(tmp_path / "none" / "call.svg")


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "call.svg").mkdir()
    with pytest.raises(DeskcueError, match=r"cannot write .*call\.svg: Is a directory"):
        save([call_timeline()], tmp_path / "call.svg")


def test_png_without_its_library_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(raster, "find_spec", lambda _: None)
    with pytest.raises(DeskcueError, match=r"pip install 'deskcue\[look\]'"):
        check(Path("call.png"))


def test_png_without_a_chinese_font_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("resvg_py", reason="the extra look is not installed")
    monkeypatch.setattr(raster, "FONTS", "Font That Nobody Has")
    has_chinese_font.cache_clear()
    with pytest.raises(DeskcueError, match="fonts-wqy-microhei"):
        check_png()
    has_chinese_font.cache_clear()


def test_png_is_drawn_twice_as_large_as_the_drawing() -> None:
    pytest.importorskip("resvg_py", reason="the extra look is not installed")
    drawn = png('<svg xmlns="http://www.w3.org/2000/svg" width="30" height="20"/>')
    assert drawn.startswith(PNG)
    assert (drawn[16:20], drawn[20:24]) == (bytes([0, 0, 0, 60]), bytes([0, 0, 0, 40]))


def test_a_story_becomes_a_png(tmp_path: Path) -> None:
    pytest.importorskip("resvg_py", reason="the extra look is not installed")
    if not has_chinese_font():
        pytest.skip("no font here has Chinese characters")
    (picture,) = save([call_timeline()], tmp_path / "call.png")
    assert picture.read_bytes().startswith(PNG)
    assert 20_000 < picture.stat().st_size < 600_000
