"""The same database in base's IOC and in ours, and the same requests to both, answer beside answer.

After each put a fence is put: a record that every circuit watches by its first subscription. Its update tells that all
updates which the put made have come, in both servers, so nothing here waits for a time to pass."""
from rig import dbr
from rig.circuit import Circuit

FENCE = 'record(longout, "FENCE") { }\n'
# softIoc has rings for 36 subscriptions; those of one circuit beyond that are sent in another order.
PER_CIRCUIT = 30
ALL_MASKS = 15


class Side:
    """One of the two servers, and the circuits of the cell that is looked at."""

    def __init__(self, server):
        self.port = int(server.environment["EPICS_CA_SERVER_PORT"])
        self.fences, self.circuits, self.stamps = 0, [], {}

    def look_at(self, cell, names, extra_masks):
        """Subscribes to names of a cell with all masks, and to `extra_masks`: (name, mask)."""
        self.close()
        self.control = Circuit(self.port)
        self.fence, = self.control.create(["FENCE"])
        self.circuits, self.channels, self.stamps = [], {}, {}
        wanted = [(name, ALL_MASKS) for name in names] + list(extra_masks)
        self.channels = dict(zip(names, self.control.create([cell + name for name in names])))
        for at in range(0, len(wanted), PER_CIRCUIT):
            circuit = Circuit(self.port)
            circuit.labels = ["FENCE"] + wanted[at:at + PER_CIRCUIT]
            fence, *channels = circuit.create(["FENCE"] + [cell + name for name, _ in circuit.labels[1:]])
            circuit.subscribe(fence, dbr.LONG, 1, 1)
            for channel, (_, mask) in zip(channels, circuit.labels[1:]):
                if channel.sid is not None:
                    circuit.subscribe(channel, 14 + channel.type, 1 if channel.type == dbr.STRING else 0, mask)
                else:
                    circuit.subscriptions.append(None)
            self.circuits.append(circuit)
            circuit.send()

    def ask(self, puts):
        """Sends puts of (name, DBR type, values), and a fence behind them."""
        for name, kind, values in puts:
            self.control.ask_write(self.channels[name], kind, values)
        self.fences += 1
        self.control.ask_write(self.fence, dbr.LONG, [self.fences], notify=False)
        self.control.send()
        self.asked = len(puts)

    def hear(self):
        """The ECA codes of the puts, and {(name, mask): updates} since the last time."""
        codes = [answer[2] for answer in self.control.answers(self.asked)]
        seen = {}
        for circuit in self.circuits:
            done = False
            while not done:
                done = any(e[0] == 0 and int.from_bytes(e[4][:4], "big", signed=True) >= self.fences
                           for e in circuit.events)
                if not done:
                    circuit.message()
            for number, kind, count, _, payload in circuit.events:
                if number:
                    seen.setdefault(circuit.labels[number], []).append(self.readable(kind, count, payload))
            circuit.events.clear()
        return codes, seen

    def readable(self, kind, count, payload):
        """An update with its time stamp told as: never, or the how manieth of the cell."""
        found = dbr.decode(kind, count, payload)
        if "stamp" in found:
            never = found["stamp"] == bytes(8)
            found["stamp"] = "never" if never else self.stamps.setdefault(found["stamp"], len(self.stamps))
            found.pop("stamp") if not never else None
        return found

    def close(self):
        for circuit in self.circuits:
            circuit.close()
        if self.circuits:
            self.control.close()
        self.circuits = []


def same(base, ours, one_pending=False):
    """Base keeps one pending text a subscription, so of texts that follow each other at once it may send the last alone,
    with the alarm of the first; ours come all. With `one_pending` it does so with this field too."""
    if base == ours:
        return True
    texts = base and base[-1]["value"] and (one_pending or isinstance(base[-1]["value"][0], bytes))
    return bool(texts) and len(base) < len(ours) and base[-1]["value"] == ours[-1]["value"]


class Pair:
    def __init__(self, base, ours, one_pending=()):
        """`one_pending`: names of numbers of which base keeps one update pending, as it does of texts."""
        self.base, self.ours, self.one_pending = Side(base), Side(ours), one_pending

    def look_at(self, cell, names, extra_masks):
        for side in self.base, self.ours:
            side.look_at(cell, names, extra_masks)
        self.step([])

    def step(self, puts):
        """[(what, base's answer, ours)] where they differ."""
        for side in self.base, self.ours:
            side.ask(puts)
        base_codes, base = self.base.hear()
        our_codes, ours = self.ours.hear()
        self.codes = base_codes
        differing = [("completion", base_codes, our_codes)] if base_codes != our_codes else []
        for label in sorted({*base, *ours}):
            if not same(base.get(label, []), ours.get(label, []), label[0] in self.one_pending):
                differing.append((f"updates of {label[0]} mask {label[1]}", base.get(label), ours.get(label)))
        return differing

    def close(self):
        self.base.close()
        self.ours.close()
