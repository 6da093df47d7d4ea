#!/usr/bin/env python3
"""The same load on iochron and on a peer, side by side in one run: alternating, the server pinned to CPU 0 and the
client to CPU 1, several times over. Prints the median with (lowest..highest) of each, and their ratio. The peer is EPICS
base's softIoc; of scenarios that start with "pva" it is PVXS' softIocPVX, of "shared" a server in p4p.

Needs the Python package epicscorelibs, whose softIoc is started and against whose libca the counting client is built;
for pvAccess pvxslibs and p4p likewise. Everything stays on loopback, on ports that are free.
"""

import argparse
import json
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, field, replace

from processes import Process, loopback_environment

HERE = pathlib.Path(__file__).resolve().parent
READY = "iocRun: All initialization complete"


@dataclass(frozen=True)
class Scenario:
    about: str
    pvs: int
    monitors: int  # 0: connects, then gets one after the other
    shows: tuple
    rate_hz: float = 0  # of each record; 0: Passive
    clients: tuple = ("libca",)
    chain: str = ""  # "FLNK" or "PP": each of `pvs` is a chain of records, which that makes process
    peer: str = "softIoc"


RATE = ("updates/s", "updates per server CPU s", "server CPU %", "client CPU %", "lost")
BOTH = ("libca", "iochron")
PVA = ("own", "pvxs", "iochron", "p4p")
FEW = ("own", "pvxs", "iochron")  # of rows that are too much for a client in Python, but for "own"
OWN = {"iochron": "iochron", "softIoc": "libca", "softIocPVX": "p4p", "p4p": "p4p"}  # as in the published tables
SUBSCRIBED = ("subscribe s", "silent")
CHAINS = ("chains/s", "chains per server CPU s", "server CPU %")
SCENARIOS = {
    "fan100": Scenario("1,000 records x 100 monitors at 10 Hz", 1000, 100, RATE, 10, BOTH),
    "fan1000": Scenario("1,000 records x 1,000 monitors at 10 Hz", 1000, 1000, RATE, 10, BOTH),
    "wide": Scenario("100,000 records x 1 monitor at 10 Hz", 100_000, 1, RATE, 10, BOTH),
    "connect10k": Scenario("10,000 channels connected", 10_000, 0, ("connect s",)),
    "connect100k": Scenario("100,000 channels connected", 100_000, 0, ("connect s",)),
    "subscribe": Scenario("200,000 subscriptions to 100,000 records", 100_000, 2, ("subscribe s",)),
    "memory": Scenario("100,000 records with a monitor each", 100_000, 1, ("server MB", "server bytes/record")),
    "get": Scenario("one get after the other", 1, 0, ("get us",)),
    "chain": Scenario("10,000 chains of 10 records by FLNK, each reading the one before", 10_000, 0, CHAINS, 10,
                      ("caget",), "FLNK"),
    "chainpp": Scenario("10,000 chains of 10 records by input links with PP", 10_000, 0, CHAINS, 10,
                        ("caget",), "PP"),
    "pva": Scenario("1,000 records x 1 monitor at 10 Hz", 1000, 1, RATE, 10, PVA, peer="softIocPVX"),
    "pva10": Scenario("1,000 records x 10 monitors at 10 Hz", 1000, 10, RATE, 10, PVA, peer="softIocPVX"),
    "pva100": Scenario("1,000 records x 100 monitors at 10 Hz", 1000, 100, RATE, 10, FEW, peer="softIocPVX"),
    "pvasubscribe": Scenario("20,000 monitors of 1,000 records on one connection", 1000, 20, SUBSCRIBED, 0,
                             FEW[1:], peer="softIocPVX"),
    "shared": Scenario("100 SharedPVs x 10 monitors at 10 Hz", 100, 10, RATE, 10, PVA, peer="p4p"),
    "shared100": Scenario("100 SharedPVs x 100 monitors at 10 Hz", 100, 100, RATE, 10, FEW, peer="p4p"),
}
CHAIN_RECORDS = 10


