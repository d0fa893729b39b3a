"""Writes of the reviews: by buyers, by visitors who vote and report, by staff who decide."""

import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import text

from storefront.db import WriteSession
from storefront.errors import Conflict, InvalidInput, NotFound
from storefront.reviews import moderation, queries
from storefront.reviews.shapes import BoughtLine, Fit, OwnReview, ReportReason, State
from storefront.texts import _, current
from storefront.vision.photograph import Copy

MOST_PHOTOGRAPHS = 4
"""Photographs of one review."""


class NotDelivered(Conflict):
    """A review can be written once the piece has arrived. Nothing was changed."""

    slug, title = "not-delivered", "This has not been delivered yet"


class TooManyPhotographs(Conflict):
    """A review holds a limited number of photographs. Remove one first."""

    slug, title = "too-many-photographs", "The review cannot hold another photograph"


@dataclass(frozen=True, slots=True)
class Draft:
    """What a buyer writes. height_mm: of the buyer, stored only with the review."""

    stars: int
    body: str
    title: str | None = None
    author: str | None = None
    fit: Fit | None = None
    height_mm: int | None = None


@dataclass(frozen=True, slots=True)
class Rules:
    """Rules for holding reviews. words: besides the known ones; country: of telephone numbers."""

    words: Collection[str]
    holds_everything: bool
    country: str


@dataclass(frozen=True, slots=True)
class Voter:
    """Who votes or reports: a customer, or a visitor who is not signed in."""

    visitor_id: str | None = None
    customer_id: int | None = None


async def write(
    session: WriteSession,
    line: BoughtLine,
    draft: Draft,
    rules: Rules,
    *,
    added: Sequence[Copy] = (),
    removed: Collection[str] = (),
) -> State:
    """Write the review of a line, or replace it. Returns whether it is published or held.

    added: photographs, re-encoded; removed: keys of its photographs. What staff rejected is held again.
    Seven statements at most. Raises NotDelivered, TooManyPhotographs (409).
    """
    if line.delivered_at is None:
        raise NotDelivered(_("You can review it once it has arrived."))
    review_id: int = await session.scalar(
        _WRITE,
        {
            "line_id": line.line_id,
            "product_id": line.product_id,
            "size_system": line.size_system,
            "size_label": line.size_label,
            "author": draft.author,
            "stars": draft.stars,
            "fit": draft.fit,
            "height_mm": draft.height_mm,
            "title": draft.title,
            "body": draft.body,
            "language": current().code,
        },
    )
    photographs = await _change_photographs(session, review_id, added, removed)
    reasons = moderation.reasons(
        (draft.author, draft.title, draft.body),
        words=rules.words,
        has_photographs=bool(photographs),
        holds_everything=rules.holds_everything,
        country=rules.country,
    )
    state: State = await session.scalar(_HOLD_OR_PUBLISH, {"id": review_id, "reasons": reasons})
    return state


async def _change_photographs(
    session: WriteSession, review_id: int, added: Sequence[Copy], removed: Collection[str]
) -> int:
    """Add and remove photographs of a review; returns how many it has then."""
    if removed:
        await session.execute(_REMOVE, {"review_id": review_id, "keys": list(removed)})
    for copy in added:
        await session.execute(
            _ADD_PHOTOGRAPH,
            {
                "key": secrets.token_urlsafe(16),
                "review_id": review_id,
                "width": copy.width,
                "height": copy.height,
                "content": copy.content,
                "thumbnail": copy.thumbnail,
            },
        )
    photographs: int = await session.scalar(_COUNT_PHOTOGRAPHS, {"review_id": review_id})
    if photographs > MOST_PHOTOGRAPHS:
        raise TooManyPhotographs(
            _("A review holds %(most)s photographs at most.", most=MOST_PHOTOGRAPHS)
        )
    return photographs


def draft_of(found: OwnReview) -> Draft:
    """The current review, to replace it with other photographs. Raises NotFound (404)."""
    review = found.review
    if review is None:
        raise NotFound("There is no review of this line yet. Write it first.")
    return Draft(
        review.stars, review.body, review.title, review.author, review.fit, review.height_mm
    )


async def delete(session: WriteSession, line: BoughtLine) -> None:
    """Delete the review of a line, if there is one. One statement."""
    await session.execute(_DELETE, {"line_id": line.line_id})


async def vote(session: WriteSession, review_id: int, voter: Voter) -> bool:
    """Mark a published review as helpful; a repetition changes nothing. Returns whether it is new.

    Two statements. Raises NotFound (404).
    """
    await queries.published(session, review_id)
    return await session.scalar(_VOTE, _of(voter) | {"review_id": review_id}) is not None


async def unvote(session: WriteSession, review_id: int, voter: Voter) -> None:
    """Withdraw the vote, if there is one. One statement."""
    await session.execute(_UNVOTE, _of(voter) | {"review_id": review_id})


async def report(session: WriteSession, review_id: int, voter: Voter, reason: ReportReason) -> None:
    """Ask staff to look at a published review; a repetition changes nothing. Two statements.

    Raises NotFound (404).
    """
    await queries.published(session, review_id)
    await session.execute(_REPORT, _of(voter) | {"review_id": review_id, "reason": reason})


async def approve(session: WriteSession, review_id: int, *, actor: str) -> None:
    """Publish a review, or leave it published in spite of reports. Two statements.

    Raises NotFound (404).
    """
    await _decide(session, review_id, "published", None, actor)


