"""Our repeater between base's IOC and a registered client of the host."""
import os
import pathlib
import signal
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


def started_repeater(port):
    """The process of the repeater that a client has started at this port, which is in its environment."""
    for entry in pathlib.Path("/proc").iterdir():
        try:
            if (b"--while-used" in (entry / "cmdline").read_bytes()
                    and f"EPICS_CA_REPEATER_PORT={port}".encode() in (entry / "environ").read_bytes().split(b"\0")):
                return int(entry.name)
        except OSError:
            continue
    return None


def test_a_client_starts_the_repeater_that_others_use(tmp_path):
    environment = private_environment()
    port = environment["EPICS_CA_REPEATER_PORT"]
    watch = Process([PROGRAM, "beacons", "-i", "2"], environment)
    server = None
    try:
        with registered(int(port)):
            pid = started_repeater(port)
            assert pid is not None
            try:
                assert f"PPid:\t{watch.pid}" in pathlib.Path(f"/proc/{pid}/status").read_text()
                database = tmp_path / "one.db"
                database.write_text('record(ai, "A") {}\n')
                server = Process(soft_ioc_command(database), environment)
                server.wait_for_line(READY)
                watch.wait_for_line(f"  localhost:{environment['EPICS_CA_SERVER_PORT']}")
            finally:
                os.kill(pid, signal.SIGTERM)
    finally:
        watch.stop()
        if server is not None:
            server.stop()


def test_casw_refuses_what_it_does_not_understand():
    for words in (["-i"], ["-ix"], ["A"], ["-i", "1", "more"]):
        process = Process([PROGRAM, "beacons", *words], private_environment())
        assert process._popen.wait(20) == 2
        process.stop()
        assert "usage: casw [-i LEVEL]" in process.output
