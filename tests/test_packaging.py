"""What a wheel and a source archive carry."""

import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

from tests.checkout import ROOT, tracked

DATA = {path.name for path in (ROOT / "systemd").iterdir()} | {"phones.tflite", "phones.json"}


@pytest.fixture(scope="module")
def archives(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder with one wheel and one source archive of the tracked files."""
    source = tmp_path_factory.mktemp("source")
    for path in tracked():
        place = source / path.relative_to(ROOT)
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(path, place)
    build = "from setuptools import build_meta as b; b.build_wheel('out'); b.build_sdist('out')"
    built = subprocess.run(
        [sys.executable, "-c", build], cwd=source, capture_output=True, text=True, check=False
    )
    assert built.returncode == 0, built.stderr
    return source / "out"


def test_the_wheel_carries_what_a_desk_needs(archives: Path) -> None:
    with zipfile.ZipFile(next(archives.glob("*.whl"))) as wheel:
        names = wheel.namelist()
    package = {
        str(p.relative_to(ROOT)) for p in tracked() if p.is_relative_to(ROOT / "firmware_py")
    }
    assert package <= {*names}
    shared = {Path(name).name for name in names if "/data/share/deskcue/" in name}
    assert shared == DATA
    tops = {name.split("/")[0] for name in names if ".d" not in name.split("/")[0]}
    assert tops == {"firmware_py"}


def test_the_source_archive_carries_every_tracked_file(archives: Path) -> None:
    with tarfile.open(next(archives.glob("*.tar.gz"))) as archive:
        names = {name.split("/", 1)[-1] for name in archive.getnames()}
    ours = {str(path.relative_to(ROOT)) for path in tracked()}
    assert ours - names <= {".gitignore", ".pre-commit-config.yaml", ".ci/run"}
