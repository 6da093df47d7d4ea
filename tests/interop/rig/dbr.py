"""The payloads of Channel Access by DBR type 0 to 38, taken apart. Padding, and what lies behind the NUL of a text, is
left out: base sends there whatever was in memory."""
import struct

STRING, SHORT, FLOAT, ENUM, CHAR, LONG, DOUBLE = range(7)
STSACK, CLASS_NAME, TYPES = 37, 38, 39
NAMES = ["STRING", "SHORT", "FLOAT", "ENUM", "CHAR", "LONG", "DOUBLE"]
FAMILIES = ["", "STS_", "TIME_", "GR_", "CTRL_"]
CODES = "shfHBid"
SIZES = [40, 2, 4, 2, 1, 4, 8]
# Where the value begins, by family and type.
OFFSETS = [[0] * 7, [4, 4, 4, 4, 5, 4, 8], [12, 14, 12, 14, 15, 12, 16], [4, 24, 40, 422, 19, 36, 64],
           [4, 28, 48, 422, 21, 44, 80]]


def name(dbr):
    """DBR_CTRL_DOUBLE for 34."""
    return "DBR_" + (FAMILIES[dbr // 7] + NAMES[dbr % 7] if dbr < 35 else ["PUT_ACKT", "PUT_ACKS", "STSACK_STRING",
                                                                         "CLASS_NAME"][dbr - 35])


def text(data):
    return data.split(b"\0", 1)[0]


def _texts(data, count):
    return [text(data[at * 40:at * 40 + 40]) for at in range(count)]


def _limits(kind, family, data):
    if kind == ENUM:
        count = struct.unpack_from(">H", data, 4)[0]
        return [text(data[6 + 26 * at:32 + 26 * at]) for at in range(min(count, 16))]
    numbers = 6 if family == 3 else 8
    if kind in (FLOAT, DOUBLE):
        return [struct.unpack_from(">h", data, 4)[0], text(data[8:16]),
                struct.unpack_from(f">{numbers}{CODES[kind]}", data, 16)]
    return [text(data[4:12]), struct.unpack_from(f">{numbers}{CODES[kind]}", data, 12)]


def decode(dbr, count, data):
    """{"value": ..., "alarm": ..., "stamp": ..., "limits": ...}, with what the type has. Numbers are compared as bytes
    are: NaN as "nan"."""
    if dbr == STSACK:
        return {"alarm": struct.unpack_from(">4H", data), "value": _texts(data[8:], count)}
    if dbr == CLASS_NAME:
        return {"value": _texts(data, count)}
    family, kind = divmod(dbr, 7)
    found = {}
    if family:
        found["alarm"] = struct.unpack_from(">2h", data)
    if family == 2:
        found["stamp"] = data[4:12]
    if family > 2 and kind != STRING:
        found["limits"] = repr(_limits(kind, family, data))
    rest = data[OFFSETS[family][kind]:]
    if kind == STRING:
        found["value"] = _texts(rest, count)
    else:
        found["value"] = [repr(v) for v in struct.unpack_from(f">{count}{CODES[kind]}", rest)]
    return found


def encode(dbr, values):
    """What a put of plain type, or an acknowledgement (35, 36), carries, padded to 8 bytes."""
    dbr = SHORT if dbr in (35, 36) else dbr
    if dbr == STRING:
        data = b"".join(v.encode("latin-1")[:39].ljust(40, b"\0") for v in values)
    else:
        data = struct.pack(f">{len(values)}{CODES[dbr]}", *values)
    return data + bytes(-len(data) % 8)
