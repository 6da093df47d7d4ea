"""Subscriptions that begin and end while their records tick, and updates that come by the thousand at once."""
import threading

import pytest

from rig import dbr
from rig.crowd import count_up

RECORDS = 200
TICKING = "".join(
    f'record(calc, "C:{n}") {{ field(INPA, "C:{n} NPP NMS") field(CALC, "A+1") field(SCAN, ".1 second") }}\n'
    for n in range(RECORDS))
BURST = 1000


def read_runs(circuit, runs, done):
    """Adds values to `runs`, which knows the subscriptions of interest, until done(runs)."""
    while not done(runs):
        circuit.read_events()
        for number, _, _, _, payload in circuit.events:
            if payload and number in runs:
                runs[number].append(int.from_bytes(payload[:4], "big", signed=True))
        circuit.events.clear()


def test_ten_thousand_subscriptions_made_while_records_tick(iochron_ioc, connect):
    """Twenty times 500, two and a half to a record, each until three updates have followed the first value. They are
    sent in pieces, so that ticks fall between those too."""
    circuit = connect(iochron_ioc(TICKING))
    channels = circuit.create([f"C:{n}" for n in range(RECORDS)])
    for _ in range(20):
        first = len(circuit.subscriptions)
        runs = {first + n: [] for n in range(500)}
        for n in range(500):
            circuit.subscribe(channels[n % RECORDS], dbr.LONG, 1, 1)
            if n % 50 == 49:
                circuit.send()
        read_runs(circuit, runs, lambda runs: all(len(run) >= 4 for run in runs.values()))
        assert [number for number, run in runs.items() if not count_up(run)] == []
        for number in runs:
            circuit.unsubscribe(number)
        circuit.send()
    assert circuit.errors == []


def test_subscriptions_that_follow_one_another_overlap_in_what_they_see(iochron_ioc, connect):
    """One subscription of a record stays; each of 500 others that come and go sees a part of what that one sees."""
    circuit = connect(iochron_ioc(TICKING))
    channel, = circuit.create(["C:0"])
    circuit.subscribe(channel, dbr.LONG, 1, 1)
    runs = {0: []}
    for _ in range(10):
        for _ in range(50):
            circuit.subscribe(channel, dbr.LONG, 1, 1)
            runs[len(circuit.subscriptions) - 1] = []
            circuit.send()
        read_runs(circuit, runs, lambda runs: all(runs.values()))
        reached = runs[0][-1]
        read_runs(circuit, runs, lambda runs, at=reached: runs[0][-1] > at)
        for number in range(len(circuit.subscriptions) - 50, len(circuit.subscriptions)):
            circuit.unsubscribe(number)
        circuit.send()
    assert all(count_up(run) for run in runs.values())
    assert set().union(*(runs[number] for number in runs if number)) <= {*runs[0], runs[0][-1] + 1}


@pytest.mark.parametrize("kind,values", [
    ("longout", list(range(1, BURST + 1))), ("stringout", [f"text {n}" for n in range(BURST)]),
    ("waveform", [[n] * 100 for n in range(BURST)])])
def test_a_burst_of_a_thousand_updates_comes_whole(iochron_ioc, connect, kind, values):
    """Written in one go, and seen by ten circuits at once. Base keeps the last text or array alone of those that wait."""
    more = 'field(FTVL, "LONG") field(NELM, "100")' if kind == "waveform" else ""
    server = iochron_ioc(f'record({kind}, "B") {{ {more} }}')
    dbr_type = dbr.STRING if kind == "stringout" else dbr.LONG
    watching, seen = [connect(server) for _ in range(10)], {}
    for circuit in watching:
        channel, = circuit.create(["B"])
        circuit.subscribe(channel, dbr_type, 0, 1)
        circuit.send()
        assert circuit.message() is None  # the first value
        circuit.events.clear()

    def watch(number, circuit):
        while len(circuit.events) < BURST:
            circuit.read_events()
        seen[number] = [dbr.decode(dbr_type, count, payload)["value"] for _, _, count, _, payload in circuit.events]

    threads = [threading.Thread(target=watch, args=each) for each in enumerate(watching)]
    for thread in threads:
        thread.start()
    writer = connect(server)
    channel, = writer.create(["B"])
    lists = [value if isinstance(value, list) else [value] for value in values]
    for each in lists:
        writer.ask_write(channel, dbr_type, each, notify=False)
    writer.send()
    for thread in threads:
        thread.join()
    wanted = [[repr(v) if dbr_type == dbr.LONG else v.encode() for v in each] for each in lists]
    assert [number for number in range(10) if seen.get(number) != wanted] == []
