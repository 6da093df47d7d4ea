"""Our repeater between base's IOC and a registered client of the host."""
import socket
import struct

import pytest

from rig.ports import private_environment
from rig.process import Process
from rig.server import PROGRAM, READY, soft_ioc_command

BEACON, CONFIRM = 13, 17


def registered(port):
    """A socket that the repeater has confirmed; asks again until it is there."""
    client = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    client.bind(("127.0.0.1", 0))
    client.settimeout(0.2)
    for _ in range(100):
        client.sendto(b"", ("127.0.0.1", port))
        try:
            if struct.unpack(">H", client.recv(65536)[:2])[0] == CONFIRM:
                client.settimeout(20)
                return client
        except OSError:
            continue
    raise AssertionError("the repeater confirms nothing")


@pytest.fixture
def repeater():
    environment = private_environment()
    process = Process([PROGRAM, "repeater"], environment)
    yield environment
    process.stop()


def test_beacons_of_soft_ioc_come_through(repeater, tmp_path):
    port = int(repeater["EPICS_CA_REPEATER_PORT"])
    database = tmp_path / "one.db"
    database.write_text('record(ai, "A") {}\n')
    with registered(port) as client:
        server = Process(soft_ioc_command(database), repeater)
        try:
            server.wait_for_line(READY)
            command = None
            while command != BEACON:
                command, _, _, served, _, address = struct.unpack(">HHHHI4s", client.recv(65536)[:16])
            assert served == int(repeater["EPICS_CA_SERVER_PORT"])
            assert address == socket.inet_aton("127.0.0.1")  # the repeater fills in 0
        finally:
            server.stop()


def test_a_second_repeater_leaves_quietly(repeater):
    with registered(int(repeater["EPICS_CA_REPEATER_PORT"])):
        second = Process([PROGRAM, "repeater"], repeater)
        try:
            assert second._popen.wait(10) == 0
            assert second.output == ""
        finally:
            second.stop()
