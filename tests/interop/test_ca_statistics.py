"""The figures of casr: of each circuit and subscription, and the same as in the registry of counters."""
import re

from rig import dbr

DATABASE = """
record(longout, "A") { }
record(longout, "B") { }
"""


def shell(server, command, end):
    """The lines that a command of the shell prints, up to the one that starts with `end`."""
    at = len(server.process.lines)
    server.process.type(command)
    server.process.type("echo end-of-command")
    last = server.process.wait_for_line("end-of-command", after=at)
    return [line for line in server.process.lines[at:last] if not line.startswith(end)]


def counters(server):
    found = (re.fullmatch(r"ca\.server\.(\w+) +(\d+)", line.strip()) for line in shell(server, "counters", "end of"))
    return {each[1]: int(each[2]) for each in found if each}


def numbers(line):
    return [int(number) for number in re.findall(r"\d+", line)]


def test_casr_tells_what_the_counters_hold_and_what_happened(iochron_ioc, connect):
    server = iochron_ioc(DATABASE)
    watching, writing = connect(server), connect(server)
    a, b = watching.create(["A", "B"])
    for channel in (a, a, b):
        watching.subscribe(channel, 14 + dbr.LONG, 1, 1)
    watching.send()
    put, = writing.create(["A"])
    for value in range(1, 11):
        writing.ask_write(put, dbr.LONG, [value])
    writing.send()
    writing.answers(10)
    while len(watching.events) < 23:  # three first values, and ten for two
        watching.read_events()
    whole, figures, *rest = shell(server, "casr 2", "echo")
    held = counters(server)
    assert numbers(whole)[1:] == [2, 3, 3] == [held[name] for name in ("circuits", "channels", "subscriptions")]
    assert numbers(figures) == [held[name] for name in ("updates", "posted", "coalesced", "paused", "dropped", "malformed",
                                                        "searches", "found")]
    assert held["posted"] == 23 and held["coalesced"] == held["paused"] == held["malformed"] == 0
    circuits = [line for line in rest if "rig@here (4.13, priority 0)" in line]
    assert len(circuits) == 2
    assert "2 channels, 3 subscriptions, 23 updates, 0 bytes wait, 0 coalesced, 0 paused" in "".join(circuits)
    assert "1 channels, 0 subscriptions, 0 updates, 0 bytes wait" in "".join(circuits)
    assert sorted(line.strip() for line in rest if "delivered" in line) == [
        "A (id 0): 11 delivered, 0 superseded", "A (id 1): 11 delivered, 0 superseded",
        "B (id 2): 1 delivered, 0 superseded"]
    watching.close()
    writing.close()
    server.wait_for_clients(circuits=0, channels=0, subscriptions=0)
