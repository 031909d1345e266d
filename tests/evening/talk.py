"""What people do with one another: talk, react, send files, become friends and fall out."""

from urllib.parse import quote

import httpx

from tests.evening.guest import Guest
from tests.giving import give
from tests.pictures import picture as painted

EMOJI = ("🍲", "🥖", "🍐", "👍", "🎲")
PICTURE = painted("PNG", 100, 80)
SETTINGS = ("read_receipts_enabled", "typing_indicators_enabled")
STATUSES = ("online", "idle", "dnd", "invisible")

Answer = httpx.Response | None


async def say(guest: Guest) -> Answer:
    place = guest.place()
    said: dict[str, object] = {"content": " ".join(guest.word() for _ in range(3))}
    if guest.chance(0.2):
        said["reply_to_id"] = guest.message(place)
    if guest.chance(0.15):
        said["content"] = f"<@{guest.other().id}> {said['content']}"
    if guest.chance(0.03):
        said["content"] = f"@everyone {said['content']}"
    if guest.chance(0.05):
        said["embeds"] = [{"title": guest.word()}]
    return await guest.person.post(f"/channels/{place}/messages", said)


async def edit(guest: Guest) -> Answer:
    place = guest.place()
    path = f"/channels/{place}/messages/{guest.message(place, mine=guest.chance(0.9))}"
    return await guest.person.patch(path, {"content": guest.word()})


async def delete(guest: Guest) -> Answer:
    place = guest.place()
    mine = guest.chance(0.7)
    return await guest.person.delete(f"/channels/{place}/messages/{guest.message(place, mine)}")


async def delete_some(guest: Guest) -> Answer:
    place = guest.place()
    gone = {"message_ids": [guest.message(place) for _ in range(3)]}
    return await guest.person.post(f"/channels/{place}/messages/bulk-delete", gone)


async def pin(guest: Guest) -> Answer:
    place = guest.place()
    path = f"/channels/{place}/pins/{guest.message(place)}"
    return await guest.person.ask("PUT" if guest.chance(0.7) else "DELETE", path)


async def react(guest: Guest) -> Answer:
    place = guest.place()
    path = f"/channels/{place}/messages/{guest.message(place)}/reactions"
    if guest.chance(0.06):
        return await guest.person.delete(path)
    emoji = guest.party.dice.choice(EMOJI)
    own = [each for emojis in guest.seen.emojis.values() for each in emojis.values()]
    if own and guest.chance(0.4):
        found = guest.party.dice.choice(own)
        emoji = f"<:{found['name']}:{found['id']}>"
    method = "PUT" if guest.chance(0.65) else "DELETE"
    return await guest.person.ask(method, f"{path}/{quote(emoji)}")


async def read(guest: Guest) -> Answer:
    place = guest.place()
    path = f"/channels/{place}/messages"
    match guest.party.dice.randrange(5):
        case 0:
            return await guest.person.post(
                f"{path}/mark-unread", params={"message_id": guest.message(place)}
            )
        case 1:
            return await guest.person.post(f"{path}/ack?message_id={guest.message(place)}")
        case 2:
            return await guest.person.post(f"{guest.town().path}/messages/read-all")
        case 3:
            marks = {guest.place(): None, place: guest.message(place)}
            return await guest.person.post("/channels/ack/bulk", marks)
        case _:
            return await guest.person.post(f"{path}/ack")


async def type_(guest: Guest) -> Answer:
    return await guest.person.post(f"/channels/{guest.place()}/typing")


async def look_back(guest: Guest) -> Answer:
    return await guest.person.get(f"/channels/{guest.place()}/messages?limit=20")


async def send_file(guest: Guest) -> Answer:
    place = guest.place()
    picture = guest.chance(0.5)
    given = await give(
        guest.person, f"/channels/{place}/attachments", PICTURE if picture else b"soup at seven",
        "bowl.png" if picture else "soup.txt",
    )  # fmt: skip
    if given.status_code != 200:
        return given
    sent = {"attachments": [{"id": given.json()["id"]}]}
    return await guest.person.post(f"/channels/{place}/messages", sent)


async def write_to(guest: Guest) -> Answer:
    wanted = {"recipient_id": guest.other().id}
    answer = await guest.person.post("/users/@me/channels", wanted)
    if answer.status_code != 200 or guest.chance(0.3):
        return answer
    said = {"content": guest.word()}
    return await guest.person.post(f"/channels/{answer.json()['id']}/messages", said)


async def note(guest: Guest) -> Answer:
    notes = (await guest.person.get("/users/@me/notes")).json()["id"]
    return await guest.person.post(f"/channels/{notes}/messages", {"content": guest.word()})


async def relate(guest: Guest) -> Answer:
    """Answer whoever stands in some way to one, or approach somebody."""
    other = guest.other()
    known = guest.seen.relationships.get(other.id)
    if known is None or guest.chance(0.2):
        if guest.chance(0.2):
            return await guest.person.post("/relationships/block", {"user_id": other.id})
        return await guest.person.post("/relationships", {"user_id": other.id, "message": "soup?"})
    if known["status"] == "pending_incoming" and guest.chance(0.7):
        return await guest.person.put(f"/relationships/{other.id}/accept")
    return await guest.person.delete(f"/relationships/{other.id}")


async def appear(guest: Guest) -> Answer:
    wanted = {"status": guest.party.dice.choice(STATUSES), "custom_status": guest.word()}
    return await guest.person.put("/users/@me/presence", wanted)


async def change_self(guest: Guest) -> Answer:
    match guest.party.dice.randrange(4):
        case 0:
            name = f"{guest.person.username}{guest.word()}"
            return await guest.person.patch("/users/@me", {"username": name})
        case 1:
            return await give(guest.person, "/avatars/users/@me", PICTURE, "me.png")
        case 2:
            return await guest.person.delete("/avatars/users/@me")
        case _:
            chosen = {guest.party.dice.choice(SETTINGS): guest.chance(0.7)}
            return await guest.person.patch("/users/@me/messaging-settings", chosen)


async def notice(guest: Guest) -> Answer:
    if guest.chance(0.3):
        return await guest.person.put("/users/@me/notifications/read-all")
    id = guest.one(guest.seen.notifications)
    return await guest.person.put(f"/users/@me/notifications/{id}/read")


DEEDS = {
    say: 30, edit: 5, delete: 4, delete_some: 1, pin: 3, react: 12, read: 8, type_: 2,
    look_back: 2, send_file: 3, write_to: 4, note: 1, relate: 6, appear: 3, change_self: 2,
    notice: 2,
}  # fmt: skip
