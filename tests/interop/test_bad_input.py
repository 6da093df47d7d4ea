"""Bytes that no client sends: the server answers as base's does or ends the circuit, and nobody else notices."""
import contextlib
import random
import socket
import struct

import pytest

from rig.client import run_tool

DATABASE = """
record(calc, "COUNT") { field(INPA, "COUNT NPP NMS") field(CALC, "A+1") field(SCAN, ".1 second") }
record(ai, "A") { field(VAL, "1.5") }
"""
VERSION, EVENT_ADD, SEARCH, BUILD, CREATE, READ_NOTIFY, SERVER_DISCONNECT, ECHO = 0, 1, 6, 7, 18, 15, 27, 23
ERROR = 11


def message(command, payload=b"", kind=0, count=0, first=0, second=0):
    payload += bytes(-len(payload) % 8)
    return struct.pack(">HHHHII", command, len(payload), kind, count, first, second) + payload


def connect(server):
    return socket.create_connection(("127.0.0.1", int(server.environment["EPICS_CAS_SERVER_PORT"])), timeout=20)


def read_to_the_end(circuit):
    """All that comes until the server closes; a reset is an end too."""
    data = b""
    with contextlib.suppress(ConnectionError):
        while chunk := circuit.recv(65536):
            data += chunk
    return data


def read_until(circuit, part):
    data = b""
    while part not in data:
        chunk = circuit.recv(65536)
        assert chunk, f"the circuit ended after {data!r}"
        data += chunk
    return data


@pytest.fixture
def watched(iochron_ioc, watch):
    """A server with a client whose monitor must see every update, whatever the test sends; both are looked at last."""
    server = iochron_ioc(DATABASE)
    watcher = watch("aioca", server.environment, "COUNT")
    watcher.wait_for_updates("COUNT", 2)
    yield server
    watcher.wait_for_updates("COUNT", 3)
    (run,) = watcher.values("COUNT")
    assert run == list(range(run[0], run[0] + len(run)))
    assert run_tool(server.environment, "caget", "-t", "A").stdout == "1.5\n"
    server.wait_for_clients(circuits=1, channels=1, subscriptions=1)


def test_headers_that_are_cut_off(watched):
    whole = message(VERSION, count=13) + message(CREATE, b"A\0", first=1, second=13)
    for size in range(1, len(whole)):
        with connect(watched) as circuit:
            circuit.sendall(whole[:size])
            circuit.shutdown(socket.SHUT_WR)
            read_to_the_end(circuit)


def test_a_message_in_single_bytes_is_understood(watched):
    with connect(watched) as circuit:
        circuit.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for byte in message(VERSION, count=13) + message(CREATE, b"A\0", first=77, second=13) + message(ECHO):
            circuit.sendall(bytes([byte]))
        data = read_until(circuit, message(ECHO))
        assert struct.pack(">HHHHI", CREATE, 0, 6, 1, 77) in data


@pytest.mark.parametrize("command", [5, BUILD, ERROR, 13, 14, 16, 17, 22, 24, 25, 26, SERVER_DISCONNECT])
def test_commands_that_are_not_for_a_server_are_refused(watched, command):
    """Base ends the circuit after the error; ours goes on, since these messages are whole and known."""
    with connect(watched) as circuit:
        circuit.sendall(message(VERSION, count=13) + message(command) + message(ECHO))
        data = read_until(circuit, message(ECHO))
    assert data[16:18] == struct.pack(">H", ERROR), data


@pytest.mark.parametrize("command", [28, 99, 0xFFFF])
def test_unknown_commands_end_the_circuit_with_an_error(watched, command):
    with connect(watched) as circuit:
        circuit.sendall(message(VERSION, count=13) + message(command))
        data = read_to_the_end(circuit)
    assert data[16:18] == struct.pack(">H", ERROR), data


