"""Many circuits at once in one process, each with one subscription to a record that counts up."""
import resource
import selectors
import socket
import struct

from rig import dbr
from rig.circuit import Circuit

SPARE_DESCRIPTORS = 200


def raise_descriptors(wanted):
    """Whether this process, and those that it starts from now on, may have so many descriptors open."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted += SPARE_DESCRIPTORS
    if hard != resource.RLIM_INFINITY and hard < wanted:
        return False
    if soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    return True


def reset(circuit):
    """Closes it as a process does that crashes with data unread: by a reset."""
    circuit.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    circuit.close()


class Crowd:
    """Circuits that watch one record; `runs` holds the values of each."""

    def __init__(self, circuits):
        self.circuits = circuits
        self.runs = [[] for _ in self.circuits]
        self._selector = selectors.DefaultSelector()

    def subscribe(self, name):
        for number, circuit in enumerate(self.circuits):
            channel, = circuit.create([name])
            circuit.subscribe(channel, dbr.LONG, 1, 1)
            circuit.send()
            self._selector.register(circuit.socket, selectors.EVENT_READ, number)

    def read_until(self, count, timeout=60):
        """Until each circuit has that many updates."""
        behind = {number for number, run in enumerate(self.runs) if len(run) < count}
        while behind:
            ready = self._selector.select(timeout)
            assert ready, f"{len(behind)} circuits have fewer than {count} updates, and nothing comes"
            for key, _ in ready:
                circuit, run = self.circuits[key.data], self.runs[key.data]
                circuit.read_events()
                run += [int.from_bytes(payload[:4], "big", signed=True) for *_, payload in circuit.events]
                circuit.events.clear()
                if len(run) >= count:
                    behind.discard(key.data)

    def close(self, how=Circuit.close):
        self._selector.close()
        for circuit in self.circuits:
            how(circuit)


def count_up(run):
    """Whether no value is missing, none comes twice and all are in order."""
    return bool(run) and run == list(range(run[0], run[0] + len(run)))
