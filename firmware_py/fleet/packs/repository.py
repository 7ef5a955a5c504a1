"""What a site publishes: a plain folder in the form of The Update Framework, by python-tuf.

``metadata/`` and ``targets/`` lie there as any web server serves them. Every file but
``timestamp.json`` has its version or hash in its name and is written before what names it; renaming
``timestamp.json`` is what publishes. A desk sees the state before, or the one after.
"""

import datetime
import shutil
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, TypeVar

from securesystemslib.signer import CryptoSigner
from tuf.api.exceptions import RepositoryError
from tuf.api.metadata import (
    Metadata,
    MetaFile,
    Root,
    Snapshot,
    TargetFile,
    Targets,
    Timestamp,
)
from tuf.api.serialization import DeserializationError

from firmware_py.core.errors import DeskcueError
from firmware_py.core.single_instance import hold
from firmware_py.fleet.packs.metadata_files import newest, write_whole
from firmware_py.fleet.packs.signing_keys import ROLES, SigningKeys

DAYS: Final[Mapping[str, int]] = MappingProxyType(
    {"root": 730, "targets": 365, "snapshot": 30, "timestamp": 7}
)
"""How long what a role has signed is good: within this time a desk notices that it is kept from
what is new."""
_RENEWED: Final = 1 / 2
"""Part of its time after which it is signed again."""
_S = TypeVar("_S", Root, Targets, Snapshot, Timestamp)


@dataclass(frozen=True, slots=True)
class Item:
    """Something to publish."""

    file: Path
    custom: Mapping[str, Any]
    """What desks are told beside length and hash: ``version``, and of software what it fits."""