@dataclass
class Setting:
    """What all runs share."""

    iochron: str
    python: str
    seconds: float
    counters: dict = field(default_factory=dict)  # the command of each peer's counting client


def chain(kind, number, scan):
    """A scanned record, and those that it makes process. The last of a chain tells how often it was gone through."""
    name = lambda at: f"BENCH{number:06}:{at}"
    last = CHAIN_RECORDS - 1
    for at in range(CHAIN_RECORDS):
        counts = at == last if kind == "FLNK" else at == 0
        calc = 'field(CALC, "B+A-A+1") field(INPB, "{}.VAL NPP")'.format(name(at)) if counts else 'field(CALC, "A+1")'
        if kind == "FLNK":
            links = f'field(INPA, "{name(at - 1)} NPP")' if at else scan
            links += f' field(FLNK, "{name(at + 1)}")' if at < last else ""
        else:
            links = f'field(INPA, "{name(at + 1)} PP")' if at < last else ""
            links += scan if at == 0 else ""
        yield f'record(calc, "{name(at)}") {{ {calc} {links} }}\n'


def database(scenario):
    period = f"{1 / scenario.rate_hz:g}".removeprefix("0") if scenario.rate_hz else ""
    scan = f'field(SCAN, "{period} second")' if period else ""
    if scenario.chain:
        return "".join(line for i in range(scenario.pvs) for line in chain(scenario.chain, i, scan))
    return "".join(
        f'record(calc, "BENCH{i:06}") {{ field(CALC, "A+1") field(INPA, "BENCH{i:06}.VAL NPP") {scan} }}\n'
        for i in range(scenario.pvs)
    )


def server_command(scenario, server, setting, file):
    if scenario.peer == "p4p":
        load = [str(scenario.pvs), str(scenario.rate_hz)]
        if server == "p4p":
            return [setting.python, str(HERE / "p4p_server.py"), *load]
        return [setting.iochron, "bench-server", "--kind", "sharedpv", "--pvs", load[0], "--rate", load[1]]
    program = {
        "iochron": [setting.iochron, "ioc"],
        "softIoc": [setting.python, "-m", "epicscorelibs.ioc"],
        "softIocPVX": [setting.python, "-m", "pvxslibs.ioc"],
    }
    return [*program[server], "-d", file]


def measured_by_peer(scenario, counter, setting, server, environment):
    command = [*counter, "BENCH", str(scenario.pvs), str(scenario.monitors), str(setting.seconds)]
    with Process(command, 1, environment) as client:
        client.expect("measuring")
        before, client_before = server.cpu_s(), client.cpu_s()
        seen = json.loads(client.expect("{"))
        used, client_used = server.cpu_s() - before, client.cpu_s() - client_before
        seconds = seen.pop("seconds")
        seen["server CPU %"] = used / seconds * 100
        seen["client CPU %"] = client_used / seconds * 100
        resident = server.resident_bytes()
        client.tell("")
    seen["server MB"] = resident / 1e6
    seen["server bytes/record"] = resident / scenario.pvs
    return seen


def measured_by_iochron(scenario, setting, server, environment):
    command = [setting.iochron, "bench-client", "--pvs", str(scenario.pvs), "--monitors", str(scenario.monitors)]
    command += ["--protocol", "ca" if scenario.peer == "softIoc" else "pva"]
    command += ["--number", "int32" if scenario.peer == "p4p" else "float64"]
    with Process(command, 1, environment) as client:
        subscribe_s = float(client.expect("ready").split()[1])
        client.tell("measure")
        client.expect("{")
        before, client_before = server.cpu_s(), client.cpu_s()
        try:
            server.child.wait(timeout=setting.seconds)
            raise RuntimeError(f"{' '.join(server.command)} has ended")
        except subprocess.TimeoutExpired:
            pass
        used, client_used = server.cpu_s() - before, client.cpu_s() - client_before
        client.tell("measured")
        window = json.loads(client.expect("{"))
    return {
        "subscribe s": subscribe_s,
        "silent": 0,
        "updates/s": window["received"] / window["seconds"],
        "lost": window["lost"],
        "server CPU %": used / window["seconds"] * 100,
        "client CPU %": client_used / window["seconds"] * 100,
    }


