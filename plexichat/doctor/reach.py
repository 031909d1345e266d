"""What the doctor sees from outside: does the server answer, and as whom does it take visitors."""

import ipaddress
import secrets
import ssl
import time
from collections.abc import Iterator
from email.utils import parsedate_to_datetime
from typing import Final

from plexichat.doctor import visit
from plexichat.doctor.findings import ADVICE, GOOD, WRONG, Finding, Patient

CERTIFICATE_DAYS: Final = 14
CLOCK_SECONDS: Final = 30
PROXY_PAGE: Final = "docs/proxy.md"
COUNTED: Final = "/capabilities"  # an answer that says how much of its bucket is left
LEFT: Final = "x-ratelimit-remaining"
HELLO: Final = 10
NEIGHBOUR: Final = "127.0.0.2"


def address(patient: Patient) -> str:
    """Where clients find the server."""
    config = patient.config.server
    if config.public_url:
        return config.public_url
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(config.host, config.host)
    return f"http://{f'[{host}]' if ':' in host else host}:{config.port}"


def public(patient: Patient) -> bool:
    """Whether others than this machine reach the server."""
    config = patient.config.server
    host = visit.split(config.public_url).hostname if config.public_url else config.host
    return not is_local(host or "")


def is_local(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def registration(patient: Patient) -> Iterator[Finding]:
    mode = patient.config.registration.mode
    if mode == "open" and public(patient):
        yield Finding(
            "registration", WRONG, f"anybody who reaches {address(patient)} can make an account",
            patient.verb("config set registration.mode invite"),
        )  # fmt: skip
    else:
        yield Finding("registration", GOOD, f"registration is {mode}")


def answers(patient: Patient) -> Iterator[Finding]:
    """All that only a server that answers can show."""
    url = address(patient)
    if url.startswith("http:") and public(patient):
        yield Finding(
            "tls", WRONG, f"passwords travel to {url} for everybody on the way to read",
            f"set up TLS as {PROXY_PAGE} shows, then "
            + patient.verb(f"config set server.public_url https:{url.removeprefix('http:')}"),
        )  # fmt: skip
    try:
        if url.startswith("https:"):
            yield certificate(url)
        health = visit.get(url, "/health")
    except ssl.SSLError as error:
        why = getattr(error, "verify_message", "") or error.reason
        yield Finding("tls", WRONG, f"nobody can trust {url}: {why}", "certbot renew")
        return
    except OSError as error:
        yield not_reached(patient, url, error)
        return
    told = health.json
    if not isinstance(told, dict) or told.get("status") != "healthy":
        yield Finding(
            "reach", WRONG, f"something else than Plexichat answers at {url}/health: "
            f"{health.status}", f"curl -i {url}/health",
        )  # fmt: skip
        return
    yield Finding("reach", GOOD, f"{url} answers")
    yield from wall_clock(health)
    yield from proxy(patient, url, health)
    yield from upload(patient, url)
    yield gateway(url)


def certificate(url: str) -> Finding:
    days = visit.certificate_days(url, time.time())
    if days < CERTIFICATE_DAYS:
        return Finding("tls", WRONG, f"the certificate ends in {days:.0f} days", "certbot renew")
    return Finding("tls", GOOD, f"the certificate is good for {days:.0f} days")


def not_reached(patient: Patient, url: str, error: OSError) -> Finding:
    why = error.strerror or str(error)
    text = f"nothing answers at {url}: {why}"
    if patient.config.server.public_url:
        return Finding("reach", WRONG, text, f"{patient.verb('serve')}; curl -i {url}/health")
    return Finding("reach", ADVICE, text, patient.verb("serve"))


def wall_clock(health: visit.Answer) -> Iterator[Finding]:
    """Ours beside the one of whatever stands in front of the server."""
    if "date" not in health.headers:
        return
    off = time.time() - parsedate_to_datetime(health.headers["date"]).timestamp()
    if abs(off) > CLOCK_SECONDS:
        yield Finding(
            "clock", WRONG, f"this clock and the proxy's are {abs(off):.0f} s apart",
            "timedatectl set-ntp true",
        )  # fmt: skip


def proxy(patient: Patient, url: str, health: visit.Answer) -> Iterator[Finding]:
    """Whether visitors are told apart, and nobody is believed to be somebody else."""
    proxied = bool({"date", "server", "via"} & health.headers.keys())  # we send none of these
    trusted = patient.config.server.trusted_proxies
    if proxied and not trusted:
        yield Finding(
            "proxy", WRONG,
            "everybody behind the proxy counts as one address: no proxy is trusted",
            patient.verb("config set server.trusted_proxies '[\"127.0.0.1\"]'"),
        )  # fmt: skip
    elif believed(patient, url):
        yield Finding(
            "proxy", WRONG,
            "any visitor can claim to come from elsewhere and escape the limits by address",
            patient.verb("config set server.trusted_proxies '[\"127.0.0.1\"]'")
            + f", and let the proxy add X-Forwarded-For as {PROXY_PAGE} shows",
        )  # fmt: skip
    elif trusted or proxied:
        yield Finding("proxy", GOOD, "visitors are told apart, and their claims are not believed")


def believed(patient: Patient, url: str) -> bool:
    """Whether a made-up address has limits of its own."""
    ours = visit.our_address(url)
    if trusts(patient, ours):  # as on the proxy's own machine: come from an address beside it
        if ours != "127.0.0.1" or trusts(patient, NEIGHBOUR):
            return False
        ours = NEIGHBOUR
    forged = {"X-Forwarded-For": f"2001:db8:{secrets.token_hex(2)}:{secrets.token_hex(2)}::1"}
    seen = [visit.get(url, COUNTED, headers, ours) for headers in ({}, {}, forged)]
    left = [int(answer.headers.get(LEFT, "-1")) for answer in seen]
    return -1 not in left and left[2] > left[1]


def trusts(patient: Patient, address: str) -> bool:
    at = ipaddress.ip_address(address)
    return any(at in network for network in patient.config.server.trusted_proxies)


def upload(patient: Patient, url: str) -> Iterator[Finding]:
    """Whether a proxy lets through as large a file as the server takes."""
    most = patient.config.uploads.max_attachment_bytes
    answer = visit.announce(url, "/channels/1/attachments", most)
    if answer is not None and answer.status == 413:
        yield Finding(
            "uploads", WRONG, f"the proxy refuses files of {most} bytes, which the server takes",
            f"client_max_body_size {most // 1_000_000 + 2}m; in nginx, as {PROXY_PAGE} shows",
        )  # fmt: skip
    else:
        yield Finding("uploads", GOOD, f"files of {most} bytes come through")


def gateway(url: str) -> Finding:
    try:
        hello = visit.greeting(url, "/gateway")
    except OSError:
        hello = None
    if isinstance(hello, dict) and hello.get("op") == HELLO:
        return Finding("websocket", GOOD, f"{url}/gateway upgrades to a WebSocket")
    return Finding(
        "websocket", WRONG, f"{url}/gateway does not upgrade to a WebSocket: nobody hears of news",
        f"pass Upgrade and Connection on, as {PROXY_PAGE} shows, then nginx -s reload",
    )  # fmt: skip
