"""Where a Channel Access server is found: EPICS_CAS_INTF_ADDR_LIST, EPICS_CAS_IGNORE_ADDR_LIST, multicast groups, and a
server as the name server of clients that search by nothing else. Base's IOC and ours, on addresses of loopback."""
import selectors
import socket
import struct
import subprocess
import sys
from pathlib import Path

import pytest

from rig.circuit import SEARCH, VERSION, frame
from rig.client import run_python, run_tool
from rig.ports import free_ports, private_environment
from rig.server import Server, iochron_ioc_command, soft_ioc_command

DATABASE = 'record(ai, "A") { field(VAL, "1.5") }\n'
GROUP, OTHER_GROUP = "239.255.77.88", "239.255.77.89"
SILENCE = 0.3  # that long nothing may come behind an answer that was asked for later


def search(sender, to, port, number):
    sender.sendto(frame(0, 0, VERSION) + frame(SEARCH, 5, VERSION, number, number, b"A\0"), (to, port))


def answers(sender, wanted, timeout=20):
    """The numbers of the searches that are answered, once `wanted` is, and what comes soon after it."""
    found = set()
    with selectors.DefaultSelector() as selector:
        selector.register(sender, selectors.EVENT_READ)
        while selector.select(SILENCE if wanted in found else timeout):
            data = sender.recv(2048)
            while data:
                command, size, _, _, _, number = struct.unpack_from(">HHHHII", data)
                if command == SEARCH:
                    found.add(number)
                data = data[16 + size:]
    assert wanted in found
    return found


@pytest.fixture
def sender():
    """sender(address) -> a UDP socket bound to an address of loopback."""
    sockets = []

    def bind(address):
        one = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        sockets.append(one)
        one.bind((address, 0))
        return one

    yield bind
    for each in sockets:
        each.close()


def port_of(server):
    return int(server.environment["EPICS_CA_SERVER_PORT"])


def accepts(address, port):
    try:
        socket.create_connection((address, port), 20).close()
    except ConnectionRefusedError:
        return False
    return True


def test_only_the_interfaces_that_are_named_are_served(any_ioc, sender):
    environment = private_environment() | {"EPICS_CAS_INTF_ADDR_LIST": "127.0.0.2 127.0.0.3"}
    port = port_of(any_ioc(DATABASE, environment=environment))
    assert [accepts(f"127.0.0.{n}", port) for n in (1, 2, 3, 4)] == [False, True, True, False]
    client = sender("127.0.0.9")
    for number in (1, 4, 2, 3):
        search(client, f"127.0.0.{number}", port, number)
    assert answers(client, 3) | {2} == {2, 3}
    search(client, "127.0.0.2", port, 22)
    assert answers(client, 22) <= {2, 22}


def test_searches_of_those_who_are_ignored_get_no_answer(any_ioc, sender):
    environment = private_environment() | {"EPICS_CAS_INTF_ADDR_LIST": "127.0.0.1",
                                           "EPICS_CAS_IGNORE_ADDR_LIST": "127.0.0.5 127.0.0.6"}
    port = port_of(any_ioc(DATABASE, environment=environment))
    ignored = [sender("127.0.0.5"), sender("127.0.0.6")]
    for number, client in enumerate(ignored):
        search(client, "127.0.0.1", port, number)
    other = sender("127.0.0.7")
    search(other, "127.0.0.1", port, 7)
    assert answers(other, 7) == {7}
    for client in ignored:
        client.setblocking(False)
        with pytest.raises(BlockingIOError):
            client.recv(2048)
    assert accepts("127.0.0.1", port)


def test_searches_to_a_multicast_group_are_heard_on_an_interface(iochron_ioc, sender):
    """Base hears groups only where it serves all interfaces."""
    environment = private_environment() | {"EPICS_CAS_INTF_ADDR_LIST": f"127.0.0.1 {GROUP}"}
    port = port_of(iochron_ioc(DATABASE, environment=environment))
    client = sender("127.0.0.1")
    client.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton("127.0.0.1"))
    search(client, OTHER_GROUP, port, 1)
    search(client, GROUP, port, 2)
    assert answers(client, 2) == {2}


# Runs on the island, whose only interface is loopback: searches for A by both groups, and prints who is answered.
SEARCH_GROUPS = f"""
import sys
sys.path.insert(0, {str(Path(__file__).parent)!r})
from test_ca_addresses import *
client = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
client.bind(("127.0.0.1", 0))
client.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton("127.0.0.1"))
search(client, OTHER_GROUP, int(sys.argv[1]), 1)
search(client, GROUP, int(sys.argv[1]), 2)
print(answers(client, 2))
"""


@pytest.mark.parametrize("command", [soft_ioc_command, iochron_ioc_command])
def test_searches_to_a_multicast_group_are_heard_on_all_interfaces(island, tmp_path, command):
    island.run("ip", "route", "add", "239.0.0.0/8", "dev", "lo")
    path = tmp_path / "a.db"
    path.write_text(DATABASE)
    environment = private_environment() | {"EPICS_CAS_INTF_ADDR_LIST": GROUP}
    server = Server(island.command([str(each) for each in command(path)]), environment)
    try:
        found = subprocess.run(island.command([sys.executable, "-c", SEARCH_GROUPS, str(port_of(server))]), text=True,
                               capture_output=True, timeout=60, check=False)
        assert found.stdout == "{2}\n", found.stderr
    finally:
        server.close()


def test_clients_find_it_through_tcp_alone(any_ioc):
    """As a name server: nobody hears searches by UDP."""
    server = any_ioc(DATABASE)
    unheard, = free_ports(1)
    environment = server.environment | {
        "EPICS_CA_ADDR_LIST": f"127.0.0.1:{unheard}", "EPICS_CA_NAME_SERVERS": f"127.0.0.1:{port_of(server)}"}
    assert run_tool(environment, "caget", "-t", "A").stdout == "1.5\n"
    assert run_python(environment, """
import asyncio
from aioca import caget, connect
async def main():
    missing = await connect("NOSUCH", timeout=0.5, throw=False)
    return [float(await caget("A", timeout=20)), missing.ok]
answer(asyncio.run(main()))
""") == [1.5, False]
