"""Servers that answer the search for a PV, and then not what is asked of them."""
import struct

import pytest

from rig.big_endian import BigEndianServer
from rig.client import run_tool
from rig.ports import private_environment
from rig.process import Process
from rig.server import iochron_program

CREATE, ECHO, DESTROY_CHANNEL = 7, 2, 8


class Silent(BigEndianServer):
    """Notes what is asked, and lets `hears(command)` say whether it gets an answer."""

    def __init__(self, environment, name, hears):
        self.asked, self._hears = [], hears
        super().__init__(int(environment["EPICS_PVA_SERVER_PORT"]), int(environment["EPICS_PVA_BROADCAST_PORT"]), name)

    def _answers(self, command, order, payload):
        self.asked.append((command, payload))
        if not self._hears(command):
            return []
        return [(ECHO, payload)] if command == ECHO else super()._answers(command, order, payload)

    def count(self, command):
        return sum(1 for asked, _ in self.asked if asked == command)


@pytest.fixture
def quick():
    """An environment in which two seconds of silence are too many."""
    return private_environment() | {"EPICS_PVA_CONN_TMO": "1.5", "IOCHRON_LOG": "warning"}


@pytest.fixture
def silent(quick):
    made = []

    def make(name, hears):
        made.append(Silent(quick, name, hears))
        return made[-1]

    yield make
    for server in made:
        server.close()


def test_a_channel_that_is_never_created_is_searched_again(quick, silent):
    """The server lives, by its echoes: the connection stays."""
    server = silent("NEVER", lambda command: command != CREATE or server.count(CREATE) > 1)
    monitor = Process([iochron_program("pvmonitor"), "-M", "json", "NEVER"], quick)
    try:
        monitor.wait_for_line('{"number":2.5')
        assert server.count(CREATE) == 2 and server.count(1) == 1, "on the same connection"
        assert f"PVA server 127.0.0.1:{quick['EPICS_PVA_SERVER_PORT']} does not create 1 of the channels" in monitor.output
        (first, again) = [payload for command, payload in server.asked if command == CREATE]
        assert first == again
    finally:
        monitor.stop()


def test_a_server_that_says_nothing_at_all_is_left(quick, silent):
    server = silent("NOTHING", lambda command: command == 1 or server.count(1) > 1)
    monitor = Process([iochron_program("pvmonitor"), "-M", "json", "NOTHING"], quick)
    try:
        monitor.wait_for_line('{"number":2.5')
        assert server.count(1) == 2, "by a new connection"
    finally:
        monitor.stop()


class Late(Silent):
    """Creates a channel, and then once more, unasked; and takes away what is not there."""

    def _answers(self, command, order, payload):
        answers = super()._answers(command, order, payload)
        if command == CREATE:
            cid = struct.unpack(order + "I", payload[2:6])[0]
            answers += [(CREATE, struct.pack(">II", cid, 99) + b"\xff"), (CREATE, struct.pack(">II", 777, 100) + b"\xff"),
                        (CREATE, struct.pack(">II", 778, 101) + b"\x02\x02no\x00"),
                        (DESTROY_CHANNEL, struct.pack(">II", 99, cid)), (DESTROY_CHANNEL, struct.pack(">II", 5, 777))]
        return answers


def test_channels_that_nobody_waits_for_are_given_back(quick):
    server = Late(quick, "LATE", lambda _: True)
    try:
        assert run_tool(quick, "pvget", "-M", "json", "LATE").stdout == 'LATE {"number":2.5,"counts":[1,-2,2147483647],"name":"big"}\n'
        given_back = [struct.unpack(">II", payload) for command, payload in server.asked if command == DESTROY_CHANNEL]
        assert [sid for sid, _ in given_back][:2] == [99, 100]
        assert 3 not in [sid for sid, _ in given_back][:2]
    finally:
        server.close()
