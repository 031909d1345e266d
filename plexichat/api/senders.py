"""What other people's programs post to a webhook, turned into a post of ours.

Slack-style (https://api.slack.com/reference/messaging/attachments), Discord-style
(https://discord.com/developers/docs/resources/webhook#execute-webhook) and the events of GitHub
(https://docs.github.com/webhooks/webhook-events-and-payloads). What does not fit is cut, since a
sender cannot be asked to say it shorter.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from plexichat.core.webhooks import Post

COLORS = {"good": "#2EB67D", "warning": "#ECB22E", "danger": "#E01E5A"}
COMMITS_SHOWN = 10
NOTHING = "-"
LINK = re.compile(r"<((?:https?|mailto):[^\s|<>]+)(?:\|([^<>]*))?>")
CALL = re.compile(r"<!(everyone|here|channel)(?:\|[^<>]*)?>")
Json = Mapping[str, Any]


def post(body: Json) -> Post:
    """A post in our own words, Discord's (the same, colours as numbers) or Slack's."""
    text = body.get("content") or _plain(body.get("text"))
    embeds = [_numbered(each) for each in _list(body.get("embeds"))]
    embeds += [_attachment(each) for each in _list(body.get("attachments")) if _is_slack(each)]
    return Post(
        text if isinstance(text, str) else None,
        _text(body.get("username"), None),
        _text(body.get("avatar_url") or body.get("icon_url"), None),
        tuple(embeds),
    )


def _numbered(embed: object) -> object:
    """An embed with its colour as text and without the fields only Discord knows."""
    if not isinstance(embed, dict):
        return embed
    color = embed.get("color")
    if isinstance(color, int) and 0 <= color <= 0xFFFFFF:
        return {**embed, "color": f"#{color:06X}"}
    return embed


def _is_slack(attachment: object) -> bool:
    """Discord has attachments too, which are files and not ours to fetch."""
    return isinstance(attachment, dict) and "id" not in attachment


def _attachment(attachment: Json) -> dict[str, object]:
    """A Slack attachment as an embed."""
    embed: dict[str, object] = {
        "title": _text(attachment.get("title"), 256),
        "url": _text(attachment.get("title_link"), None),
        "description": _text(
            "\n".join(
                part
                for key in ("pretext", "text")
                if (part := _plain(attachment.get(key)))
            )
            or _plain(attachment.get("fallback")),
            4096,
        ),
        "color": _color(attachment.get("color")),
        "image": _picture(attachment.get("image_url")),
        "thumbnail": _picture(attachment.get("thumb_url")),
        "timestamp": _moment(attachment.get("ts")),
        "fields": [
            {
                "name": _text(field.get("title"), 256) or NOTHING,
                "value": _text(_plain(field.get("value")), 1024) or NOTHING,
                "inline": bool(field.get("short")),
            }
            for field in _list(attachment.get("fields"))[:25]
            if isinstance(field, dict)
        ],
    }
    if name := _text(attachment.get("author_name"), 256):
        embed["author"] = {
            "name": name,
            "url": _text(attachment.get("author_link"), None),
            "icon_url": _text(attachment.get("author_icon"), None),
        }
    if footer := _text(attachment.get("footer"), 2048):
        icon = _text(attachment.get("footer_icon"), None)
        embed["footer"] = {"text": footer, "icon_url": icon}
    return embed


def _plain(text: object) -> str | None:
    """A text of Slack's with its links as ours, and without what escapes its brackets."""
    if not isinstance(text, str):
        return None
    linked = LINK.sub(lambda found: f"[{found[2]}]({found[1]})" if found[2] else found[1], text)
    named = CALL.sub(r"@\1", linked)
    return named.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def github(event: str, body: Json) -> Post | None:
    """An event of a repository as a post; None for those that nobody needs to read."""
    teller = {
        "push": _push, "pull_request": _pull_request, "issues": _issue, "release": _release,
        "ping": _ping,
    }.get(event)  # fmt: skip
    embed = None if teller is None else teller(body)
    if embed is None:
        return None
    sender = _json(body.get("sender"))
    embed["author"] = {
        "name": _text(sender.get("login"), 256) or "GitHub",
        "url": _text(sender.get("html_url"), None),
        "icon_url": _text(sender.get("avatar_url"), None),
    }
    return Post(None, "GitHub", None, (embed,))


