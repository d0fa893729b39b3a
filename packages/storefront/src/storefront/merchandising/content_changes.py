"""What staff can change about the words of pages, by forms and by the API alike."""

from storefront.backoffice.changes import Change, Edited, Logged
from storefront.content import service as content
from storefront.content.service import NewVersion
from storefront.db import WriteSession


def write_page(new: NewVersion, *, actor: str) -> Change:
    """Store a version of a page: a draft, or published now or later."""

    async def make(session: WriteSession) -> Edited:
        version_id = await content.add(session, new, actor=actor)
        times = {"published_at": new.published_at, "withdrawn_at": new.withdrawn_at}
        after = {
            "version": version_id,
            "language": new.language,
            **{name: time.isoformat() for name, time in times.items() if time},
        }
        return Edited(None, after, created=str(version_id))

    return Change("write page", "page", new.page, make)


def bring_back(page: str, version_id: int, *, actor: str) -> Change:
    """Show a former version of a page again."""

    async def make(session: WriteSession) -> Logged:
        new_id = await content.bring_back(session, version_id, actor=actor)
        return {"version": new_id, "from": version_id}

    return Change("bring back page", "page", page, make)


def withdraw(page: str, version_id: int) -> Change:
    """Stop showing a version of a page."""

    async def make(session: WriteSession) -> Logged:
        await content.withdraw(session, version_id)
        return {"version": version_id}

    return Change("withdraw page", "page", page, make)
