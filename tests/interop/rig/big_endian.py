"""A pvAccess client and a server of a few messages that speak big-endian, as hosts of that order do. They read what comes
in whatever order each message says it has."""
import socket
import struct
import threading

BIG = 0x80
ANYTHING = b"\x80\x00\x00"  # a pvRequest for all fields: a structure without any


def text(words):
    data = words.encode()
    return bytes([len(data)]) + data


class BigEndianClient:
    """One connection and one channel."""

    def __init__(self, port, name):
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=20)
        self.asked = self.read(0x01)  # CONNECTION_VALIDATION, after the byte order
        self.send(0x01, struct.pack(">IHH", 0x7FFF, 0x7FFF, 0) + text("anonymous") + b"\xff")
        self.read(0x09)
        self.send(0x07, struct.pack(">HI", 1, 77) + text(name))
        order, answer = self.read(0x07)
        cid, self.sid, status = struct.unpack(order + "IIB", answer[:9])
        assert (cid, status) == (77, 0xFF), answer

    def close(self):
        self._socket.close()

    def send(self, command, payload):
        self.send_raw(struct.pack(">BBBBI", 0xCA, 2, BIG, command, len(payload)) + payload)

    def send_raw(self, data):
        self._socket.sendall(data)

    def _exactly(self, count):
        data = b""
        while len(data) < count:
            some = self._socket.recv(count - len(data))
            assert some, "the server has closed the connection"
            data += some
        return data

    def read(self, command):
        """The next message of this command: its byte order as struct spells it, and its payload."""
        while True:
            head = self._exactly(8)
            order = ">" if head[2] & BIG else "<"
            size = struct.unpack(order + "I", head[4:])[0]
            if head[2] & 1:  # a control message has no payload
                continue
            payload = self._exactly(size)
            if head[3] == command:
                return order, payload

    def request(self, command, number, subcommand, payload=b""):
        self.send(command, struct.pack(">IIB", self.sid, number, subcommand) + payload)

    def answer(self, command, number):
        """Order, subcommand and what follows of an answer to a request."""
        order, payload = self.read(command)
        got, subcommand = struct.unpack(order + "IB", payload[:5])
        assert got == number
        return order, subcommand, payload[5:]


class BigEndianServer:
    """One PV, {number: double, counts: int[], name: string}: read, written and monitored. For one client at a time."""

    TYPE = (b"\x80" + text("") + b"\x03" + text("number") + b"\x43" + text("counts") + b"\x2a" + text("name") + b"\x60")

    def __init__(self, port, search_port, name):
        self.value = 2.5
        self._name, self._port = name, port
        self._udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._udp.bind(("127.0.0.1", search_port))
        self._tcp = socket.create_server(("127.0.0.1", port))
        for work in (self._searches, self._connections):
            threading.Thread(target=work, daemon=True).start()

    def close(self):
        self._udp.close()
        self._tcp.close()

    @staticmethod
    def _message(command, payload, flags=BIG | 0x40):
        return struct.pack(">BBBBI", 0xCA, 2, flags, command, len(payload)) + payload

    def _searches(self):
        while True:
            try:
                data, peer = self._udp.recvfrom(2048)
            except OSError:
                return
            order = ">" if data[2] & BIG else "<"
            wanted = text(self._name)
            if data[3] == 3 and wanted in data:
                sequence = struct.unpack(order + "I", data[8:12])[0]
                cid = struct.unpack(order + "I", data[data.index(wanted) - 4:data.index(wanted)])[0]
                answer = (b"G" * 12 + struct.pack(">I", sequence) + b"\0" * 10 + b"\xff\xff" + socket.inet_aton("127.0.0.1")
                          + struct.pack(">H", self._port) + text("tcp") + b"\x01" + struct.pack(">HI", 1, cid))
                reply_port = struct.unpack(order + "H", data[32:34])[0]
                self._udp.sendto(self._message(4, answer), ("127.0.0.1", reply_port or peer[1]))

    def _connections(self):
        while True:
            try:
                connection, _ = self._tcp.accept()
            except OSError:
                return
            with connection:
                try:
                    self._serve(connection)
                except (AssertionError, ConnectionError):
                    pass

    def _serve(self, connection):
        reader = connection.makefile("rb")
        connection.sendall(struct.pack(">BBBBI", 0xCA, 2, BIG | 0x41, 2, 0))
        connection.sendall(self._message(1, struct.pack(">IHB", 0x7FFF, 0x7FFF, 1) + text("anonymous")))
        while head := reader.read(8):
            order = ">" if head[2] & BIG else "<"
            payload = b"" if head[2] & 1 else reader.read(struct.unpack(order + "I", head[4:])[0])
            for command, answer in self._answers(head[3], order, payload):
                connection.sendall(self._message(command, answer))

    def _whole(self):
        return (b"\x01\x0e" + struct.pack(">d", self.value) + b"\x03" + struct.pack(">3i", 1, -2, 2 ** 31 - 1)
                + text("big"))

    def _answers(self, command, order, payload):
        if command == 1:
            return [(9, b"\xff")]
        if command == 7:
            return [(7, struct.pack(">II", struct.unpack(order + "I", payload[2:6])[0], 3) + b"\xff")]
        if command == 17:
            return [(17, struct.pack(">I", struct.unpack(order + "I", payload[4:8])[0]) + b"\xff" + self.TYPE)]
        if command not in (10, 11, 13):
            return []
        request, subcommand = struct.unpack(order + "IB", payload[4:9])
        begin = struct.pack(">IB", request, subcommand)
        if subcommand & 0x08:
            return [(command, begin + b"\xff" + self.TYPE)]
        if command == 13:
            return [(13, struct.pack(">IB", request, 0) + self._whole() + b"\x00")] if subcommand & 0x40 else []
        if command == 11 and not subcommand & 0x40:
            assert payload[9:11] == b"\x01\x02", "the number alone is written"
            self.value = struct.unpack(order + "d", payload[11:19])[0]
            return [(11, begin + b"\xff")]
        return [(command, begin + b"\xff" + self._whole())]
