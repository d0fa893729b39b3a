"""The vectors of the catalogue's pictures."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Identity, Index, LargeBinary, Text, func
from sqlalchemy.dialects.postgresql import TIMESTAMP
from sqlalchemy.orm import Mapped, mapped_column

from storefront.db import Base


class Embedding(Base):
    """The vector of a colourway's first picture, by one version of one model.

    model, version: of the network (vision/encoder.py); another version is another row, so that the old
    vectors answer until the new ones are complete. picture: the key it was computed from; another key
    means that it must be computed again. vector: little-endian float16; null where the picture cannot be
    read. number: increases with every write; processes read what is above the one they know.
    """

    __tablename__ = "embeddings"
    __table_args__ = (Index("embeddings_number_idx", "number"),)

    colourway_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("shop.colourways.id", ondelete="CASCADE"), primary_key=True
    )
    model: Mapped[str] = mapped_column(Text, primary_key=True)
    version: Mapped[str] = mapped_column(Text, primary_key=True)
    picture: Mapped[str] = mapped_column(Text)
    vector: Mapped[bytes | None] = mapped_column(LargeBinary)
    number: Mapped[int] = mapped_column(BigInteger, Identity())
    made_at: Mapped[datetime] = mapped_column(TIMESTAMP(timezone=True), server_default=func.now())
