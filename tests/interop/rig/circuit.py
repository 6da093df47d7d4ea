"""A Channel Access circuit that sends what it is told to, and keeps what comes: no library between test and server."""
import socket
import struct

from rig import dbr

EVENT_ADD, EVENT_CANCEL, READ, WRITE, SEARCH, ERROR, CLEAR_CHANNEL = 1, 2, 3, 4, 6, 11, 12
READ_NOTIFY, CREATE_CHAN, WRITE_NOTIFY, CLIENT_NAME, HOST_NAME = 15, 18, 19, 20, 21
ACCESS_RIGHTS, ECHO, CREATE_CH_FAIL = 22, 23, 26
VERSION = 13
TIMEOUT = 20


def frame(command, kind=0, count=0, p1=0, p2=0, payload=b""):
    payload += bytes(-len(payload) % 8)
    if len(payload) < 0xFFFF and count < 0x10000:
        return struct.pack(">HHHHII", command, len(payload), kind, count, p1, p2) + payload
    return struct.pack(">HHHHIIII", command, 0xFFFF, kind, 0, p1, p2, len(payload), count) + payload


class Channel:
    """A channel of one circuit; `sid` is None where the server does not have the name."""

    def __init__(self, name):
        self.name, self.sid, self.type, self.count, self.rights = name, None, None, None, None

    @property
    def shape(self):
        return self.sid is not None, self.type, self.count, self.rights


class Circuit:
    """One connection. Channels and subscriptions are numbered from 0 in the order in which they are made."""

    def __init__(self, port, minor=VERSION, greet=True):
        self.socket = socket.create_connection(("127.0.0.1", port), TIMEOUT)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket.settimeout(TIMEOUT)
        self._in, self._out = bytearray(), bytearray()
        self.channels, self.subscriptions, self.events, self._next_ioid = [], [], [], 0
        self.errors = []
        self.minor = minor
        if greet:
            self._out += self.greeting()

    def greeting(self):
        return frame(0, 0, self.minor) + frame(CLIENT_NAME, payload=b"rig\0") + frame(HOST_NAME, payload=b"here\0")

    def send(self, data=b""):
        self.socket.sendall(self._out + data)
        self._out.clear()

    def close(self):
        self.socket.close()

    def _whole_message(self):
        """The next message of those that have come: command, type, count, p1, p2, payload; or None."""
        if len(self._in) < 16:
            return None
        command, size, kind, count, p1, p2 = struct.unpack_from(">HHHHII", self._in)
        start = 16
        if size == 0xFFFF and count == 0:
            if len(self._in) < 24:
                return None
            size, count = struct.unpack_from(">II", self._in, 16)
            start = 24
        if len(self._in) < start + size:
            return None
        payload = bytes(self._in[start:start + size])
        del self._in[:start + size]
        return command, kind, count, p1, p2, payload

    def receive(self):
        while (message := self._whole_message()) is None:
            data = self.socket.recv(1 << 18)
            if not data:
                raise ConnectionError("the server closed the circuit")
            self._in += data
        return message

    def read_events(self):
        """Takes what has come, and puts the updates of it in `events`; waits only where nothing has come."""
        data = self.socket.recv(1 << 18)
        if not data:
            raise ConnectionError("the server closed the circuit")
        self._in += data
        while (message := self._whole_message()) is not None:
            if message[0] == EVENT_ADD:
                self.events.append((message[4], message[1], message[2], message[3], message[5]))

    def message(self):
        """The next message that is no update and no error; those are kept in `events` and `errors`."""
        while True:
            command, kind, count, p1, p2, payload = self.receive()
            if command == EVENT_ADD:
                self.events.append((p2, kind, count, p1, payload))
                return None
            if command == ERROR:
                self.errors.append(p2)
            elif command != 0:
                return command, kind, count, p1, p2, payload

    def create(self, names):
        """Channels, once the server has answered for all of them."""
        first = len(self.channels)
        for name in names:
            self.channels.append(Channel(name))
            self._out += frame(CREATE_CHAN, 0, 0, len(self.channels) - 1, self.minor, name.encode() + b"\0")
        self.send()
        missing = len(names)
        while missing:
            got = self.message()
            if got is None:
                continue
            command, kind, count, p1, p2, _ = got
            if command == ACCESS_RIGHTS:
                self.channels[p1].rights = p2
            elif command == CREATE_CHAN:
                channel = self.channels[p1]
                channel.sid, channel.type, channel.count = p2, kind, count
                missing -= 1
            elif command == CREATE_CH_FAIL:
                missing -= 1
        return self.channels[first:]

    def ask_read(self, channel, kind, count):
        self._next_ioid += 1
        self._out += frame(READ_NOTIFY, kind, count, channel.sid, self._next_ioid)

    def ask_write(self, channel, kind, values, notify=True):
        self._next_ioid += 1
        self._out += frame(WRITE_NOTIFY if notify else WRITE, kind, len(values), channel.sid, self._next_ioid,
                           dbr.encode(kind, values))

    def subscribe(self, channel, kind, count, mask):
        self.subscriptions.append((channel, kind, mask))
        self._out += frame(EVENT_ADD, kind, count, channel.sid, len(self.subscriptions) - 1,
                           struct.pack(">fffHH", 0, 0, 0, mask, 0))

    def unsubscribe(self, number):
        """The confirmation comes as an update without a payload."""
        channel, kind, _ = self.subscriptions[number]
        self._out += frame(EVENT_CANCEL, kind, 1, channel.sid, number)

    def answers(self, count):
        """The answers to the last reads or writes, in the order in which those were asked for: (type, count, ECA
        code, payload)."""
        found = {}
        while len(found) < count:
            got = self.message()
            if got is not None and got[0] in (READ_NOTIFY, WRITE_NOTIFY):
                found[got[4]] = got[1:4] + got[5:]
        return [found[ioid] for ioid in sorted(found)]
