"""EPICS_PVA_NAME_SERVERS: our pvAccess client asks servers for names by TCP, and finds a server that comes up late."""
import signal
import subprocess

import pytest

from rig.client import run_tool
from rig.ports import free_ports
from rig.server import iochron_program

DATABASE = """
record(ai, "AI") { field(VAL, "1.5") field(PINI, "YES") }
record(calc, "COUNT") { field(INPA, "COUNT NPP NMS") field(CALC, "A+1") field(SCAN, ".1 second") }
"""


def by_tcp_alone(environment):
    """The environment of a client that cannot find the server by UDP: nothing listens where it would search."""
    return environment | {"EPICS_PVA_ADDR_LIST": "", "EPICS_PVA_AUTO_ADDR_LIST": "NO",
                          "EPICS_PVA_BROADCAST_PORT": str(free_ports(1)[0]),
                          "EPICS_PVA_NAME_SERVERS": f"127.0.0.1:{environment['EPICS_PVAS_SERVER_PORT']}"}


def monitor(environment, *names):
    return subprocess.Popen([iochron_program("pvmonitor"), "-M", "json", *names], env=environment,
                            stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True)


@pytest.mark.parametrize("kind", ["iochron", "pvxs"])
def test_names_are_found_by_tcp(start, kind):
    environment = by_tcp_alone(start(kind, DATABASE).environment)
    assert run_tool(environment, "pvget", "-M", "json", "-r", "value", "AI").stdout == 'AI {"value":1.5}\n'
    assert run_tool(environment, "pvget", "-w", "0.5", "NOBODY", check=False).returncode == 1


@pytest.mark.parametrize("kind", ["iochron", "pvxs"])
def test_a_name_server_that_comes_late_or_anew_is_asked_then(start, environment, kind):
    with monitor(by_tcp_alone(environment), "COUNT") as client:
        try:
            first = start(kind, DATABASE, environment=environment)
            assert client.stdout.readline().startswith('COUNT {"value":')
            first.process.signal(signal.SIGKILL)
            first.process.wait()
            first.close()
            while client.stdout.readline() != "COUNT <Disconnect>\n":
                pass
            start(kind, DATABASE, environment=environment)
            assert client.stdout.readline().startswith('COUNT {"value":')
        finally:
            client.kill()


def test_a_client_without_anywhere_to_search_says_so(environment):
    nowhere = environment | {"EPICS_PVA_ADDR_LIST": "", "EPICS_PVA_AUTO_ADDR_LIST": "NO"}
    run = run_tool(nowhere, "pvget", "-w", "0.2", "AI", check=False)
    assert run.returncode == 1 and "set EPICS_PVA_ADDR_LIST, EPICS_PVA_NAME_SERVERS" in run.stderr


def test_a_server_that_comes_up_is_found_by_its_beacon(start, environment):
    """By the loopback interface's broadcast, since a unicast beacon would reach the server itself."""
    environment = environment | {"EPICS_PVAS_BEACON_ADDR_LIST": "127.255.255.255"}
    with monitor(environment, "COUNT") as client:
        try:
            start("iochron", DATABASE, environment=environment)
            assert client.stdout.readline().startswith('COUNT {"value":')
        finally:
            client.kill()
