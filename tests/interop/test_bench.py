"""`iochron bench` as users run it, and its two halves against the peers: what it counts is what they have."""
import json
import signal
import subprocess
import sys

import pytest

from rig.client import run_python
from rig.ports import private_environment
from rig.process import Process
from rig.server import ROOT, iochron_program

PATIENCE_S = 60


def bench(*arguments):
    return subprocess.run([iochron_program(), "bench", *map(str, arguments)], capture_output=True, text=True,
                          timeout=PATIENCE_S, stdin=subprocess.DEVNULL, check=False)


@pytest.mark.parametrize("server, client", [("softioc", "ca"), ("calc", "ca"), ("softioc", "pva"), ("calc", "pva"),
                                            ("sharedpv", "pva")])
def test_a_row_counts_every_update(tmp_path, server, client):
    file = tmp_path / "rows.json"
    run = bench("--server", server, "--client", client, "--pvs", 20, "--monitors", 5, "--seconds", 1, "--json", file)
    assert file.exists(), run.stderr
    row, = json.loads(file.read_text())["rows"]
    assert {name: row[name] for name in ("server", "client", "server_pvs", "client_pvs", "monitors_per_pv")} == {
        "server": server, "client": client, "server_pvs": 20, "client_pvs": 20, "monitors_per_pv": 5}
    assert all(row[f"updates_{what}"] == 0 for what in ("lost", "repeated", "misordered", "wrong", "coalesced")), row
    assert row["subscriptions_silent"] == 0
    assert 0 < row["updates_received"] <= row["updates_received_in_all"] == row["updates_sent_in_all"]
    assert row["client_recv_kBps"] > 0


def test_what_is_not_served_is_refused():
    run = bench("--server", "sharedpv", "--client", "ca", "--seconds", 1)
    assert run.returncode == 1 and "use --client pva" in run.stderr
    run = bench("--preset", "seed", "--server", "sharedpv", "--client", "ca")
    assert run.returncode == 1 and "no row" in run.stderr


class Counter:
    """The client of the bench on its own."""

    def __init__(self, environment, pvs, monitors, number):
        self.process = Process([iochron_program(), "bench-client", "--protocol", "pva", "--pvs", str(pvs),
                                "--monitors", str(monitors), "--number", number], environment)
        self.process.wait_for_line("ready", PATIENCE_S)

    def ask(self, what):
        asked = len(self.process.lines)
        self.process.type(what)
        return json.loads(self.process.lines[self.process.wait_for_line("{", PATIENCE_S, after=asked)])


@pytest.mark.parametrize("scenario, peer", [("pva", "softIocPVX"), ("shared", "p4p")])
def test_the_comparison_with_peers_runs(tmp_path, scenario, peer):
    file = tmp_path / "figures.json"
    run = subprocess.run([sys.executable, str(ROOT / "bench/peers/run.py"), scenario, "--client", "own", "--pvs", "10",
                          "--monitors", "2", "-n", "1", "--seconds", "1", "--iochron", str(iochron_program()),
                          "--json", str(file)],
                         capture_output=True, text=True, timeout=2 * PATIENCE_S, stdin=subprocess.DEVNULL, check=False)
    assert run.returncode == 0, run.stderr
    figures, = json.loads(file.read_text())
    for server in ("iochron", peer):
        seen, = figures["results"][server]
        assert seen["updates/s"] > 0 and seen["server CPU %"] > 0, server
        assert seen["silent"] == 0, server
    assert figures["results"]["iochron"][0]["lost"] == 0


@pytest.fixture(params=["softioc", "sharedpv"])
def server_and_counter(request, environment):
    """20 PVs at 20 Hz, and a counter that takes float64, which those of "sharedpv" are not."""
    server = Process([iochron_program(), "bench-server", "--kind", request.param, "--pvs", "20", "--rate", "20"],
                     environment)
    try:
        server.wait_for_line("iocRun", PATIENCE_S)
        counter = Counter(environment, 20, 2, "float64")
        try:
            yield request.param, server, counter
        finally:
            counter.process.stop()
    finally:
        server.stop()


def test_a_number_of_another_type_is_wrong(server_and_counter):
    kind, server, counter = server_and_counter
    server.type("iocPause")
    server.type("echo paused")
    server.wait_for_line("paused", PATIENCE_S)
    verdict = counter.ask("drain")
    assert verdict["wrong"] == (0 if kind == "softioc" else verdict["received"])
    assert verdict["received"] >= 40


def test_a_server_that_dies_is_told(server_and_counter):
    _, server, counter = server_and_counter
    server.signal(signal.SIGKILL)
    server.wait()
    verdict = counter.ask("drain")
    assert any("20 channels lost: the connection to" in trouble for trouble in verdict["troubles"]), verdict
    assert any("20 PVs could not be read at the end" in trouble for trouble in verdict["troubles"]), verdict


def test_our_count_of_a_p4p_server():
    environment = private_environment()
    server = Process([sys.executable, str(ROOT / "bench/peers/p4p_server.py"), "20", "5"], environment)
    try:
        server.wait_for_line("iocRun", PATIENCE_S)
        counter = Counter(environment, 20, 3, "int32")
        try:
            counter.ask("measure")
            run_python(environment, WATCH, 20, 10, timeout=PATIENCE_S)  # meanwhile
            window = counter.ask("measured")
            server.type("stop")
            server.wait_for_line("stopped", PATIENCE_S)
            verdict = counter.ask("drain")
        finally:
            counter.process.stop()
    finally:
        server.stop()
    assert window["received"] >= 20 * 3 * 5
    assert {name: count for name, count in verdict.items() if name != "received"} == {
        "lost": 0, "repeated": 0, "misordered": 0, "wrong": 0, "silent": 0, "troubles": []}


# Watches all PVs until each has had `wanted` updates, and answers with the gaps.
WATCH = """
import queue
from p4p.client.thread import Context

pvs, wanted = int(sys.argv[1]), int(sys.argv[2])
context, got, last, counts, gaps = Context("pva"), queue.Queue(), {}, {}, []
kept = [context.monitor(f"BENCH{i:06}", lambda value, i=i: got.put((i, int(value))), request="record[queueSize=64]")
        for i in range(pvs)]
while len(counts) < pvs or min(counts.values()) < wanted:
    pv, value = got.get(timeout=30)
    if pv in last and value != last[pv] + 1:
        gaps.append((pv, last[pv], value))
    last[pv] = value
    counts[pv] = counts.get(pv, 0) + 1
answer(gaps)
"""


def test_p4ps_count_of_our_server_of_shared_pvs():
    environment = private_environment()
    server = Process([iochron_program(), "bench-server", "--kind", "sharedpv", "--pvs", "20", "--rate", "20"],
                     environment)
    try:
        server.wait_for_line("iocRun", PATIENCE_S)
        assert run_python(environment, WATCH, 20, 20, timeout=PATIENCE_S) == []
    finally:
        server.stop()
