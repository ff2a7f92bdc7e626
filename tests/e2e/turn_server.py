"""A small TURN server for tests (RFC 8656 over UDP, long-term credentials), on 127.0.0.1.

Messages are read and written by aioice's own classes, which have a client alone.
"""

import asyncio
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final

from aioice.stun import Class, Message, Method, parse_message
from aioice.turn import is_channel_data, make_integrity_key

HOST: Final = "127.0.0.1"
REALM: Final = "semblante.test"
NONCE: Final = b"once"
LIFETIME_S: Final = 600
Address = tuple[str, int]


@dataclass
class TurnServer(asyncio.DatagramProtocol):
    """Relays for whoever knows the name and the password; `allocations` by client."""

    username: str
    password: str
    port: int = 0
    allocations: dict[Address, "Relay"] = field(default_factory=dict)

    def connection_made(self, transport: asyncio.DatagramTransport) -> None:  # type: ignore[override]
        self.transport = transport
        self.port = transport.get_extra_info("sockname")[1]

    def datagram_received(self, data: bytes, client: Address) -> None:
        relay = self.allocations.get(client)
        if is_channel_data(data):
            if relay is not None:
                number, length = struct.unpack("!HH", data[:4])
                relay.transport.sendto(data[4 : 4 + length], relay.channels[number])
            return
        message = parse_message(data)
        sent = message.attributes
        if message.message_class == Class.INDICATION and relay is not None:
            relay.transport.sendto(sent["DATA"], sent["XOR-PEER-ADDRESS"])
        elif message.message_class == Class.REQUEST:
            asyncio.get_running_loop().create_task(self.answer(message, client))

    async def answer(self, request: Message, client: Address) -> None:
        key = make_integrity_key(self.username, REALM, self.password)
        answer = Message(request.message_method, Class.RESPONSE, request.transaction_id)
        if request.message_method == Method.BINDING:
            answer.attributes["XOR-MAPPED-ADDRESS"] = client
        elif not request.check_message_integrity(key):
            answer.message_class = Class.ERROR
            answer.attributes |= {"ERROR-CODE": (401, "Who?"), "REALM": REALM, "NONCE": NONCE}
        else:
            await self.serve(request, answer, client)
            answer.add_message_integrity(key)
        self.transport.sendto(bytes(answer), client)

    async def serve(self, request: Message, answer: Message, client: Address) -> None:
        """Do what a request of a known client asks for, and write it into the answer."""
        if request.message_method == Method.ALLOCATE:
            relay = self.allocations.get(client) or Relay(self, client)
            if client not in self.allocations:
                self.allocations[client] = relay
                await asyncio.get_running_loop().create_datagram_endpoint(
                    lambda: relay, local_addr=(HOST, 0)
                )
            answer.attributes["XOR-RELAYED-ADDRESS"] = relay.address
            answer.attributes["XOR-MAPPED-ADDRESS"] = client
        if request.message_method in (Method.ALLOCATE, Method.REFRESH):
            answer.attributes["LIFETIME"] = LIFETIME_S
        if request.message_method == Method.CHANNEL_BIND:
            number = request.attributes["CHANNEL-NUMBER"]
            self.allocations[client].channels[number] = request.attributes["XOR-PEER-ADDRESS"]


@dataclass
class Relay(asyncio.DatagramProtocol):
    """The address that one client has here, and its numbered channels to peers."""

    server: TurnServer
    client: Address
    channels: dict[int, Address] = field(default_factory=dict)
    relayed: int = 0

    def connection_made(self, transport: asyncio.DatagramTransport) -> None:  # type: ignore[override]
        self.transport = transport
        self.address = transport.get_extra_info("sockname")

    def datagram_received(self, data: bytes, peer: Address) -> None:
        self.relayed += len(data)
        number = next((n for n, bound in self.channels.items() if bound == peer), None)
        if number is not None:
            packed = struct.pack("!HH", number, len(data)) + data
        else:
            given = {"XOR-PEER-ADDRESS": peer, "DATA": data}
            packed = bytes(Message(Method.DATA, Class.INDICATION, attributes=given))
        self.server.transport.sendto(packed, self.client)


@contextmanager
def turn_server(username: str, password: str) -> Iterator[TurnServer]:
    """A server on a free port, in a thread of its own, for as long as the block lasts."""
    server, ready = TurnServer(username, password), threading.Event()

    async def serve() -> None:
        server.loop, server.done = asyncio.get_running_loop(), asyncio.Event()
        await server.loop.create_datagram_endpoint(lambda: server, local_addr=(HOST, 0))
        ready.set()
        await server.done.wait()
        for one in (server, *server.allocations.values()):
            one.transport.close()
        await asyncio.sleep(0)  # they close in the loop's next turn

    thread = threading.Thread(target=lambda: asyncio.run(serve()))
    thread.start()
    assert ready.wait(10)
    try:
        yield server
    finally:
        server.loop.call_soon_threadsafe(server.done.set)
        thread.join()
