"""What staff can change about returns, by forms and by the API alike."""

from collections.abc import Callable, Mapping

from storefront.backoffice.changes import Change, Logged
from storefront.db import WriteSession
from storefront.returns import service
from storefront.returns.rules import Disposition, Terms
from storefront.returns.service import Verdict


def approve(number: str, terms: Terms, *, actor: str) -> Change:
    """Let the customer send the pieces."""

    async def make(session: WriteSession) -> Logged | None:
        return {} if await service.approve(session, number, terms, actor=actor) else None

    return Change("approve return", "return", number, make)


def reject(number: str, *, note: str, actor: str) -> Change:
    """Take nothing back; the customer is told why."""

    async def make(session: WriteSession) -> Logged | None:
        is_new = await service.reject(session, number, note=note, actor=actor)
        return {"note": note} if is_new else None

    return Change("reject return", "return", number, make)


def cancel(number: str, *, actor: str) -> Change:
    """End a return that was not sent."""

    async def make(session: WriteSession) -> Logged | None:
        is_new = await service.cancel(session, number, actor=actor, is_staff=True)
        return {} if is_new else None

    return Change("cancel return", "return", number, make)


def receive(number: str, arrived: Mapping[int, int], terms: Terms, *, actor: str) -> Change:
    """Note which pieces arrived."""

    async def make(session: WriteSession) -> Logged:
        await service.receive(session, number, arrived, terms, actor=actor)
        return {"pieces": sum(arrived.values())}

    return Change("receive return", "return", number, make)


def inspect(
    number: str, verdicts: Mapping[int, Verdict], *, note: str | None, actor: str
) -> Change:
    """Note what an inspection found."""

    async def make(session: WriteSession) -> Logged:
        await service.inspect(session, number, verdicts, staff_note=note, actor=actor)
        return {"accepted": sum(one.accepted for one in verdicts.values()), "note": note}

    return Change("inspect return", "return", number, make)


def complete(
    number: str, terms: Terms, *, gift_card_code: Callable[[str], str], actor: str
) -> Change:
    """Take back what was accepted, and give the money back."""

    async def make(session: WriteSession) -> Logged:
        amount = await service.complete(
            session, number, terms, gift_card_code=gift_card_code, actor=actor
        )
        return {"amount_minor": amount.minor}

    return Change("complete return", "return", number, make)


def repaired(number: str, line_id: int, disposition: Disposition, *, actor: str) -> Change:
    """Put repaired pieces back into the stock, or discard them."""

    async def make(session: WriteSession) -> Logged:
        await service.repaired(session, number, line_id, disposition, actor=actor)
        return {"return_line_id": line_id, "disposition": disposition}

    return Change("repaired", "return", number, make)
