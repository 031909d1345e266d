"""A body whose end is told in two ways, refused: two who read it could read two requests in it."""

from plexichat.web.http1 import Application, Message, Receive, Send

FRAMINGS = frozenset((b"content-length", b"transfer-encoding"))  # a body has one of them at most


def careful(app: Application) -> Application:
    """The same application, but for such requests, which Hypercorn takes (RFC 9112, 6.1)."""

    async def refusing(scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and FRAMINGS.issubset(name for name, _ in scope["headers"]):
            headers = [(b"content-length", b"0"), (b"connection", b"close")]
            await send({"type": "http.response.start", "status": 400, "headers": headers})
            await send({"type": "http.response.body", "body": b""})
        else:
            await app(scope, receive, send)

    return refusing
