"""Why a broker lets a desk not in, in one line with what to do."""

from typing import Any

from firmware_py.settings.config import Broker
from firmware_py.uplink.reasons import BAD_LOGIN, BAD_NAME, BUSY, ELSEWHERE, said


def login_refused(broker: Broker, code: Any, properties: Any) -> str:
    """Say why.

    Args:
        broker: as it is set up.
        code: paho's reason code.
        properties: what came with it; None in MQTT 3.1.1.
    """
    where, why = f"the broker {broker.host}:{broker.port}", said(code, properties)
    if code.value in BAD_LOGIN:
        return (
            f"{where} refuses the login ({why}); check username and password_file under"
            " [broker] in deskcue.toml"
        )
    if code.value == BAD_NAME:
        return f"{where} refuses the client's name ({why}); is this desk allowed there?"
    if code.value in BUSY:
        return f"{where} lets nobody in now ({why}); it is tried again"
    if code.value in ELSEWHERE:
        return f"{where} sends this desk elsewhere ({why}); correct host under [broker]"
    return f"{where} does not let this desk in ({why}); see its log"
