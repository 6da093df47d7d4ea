"""Servers that are killed and come back, clients that are killed, and clients that stop reading for a while."""
import signal

import pytest

from rig.client import run_tool
from rig.ports import private_environment
from rig.process import Process
from rig.server import Server, iochron_ioc_command, iochron_program, soft_ioc_command

DATABASE = """
record(calc, "COUNT") { field(INPA, "COUNT NPP NMS") field(CALC, "A+1") field(SCAN, ".1 second") }
record(calc, "OTHER") { field(INPA, "OTHER NPP NMS") field(CALC, "A+1") field(SCAN, ".1 second") }
"""
CLIENTS = ["aioca", "pyepics", "caproto"]


def count_up(run):
    return run == list(range(run[0], run[0] + len(run)))


def test_all_clients_come_back_to_a_server_that_was_killed(tmp_path, watch):
    path = tmp_path / "count.db"
    path.write_text(DATABASE)
    environment = private_environment()
    first = Server(iochron_ioc_command(path), environment)
    watchers = [watch(client, environment, "COUNT", "OTHER") for client in CLIENTS]
    for watcher in watchers:
        watcher.wait_for_updates("COUNT", 5)
        watcher.wait_for_updates("OTHER", 1)
    first.process.signal(signal.SIGKILL)
    first.close()
    for watcher in watchers:
        watcher.wait_for_lost("COUNT")
    second = Server(iochron_ioc_command(path), environment)
    try:
        for watcher in watchers:
            watcher.wait_for_updates("COUNT", 10)
            watcher.wait_for_updates("OTHER", 10)
            for name in watcher.names:
                runs = watcher.values(name)
                assert len(runs) == 2 and all(count_up(run) for run in runs), (watcher.process.arguments[2], runs)
    finally:
        second.close()


@pytest.mark.parametrize("command", [iochron_ioc_command, soft_ioc_command])
def test_our_monitor_comes_back_to_a_server_that_was_killed(tmp_path, command):
    path = tmp_path / "count.db"
    path.write_text(DATABASE)
    environment = private_environment()
    first = Server(command(path), environment)
    monitor = Process([iochron_program("camonitor"), "-t", "n", "COUNT"], environment)
    second = None
    try:
        index = monitor.wait_for_line("COUNT", 30)
        for _ in range(3):
            index = monitor.wait_for_line("COUNT", 30, after=index + 1)
        first.process.signal(signal.SIGKILL)
        first.close()
        index = monitor.wait_for_line("disconnected", 30, after=index)
        second = Server(command(path), environment)
        for _ in range(8):
            index = monitor.wait_for_line("COUNT", 60, after=index + 1)
        lines = [line for line in monitor.output.splitlines() if line.startswith("COUNT")]
        again = [int(line.split()[1]) for line in lines if "disconnected" not in line][-7:]
        assert count_up(again), lines
    finally:
        monitor.stop()
        if second is not None:
            second.close()


@pytest.mark.parametrize("client", CLIENTS)
def test_a_client_that_is_killed_leaves_nothing_behind(iochron_ioc, watch, client):
    server = iochron_ioc(DATABASE)
    stays = watch("aioca", server.environment, "COUNT")
    stays.wait_for_updates("COUNT", 2)
    killed = watch(client, server.environment, "COUNT", "OTHER")
    killed.wait_for_updates("OTHER", 3)
    server.wait_for_clients(circuits=2, channels=3, subscriptions=3)
    killed.process.signal(signal.SIGKILL)
    killed.process.wait()
    stays.wait_for_updates("COUNT", 5)
    server.wait_for_clients(circuits=1, channels=1, subscriptions=1)
    assert all(count_up(run) for run in stays.values("COUNT")) and len(stays.values("COUNT")) == 1


@pytest.mark.parametrize("client", CLIENTS)
def test_a_client_that_does_not_read_for_a_while_holds_nobody_up(iochron_ioc, watch, client):
    server = iochron_ioc(DATABASE)
    others = [watch(name, server.environment, "COUNT", "OTHER") for name in CLIENTS]
    stopped = watch(client, server.environment, "COUNT", "OTHER")
    for watcher in (*others, stopped):
        watcher.wait_for_updates("COUNT", 3)
    stopped.process.signal(signal.SIGSTOP)
    try:
        for watcher in others:
            watcher.wait_for_updates("COUNT", 30)
        reached = others[0].values("COUNT")[-1][-1]
    finally:
        stopped.process.signal(signal.SIGCONT)
    stopped.process.wait_for_line(f"COUNT {reached + 10}", 60)
    for watcher in others:
        assert len(watcher.values("COUNT")) == 1 and count_up(watcher.values("COUNT")[0])
    (run,) = stopped.values("COUNT")
    assert run == sorted(set(run)), "an update came twice or out of order"
    assert run_tool(server.environment, "caget", "-t", "COUNT").stdout.strip().isdigit()


def test_a_client_that_is_far_behind_is_given_the_newest_values(iochron_ioc, watch):
    """More is posted than sockets hold, for longer than the server keeps it: it skips updates of that client alone."""
    names = [f"C:{n}" for n in range(5000)]
    server = iochron_ioc("".join(
        f'record(calc, "{name}") {{ field(INPA, "{name} NPP NMS") field(CALC, "A+1") field(SCAN, ".1 second") }}\n'
        for name in names))
    other = watch("aioca", server.environment, "C:0", "C:4999")
    other.wait_for_updates("C:4999", 2)
    # The program monitors all and its output is thinned, since hundreds of thousands of lines are slow to look through.
    thinned = 'exec "$@" > >(exec grep --line-buffered -E "^C:(0|4999) ")'
    stopped = Process(["bash", "-c", thinned, "bash", iochron_program("camonitor"), "-t", "n", *names],
                      server.environment)
    try:
        stopped.wait_for_line("C:4999 ", 60)
        stopped.signal(signal.SIGSTOP)
        try:
            other.wait_for_updates("C:4999", 80)
            reached = other.values("C:4999")[-1][-1]
        finally:
            stopped.signal(signal.SIGCONT)
        stopped.wait_for_line(f" {reached + 30}", 60)
        seen = {name: [] for name in ("C:0", "C:4999")}
        for line in stopped.output.splitlines():
            name, value = line.split()[:2]
            if name in seen:
                seen[name].append(int(value))
    finally:
        stopped.stop()
    for name, run in seen.items():
        assert run == sorted(set(run)), (name, "an update came twice or out of order")
        assert not count_up(run), (name, "nothing was skipped: the client was never behind")
        assert len(other.values(name)) == 1 and count_up(other.values(name)[0])
