"""A FastAPI club with a worker beside its requests: a queue in the same process, as small services have it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from email.message import EmailMessage
from os import environ

import aiosmtplib
from fastapi import BackgroundTasks, FastAPI
from pydantic import BaseModel


class Invitation(BaseModel):
    """Who is invited, by which code, and how long after the answer."""

    email: str
    code: str
    pause: float = 0


async def send(wish: Invitation) -> None:
    """Send an invitation, as the login says for whom."""
    await asyncio.sleep(wish.pause)
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "club@acme.test", wish.email, "You are invited"
    message.set_content(f"Show {wish.code} at the door.")
    login = {"username": environ["SMTP_USER"], "password": environ["SMTP_PASSWORD"]} if environ["SMTP_USER"] else {}
    await aiosmtplib.send(message, hostname=environ["SMTP_HOST"], port=int(environ["SMTP_PORT"]), **login)


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Run the worker as long as the application runs."""
    app.state.queue = asyncio.Queue()
    async with asyncio.TaskGroup() as tasks:

        async def work() -> None:
            while True:
                tasks.create_task(send(await app.state.queue.get()))

        worker = tasks.create_task(work())
        yield
        worker.cancel()


app = FastAPI(lifespan=lifespan)


@app.get("/ready")
async def ready() -> str:
    """Say that it runs."""
    return "yes"


@app.post("/invite")
async def invite(wish: Invitation, background: BackgroundTasks) -> str:
    """Invite by the worker's queue, or, for codes that begin with B, by a task behind the answer."""
    if wish.code.startswith("B"):
        background.add_task(send, wish)
    else:
        await app.state.queue.put(wish)
    return "they will hear of it"
