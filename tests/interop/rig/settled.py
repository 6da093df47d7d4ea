"""All that Channel Access shows of a few records, in base's IOC and in ours, once what a step has caused is over.

Nobody tells when an IOC has nothing left to do. So rounds are made, each with a put to a record whose CP link makes another
process, until a round brings nothing new: then what waited in the queues before has been done. Where the two IOCs differ
after that, they get more time before the difference counts."""
import time

from rig import dbr
from rig.circuit import EVENT_ADD, READ_NOTIFY, WRITE_NOTIFY, Circuit

FENCE = 'record(longout, "FENCE") { }\nrecord(calc, "FENCE:CP") { field(INPA, "FENCE CP") field(CALC, "A") }\n'
PER_CIRCUIT = 29  # softIoc's rings hold 36 subscriptions; that of FENCE:CP is one
ALL_MASKS = 15
LONGEST = 4  # s
FLAGS = (".DISP", ".TPRO", ".UDF", ".RPRO", ".PUTF")


def readable(family, kind, count, payload):
    """Alarm and value as bytes, without time stamp, padding and what lies behind the end of a text."""
    start = dbr.OFFSETS[family][kind]
    value = payload[start:start + count * dbr.SIZES[kind]]
    if kind == dbr.STRING:
        value = tuple(value[at:at + 40].split(b"\0")[0] for at in range(0, len(value), 40))
    return (payload[:4] if family else b"", kind, value)


