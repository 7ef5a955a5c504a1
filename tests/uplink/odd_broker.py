"""A broker at the protocol's edge: it says of itself, and answers, what Mosquitto never would."""

import socket
import ssl
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

CONNECT, PUBLISH, SUBSCRIBE = 1, 3, 8
RECEIVE_MAXIMUM, MAXIMUM_QOS, RETAIN_AVAILABLE, MAXIMUM_PACKET = 33, 36, 37, 39
"""Properties of a CONNACK."""


def connack(code: int = 0, properties: bytes = b"") -> bytes:
    """A CONNACK of MQTT 5."""
    return bytes([0x20, 3 + len(properties), 0, code, len(properties)]) + properties


def disconnect(code: int) -> bytes:
    """A DISCONNECT of MQTT 5."""
    return bytes([0xE0, 1, code])


@dataclass(frozen=True)
class Packet:
    """What a client sent."""

    kind: int
    flags: int
    body: bytes

    @property
    def is_mqtt5(self) -> bool:
        """Of a CONNECT."""
        return self.body[6] == 5

    @property
    def will(self) -> tuple[int, bool]:
        """Of a CONNECT: QoS of the last will, and whether it is to be retained."""
        return self.body[7] >> 3 & 3, bool(self.body[7] & 0x20)

    @property
    def qos(self) -> int:
        """Of a PUBLISH."""
        return self.flags >> 1 & 3

    @property
    def topic(self) -> str:
        """Of a PUBLISH."""
        return self.body[2 : 2 + self._length].decode()

    @property
    def id(self) -> bytes:
        """Of a PUBLISH above QoS 0, or of a SUBSCRIBE."""
        return self.body[2 + self._length :][:2] if self.kind == PUBLISH else self.body[:2]

    @property
    def _length(self) -> int:
        return int(struct.unpack("!H", self.body[:2])[0])


Answer = Callable[[Packet], bytes | None]
"""What to send back; None: hang up."""


def usual(packet: Packet, code: int = 0) -> bytes:
    """Let everybody in, and acknowledge everything, a PUBLISH with this code."""
    if packet.kind == CONNECT:
        return connack() if packet.is_mqtt5 else b"\x20\x02\x00\x00"
    if packet.kind == SUBSCRIBE:
        return b"\x90\x06" + packet.id + b"\x00\x01\x01\x01"
    if packet.kind == PUBLISH and packet.qos:
        return b"\x40\x03" + packet.id + bytes([code])
    return b"\xd0\x00" if packet.kind == 12 else b""


@dataclass
class OddBroker:
    """What it was sent, and where it listens."""

    port: int
    packets: list[Packet] = field(default_factory=list)

    def published(self, part: str = "") -> list[Packet]:
        """What was published on topics that hold ``part``."""
        return [one for one in self.packets if one.kind == PUBLISH and part in one.topic]


@contextmanager
def odd_broker(answer: Answer = usual, tls: ssl.SSLContext | None = None) -> Iterator[OddBroker]:
    """Serve clients one after the other."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        broker = OddBroker(server.getsockname()[1])
        thread = threading.Thread(target=_serve, args=(server, broker, answer, tls))
        thread.start()
        yield broker
        server.shutdown(socket.SHUT_RDWR)
        thread.join()


def _serve(
    server: socket.socket, broker: OddBroker, answer: Answer, tls: ssl.SSLContext | None
) -> None:
    with suppress(OSError):
        while True:
            line, _ = server.accept()
            with suppress(OSError, EOFError), _secured(line, tls) as client:
                while (said := answer(_note(broker, _read(client)))) is not None:
                    client.sendall(said)


def _secured(line: socket.socket, tls: ssl.SSLContext | None) -> socket.socket:
    return tls.wrap_socket(line, server_side=True) if tls else line


def _note(broker: OddBroker, packet: Packet) -> Packet:
    broker.packets.append(packet)
    return packet


def _read(client: socket.socket) -> Packet:
    (first,) = _exactly(client, 1)
    length = shift = 0
    while True:
        (byte,) = _exactly(client, 1)
        length |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            return Packet(first >> 4, first & 15, _exactly(client, length))


def _exactly(client: socket.socket, count: int) -> bytes:
    found = b""
    while len(found) < count:
        if not (more := client.recv(count - len(found))):
            raise EOFError
        found += more
    return found
