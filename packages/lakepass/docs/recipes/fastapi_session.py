"""A FastAPI app with one session per request, committed before the answer leaves.

    pip install "lakepass[sqlalchemy]" "fastapi>=0.121" uvicorn
    lakepass emulator run -- uvicorn fastapi_session:app

`scope="function"` is what makes a 201 true. Without it FastAPI leaves the `yield` after the answer
was sent, and a commit that fails then has already been answered with success
(FastAPI documentation, "Dependencies with yield", on `scope`).
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated

from fastapi import Depends, FastAPI
from pydantic import BaseModel
from sqlalchemy import ForeignKey, MetaData, select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.schema import CreateSchema

import lakepass

lake = lakepass.Lakebase.from_env()  # reads settings; nothing here touches the network
engine = lake.async_engine()
sessions = async_sessionmaker(engine, expire_on_commit=False)


class Base(DeclarativeBase):
    """Tables in a schema of the app's own."""

    metadata = MetaData(schema="recipe")


class Note(Base):
    """A note, perhaps in reply to another; that one is looked for at commit."""

    __tablename__ = "notes"
    id: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str]
    reply_to: Mapped[int | None] = mapped_column(
        ForeignKey("recipe.notes.id", deferrable=True, initially="DEFERRED")
    )


class NewNote(BaseModel):
    """What is posted."""

    text: str
    reply_to: int | None = None


async def session() -> AsyncIterator[AsyncSession]:
    """One transaction: committed when the route returns, undone if it raises."""
    async with sessions.begin() as opened:
        yield opened


Session = Annotated[AsyncSession, Depends(session, scope="function")]


@asynccontextmanager
async def lifespan(_: FastAPI) -> AsyncIterator[None]:
    """Make the table (an app that grows has migrations instead), and close the pool at the end."""
    async with engine.begin() as connection:
        await connection.execute(CreateSchema("recipe", if_not_exists=True))
        await connection.run_sync(Base.metadata.create_all)
    yield
    await engine.dispose()


app = FastAPI(lifespan=lifespan)


@app.post("/notes", status_code=201)
async def add_note(note: NewNote, session: Session) -> int:
    """The id of the new note."""
    row = Note(text=note.text, reply_to=note.reply_to)
    session.add(row)
    await session.flush()  # the id; the commit comes after this function
    return row.id


@app.get("/notes")
async def notes(session: Session) -> list[str]:
    """All texts, oldest first."""
    return list(await session.scalars(select(Note.text).order_by(Note.id)))
