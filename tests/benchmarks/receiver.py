"""An application that takes reports by SMTP and events by webhook, as fast as Python can, in a process of its own.

Prints its two ports, and the moment at which as much has come as its argument says.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time


class Receiver:
    """Counts what comes, and says when it is enough."""

    def __init__(self, enough: int) -> None:
        self._left = enough

    def count(self, number: int = 1) -> None:
        self._left -= number
        if self._left <= 0:
            print(time.time(), flush=True)

    async def smtp(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 receiver ESMTP\r\n")
        in_content = False
        while line := await reader.readline():
            verb = line[:4].upper()
            if in_content:
                if line == b".\r\n":
                    in_content = False
                    self.count()
                    writer.write(b"250 taken\r\n")
                continue
            in_content = verb == b"DATA"
            replies = {b"EHLO": b"250-receiver\r\n250 SIZE\r\n", b"DATA": b"354 go on\r\n", b"QUIT": b"221 bye\r\n"}
            writer.write(replies.get(verb, b"250 ok\r\n"))
        writer.close()

    async def http(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                length = int(head.lower().partition(b"content-length:")[2].split(b"\r\n")[0])
                body = json.loads(await reader.readexactly(length))
                writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
                self.count(len(body) if isinstance(body, list) else 1)
        except asyncio.IncompleteReadError:
            writer.close()


async def main() -> None:
    receiver = Receiver(int(sys.argv[1]))
    servers = [await asyncio.start_server(one, "127.0.0.1", 0) for one in (receiver.smtp, receiver.http)]
    print(*(server.sockets[0].getsockname()[1] for server in servers), flush=True)
    await asyncio.gather(*(server.serve_forever() for server in servers))


if __name__ == "__main__":
    asyncio.run(main())
