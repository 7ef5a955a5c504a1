"""Sign and pack a folder of wheels as an offline bundle; ``scripts/wheelhouse`` calls it."""

import argparse
import platform
import sys
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from firmware_py import __version__
from firmware_py.update.bundle import Manifest, hashes, pack


def main() -> int:
    """Pack, and say where and for what."""
    parser = argparse.ArgumentParser(prog="scripts/wheelhouse", description=__doc__)
    parser.add_argument("folder", type=Path, help="with wheels/ in it")
    parser.add_argument("--key", type=Path, required=True, help="private key; made if not there")
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args()
    key = _key(args.key)
    python = f"{sys.version_info.major}.{sys.version_info.minor}"
    manifest = Manifest(__version__, platform.machine(), python, hashes(args.folder))
    pack(args.folder, manifest, key.sign(manifest.to_bytes()), args.out)
    print(f"{args.out}: {manifest.version} for {manifest.machine}, Python {manifest.python}")
    print(f"its key, for /etc/deskcue/update.pub: {key.public_key().public_bytes_raw().hex()}")
    return 0


def _key(path: Path) -> Ed25519PrivateKey:
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(Ed25519PrivateKey.generate().private_bytes_raw().hex() + "\n", "ascii")
    return Ed25519PrivateKey.from_private_bytes(bytes.fromhex(path.read_text("ascii").strip()))


if __name__ == "__main__":
    raise SystemExit(main())