def told(what):
    if isinstance(what, tuple) and len(what) == 3 and isinstance(what[0], bytes):
        alarm, kind, value = what
        if kind != dbr.STRING:
            value = dbr.decode(kind, len(value) // dbr.SIZES[kind], value)["value"] if kind != dbr.CHAR else value
        return f"{list(alarm[1::2])}{value}" if alarm else str(value)
    return str(what)


class Asking(Circuit):
    """A circuit whose answers are taken by the id of the request."""

    def __init__(self, port):
        super().__init__(port)
        self.done = {}

    def read(self, channel, kind, count):
        self.ask_read(channel, kind, count)
        return self._next_ioid

    def write(self, channel, kind, values, notify):
        self.ask_write(channel, kind, values, notify)
        return self._next_ioid

    def wait(self, ids):
        missing = {each for each in ids if each not in self.done}
        while missing:
            message = self.message()
            if message is not None and message[0] in (READ_NOTIFY, WRITE_NOTIFY):
                self.done[message[4]] = message[1:4] + message[5:]
                missing.discard(message[4])


class Side:
    """One of the two servers."""

    def __init__(self, server):
        self.server, self.port = server, int(server.environment["EPICS_CA_SERVER_PORT"])
        self.python = "epicscorelibs.ioc" in server.process.arguments  # whose shell is Python's
        self.fences, self.circuits, self.control, self.posts = 0, [], None, 0

    def look_at(self, cell, extra_masks):
        self.close()
        self.control = Asking(self.port)
        self.fence, = self.control.create(["FENCE"])
        self.channels = dict(zip(cell.names, self.control.create([cell.name + name for name in cell.names])))
        here = [name for name in cell.names if self.channels[name].sid is not None]
        self.read = [name for name in here if not name.endswith(".TIME")]
        wanted = list(extra_masks) + [(name, ALL_MASKS) for name in here]
        for at in range(0, len(wanted), PER_CIRCUIT):
            circuit = Circuit(self.port)
            circuit.labels = ["FENCE:CP"] + wanted[at:at + PER_CIRCUIT]
            fence, *channels = circuit.create(["FENCE:CP"] + [cell.name + name for name, _ in circuit.labels[1:]])
            circuit.subscribe(fence, dbr.DOUBLE, 1, 1)
            for channel, (_, mask) in zip(channels, circuit.labels[1:]):
                circuit.subscribe(channel, 14 + channel.type, 1 if channel.type == dbr.STRING else 0, mask)
            circuit.send()
            self.circuits.append(circuit)
        self.seen, self.order, self.waiting, self.state, self.stamps = {}, [], [], None, {}
        self.codes, self.plain, self.ordered = [], False, True

    def do(self, step):
        if step[0] == "post":
            self.posts += 1
            heard = len(self.server.process.lines)
            for line in f"postEvent {step[1]}", f"echo posted-{self.posts}":
                self.server.process.type(f"ioc('{line}')" if self.python else line)
            self.server.process.wait_for_line(f"posted-{self.posts}", after=heard)
            return
        _, name, kind, values, wait = step
        self.plain, self.ordered = not wait, kind not in (35, 36)  # an acknowledgement posts all fields, in any order
        channel = self.channels[name]
        if channel.sid is None:
            self.codes.append("no channel")
            return
        ioid = self.control.write(channel, kind, values, wait)
        if wait:
            self.waiting.append(ioid)
        self.control.send()

    def _round(self):
        """True: something was new."""
        self.fences += 1
        self.control.write(self.fence, dbr.LONG, [self.fences], False)
        self.control.send()
        new = False
        for at, circuit in enumerate(self.circuits):
            done = False
            while not done:
                if circuit.message() is None and circuit.events[-1][0] == 0:
                    done = dbr.decode(dbr.DOUBLE, 1, circuit.events[-1][4])["value"][0] == repr(float(self.fences))
            for number, kind, count, _, payload in circuit.events:
                if number:
                    new = True
                    label = circuit.labels[number]
                    self.seen.setdefault(label, []).append(readable(2, kind - 14, count, payload))
                    if at == 0:
                        self.order.append(label)
            circuit.events.clear()
        asked = [self.control.read(self.channels[name], self.channels[name].type,
                                   1 if self.channels[name].type == dbr.STRING else 0) for name in self.read]
        stamped = [name for name in self.read if name.endswith(".VAL")]
        times = [self.control.read(self.channels[name], 14 + self.channels[name].type, 1) for name in stamped]
        self.control.send()
        self.control.wait(asked + times)
        state = {}
        for name, ioid in zip(self.read, asked):
            kind, count, code, payload = self.control.done.pop(ioid)
            state[name] = readable(0, kind, count, payload) if code == 1 else f"ECA {code}"
        self.stamps = {name[0]: self.control.done.pop(ioid)[3][4:12] for name, ioid in zip(stamped, times)}
        new = new or state != self.state
        self.state = state
        return new

    def busy(self):
        return any(value[2] != b"\0" for name, value in self.state.items() if name.endswith(".PACT"))

    def settle(self, quick):
        """False: it goes on and on."""
        start = time.monotonic()
        self._round()
        while self._round() or not quick and (self.busy() or self._unanswered()):
            if time.monotonic() - start > LONGEST:
                return False
        return True

    def _unanswered(self):
        return [ioid for ioid in self.waiting if ioid not in self.control.done]

    def take(self):
        """What has come since: {(name, mask): updates}, their order, and the codes of the puts that were answered."""
        seen, order, codes = self.seen, self.order, self.codes
        answered = [ioid for ioid in self.waiting if ioid in self.control.done]
        self.waiting = self._unanswered()
        codes += [self.control.done.pop(ioid)[2] for ioid in answered]
        codes += [f"error {code}" for code in self.control.errors if not self.plain or code != 160]
        self.control.errors.clear()
        self.seen, self.order, self.codes = {}, [], []
        return seen, order, codes

    def close(self):
        for circuit in self.circuits:
            circuit.close()
        if self.control is not None:
            self.control.close()
        self.circuits, self.control = [], None


def same_message(base, ours):
    """Base keeps a message that has come twice, also when the alarm is over, and has none by CA links."""
    return base == ours or ours[2] == (b"",) and base[2] != (b"",) or base[2] == (b"(null)",)


def is_set(flag):
    """Base keeps any byte in a flag."""
    return flag[0], flag[2] != b"\0"


def same_value(name, base, ours):
    if name.endswith(FLAGS) and base and ours:
        return is_set(base) == is_set(ours)
    if name.endswith(("AMSG", "NAMSG")) and isinstance(base, tuple) and isinstance(ours, tuple):
        return same_message(base, ours)
    return base == ours


def same_updates(name, base, ours, one_pending):
    """Base keeps one pending text a subscription, so of texts that follow each other at once it may send the last alone,
    with the alarm of the first."""
    if base == ours:
        return True
    if name.endswith(FLAGS) and base and ours:
        return [is_set(each) for each in base] == [is_set(each) for each in ours]
    if name.endswith("AMSG") and len(base) == len(ours):
        return all(map(same_message, base, ours))
    texts = base and ours and (base[-1][1] == dbr.STRING or name in one_pending)
    return bool(texts) and len(base) < len(ours) and base[-1][2] == ours[-1][2]


def in_order(labels):
    """The fields in the order of their updates. That one field's subscriptions are served in another order is all the same,
    and base may have put texts together."""
    return [name for at, (name, _) in enumerate(labels) if at == 0 or labels[at - 1][0] != name]


class Settled:
    def __init__(self, base, ours):
        self.sides = Side(base), Side(ours)

    def look_at(self, cell):
        masks = [(f"{letter}.VAL", mask) for mask in (5, 1, 2, 4, 8) for letter in cell.types]
        # The first circuit tells the order. That of DBE_PROPERTY on the fields of one record means nothing.
        masks = [(f"{letter}.{field}", 7) for letter in cell.types for field in ("SEVR", "VAL")] + masks
        for side in self.sides:
            side.look_at(cell, list(dict.fromkeys(masks)))
        self.stamps = [{}, {}]
        # VAL of an mbbo may have another type than it was declared with, so base looks at it when it sends; arrays too.
        self.one_pending = {f"{letter}.VAL" for letter, kind in cell.types.items() if kind in ("mbbo", "waveform")}
        if not cell.early:
            self._begin_alike(cell)
        return self.compare(self.finish(quick=False))

    def _begin_alike(self, cell):
        """When base's CA links have come up is left to chance, and so is which alarms its records have seen by then."""
        self.finish(quick=False)
        for letter in cell.types:
            for name, kind, value in ((".VAL", 36, 3), (".PROC", dbr.LONG, 1), (".VAL", 36, 3)):
                for side in self.sides:
                    side.do(("put", letter + name, kind, [value], False))
                self.finish(quick=False)
        for side in self.sides:
            side.take()
        self.stamps = [dict(side.stamps) for side in self.sides]

    def step(self, step, quick=False, patience=0):
        for side in self.sides:
            side.do(step)
        if patience:
            time.sleep(patience)
        return self.compare(self.finish(quick))

    def finish(self, quick):
        return [side.settle(quick) for side in self.sides]

    def busy(self):
        return [side.busy() for side in self.sides]

    def compare(self, over):
        """[(what, base's, ours)]; None where base has not come to rest."""
        if not over[0]:
            return None
        taken = [side.take() for side in self.sides]
        self.refused = [side[2] for side in taken] == [[160], [160]]
        differing = self._differing(taken)
        for patience in (0.05, 0.4):
            if not differing:
                break
            time.sleep(patience)
            for side, (seen, order, codes) in zip(self.sides, taken):
                side.settle(quick=False)
                more, more_order, more_codes = side.take()
                for label, updates in more.items():
                    seen.setdefault(label, []).extend(updates)
                order += more_order
                codes += more_codes
            differing = self._differing(taken)
        if not over[1]:
            differing.append(("comes to rest", True, False))
        self.stamps = [dict(side.stamps) for side in self.sides]
        return differing

    def _differing(self, taken):
        (base, base_order, base_codes), (ours, our_order, our_codes) = taken
        differing = [("completions", base_codes, our_codes)] if base_codes != our_codes else []
        was, now = self.sides[0].state, self.sides[1].state
        differing += [(name, was.get(name), now.get(name)) for name in {**was, **now} 
                      if not same_value(name, was.get(name), now.get(name))]
        for label in sorted({*base, *ours}):
            pair = base.get(label, []), ours.get(label, [])
            if not same_updates(label[0], *pair, self.one_pending):
                differing.append((f"updates of {label[0]} mask {label[1]}", base.get(label), ours.get(label)))
        differing += self._stamps_differ()
        orders = in_order(base_order), in_order(our_order)
        if not differing and self.sides[0].ordered and len(base_order) == len(our_order) and orders[0] != orders[1]:
            differing.append(("order of updates", *orders))
        return differing

    def _stamps_differ(self):
        """Stamps of this step: which are new, and which are those of another record."""
        base, ours = (side.stamps for side in self.sides)
        found = []
        for name in base:
            new = [self.stamps[at].get(name) != side.stamps.get(name) for at, side in enumerate(self.sides)]
            if new[0] != new[1]:
                found.append((f"{name} has a new time stamp", *new))
            alike = {other for other in base if base[other] == base[name]}
            if any(ours.get(other) != ours.get(name) for other in alike):
                found.append((f"{name}'s time stamp is that of", sorted(alike),
                              sorted(other for other in ours if ours[other] == ours.get(name))))
        return found

    def close(self):
        for side in self.sides:
            side.close()
