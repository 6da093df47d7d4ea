"""Clients that never read what they have subscribed to: what waits for them stays little, and nobody else notices."""
import re
import time

from rig import dbr
from rig.crowd import count_up

RECORDS = 2000
CLIENTS = 5
DATABASE = "".join(
    f'record(calc, "C:{n}") {{ field(INPA, "C:{n} NPP NMS") field(CALC, "A+1") field(SCAN, ".1 second") }}\n'
    for n in range(RECORDS))
UPDATE_BYTES, TICKS_KEPT = 40, 25  # of DBR_TIME_LONG with its header; two seconds, and a little
MOST_BYTES = RECORDS * UPDATE_BYTES * TICKS_KEPT
LINE = re.compile(r"(\d+) bytes wait(, paused)?(, behind)?, (\d+) coalesced")


def circuits(server):
    """[(bytes that wait, behind, coalesced)] of all that have 2,000 subscriptions, by the shell's report."""
    at = len(server.process.lines)
    server.process.type("casr 1")
    server.process.type("echo end-of-report")
    end = server.process.wait_for_line("end-of-report", after=at)
    lines = [line for line in server.process.lines[at:end] if f"{RECORDS} subscriptions," in line and "bytes wait" in line]
    return [(int(found[1]), bool(found[3]), int(found[4])) for found in map(LINE.search, lines)]


def test_what_waits_for_clients_that_never_read_stays_little(iochron_ioc, connect, watch):
    server = iochron_ioc(DATABASE)
    other = watch("aioca", server.environment, "C:0", "C:1999")
    other.wait_for_updates("C:1999", 2)
    unread = []
    for _ in range(CLIENTS):
        circuit = connect(server)
        for channel in circuit.create([f"C:{n}" for n in range(RECORDS)]):
            circuit.subscribe(channel, 14 + dbr.LONG, 1, 1)
        circuit.send()
        unread.append(circuit)
    most, coalesced = 0, [0]
    deadline = time.monotonic() + 60
    while min(coalesced) < 20 * RECORDS:
        assert time.monotonic() < deadline and most < MOST_BYTES, f"{most} bytes wait, {coalesced} updates were skipped"
        server.process.wait_for_news(0.2)
        report = circuits(server)
        assert len(report) == CLIENTS
        most = max(most, *(waiting for waiting, _, _ in report))
        coalesced = [count for _, _, count in report]
    assert most < MOST_BYTES
    for name in ("C:0", "C:1999"):
        (run,) = other.values(name)
        assert count_up(run)
    reached = other.values("C:0")[-1][-1]
    for circuit in unread:  # it reads at last, and the newest of all has come
        newest = dict.fromkeys(range(RECORDS), 0)
        while min(newest.values()) < reached:
            circuit.read_events()
            for number, _, _, _, payload in circuit.events:
                value = int.from_bytes(payload[12:16], "big")
                assert value > newest[number], "an update came twice or out of order"
                newest[number] = value
            circuit.events.clear()