def _push(body: Json) -> dict[str, object] | None:
    commits = [_json(commit) for commit in _list(body.get("commits"))]
    ref = str(body.get("ref", ""))
    kind, _, name = ref.removeprefix("refs/").partition("/")
    what = f"{_repository(body)}:{name or ref}"
    if body.get("deleted"):
        return {"title": f"[{what}] deleted"[:256]}
    if not commits:
        if not body.get("created"):
            return None
        return {"title": f"[{what}] new {'tag' if kind == 'tags' else 'branch'}"[:256]}
    lines = [
        f"`{str(commit.get('id', ''))[:7]}` {str(commit.get('message', '')).partition(chr(10))[0]}"
        f" ({_json(commit.get('author')).get('name', '')})"
        for commit in commits[:COMMITS_SHOWN]
    ]
    if len(commits) > COMMITS_SHOWN:
        lines.append(f"and {len(commits) - COMMITS_SHOWN} more")
    count = f"{len(commits)} new commit{'s' if len(commits) > 1 else ''}"
    return {
        "title": f"[{what}] {count}"[:256],
        "url": _text(body.get("compare"), None),
        "description": "\n".join(lines)[:4096],
    }


def _pull_request(body: Json) -> dict[str, object] | None:
    pull = _json(body.get("pull_request"))
    action = body.get("action")
    if action == "closed" and pull.get("merged"):
        action = "merged"
    if action not in ("opened", "closed", "merged", "reopened", "ready_for_review"):
        return None
    return _numbered_thing(body, pull, "Pull request", str(action).replace("_", " "))


def _issue(body: Json) -> dict[str, object] | None:
    if body.get("action") not in ("opened", "closed", "reopened"):
        return None
    return _numbered_thing(body, _json(body.get("issue")), "Issue", str(body["action"]))


def _numbered_thing(body: Json, thing: Json, kind: str, action: str) -> dict[str, object]:
    title = f"[{_repository(body)}] {kind} {action}: #{thing.get('number')} {thing.get('title')}"
    opened = action in ("opened", "reopened")
    return {
        "title": title[:256],
        "url": _text(thing.get("html_url"), None),
        "description": _text(thing.get("body"), 1000) if opened else None,
    }


def _release(body: Json) -> dict[str, object] | None:
    release = _json(body.get("release"))
    if body.get("action") != "published":
        return None
    name = release.get("name") or release.get("tag_name")
    return {
        "title": f"[{_repository(body)}] Release published: {name}"[:256],
        "url": _text(release.get("html_url"), None),
        "description": _text(release.get("body"), 2000),
    }


def _ping(body: Json) -> dict[str, object]:
    where = body.get("repository") or body.get("organization")
    return {"title": f"[{_repository(body)}] is connected"[:256]} if where else {"title": "Ping"}


def _repository(body: Json) -> str:
    repository = _json(body.get("repository"))
    return str(repository.get("full_name") or _json(body.get("organization")).get("login") or "?")


def _json(value: object) -> Json:
    return value if isinstance(value, dict) else {}


def _list(value: object) -> Sequence[Any]:
    return value if isinstance(value, list) else []


def _text(value: object, limit: int | None) -> str | None:
    """Text that is not empty, cut where it is too long."""
    if not isinstance(value, str) or not value.strip():
        return None
    return value if limit is None or len(value) <= limit else value[: limit - 1] + "…"


def _picture(url: object) -> dict[str, str] | None:
    return {"url": url} if isinstance(url, str) and url else None


def _color(color: object) -> str | None:
    if not isinstance(color, str):
        return None
    known = COLORS.get(color)
    return known or (color if color.startswith("#") else f"#{color}")


def _moment(seconds: object) -> str | None:
    """An ISO time from Unix seconds, which Slack takes as number or text."""
    try:
        return datetime.fromtimestamp(float(str(seconds)), UTC).isoformat()
    except (ValueError, OverflowError, OSError):
        return None
