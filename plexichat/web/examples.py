"""Examples for the API reference: what somebody might send, and what they might be answered.

They are made from the schemas, so none is forgotten and none is wrong for long; what a schema
cannot tell of a text, its field's name does, or an example of the field's own.
"""

from collections.abc import Mapping
from typing import Any, Final

ID: Final = "123456789012345678"
MOMENT: Final = 1735689600
NULL: Final = {"type": "null"}
ORIGIN: Final = "https://chat.example.org"
TEXTS: Final = {
    "username": "ann",
    "author_username": "ann",
    "email": "ann@example.org",
    "password": "leek-and-barley",
    "current_password": "leek-and-barley",
    "new_password": "beet-and-onion",
    "code": "402118",
    "challenge_token": f"2fa.{ID}.Wq0dO3aJ4kZr9uYt",
    "token": f"{ID}.Wq0dO3aJ4kZr9uYt",
    "secret": "MZXW6YTBOI2TGNBV",
    "qr_uri": "otpauth://totp/Plexichat:ann?secret=MZXW6YTBOI2TGNBV&issuer=Plexichat",
    "backup_codes": "k3m9x2pq",
    "hash": "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824",
    "methods": "totp",
    "user_agent": "Firefox",
    "title": "Menu",
    "timestamp": "2025-01-01T12:00:00Z",
    "content": "soup at seven?",
    "message": "it is me, from the garden",
    "name": "kitchen",
    "reason": "it was not about soup",
    "custom_status": "at the market",
    "custom_emoji": "🧺",
    "emoji": "👍",
    "filename": "soup.png",
    "content_type": "image/png",
    "client_version": "a.1.0-49",
    "color": "#B5651D",
    "ip_address": "192.0.2.7",
    "invite_code": "k7QmZ2vTn4aB",
    "kind": "role",
    "hook": ID,
    "badge": "early_supporter",
    "badges": "early_supporter",
    "author_badges": "early_supporter",
    "read_by": "bob",
}


def of(schema: Mapping[str, Any], components: Mapping[str, Any], name: str = "") -> Any:
    """Something of this schema, as a field called `name` may hold it."""
    if "$ref" in schema:
        return of(components[schema["$ref"].rpartition("/")[2]], components, name)
    if "examples" in schema:
        return schema["examples"][0]
    if "enum" in schema:
        return schema["enum"][0]
    if "anyOf" in schema:
        return of(next(x for x in schema["anyOf"] if x != NULL), components, name)
    match schema.get("type"):
        case "object":
            if "properties" in schema:
                fields = schema["properties"].items()
                return {key: of(field, components, key) for key, field in fields}
            values = schema.get("additionalProperties")
            return {ID: of(values, components)} if isinstance(values, dict) else {}
        case "array":
            items = schema.get("items")
            return [of(items, components, name)] if isinstance(items, dict) else []
        case "integer" if name.endswith("_at") or name in ("last_seen", "last_activity"):
            return MOMENT
        case "integer" | "number":
            return schema.get("default") or max(schema.get("minimum", 0), 1)
        case "boolean":
            return True
        case "string":
            return _text(schema, name)
    return None


def sent(schema: Mapping[str, Any]) -> Any:
    """What somebody would send: the fields that are needed, or the first where none is."""
    if "properties" not in schema:
        return of(schema, {})
    names = schema["required"] or [*schema["properties"]][:1]
    return {name: of(schema["properties"][name], {}, name) for name in names}


def _text(schema: Mapping[str, Any], name: str) -> str:
    if schema.get("pattern") == "^[0-9]+$" or name.endswith(("_id", "_ids")) or name == "id":
        return ID
    if schema.get("format") == "date":
        return "2000-01-31"
    if name.endswith("url"):
        return f"{ORIGIN}/…"
    return TEXTS.get(name, "text")
