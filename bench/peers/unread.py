"""How late updates reach a client beside others that never read what they subscribed to.

One client watches all records; then so many more subscribe to all of them and never read. Prints its latencies (from
the record's time stamp to the callback) without and with those, for iochron and for softIoc.
"""

import argparse
import json
import pathlib
import subprocess
import sys
import tempfile
import threading
import time

from processes import Process, loopback_environment
from run import READY, Scenario, database

HERE = pathlib.Path(__file__).resolve().parent
sys.path.append(str(HERE.parents[1] / "tests" / "interop"))

from rig.circuit import Circuit  # noqa: E402

TIME_DOUBLE, VALUE, TIME_TO_FALL_BEHIND_S = 20, 1, 3


def subscribe_and_never_read(port, names):
    circuit = Circuit(port)
    for channel in circuit.create(names):
        circuit.subscribe(channel, TIME_DOUBLE, 1, VALUE)
    circuit.send()
    return circuit


def window(client, seconds):
    client.tell("measure")
    client.expect("{")
    time.sleep(seconds)
    client.tell("measured")
    return json.loads(client.expect("{"))


def measure(command, options):
    environment = loopback_environment()
    names = [f"BENCH{number:06}" for number in range(options.pvs)]
    watch = [options.iochron, "bench-client", "--pvs", str(options.pvs), "--monitors", "1"]
    with Process(command, 0, environment, subprocess.STDOUT) as server:
        server.expect(READY)
        threading.Thread(target=lambda: [None for _ in server.child.stdout], daemon=True).start()
        with Process(watch, 1, environment) as client:
            client.expect("ready")
            alone = window(client, options.seconds)
            port = int(environment["EPICS_CA_SERVER_PORT"])
            unread = [subscribe_and_never_read(port, names) for _ in range(options.unread)]
            time.sleep(TIME_TO_FALL_BEHIND_S)
            beside = window(client, options.seconds)
            for circuit in unread:
                circuit.close()
    return alone, beside


def in_words(seen):
    keys = [key for key in seen if key.endswith("_us")]
    return ", ".join(f"{key[:-3]} {seen[key]}" for key in keys) + f" us, lost {seen['lost']}"


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("-n", type=int, default=3, help="repetitions (3)")
    parser.add_argument("--pvs", type=int, default=1000)
    parser.add_argument("--unread", type=int, default=100, help="clients that never read (100)")
    parser.add_argument("--rate", type=float, default=10, help="of each record (10 Hz)")
    parser.add_argument("--seconds", type=float, default=3)
    parser.add_argument("--iochron", default=str(HERE.parents[1] / "build/release/bin/iochron"))
    parser.add_argument("--python", default=sys.executable, help="one that has epicscorelibs (this one)")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        file = pathlib.Path(folder) / "unread.db"
        file.write_text(database(Scenario("", options.pvs, 1, (), options.rate)))
        servers = {
            "iochron": [options.iochron, "ioc", "-d", str(file)],
            "softIoc": [options.python, "-m", "epicscorelibs.ioc", "-d", str(file)],
        }
        for turn in range(options.n):
            for name, command in servers.items():
                alone, beside = measure(command, options)
                print(f"{turn + 1} {name:8} alone:                {in_words(alone)}")
                print(f"{turn + 1} {name:8} beside {options.unread:4} unread:   {in_words(beside)}", flush=True)


if __name__ == "__main__":
    main()