def measured_by_caget(scenario, setting, server, environment):
    """Reads how often some of the chains were gone through, before and after."""
    some = range(0, scenario.pvs, max(1, scenario.pvs // 50))
    counting = CHAIN_RECORDS - 1 if scenario.chain == "FLNK" else 0
    names = [f"BENCH{i:06}:{counting}" for i in some]
    caget = pathlib.Path(setting.iochron).with_name("compat") / "caget"

    def passes():
        read = subprocess.check_output([str(caget), "-t", "-w", "20", *names], text=True, env=environment)
        return sum(map(float, read.split())) / len(names)

    passes()
    time.sleep(1)  # the first passes
    start, before, cpu = time.monotonic(), passes(), server.cpu_s()
    time.sleep(setting.seconds)
    used, after, end = server.cpu_s() - cpu, passes(), time.monotonic()
    chains = (after - before) * scenario.pvs
    return {
        "chains/s": chains / (end - start),
        "chains per server CPU s": chains / used,
        "server CPU %": used / setting.seconds * 100,
    }


def run(scenario, server_name, client_name, setting, file):
    environment = loopback_environment()
    client_name = OWN[server_name] if client_name == "own" else client_name
    # softIoc says that it is ready on standard error.
    with Process(server_command(scenario, server_name, setting, file), 0, environment, subprocess.STDOUT) as server:
        server.expect(READY)
        # What the server says later is of no interest, but must be read.
        threading.Thread(target=lambda: [None for _ in server.child.stdout], daemon=True).start()
        if client_name in setting.counters:
            seen = measured_by_peer(scenario, setting.counters[client_name], setting, server, environment)
        else:
            measure = measured_by_caget if client_name == "caget" else measured_by_iochron
            seen = measure(scenario, setting, server, environment)
    if seen.get("server CPU %", 0) > 0 and "updates/s" in seen:
        seen["updates per server CPU s"] = seen["updates/s"] / seen["server CPU %"] * 100
    return seen


def build_counter(python, folder, name, libraries, package=""):
    """A counting client, against the headers and libraries of that Python's epicscorelibs, and of another package."""
    ask = "import epicscorelibs.path as p; print(p.include_path); print(p.lib_path)"
    include, where = subprocess.check_output([python, "-c", ask], text=True).split()
    wheres = [where]
    flags = [f"-I{include}{sub}" for sub in ("", "/os/Linux", "/compiler/gcc")]
    if package:
        ask = f"import os, {package} as p; print(os.path.dirname(p.__file__))"
        root = subprocess.check_output([python, "-c", ask], text=True).strip()
        flags += [f"-I{root}/include", "-D_GLIBCXX_USE_CXX11_ABI=0"]  # as manylinux wheels are built
        wheres.append(f"{root}/lib")
    program = str(pathlib.Path(folder) / name)
    subprocess.check_call(
        [os.environ.get("CXX", "g++"), "-O2", "-std=c++17", str(HERE / f"{name}.cpp"), "-o", program, *flags]
        + [flag for lib in wheres for flag in (f"-L{lib}", f"-Wl,-rpath,{lib}")]
        + [f"-l{library}" for library in libraries]
    )
    return [program]


def build_counters(python, folder, clients):
    """Of the peers' clients those that are needed."""
    counters = {"p4p": [python, str(HERE / "p4p_count.py")]}
    if "libca" in clients:
        counters["libca"] = build_counter(python, folder, "libca_count", ["ca", "Com", "pthread"])
    if "pvxs" in clients:
        counters["pvxs"] = build_counter(python, folder, "pvxs_count", ["pvxs", "Com", "pthread"], "pvxslibs")
    return counters


def number(value):
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"


def in_words(values):
    return f"{number(statistics.median(values))} ({number(min(values))}..{number(max(values))})"


def show(name, client, results):
    scenario = SCENARIOS[name]
    with_client = ", ".join(f"{server} with client {OWN[server]}" for server in results) if client == "own" else ""
    print(f"\n{name}: {scenario.about}, {with_client or 'client ' + client}")
    for what in scenario.shows:
        ours, base = ([seen[what] for seen in results[server] if what in seen] for server in ("iochron", scenario.peer))
        if not ours or not base:
            continue
        divisor = statistics.median(base)
        ratio = f"{statistics.median(ours) / divisor:.2f}" if divisor else "-"
        print(f"  {what:26} iochron {in_words(ours):36} {scenario.peer} {in_words(base):36} ratio {ratio}")
    sys.stdout.flush()


def compare(name, client, repetitions, setting, folder):
    scenario = SCENARIOS[name]
    file = pathlib.Path(folder) / f"{name}.db"
    file.write_text(database(scenario))
    servers = ["iochron", scenario.peer]
    results = {server: [] for server in servers}
    for turn in range(repetitions):
        for server in servers if turn % 2 == 0 else reversed(servers):
            results[server].append(run(scenario, server, client, setting, str(file)))
    show(name, client, results)
    return {"scenario": name, "client": client, "results": results}


def changed(scenario, options):
    """The scenario with the numbers that the options give."""
    given = {"pvs": options.pvs, "monitors": options.monitors, "rate_hz": options.rate}
    given = {name: value for name, value in given.items() if value is not None}
    if not given:
        return scenario
    scenario = replace(scenario, **given)
    about = f"{scenario.pvs:,} PVs x {scenario.monitors:,} monitors at {scenario.rate_hz:g} Hz"
    return replace(scenario, about=about)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("scenarios", nargs="*", metavar="SCENARIO", help=f"of {', '.join(SCENARIOS)} (all)")
    parser.add_argument("-n", type=int, default=3, help="repetitions (3)")
    parser.add_argument("--seconds", type=float, default=3, help="how long each run is measured (3)")
    parser.add_argument("--client", choices=sorted({*BOTH, *PVA}), help="only this client")
    for what, kind in (("pvs", int), ("monitors", int), ("rate", float)):
        parser.add_argument(f"--{what}", type=kind, help="in place of the scenario's own")
    parser.add_argument("--iochron", default=str(HERE.parents[1] / "build/release/bin/iochron"))
    parser.add_argument("--python", default=sys.executable, help="one that has epicscorelibs (this one)")
    parser.add_argument("--json", help="also write all figures to this file")
    options = parser.parse_args()
    unknown = set(options.scenarios) - set(SCENARIOS)
    if unknown or not shutil.which(options.iochron):
        parser.error(f"no scenario {', '.join(unknown)}" if unknown else f"{options.iochron} is not built")
    for name in options.scenarios:
        SCENARIOS[name] = changed(SCENARIOS[name], options)
    print(f"load of the machine before: {os.getloadavg()[0]:.1f} on {os.cpu_count()} CPUs")
    everything = []
    with tempfile.TemporaryDirectory() as folder:
        runs = [(name, client) for name in options.scenarios or SCENARIOS for client in SCENARIOS[name].clients
                if options.client in (None, client)]  # fmt: skip
        setting = Setting(options.iochron, options.python, options.seconds)
        clients = {client for _, client in runs} | {OWN[SCENARIOS[name].peer] for name, client in runs if client == "own"}
        setting.counters = build_counters(options.python, folder, clients)
        for name, client in runs:
            everything.append(compare(name, client, options.n, setting, folder))
    print(f"\nload of the machine after: {os.getloadavg()[0]:.1f}")
    if options.json:
        pathlib.Path(options.json).write_text(json.dumps(everything, indent=1))


if __name__ == "__main__":
    main()