async def reject(session: WriteSession, review_id: int, *, reason: str, actor: str) -> None:
    """Remove a review from the shop; its writer sees the reason, and can send another. Two statements.

    Raises NotFound (404).
    """
    if not reason.strip():
        mistake = {"pointer": "#/reason", "detail": "Must not be empty."}
        raise InvalidInput("Give a reason: the writer sees it.", errors=[mistake])
    await _decide(session, review_id, "rejected", reason.strip(), actor)


async def merge(session: WriteSession, *, visitor_id: str, customer_id: int) -> None:
    """Give a visitor's votes and reports to the customer who has signed in, where these are their
    first. Four statements."""
    parameters = {"visitor_id": visitor_id, "customer_id": customer_id}
    for drop, move in ((_DROP_VOTES, _MOVE_VOTES), (_DROP_REPORTS, _MOVE_REPORTS)):
        await session.execute(drop, parameters)
        await session.execute(move, parameters)


async def erase(session: WriteSession, customer_id: int) -> None:
    """Delete what a customer wrote, with height and photographs, their votes and reports.

    Three statements.
    """
    for statement in (_ERASE_VOTES, _ERASE_REPORTS, _ERASE_REVIEWS):
        await session.execute(statement, {"customer_id": customer_id})


async def _decide(
    session: WriteSession, review_id: int, state: State, reason: str | None, actor: str
) -> None:
    parameters = {"id": review_id, "state": state, "reason": reason, "actor": actor}
    if await session.scalar(_DECIDE, parameters) is None:
        raise NotFound(f"There is no review {review_id}.")
    await session.execute(_SETTLE, {"review_id": review_id})


def _of(voter: Voter) -> dict[str, str | int | None]:
    """Of a customer who was a visitor before, only the customer."""
    is_guest = voter.customer_id is None
    return {
        "visitor_id": voter.visitor_id if is_guest else None,
        "customer_id": voter.customer_id,
    }


_WRITE = text(
    """
    insert into shop.reviews (
        order_line_id, product_id, size_system, size_label, author, stars, fit, height_mm, title,
        body, language, state)
    values (
        :line_id, :product_id, :size_system, :size_label, :author, :stars, :fit, :height_mm, :title,
        :body, :language, 'held')
    on conflict (order_line_id) do update set
        (author, stars, fit, height_mm, title, body, language, edited_at) =
        (excluded.author, excluded.stars, excluded.fit, excluded.height_mm, excluded.title,
         excluded.body, excluded.language, now())
    returning id
    """
)
# What staff rejected must be read by staff before it is shown again.
_HOLD_OR_PUBLISH = text(
    """
    update shop.reviews set rejected_reason = null, decided_by = null,
        state = case when cardinality(cast(:reasons as text[])) > 0 or state = 'rejected'
            then 'held' else 'published' end,
        held_for = case when state = 'rejected' then array_append(:reasons, 'rejected before')
            else :reasons end
    where id = :id returning state
    """
)
_REMOVE = text(
    """
    delete from shop.review_photographs
    where review_id = :review_id and key = any(cast(:keys as text[]))
    """
)
_ADD_PHOTOGRAPH = text(
    """
    insert into shop.review_photographs (key, review_id, width, height, content, thumbnail)
    values (:key, :review_id, :width, :height, :content, :thumbnail)
    """
)
_COUNT_PHOTOGRAPHS = text(
    "select count(*) from shop.review_photographs where review_id = :review_id"
)
_DELETE = text("delete from shop.reviews where order_line_id = :line_id")
_VOTE = text(
    """
    insert into shop.review_votes (review_id, visitor_id, customer_id)
    values (:review_id, :visitor_id, :customer_id) on conflict do nothing returning id
    """
)
_UNVOTE = text(
    """
    delete from shop.review_votes where review_id = :review_id
    and (visitor_id = :visitor_id or customer_id = :customer_id)
    """
)
_REPORT = text(
    """
    insert into shop.review_reports (review_id, visitor_id, customer_id, reason)
    values (:review_id, :visitor_id, :customer_id, :reason) on conflict do nothing
    """
)
_DECIDE = text(
    """
    update shop.reviews set state = :state, rejected_reason = :reason, decided_by = :actor
    where id = :id returning id
    """
)
_SETTLE = text(
    """
    update shop.review_reports set settled_at = now()
    where review_id = :review_id and settled_at is null
    """
)
_DROP_VOTES = text(
    """
    delete from shop.review_votes as theirs where visitor_id = :visitor_id and exists (
        select from shop.review_votes as own
        where own.review_id = theirs.review_id and own.customer_id = :customer_id)
    """
)
_MOVE_VOTES = text(
    """
    update shop.review_votes set visitor_id = null, customer_id = :customer_id
    where visitor_id = :visitor_id
    """
)
_DROP_REPORTS = text(
    """
    delete from shop.review_reports as theirs where visitor_id = :visitor_id and exists (
        select from shop.review_reports as own
        where own.review_id = theirs.review_id and own.customer_id = :customer_id)
    """
)
_MOVE_REPORTS = text(
    """
    update shop.review_reports set visitor_id = null, customer_id = :customer_id
    where visitor_id = :visitor_id
    """
)
_ERASE_VOTES = text("delete from shop.review_votes where customer_id = :customer_id")
_ERASE_REPORTS = text("delete from shop.review_reports where customer_id = :customer_id")
_ERASE_REVIEWS = text(
    """
    delete from shop.reviews where order_line_id in (
        select order_lines.id from shop.order_lines join shop.orders on orders.id = order_id
        where customer_id = :customer_id)
    """
)
