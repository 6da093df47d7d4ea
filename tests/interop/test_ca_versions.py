"""Clients of every minor version of Channel Access that base still serves, as byte scripts: base's IOC and ours answer
with the same bytes, so far as they are not ids."""
import struct

import pytest

from rig import dbr
from rig.circuit import (CLEAR_CHANNEL, CREATE_CHAN, ECHO, EVENT_ADD, EVENT_CANCEL, READ, READ_NOTIFY, SEARCH, WRITE,
                         WRITE_NOTIFY, frame)

DATABASE = """
record(ai, "A") { field(VAL, "1.5") field(EGU, "mm") field(PREC, "2") }
record(mbbo, "M") { field(ZRST, "zero") field(ONST, "one") }
record(waveform, "W") { field(FTVL, "DOUBLE") field(NELM, "5") }
record(waveform, "LARGE") { field(FTVL, "LONG") field(NELM, "100000") }
"""
READ_SYNC = 10
VERSIONS = range(4, 14)


class Script:
    """A conversation with one server; `said` collects what it answers, with SIDs replaced by the channel's number."""

    def __init__(self, circuit):
        self.circuit, self.said = circuit, []

    def hear(self, count):
        for _ in range(count):
            command, kind, number, p1, p2, payload = self.circuit.receive()
            if command == CREATE_CHAN:
                p2 = "sid"
            if command in (CLEAR_CHANNEL, EVENT_ADD) and not payload:
                p1 = "sid"
            self.said.append((command, kind, number, p1, p2, dbr.decode(kind, number, payload) if payload else None))

    def ask(self, data, answers):
        self.circuit.send(data)
        self.hear(answers)


def converse(circuit, minor):
    """Everything that a client of that version asks, one after the other."""
    script = Script(circuit)
    script.hear(1)  # VERSION, unasked
    channels = []
    for number, name in enumerate(["A", "M", "W", "LARGE", "A.EGU"]):
        script.circuit.send(frame(CREATE_CHAN, p1=number, p2=minor, payload=name.encode() + b"\0"))
        rights, created = circuit.receive(), circuit.receive()
        script.said += [rights, created[:4]]
        channels.append(created[4])
    a, m, w, large, egu = channels
    for kind in (0, 6, 20, 34):
        script.ask(frame(READ_NOTIFY, kind, 1, a, 100 + kind), 1)
    script.ask(frame(READ_NOTIFY, 31, 1, m, 1), 1)
    script.ask(frame(READ, 6, 1, a, 2), 1)
    script.ask(frame(READ, 0, 1, egu, 3), 1)
    script.ask(frame(WRITE_NOTIFY, 6, 3, w, 4, dbr.encode(6, [1.0, 2.0, 3.0])), 1)
    for count in (0, 1, 3, 5, 6):
        script.ask(frame(READ_NOTIFY, 6, count, w, 200 + count), 1)
    script.ask(frame(EVENT_ADD, 20, 1, a, 5, struct.pack(">fffHH", 0, 0, 0, 5, 0)), 1)
    script.ask(frame(WRITE, 6, 1, a, 6, dbr.encode(6, [2.5 + minor])), 1)
    script.ask(frame(EVENT_CANCEL, 20, 1, a, 5), 1)
    script.ask(frame(EVENT_ADD, 6, 0, w, 7, struct.pack(">fffHH", 0, 0, 0, 5, 0)), 1)
    script.ask(frame(EVENT_CANCEL, 6, 0, w, 7), 1)
    script.ask(frame(READ_SYNC, 1, 2, 3, 4), 1)
    script.ask(frame(ECHO, 5, 6, 7, 8), 1)
    script.ask(frame(SEARCH, 10, minor, 9, 9, b"NOSUCH\0"), 1)
    script.ask(frame(CLEAR_CHANNEL, p1=egu, p2=4), 1)
    return script.said


def without_stamps(said):
    """The conversation without time stamps and without our port, which differ between any two servers."""
    for message in said:
        if isinstance(message[-1], dict):
            message[-1].pop("stamp", None)
    return said


@pytest.fixture
def both(soft_ioc, iochron_ioc, connect):
    servers = [soft_ioc(DATABASE), iochron_ioc(DATABASE)]
    return lambda minor: [connect(server, minor=minor) for server in servers]


def test_every_version_gets_what_base_gives_it(both):
    for minor in VERSIONS:
        base, ours = [without_stamps(converse(circuit, minor)) for circuit in both(minor)]
        assert ours == base, f"minor version {minor}"


def test_versions_without_extended_headers_are_given_no_large_arrays(both):
    """LARGE has 100,000 elements: more than fits 16 bits. A client below 4.9 is told of 65,534."""
    for minor in (4, 8, 9, 13):
        told = []
        for circuit in both(minor):
            channel, = circuit.create(["LARGE"])
            circuit.ask_read(channel, dbr.LONG, 10_000)
            circuit.send()
            answers = [(channel.count, *circuit.answers(1)[0][:3])]
            circuit.send(frame(READ_NOTIFY, dbr.LONG, 60_000, channel.sid, 900))
            command, kind, count, *_, payload = circuit.receive()
            answers.append((command, kind, count, len(payload) if command == READ_NOTIFY else None))
            told.append(answers)
        assert told[0] == told[1], f"minor version {minor}"


@pytest.mark.parametrize("minor", [0, 1, 2, 3])
def test_versions_that_base_does_not_serve_are_closed(both, minor):
    for circuit in both(minor):
        with pytest.raises(ConnectionError):
            circuit.create(["A"])