class Packs:
    """A folder of what is published, and the keys that sign it."""

    def __init__(
        self, folder: Path, keys: SigningKeys, now: Callable[[], datetime.datetime]
    ) -> None:
        """Open the folder; what it holds is read when it is needed."""
        self.folder = folder
        self._keys = keys
        self._now = now

    def publish(self, items: Mapping[str, Item], remove: frozenset[str] = frozenset()) -> list[str]:
        """Publish items below their paths, take others away, renew what would run out.

        Returns:
            Paths of all that is published now.

        Raises:
            DeskcueError: a key or a file is missing, or somebody else publishes right now.
        """
        with self._alone():
            root = self._root()
            targets = self._read("targets", Targets)
            unknown = remove - {*targets.signed.targets}
            if unknown:
                raise DeskcueError(f"{min(unknown)} is not published in {self.folder}")
            for path in remove:
                del targets.signed.targets[path]
            for path, item in items.items():
                targets.signed.targets[path] = self._lay(path, item)
            self._sign_all(root, targets, changed=bool(items or remove))
            self._prune(targets.signed)
            return sorted(targets.signed.targets)

    def rotate(self, role: str) -> None:
        """Give a role a new key; desks learn of it from the next version of root.

        Raises:
            DeskcueError: a key is missing, or somebody else publishes right now.
        """
        with self._alone():
            root = self._root()
            first = self._signer(root, "root")
            new = self._keys.add(role)
            for key in [*root.signed.roles[role].keyids]:
                root.signed.revoke_key(key, role)
            root.signed.add_key(new.public_key, role)
            self._write_root(root, [first, *([new] if role == "root" else [])])
            self._keys.settle(role)
            self._sign_all(root, self._read("targets", Targets), changed=False)

    def _root(self) -> Metadata[Root]:
        """Read the newest root, made now if there is none; end a rotation that was cut short."""
        root = self._read("root", Root)
        for role in ROLES:
            waits = self._keys.waiting(role)
            if waits and waits.public_key.keyid in root.signed.roles[role].keyids:
                self._keys.settle(role)
            self._keys.drop(role)
        first = root.signed.version == 0
        if first:
            for role in ROLES:
                root.signed.add_key(self._keys.signer(role).public_key, role)
        if first or self._is_due(root.signed, "root"):
            self._write_root(root, [self._signer(root, "root")])
        return root

    def _signer(self, root: Metadata[Root], role: str) -> CryptoSigner:
        """What signs for a role, if desks would believe it.

        Raises:
            DeskcueError: the key is missing, or is a former one or another site's.
        """
        signer = self._keys.signer(role)
        if signer.public_key.keyid not in root.signed.roles[role].keyids:
            raise DeskcueError(
                f"{self._keys.folder}/{role}.key is not the key by which desks know what"
                f" {self.folder} publishes; name the site's folder that has its newest keys"
            )
        return signer

    def _write_root(self, root: Metadata[Root], signers: list[Any]) -> None:
        root.signed.version += 1
        root.signed.expires = self._ends("root")
        root.signatures.clear()
        for signer in signers:
            root.sign(signer, append=True)
        self._write("root", root, root.signed.version)

    def _sign_all(self, root: Metadata[Root], targets: Metadata[Targets], *, changed: bool) -> None:
        """Sign targets, snapshot and timestamp anew where they have to be, in this order."""
        changed = self._sign(root, "targets", targets, changed=changed)
        snapshot = self._read("snapshot", Snapshot)
        snapshot.signed.meta["targets.json"] = MetaFile(targets.signed.version)
        changed = self._sign(root, "snapshot", snapshot, changed=changed)
        timestamp = self._read("timestamp", Timestamp)
        timestamp.signed.snapshot_meta = MetaFile(snapshot.signed.version)
        self._sign(root, "timestamp", timestamp, changed=changed)

    def _sign(self, root: Metadata[Root], role: str, data: Metadata[Any], *, changed: bool) -> bool:
        """Sign the next version of what a role says, if it has to be; whether it had."""
        if (
            not changed
            and self._is_signed(root, role, data)
            and not self._is_due(data.signed, role)
        ):
            return False
        signer = self._signer(root, role)
        data.signed.version += 1
        data.signed.expires = self._ends(role)
        data.sign(signer)
        self._write(role, data, data.signed.version)
        return True

    def _is_signed(self, root: Metadata[Root], role: str, data: Metadata[Any]) -> bool:
        try:
            root.signed.verify_delegate(role, data.signed_bytes, data.signatures)
        except RepositoryError:
            return False
        return bool(data.signed.version)

    def _is_due(self, signed: Root | Targets | Snapshot | Timestamp, role: str) -> bool:
        left: datetime.timedelta = signed.expires - self._now()
        return left < datetime.timedelta(days=DAYS[role]) * _RENEWED

    def _ends(self, role: str) -> datetime.datetime:
        return self._now().replace(microsecond=0) + datetime.timedelta(days=DAYS[role])

    def _read(self, role: str, kind: type[_S]) -> Metadata[_S]:
        """Read the newest that a role has signed; version 0 of it, if there is none."""
        path = newest(self.folder, role)
        try:
            data: Metadata[_S] = Metadata(kind()) if path is None else Metadata.from_file(str(path))
        except (OSError, DeserializationError):
            raise DeskcueError(f"{path} cannot be read; publish into a new folder") from None
        if path is None:
            data.signed.version = 0
        return data

    def _write(self, role: str, data: Metadata[Any], version: int) -> None:
        name = f"{role}.json" if role == "timestamp" else f"{version}.{role}.json"
        write_whole(self.folder / "metadata" / name, data.to_bytes())

    def _lay(self, path: str, item: Item) -> TargetFile:
        """Lay a file beside the others, under its hash."""
        try:
            target = TargetFile.from_file(path, str(item.file), ["sha256"])
            place = self.folder / "targets" / target.get_prefixed_paths()[0]
            place.parent.mkdir(parents=True, exist_ok=True)
            beside = place.with_name(f"{place.name}.part")
            shutil.copyfile(item.file, beside)
            beside.replace(place)
        except OSError as error:
            raise DeskcueError(f"{item.file} cannot be published ({error.strerror})") from None
        target.unrecognized_fields["custom"] = dict(item.custom)
        return target

    def _prune(self, targets: Targets) -> None:
        """Remove files of neither this state nor the one before, which a desk may be fetching."""
        before = self.folder / "metadata" / f"{targets.version - 1}.targets.json"
        states = [targets]
        if before.exists():
            states.append(Metadata[Targets].from_file(str(before)).signed)
        files = [one for state in states for one in state.targets.values()]
        wanted = {
            self.folder / "targets" / path for one in files for path in one.get_prefixed_paths()
        }
        for path in (self.folder / "targets").rglob("*"):
            if path.is_file() and path not in wanted:
                path.unlink()

    def _alone(self) -> AbstractContextManager[None]:
        for name in ("metadata", "targets"):
            (self.folder / name).mkdir(parents=True, exist_ok=True)
        return hold(self.folder / ".lock", "deskcue fleet publish")


def newest_root(folder: Path) -> bytes:
    """Give what a desk trusts to begin with of what a folder publishes.

    Raises:
        DeskcueError: nothing is published there.
    """
    path = newest(folder, "root")
    if path is None:
        raise DeskcueError(f"{folder} holds nothing published; deskcue fleet publish first")
    return path.read_bytes()
