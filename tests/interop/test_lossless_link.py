"""A link that drops, and returns soon or late, between our IOC and clients of both kinds."""
import sys

import pytest

from rig.crowd import count_up
from rig.ports import private_environment
from rig.process import Process
from rig.server import Server, iochron_ioc_command, iochron_program, soft_ioc_command
from rig.watcher import CLIENTS, PRELUDE

DATABASE = """
record(calc, "COUNT") { field(INPA, "COUNT NPP NMS") field(CALC, "A+1") field(SCAN, ".1 second") }
"""
CONNECTION_TIMEOUT = "3"  # libca and we then ask the server by an echo, and wait 5 s


@pytest.fixture
def settlers(island, tmp_path):
    """settlers(ioc_command) -> (server, monitor), both on the island; the monitor is our camonitor of COUNT, or a
    program of `arguments`."""
    path = tmp_path / "count.db"
    path.write_text(DATABASE)
    environment = private_environment() | {"EPICS_CA_CONN_TMO": CONNECTION_TIMEOUT}
    started = []

    def start(ioc_command, arguments=None):
        server = Server(island.command([str(each) for each in ioc_command(path)]), environment)
        started.append(server.close)
        arguments = arguments or [iochron_program("camonitor"), "-t", "n", "COUNT"]
        monitor = Process(island.command([str(each) for each in arguments]), environment)
        started.extend([monitor.stop, monitor.terminate])
        return server, monitor

    yield start
    for end in reversed(started):
        end()


def wait_for_updates(process, count, after=-1):
    for _ in range(count):
        after = process.wait_for_line("COUNT ", 60, after=after + 1)
    return after


def updates_made(server):
    at = len(server.process.lines)
    server.process.type("casr")
    line = server.process.lines[server.process.wait_for_line("updates from records", after=at)]
    return int(line.split()[0])


def values(lines):
    return [int(line.split()[1]) for line in lines if line.startswith("COUNT ") and line.split()[1].isdigit()]


def aioca():
    return [sys.executable, "-c", PRELUDE + CLIENTS["aioca"], "COUNT"]


@pytest.mark.parametrize("client", [None, aioca], ids=["camonitor", "aioca"])
def test_a_link_that_returns_soon_costs_no_update(island, settlers, client):
    """What was made meanwhile comes when TCP tries again: it is little, so the kernel holds it."""
    server, monitor = settlers(iochron_ioc_command, client and client())
    wait_for_updates(monitor, 5)
    island.cut()
    made = updates_made(server)
    while updates_made(server) < made + 5:
        server.process.wait_for_news(0.1)
    server.wait_for_clients(circuits=1, channels=1, subscriptions=1)
    island.mend()
    wait_for_updates(monitor, 20, len(monitor.lines) - 1)
    assert count_up(values(monitor.lines)), monitor.output


@pytest.mark.parametrize("client", [None, aioca], ids=["camonitor", "aioca"])
def test_a_dead_link_is_noticed_by_both_ends(island, settlers, client):
    """The client by an echo that is not answered, the server when TCP gives up, which takes it about a quarter of an
    hour, and some seconds here. When the link is back the client is given every update again."""
    island.set("tcp_retries2", 3)
    server, monitor = settlers(iochron_ioc_command, client and client())
    wait_for_updates(monitor, 5)
    island.cut()
    lost = monitor.wait_for_line("lost" if client else "disconnected", 60)
    server.wait_for_clients(circuits=0, channels=0, subscriptions=0, timeout=60)
    island.mend()
    wait_for_updates(monitor, 20, lost)
    before, after = values(monitor.lines[:lost]), values(monitor.lines[lost:])
    assert count_up(before) and count_up(after) and after[0] > before[-1], monitor.output
    server.wait_for_clients(circuits=1, channels=1, subscriptions=1)


def test_our_client_notices_a_dead_link_to_base(island, settlers):
    _, monitor = settlers(soft_ioc_command)
    wait_for_updates(monitor, 5)
    island.cut()
    lost = monitor.wait_for_line("disconnected", 60)
    island.mend()
    wait_for_updates(monitor, 10, lost)
    before, after = values(monitor.lines[:lost]), values(monitor.lines[lost:])
    assert count_up(before) and count_up(after) and after[0] > before[-1], monitor.output
