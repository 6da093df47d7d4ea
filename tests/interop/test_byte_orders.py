"""Peers of the other byte order, message by message: what they send is understood, and what they get is right."""
import struct

import pytest

from rig.big_endian import ANYTHING, BigEndianClient, BigEndianServer, text
from rig.client import run_tool
from rig.process import Process
from rig.server import iochron_program

GET, PUT, MONITOR, PUT_GET = 10, 11, 13, 12
INIT, START = 0x08, 0x44
DATABASE = """
record(ao, "AO") { field(VAL, "2") field(PINI, "YES") }
record(waveform, "WF") { field(FTVL, "LONG") field(NELM, "4") field(INP, [1, 2, 3]) }
"""
VALUE = text("value")
FOR_VALUE = b"\x80\x00\x01" + text("field") + b"\x80\x00\x01" + VALUE + b"\x80\x00\x00"


@pytest.fixture
def client(iochron_ioc):
    opened = []

    def connect(name):
        server = iochron_ioc(DATABASE)
        opened.append(BigEndianClient(int(server.environment["EPICS_PVAS_SERVER_PORT"]), name))
        return opened[-1], server

    yield connect
    for one in opened:
        one.close()


def test_get_in_big_endian(client):
    connection, _ = client("AO")
    connection.request(GET, 5, INIT, FOR_VALUE)
    _, subcommand, answer = connection.answer(GET, 5)
    assert (subcommand, answer[0]) == (INIT, 0xFF)
    connection.request(GET, 5, 0)
    order, _, answer = connection.answer(GET, 5)
    assert answer == b"\xff" + b"\x01\x02" + struct.pack(order + "d", 2.0)


def test_put_in_big_endian(client):
    connection, server = client("AO")
    connection.request(PUT, 6, INIT, FOR_VALUE)
    connection.answer(PUT, 6)
    connection.request(PUT, 6, 0, b"\x01\x02" + struct.pack(">d", -12.5))
    _, _, answer = connection.answer(PUT, 6)
    assert answer == b"\xff"
    assert run_tool(server.environment, "caget", "-t", "AO").stdout.strip() == "-12.5"


def test_put_of_an_array_in_big_endian(client):
    connection, server = client("WF")
    connection.request(PUT, 6, INIT, FOR_VALUE)
    connection.answer(PUT, 6)
    connection.request(PUT, 6, 0, b"\x01\x02\x04" + struct.pack(">4i", 1, -2, 2 ** 31 - 1, -2 ** 31))
    _, _, answer = connection.answer(PUT, 6)
    assert answer == b"\xff"
    assert run_tool(server.environment, "caget", "-t", "WF").stdout.split()[-4:] == ["1", "-2", "2147483647", "-2147483648"]


def test_monitor_and_put_get_in_big_endian(client):
    connection, _ = client("AO")
    connection.request(MONITOR, 7, INIT, FOR_VALUE)
    connection.answer(MONITOR, 7)
    connection.request(MONITOR, 7, START)
    order, _, update = connection.answer(MONITOR, 7)
    assert update == b"\x01\x02" + struct.pack(order + "d", 2.0) + b"\x00"
    both = (b"\x80\x00\x02" + text("putField") + b"\x80\x00\x01" + VALUE + b"\x80\x00\x00"
            + text("getField") + b"\x80\x00\x01" + VALUE + b"\x80\x00\x00")
    connection.request(PUT_GET, 8, INIT, both)
    connection.answer(PUT_GET, 8)
    connection.request(PUT_GET, 8, 0, b"\x01\x02" + struct.pack(">d", 1e300))
    order, _, update = connection.answer(MONITOR, 7)
    assert update == b"\x01\x02" + struct.pack(order + "d", 1e300) + b"\x00", "the update comes before the answer"
    order, _, answer = connection.answer(PUT_GET, 8)
    assert answer == b"\xff\x01\x02" + struct.pack(order + "d", 1e300)


def test_a_peer_may_change_its_byte_order(client):
    connection, _ = client("AO")
    connection.request(GET, 5, INIT, ANYTHING)
    connection.answer(GET, 5)
    little = struct.pack("<IIB", connection.sid, 5, 0)
    connection.send_raw(struct.pack("<BBBBI", 0xCA, 2, 0, GET, len(little)) + little)
    assert connection.answer(GET, 5)[2][0] == 0xFF
    connection.request(GET, 5, 0)
    assert connection.answer(GET, 5)[2][0] == 0xFF


@pytest.fixture
def big_server(environment):
    server = BigEndianServer(int(environment["EPICS_PVA_SERVER_PORT"]), int(environment["EPICS_PVA_BROADCAST_PORT"]), "BIG")
    yield server
    server.close()


def test_our_client_reads_a_big_endian_server(big_server, environment):
    said = run_tool(environment, "pvget", "-w", "20", "BIG").stdout
    assert "2.5" in said and "[1, -2, 2147483647]" in said.replace(",", ", ").replace(",  ", ", ") and "big" in said


def test_our_client_monitors_a_big_endian_server(big_server, environment):
    watching = Process([iochron_program("pvmonitor"), "BIG"], environment)
    try:
        watching.wait_for_line("2.5")
    finally:
        watching.terminate()
        watching.stop()
