"""Arrays up to a quarter of a gigabyte, written, read and monitored; and the bounds that the environment sets."""
import struct

import pytest

from rig import dbr
from rig.circuit import ECHO, EVENT_ADD, READ_NOTIFY, WRITE_NOTIFY, frame
from rig.ports import private_environment

MIB = 1 << 20
CHUNK = b"".join(struct.pack(">d", number / 3) for number in range(MIB // 8))


def database(elements):
    return f'record(waveform, "LARGE") {{ field(FTVL, "DOUBLE") field(NELM, "{elements}") }}\n' \
           'record(longout, "OTHER") { }\n'


def available_bytes():
    with open("/proc/meminfo", encoding="ascii") as memory:
        return next(int(line.split()[1]) * 1024 for line in memory if line.startswith("MemAvailable"))


def subscribe(circuit, channel):
    circuit.send(frame(EVENT_ADD, dbr.DOUBLE, 0, channel.sid, 1, struct.pack(">fffHH", 0, 0, 0, 1, 0)))


@pytest.mark.parametrize("kind,size", [("softioc", 32 * MIB), ("iochron", 32 * MIB), ("iochron", 256 * MIB)],
                         ids=["base-32-MiB", "ours-32-MiB", "ours-256-MiB"])
def test_a_large_array_goes_both_ways_and_to_monitors(start, connect, kind, size):
    if available_bytes() < 12 * size + (1 << 30):
        pytest.skip("too little memory is free for two processes with arrays of this size")
    elements = size // 8
    server = start(kind, database(elements))
    writer, watcher = connect(server), connect(server)
    writer.socket.settimeout(60)
    watcher.socket.settimeout(60)
    channel, other = writer.create(["LARGE", "OTHER"])
    assert channel.count == elements
    watched, = watcher.create(["LARGE"])
    subscribe(watcher, watched)
    command, _, count, status, _, payload = watcher.receive()
    assert (command, count, status, payload) == (EVENT_ADD, 0, 1, b"")
    value = CHUNK * (size // MIB)
    writer.send(struct.pack(">HHHHIIII", WRITE_NOTIFY, 0xFFFF, dbr.DOUBLE, 0, channel.sid, 7, size, elements) + value)
    assert writer.receive()[:5] == (WRITE_NOTIFY, dbr.DOUBLE, elements, 1, 7)
    command, kind, count, status, number, payload = watcher.receive()
    assert (command, kind, count, status, number) == (EVENT_ADD, dbr.DOUBLE, elements, 1, 1)
    assert payload == value
    del payload
    writer.send(frame(READ_NOTIFY, dbr.DOUBLE, 0, channel.sid, 8))
    command, kind, count, status, number, payload = writer.receive()
    assert (command, kind, count, status, number) == (READ_NOTIFY, dbr.DOUBLE, elements, 1, 8)
    assert payload == value
    del payload
    writer.send(frame(READ_NOTIFY, dbr.DOUBLE, 3, channel.sid, 9))  # a few of them are few bytes
    assert writer.receive()[5] == CHUNK[:24]
    writer.send(frame(WRITE_NOTIFY, dbr.LONG, 1, other.sid, 10, dbr.encode(dbr.LONG, [1])))
    assert writer.receive()[:5] == (WRITE_NOTIFY, dbr.LONG, 1, 1, 10)


def test_a_monitor_that_does_not_read_is_given_the_newest_large_array(iochron_ioc, connect):
    """Ten arrays of 8 MiB, of which the server keeps what it may, while another circuit gets all."""
    elements = MIB
    server = iochron_ioc(database(elements))
    writer, slow, fast = connect(server), connect(server), connect(server)
    channel, = writer.create(["LARGE"])
    for circuit in (slow, fast):
        watched, = circuit.create(["LARGE"])
        subscribe(circuit, watched)
        circuit.receive()
    for number in range(1, 11):
        value = struct.pack(">d", number) * elements
        writer.send(struct.pack(">HHHHIIII", WRITE_NOTIFY, 0xFFFF, dbr.DOUBLE, 0, channel.sid, number, len(value),
                                elements) + value)
        assert writer.receive()[3] == 1
        assert fast.receive()[5] == value
    last = None
    while last != value:
        last = slow.receive()[5]
    assert len(last) == 8 * MIB


@pytest.mark.parametrize("kind", ["softioc", "iochron"])
def test_the_bounds_of_the_environment_hold(start, connect, kind):
    """EPICS_CA_AUTO_ARRAY_BYTES=NO: no message is larger than EPICS_CA_MAX_ARRAY_BYTES; the circuit stays."""
    environment = private_environment() | {"EPICS_CA_AUTO_ARRAY_BYTES": "NO", "EPICS_CA_MAX_ARRAY_BYTES": "100000"}
    server = start(kind, database(MIB), environment=environment)
    too_large = 72
    for elements, code in ((1000, 1), (12_000, 1), (13_000, too_large), (100_000, too_large)):
        for command, payload in ((WRITE_NOTIFY, bytes(8 * elements)), (READ_NOTIFY, b""),
                                 (EVENT_ADD, struct.pack(">fffHH", 0, 0, 0, 1, 0))):
            circuit = connect(server)
            channel, = circuit.create(["LARGE"])
            circuit.send(frame(command, dbr.DOUBLE, elements, channel.sid, 7, payload))
            answered, _, _, status, ioid, _ = circuit.receive()
            assert (status if answered == command else ioid) == code, (command, elements)
            circuit.send(frame(ECHO))
            assert circuit.receive()[0] == ECHO
