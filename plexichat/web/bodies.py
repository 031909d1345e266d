"""What a client sent, made typed: JSON bodies, query strings, ids.

Bytes are decoded strictly before anybody looks at them. Whatever is wrong is told as
`Invalid input` with the field's name where there is one, unless the struct has a phrase of its own
for that field in its class variable `phrases`, or in `missing` for one that is not there or empty.
"""

import re
from collections.abc import Mapping
from typing import Any, TypeVar
from urllib.parse import parse_qsl

import msgspec

from plexichat import ids
from plexichat.core.errors import Invalid

T = TypeVar("T")

DIGITS = re.compile(r"[0-9]+", re.ASCII)
NO_SUCH_ID = ids.LARGEST
_MISSING = re.compile(r"missing required field|got `null`|`str` of length >= 1( |$)")
_FIELD = re.compile(r"\$\.(\w+)|field `(\w+)`")


def decode(raw: bytes, type: type[T]) -> T:
    """A JSON body as `type`; an absent body reads as an empty object."""
    try:
        text = raw.decode("utf-8") if raw else "{}"
        if "\\u0000" in text:
            _refuse_nul(msgspec.json.decode(text), None, type)
        return msgspec.json.decode(text, type=type)
    except msgspec.ValidationError as error:
        raise _refused(error, type) from None
    except (msgspec.MsgspecError, ValueError, RecursionError):
        raise Invalid("invalid_json", "Invalid input: body is not valid JSON") from None


def refuse_other(content_type: str | None, wanted: str) -> None:
    """Refuse a body that says to be something else; one that says nothing may be what is wanted."""
    if content_type is None or wanted == "*/*":
        return
    if content_type.partition(";")[0].strip().lower() != wanted:
        raise Invalid("invalid_type", f"Invalid input: body is not {wanted}")


def parse_query(raw: bytes, type: type[T]) -> T:
    """A query string as `type`; of a repeated name the first counts."""
    try:
        pairs = parse_qsl(raw.decode("ascii"), keep_blank_values=True, errors="strict")
    except ValueError:
        raise Invalid("invalid_query", "Invalid input: query") from None
    values: dict[str, str] = {}
    for name, value in pairs:
        values.setdefault(name, value)
    _refuse_nul(values, None, type)
    try:
        return msgspec.convert(values, type=type, strict=False)
    except (msgspec.ValidationError, ValueError) as error:
        raise _refused(error, type) from None


def snowflake(value: str | int, thing: str) -> int:
    """An id in any form a client may write; one too large to exist becomes one that does not."""
    if isinstance(value, str):
        if not DIGITS.fullmatch(value):
            raise Invalid("invalid_id", f"Invalid {thing} ID")
        digits = value.lstrip("0")
        value = int(digits or 0) if len(digits) < 20 else NO_SUCH_ID
    if value < 0:
        raise Invalid("invalid_id", f"Invalid {thing} ID")
    return min(value, NO_SUCH_ID)


def moment(value: int) -> int:
    """A time in ms; so large a number as no second of this age has is in ms already."""
    return value if value >= 10**12 else value * 1000


def _refused(error: Exception, type: type) -> Invalid:
    """What to say of a value that its type does not allow."""
    found = _FIELD.search(str(error))
    field = (found.group(1) or found.group(2)) if found else None
    missing: Mapping[str | None, str] = getattr(type, "missing", {})
    if field in missing and _MISSING.search(str(error)):
        return Invalid("invalid_input", missing[field])
    return _refusal(field, type)


def _refuse_nul(value: Any, field: str | None, type: type) -> None:
    match value:
        case str() if "\0" in value:
            raise _refusal(field, type)
        case dict():
            for name, inner in value.items():
                _refuse_nul(name, field, type)
                _refuse_nul(inner, field or name, type)
        case list():
            for inner in value:
                _refuse_nul(inner, field, type)


def _refusal(field: str | None, type: type) -> Invalid:
    phrases: Mapping[str | None, str] = getattr(type, "phrases", {})
    plain = f"Invalid input: {field}" if field else "Invalid input"
    return Invalid("invalid_input", phrases.get(field, plain))
