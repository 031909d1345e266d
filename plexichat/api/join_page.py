"""The page where somebody who was invited makes an account.

The code stands behind the `#` of the link, as that of a recovery link does.
"""

from msgspec import Struct

from plexichat.core.accounts import Age
from plexichat.core.errors import Invalid
from plexichat.web import accounts, bodies, pages
from plexichat.web.refusals import STATUS, refused
from plexichat.web.requests import Reply, current, house
from plexichat.web.routes import Routes

PATH = "/join"
FORM_BYTES = 16_384
YEARS = range(1, 151)

routes = Routes("Pages", bare=True)


class Form(Struct):
    token: str = ""
    username: str = ""
    email: str = ""
    age: str = ""
    password: str = ""
    again: str = ""


@routes.get(PATH, public=True, gives="text/html")
async def show() -> Reply:
    """A form for the new account."""
    return _form(Form())


@routes.post(PATH, public=True, bucket="register", gives="text/html")
async def register() -> Reply:
    """Make the account, or say why not."""
    sent = bodies.parse_query(await current().body(FORM_BYTES), Form)
    if sent.password != sent.again:
        return _form(sent, "The two passwords are not the same.", 400)
    code = sent.token.strip().rpartition("#")[2] or None  # somebody may have pasted the whole link
    refusal = await refused(_register(sent, code))
    if refusal is not None:
        return _form(sent, f"{refusal.message}.", STATUS[type(refusal)])
    return pages.filled("joined.html", username=sent.username, origin=house().shapes.origin)


async def _register(sent: Form, code: str | None) -> None:
    years = None
    if sent.age:
        if not sent.age.isascii() or not sent.age.isdigit() or int(sent.age[:4]) not in YEARS:
            raise Invalid("invalid_age", "Invalid input: age")
        years = int(sent.age)
    await accounts.register(sent.username, sent.email, sent.password, Age(years), code)


def _form(sent: Form, told: str = "", status: int = 200) -> Reply:
    asks_age = house().config.age_gate.enabled
    return pages.filled(
        "join.html", status, token=sent.token, username=sent.username, email=sent.email,
        age=sent.age, told=told, ageless="" if asks_age else "hidden",
    )  # fmt: skip
