"""A bare aiosmtpd that stores nothing: the yardstick for our SMTP rate."""

from __future__ import annotations

import asyncio
import sys

from aiosmtpd.smtp import SMTP


class Handler:
    """Accept everything and forget it."""

    async def handle_DATA(self, server: object, session: object, envelope: object) -> str:  # noqa: N802
        return "250 2.0.0 Ok: queued"


async def serve(port: int) -> None:
    """Listen until killed."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: SMTP(Handler(), hostname="bare", enable_SMTPUTF8=True), "127.0.0.1", port, backlog=512
    )
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1])))
