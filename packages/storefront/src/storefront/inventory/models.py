"""Tables of the stock: how many pieces of each SKU are here, and how many are promised."""

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Integer
from sqlalchemy.orm import Mapped, mapped_column

from storefront.db import Base


class StockLevel(Base):
    """Pieces of one SKU. on_hand: in the warehouse; reserved: of those, promised to someone."""

    __tablename__ = "stock_levels"
    __table_args__ = (
        CheckConstraint("0 <= reserved and reserved <= on_hand", name="not_oversold"),
    )

    sku_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("skus.id"), primary_key=True, autoincrement=False
    )
    on_hand: Mapped[int] = mapped_column(Integer)
    reserved: Mapped[int] = mapped_column(Integer, server_default="0")
