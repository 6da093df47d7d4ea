"""Clients that go on watching records while a test does something to them, to the server or to other clients. Each
prints `NAME value` for every update, `NAME lost` when the channel is down, and ends with its input."""
import sys

from rig.process import Process

PRELUDE = """
import os, sys, threading
names = sys.argv[1:]
def show(name, what):
    print(f"{name} {what}", flush=True)
def end_with_input():
    sys.stdin.read()
    os._exit(0)
threading.Thread(target=end_with_input, daemon=True).start()
"""

AIOCA = """
import asyncio
from aioca import camonitor
def update(value, index):
    show(names[index], int(value) if value.ok else "lost")
async def main():
    subscriptions = camonitor(names, update, all_updates=True, notify_disconnect=True)
    await asyncio.Event().wait()
asyncio.run(main())
"""

PYEPICS = """
import epics
def update(pvname=None, value=None, **_):
    show(pvname, int(value))
def connection(pvname=None, conn=None, **_):
    if not conn:
        show(pvname, "lost")
pvs = [epics.PV(name, auto_monitor=True, callback=update, connection_callback=connection) for name in names]
threading.Event().wait()
"""

CAPROTO = """
from caproto.threading.client import Context
def state(pv, what):
    if what == "disconnected":
        show(pv.name, "lost")
def update(subscription, response):
    show(subscription.pv.name, int(response.data[0]))
context = Context()
pvs = context.get_pvs(*names, connection_state_callback=state)
subscriptions = [pv.subscribe() for pv in pvs]
for subscription in subscriptions:
    subscription.add_callback(update)
threading.Event().wait()
"""

CLIENTS = {"aioca": AIOCA, "pyepics": PYEPICS, "caproto": CAPROTO}


class Watcher:
    """One client process, watching records whose values count up by one. `close` ends it."""

    def __init__(self, client, environment, *names):
        self.process = Process([sys.executable, "-c", PRELUDE + CLIENTS[client], *names], environment)
        self.names = names

    def _seen(self, name):
        return [line.split()[1] for line in self.process.output.splitlines() if line.startswith(name + " ")]

    def values(self, name):
        """The values of each time that the channel was up: a list of lists of int."""
        runs = [[]]
        for what in self._seen(name):
            if what == "lost":
                runs.append([])
            else:
                runs[-1].append(int(what))
        return [run for run in runs if run]

    def wait_for_updates(self, name, count, timeout=60):
        """Waits until this many more updates of a record have come."""
        index = len(self.process.lines) - 1
        for _ in range(count):
            index = self.process.wait_for_line(f"{name} ", timeout, after=index + 1)

    def wait_for_lost(self, name, timeout=60):
        self.process.wait_for_line(f"{name} lost", timeout)

    def close(self):
        return self.process.stop()
