"""How the doctor visits a server from outside: one request, and what came back."""

import json
import socket
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Any, Final
from urllib.parse import SplitResult, urlsplit

from wsproto import ConnectionType, WSConnection
from wsproto.events import AcceptConnection, RejectConnection, Request, TextMessage
from wsproto.utilities import ProtocolError

SECONDS: Final = 5.0
PIECE: Final = 65_536


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    headers: Mapping[str, str]  # names in lower case
    body: bytes

    @property
    def json(self) -> Any:
        """What it says as JSON; None if that is none."""
        try:
            return json.loads(self.body)
        except ValueError:
            return None


def split(url: str) -> SplitResult:
    return urlsplit(url)


def get(
    url: str, path: str, headers: Mapping[str, str] | None = None, source: str = ""
) -> Answer:
    """Ask, from one address of ours if it matters; raises OSError when there is no answer."""
    return _ask(url, "GET", path, dict(headers or {}), source)


def our_address(url: str) -> str:
    """Where visits to this address come from."""
    at = split(url)
    port = at.port or (443 if at.scheme == "https" else 80)
    with socket.create_connection((at.hostname or "", port), SECONDS) as line:
        return str(line.getsockname()[0])


def announce(url: str, path: str, length: int) -> Answer | None:
    """What is answered to the head of an upload of so many bytes; None for nothing yet."""
    try:
        return _ask(url, "POST", path, {"Content-Length": str(length), "Expect": "100-continue"})
    except TimeoutError:
        return None


def _ask(
    url: str, method: str, path: str, headers: dict[str, str], source: str = ""
) -> Answer:
    at = split(url)
    kind = HTTPSConnection if at.scheme == "https" else HTTPConnection
    bound = (source, 0) if source else None
    connection = kind(at.hostname or "", at.port, timeout=SECONDS, source_address=bound)
    try:
        connection.putrequest(method, at.path + path)
        for name, value in headers.items():
            connection.putheader(name, value)
        connection.endheaders()
        answer = connection.getresponse()
        told = {name.lower(): value for name, value in answer.getheaders()}
        return Answer(answer.status, told, answer.read())
    except HTTPException as error:
        raise OSError(f"no HTTP: {type(error).__name__}") from error
    finally:
        connection.close()


def certificate_days(url: str, now: float) -> float:
    """For how many days the certificate is still good."""
    at = split(url)
    context = ssl.create_default_context()
    with (
        socket.create_connection((at.hostname or "", at.port or 443), SECONDS) as line,
        context.wrap_socket(line, server_hostname=at.hostname) as safe,
    ):
        ends: Any = (safe.getpeercert() or {})["notAfter"]
    return (ssl.cert_time_to_seconds(ends) - now) / 86_400


def greeting(url: str, path: str) -> Any:
    """The first thing that is said on a WebSocket; None if there is none."""
    at = split(url)
    secure = at.scheme == "https"
    address = (at.hostname or "", at.port or (443 if secure else 80))
    with socket.create_connection(address, SECONDS) as plain:
        line = plain
        if secure:
            line = ssl.create_default_context().wrap_socket(plain, server_hostname=at.hostname)
        with line:
            return _greeting(line, Request(host=at.netloc, target=at.path + path))


def _greeting(line: socket.socket, request: Request) -> Any:
    gateway = WSConnection(ConnectionType.CLIENT)
    line.sendall(gateway.send(request))
    said = ""
    try:
        while data := line.recv(PIECE):
            gateway.receive_data(data)
            for event in gateway.events():
                if isinstance(event, RejectConnection):
                    return None
                if isinstance(event, TextMessage):
                    said += event.data
                    if event.message_finished:
                        return json.loads(said)
                assert isinstance(event, (AcceptConnection, TextMessage))
    except (ProtocolError, AssertionError, ValueError):
        return None
    return None
