"""Which entries of the audit log are asked for: by address on the page, by query in the API."""

from datetime import date
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, Field

from storefront.request_model import Id

_Text = Annotated[
    str | None, Field(max_length=300), BeforeValidator(lambda given: (given or "").strip() or None)
]
_Day = Annotated[date | None, BeforeValidator(lambda given: given or None)]


class AuditFilter(BaseModel):
    """Narrows the audit log; empty: everything. since, until: days of UTC, both included.

    before: the id of the last entry of the page before.
    """

    actor: _Text = None
    action: _Text = None
    entity: _Text = None
    entity_id: _Text = None
    since: _Day = None
    until: _Day = None
    before: Id | None = None

    def parameters(self) -> dict[str, Any]:
        """What the query of the log takes."""
        return {
            "actor": self.actor and self.actor.lower(),
            "action": self.action,
            "entity": self.entity,
            "entity_id": self.entity_id,
            "since": self.since,
            "until": self.until,
            "before": self.before,
        }