def test_a_payload_larger_than_allowed(watched):
    huge = struct.pack(">HHHHIIII", ECHO, 0xFFFF, 0, 0, 0, 0, 0xFFFFFFF8, 0)
    with connect(watched) as circuit:
        circuit.sendall(message(VERSION, count=13) + huge + bytes(100_000))
        circuit.shutdown(socket.SHUT_WR)
        read_to_the_end(circuit)


@pytest.mark.parametrize("what", [
    message(READ_NOTIFY, kind=6, count=1, first=12345, second=1),
    message(EVENT_ADD, bytes(16), kind=6, count=1, first=12345, second=1),
    message(EVENT_ADD, b"", kind=6, count=1, first=12345, second=1),
    message(4, bytes(8), kind=6, count=1, first=12345, second=1),
    message(19, bytes(8), kind=6, count=1, first=12345, second=1),
    message(12, first=12345, second=1),
    message(2, kind=6, count=1, first=12345, second=1),
], ids=["read", "subscribe", "subscribe-empty", "write", "write-notify", "clear", "cancel"])
def test_channels_that_do_not_exist(watched, what):
    with connect(watched) as circuit:
        circuit.sendall(message(VERSION, count=13) + what + message(ECHO))
        circuit.shutdown(socket.SHUT_WR)
        data = read_to_the_end(circuit)
    assert len(data) > 16


def test_reads_and_writes_with_senseless_types_and_counts(watched):
    with connect(watched) as circuit:
        circuit.sendall(message(VERSION, count=13) + message(CREATE, b"A.DESC\0", first=1, second=13))
        data = b""
        while (at := data.find(struct.pack(">HH", CREATE, 0))) < 0 or len(data) < at + 16:
            data += circuit.recv(65536)
        sid = struct.unpack(">I", data[at + 12:at + 16])[0]
    for command in (READ_NOTIFY, 19, 4, EVENT_ADD, 3):
        for kind in (0, 7, 34, 38, 39, 999, 0xFFFF):
            for count in (0, 2, 0xFFFF):
                with connect(watched) as circuit:
                    circuit.sendall(message(VERSION, count=13) + message(CREATE, b"A.DESC\0", first=1, second=13) +
                                    message(command, bytes(16), kind, count, sid, 1) + message(ECHO))
                    circuit.shutdown(socket.SHUT_WR)
                    read_to_the_end(circuit)


def test_ten_thousand_random_byte_strings(watched):
    dice = random.Random(20260101)
    for _ in range(2_000):
        with connect(watched) as circuit, contextlib.suppress(ConnectionError):
            for _ in range(5):
                circuit.sendall(dice.randbytes(dice.randrange(1, 200)))
            circuit.shutdown(socket.SHUT_WR)


def test_random_messages_after_a_good_greeting(watched):
    dice = random.Random(20260102)
    greeting = message(VERSION, count=13) + message(CREATE, b"A\0", first=1, second=13)
    for _ in range(1_000):
        with connect(watched) as circuit, contextlib.suppress(ConnectionError):
            circuit.sendall(greeting + b"".join(
                message(dice.randrange(28), dice.randbytes(dice.randrange(40)), dice.randrange(40), dice.randrange(3),
                        dice.randrange(4), dice.randrange(4)) for _ in range(20)))
            circuit.shutdown(socket.SHUT_WR)


def test_datagrams_of_garbage(watched):
    dice = random.Random(20260103)
    target = ("127.0.0.1", int(watched.environment["EPICS_CAS_SERVER_PORT"]))
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        sender.settimeout(1)
        for size in (0, 1, 15, 16, 17, 1400, 65000):
            sender.sendto(dice.randbytes(size), target)
        for _ in range(10_000):
            sender.sendto(dice.randbytes(dice.randrange(100)), target)
        for _ in range(1_000):
            sender.sendto(message(dice.randrange(30), dice.randbytes(dice.randrange(60)), dice.randrange(20)), target)
        sender.sendto(message(VERSION, count=13) + message(SEARCH, b"x" * 60, kind=5, count=13), target)
