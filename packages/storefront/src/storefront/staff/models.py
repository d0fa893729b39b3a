"""The table of the members of staff."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Text, func
from sqlalchemy.dialects.postgresql import TIMESTAMP
from sqlalchemy.orm import Mapped, mapped_column

from storefront.db import Base
from storefront.staff.rights import ROLES


class StaffMember(Base):
    """A person with a role, beside the admins of ``STORE_STAFF``. email: in lower case.

    added_by: the e-mail address of the admin who added them.
    """

    __tablename__ = "staff_members"
    __table_args__ = (
        CheckConstraint("email = lower(email)", name="email_in_lower_case"),
        CheckConstraint(f"role in {ROLES}", name="role_known"),
    )

    email: Mapped[str] = mapped_column(Text, primary_key=True)
    role: Mapped[str] = mapped_column(Text)
    added_by: Mapped[str] = mapped_column(Text)
    added_at: Mapped[datetime] = mapped_column(TIMESTAMP(timezone=True), server_default=func.now())
