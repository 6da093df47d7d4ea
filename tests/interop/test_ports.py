"""Two IOCs with one port: the second takes another for TCP, and both are found; searches by UDP and by TCP."""
import socket
import struct

import pytest

from rig.client import run_python
from rig.ports import private_environment
from rig.server import Server, iochron_ioc_command, soft_ioc_command

GET = """
import asyncio
from aioca import caget
async def main():
    return [float(value) for value in await caget(sys.argv[1:], timeout=30)]
answer(asyncio.run(main()))
"""


@pytest.fixture
def two(tmp_path):
    """A function: two servers one after the other in one environment, on all interfaces so that broadcasts reach
    both; unicast reaches only one of two sockets on a port."""
    servers = []

    def start(first, second):
        environment = private_environment()
        del environment["EPICS_CAS_INTF_ADDR_LIST"]
        environment["EPICS_CA_ADDR_LIST"] = "127.255.255.255"
        for number, command in enumerate((first, second)):
            path = tmp_path / f"{number}.db"
            path.write_text(f'record(ai, "N{number}") {{ field(VAL, "{number + 1}") }}\n')
            repeater = private_environment()["EPICS_CA_REPEATER_PORT"]
            servers.append(Server(command(path), environment | {"EPICS_CA_REPEATER_PORT": repeater}))
        return servers[0].environment

    yield start
    for server in servers:
        server.close()


@pytest.mark.parametrize("first, second", [(iochron_ioc_command, iochron_ioc_command),
                                           (soft_ioc_command, iochron_ioc_command),
                                           (iochron_ioc_command, soft_ioc_command)])
def test_both_of_two_servers_on_one_port_are_found(two, first, second):
    environment = two(first, second)
    assert run_python(environment, GET, "N0", "N1", timeout=60) == [1, 2]


def message(command, payload=b"", kind=0, count=0, first=0, second=0):
    payload += bytes(-len(payload) % 8)
    return struct.pack(">HHHHII", command, len(payload), kind, count, first, second) + payload


SEARCH = message(0, count=13) + message(6, b"NOBODY\0", 5, 13, 1, 1) + message(6, b"N\0", 5, 13, 77, 77)
DATABASE = 'record(ai, "N") { field(VAL, "1") }\n'


def test_search_by_datagram(any_ioc):
    server = any_ioc(DATABASE)
    port = int(server.environment["EPICS_CAS_SERVER_PORT"])
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        client.settimeout(20)
        client.sendto(SEARCH, ("127.0.0.1", port))
        answer = client.recv(65536)
    assert answer.count(struct.pack(">HH", 6, 8)) == 1
    reply = answer[answer.index(struct.pack(">HH", 6, 8)):]
    assert struct.unpack(">HHHHII", reply[:16]) == (6, 8, port, 0, 0xFFFFFFFF, 77)


def test_search_by_circuit(any_ioc):
    server = any_ioc(DATABASE)
    port = int(server.environment["EPICS_CAS_SERVER_PORT"])
    with socket.create_connection(("127.0.0.1", port), timeout=20) as client:
        client.sendall(SEARCH + message(23))
        data = b""
        while message(23) not in data:
            data += client.recv(65536)
    found = struct.pack(">HHHHII", 6, 0, port, 0, 0xFFFFFFFF, 77)
    assert data == message(0, count=13) + found + message(23)


def test_names_are_found_through_a_name_server(any_ioc):
    server = any_ioc(DATABASE)
    environment = server.environment | {
        "EPICS_CA_ADDR_LIST": "",
        "EPICS_CA_NAME_SERVERS": f"127.0.0.1:{server.environment['EPICS_CAS_SERVER_PORT']}"}
    assert run_python(environment, GET, "N", timeout=60) == [1]
