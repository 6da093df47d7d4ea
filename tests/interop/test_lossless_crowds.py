"""Clients by the thousand, and clients that come and go by the hundred, while others must see every update."""
import socket

import pytest

from rig import dbr
from rig.circuit import Circuit
from rig.crowd import Crowd, count_up, raise_descriptors, reset

DATABASE = """
record(calc, "COUNT") { field(INPA, "COUNT NPP NMS") field(CALC, "A+1") field(SCAN, ".1 second") }
"""


def resident_bytes(pid):
    with open(f"/proc/{pid}/status", encoding="ascii") as status:
        return next(int(line.split()[1]) * 1024 for line in status if line.startswith("VmRSS"))


def test_a_thousand_connections_at_once_miss_nothing(iochron_ioc, connect):
    if not raise_descriptors(1000):
        pytest.skip("a process may not have 1,200 descriptors open here; raise the limit (ulimit -Hn)")
    server = iochron_ioc(DATABASE)
    crowd = Crowd([connect(server) for _ in range(1000)])
    crowd.subscribe("COUNT")
    crowd.read_until(1)
    reached = max(run[-1] for run in crowd.runs)
    server.wait_for_clients(circuits=1000, channels=1000, subscriptions=1000)
    crowd.read_until(max(reached + 10 - run[0] for run in crowd.runs))
    assert [number for number, run in enumerate(crowd.runs) if not count_up(run)] == []
    crowd.close()
    server.wait_for_clients(circuits=0, channels=0, subscriptions=0)


def close_unread(circuit):
    """Ends its own side, and never reads what comes; the test keeps it until it is over."""
    circuit.socket.shutdown(socket.SHUT_WR)


@pytest.mark.parametrize("how", [Circuit.close, reset, close_unread], ids=["close", "reset", "half-close"])
def test_clients_that_come_and_go_by_the_hundred(iochron_ioc, connect, watch, how):
    server = iochron_ioc(DATABASE)
    stays = watch("aioca", server.environment, "COUNT")
    stays.wait_for_updates("COUNT", 2)
    sizes = []
    for _ in range(12):
        crowd = Crowd([connect(server) for _ in range(100)])
        crowd.subscribe("COUNT")
        crowd.read_until(2)
        assert all(count_up(run) for run in crowd.runs)
        crowd.close(how)
        server.wait_for_clients(circuits=1, channels=1, subscriptions=1)
        sizes.append(resident_bytes(server.process.pid))
    stays.wait_for_updates("COUNT", 3)
    (run,) = stays.values("COUNT")
    assert count_up(run)
    assert max(sizes[6:]) <= max(sizes[:6]) + (4 << 20), "the server keeps something of clients that have gone"


def test_clients_that_go_in_the_middle_of_what_they_do(iochron_ioc, connect, watch):
    """By a reset with a search, channels, subscriptions and puts under way, whose answers they do not wait for."""
    server = iochron_ioc(DATABASE + 'record(ao, "PUT") { }\n')
    stays = watch("pyepics", server.environment, "COUNT")
    stays.wait_for_updates("COUNT", 2)
    for _ in range(300):
        circuit = connect(server)
        channel, put = circuit.create(["COUNT", "PUT"])
        for _ in range(20):
            circuit.subscribe(channel, dbr.LONG, 1, 1)
            circuit.ask_read(channel, dbr.DOUBLE, 1)
            circuit.ask_write(put, dbr.DOUBLE, [1.0])
        circuit.send()
        reset(circuit)
    server.wait_for_clients(circuits=1, channels=1, subscriptions=1)
    stays.wait_for_updates("COUNT", 3)
    (run,) = stays.values("COUNT")
    assert count_up(run)
