"""Random databases of a few records that lead to each other by all kinds of links, and random puts to them.

So that nothing goes round for ever, a cell has three groups, and what makes records process leads from a group to the
same one or to a later one. CP, CPP and CA, which do it later, lead from one group to a later one only."""
from rig import dbr, records

GROUPS = "SSLLLLTT"  # of the records A, B, C...
LETTERS = "ABCDEFGH"
EVENTS = ["1", "2", "go"]
SLOW = 0.3  # s that a slow record takes
SEVERITIES = ["NO_ALARM", "MINOR", "MAJOR", "INVALID"]
NUMBERS = [0, 0, 1, 1, 2, 3, 4, 5, 7, 9, 10, -1, -5, 20, 50, 70, 90, -70, 0.5, 2.25, 1e6]
TEXTS = ["", "0", "1", "2", "3.5", "on", "off", "two", "one", "zero", "text", "a longer text of some characters"]
# Where a link may lead, beside VAL.
PLACES = ["", "", "", "", "", ".VAL", ".SEVR", ".STAT", ".DESC", ".EGU", ".PREC", ".HIGH", ".A", ".LALM", ".VAL$", ".DESC$",
          ".NOWHERE", ".SCAN", ".NAME", ".UDF", ".AMSG", ".PACT", ".DISA", ".RVAL", ".ZNAM", ".INP", ".LCNT"]
WRITABLE = ["", "", "", "", "", "", ".VAL", ".PROC", ".A", ".DESC", ".HIGH", ".DISA", ".UDF", ".NOWHERE", ".HIHI", ".EGU"]
CONSTANTS = ["", "", "0", "1", "5", "-3.5", " 7 ", "1e1", "0x10", "012", "{const:3}", '{"const":4}', '{const:"text"}',
             '{const:[6,7]}', "[8,9]", "[]", '["x","y"]', "{const:", "[1,", '"quoted"', "@address", "NOT:THERE",
             "NOT:THERE.VAL PP MS", "2 PP"]
NOT_LOADED = ["{const:", "[1,", "@address", '"quoted"', "2 PP", '{const:"text"}', '["x","y"]', '{"const":4}', "NOT:THERE",
              "NOT:THERE.VAL PP MS"]
STEP = {"SCAN": ["Passive", "Passive", "Event"], "EVNT": EVENTS + ["", "x"], "PHAS": [0, 1, -1, 2], "PRIO": [0, 1, 2],
        "PINI": [0, 1, 2], "DISA": [0, 0, 0, 1], "DISV": [1, 1, 1, 0], "DISS": [0, 1, 2, 3], "DISP": [0, 0, 0, 1], "UDF": [0, 1],
        "UDFS": [0, 1, 2, 3], "ACKT": [0, 1], "SIMM": [0, 0, 1], "SIMS": [0, 1, 2, 3], "SSCN": [65535, 0, 1], "IVOA": [0, 1, 2],
        "OMSL": [0, 1], "OIF": [0, 1], "OOPT": [0, 1, 2, 3, 4, 5], "OOCH": [0, 1], "TSE": [0, 0, -2], "AFTC": [0],
        "PREC": [0, 1, 2, 3], "LINR": [0, 1, 2], "HYST": [0, 0, 2], "MDEL": [0, 0, -1, 3], "ADEL": [0, 0, -1, 3],
        "SDLY": [-1, -1, 0], "SMOO": [0, 0, 0.5], "ESLO": [1, 2], "EOFF": [0, 1], "AOFF": [0, 1], "ASLO": [0, 1, 2],
        "MPST": [0, 1], "APST": [0, 1], "CALC": ["VAL+1", "A", "A+B", "1", "A>3", "VAL", "1/0"], "UTAG": [0, 3], "NOBT": [0, 2, 4],
        "DRVH": [0, 50], "DRVL": [0, -50], "SHFT": [0, 1]}
# Not put: what depends on the time, prints, or ends with a difference that test_differential.py finds and explains.
LEFT_OUT = {"TPRO", "DTYP", "ASG", "NAME", "HIGH", "RTYP", "NELM", "FTVL", "MASK", "INIT", "ROFF", "LCNT", "RPRO", "PUTF",
            "PACT", "BKPT", "LSET", "SPVT", "DISP", "OLDSIMM", "AFTC"}
HEAD = {"ai": 'field(HIGH, "5") field(HSV, "MINOR") field(HIHI, "8") field(HHSV, "INVALID")',
        "calc": 'field(CALC, "VAL+1") field(HIGH, "6") field(HSV, "MAJOR")',
        "ao": 'field(HIGH, "5") field(HSV, "MAJOR") field(HIHI, "8") field(HHSV, "INVALID")',
        "longin": 'field(HIGH, "5") field(HSV, "MINOR") field(LOLO, "1") field(LLSV, "INVALID")',
        "longout": 'field(HIGH, "5") field(HSV, "MINOR")', "int64in": 'field(HIHI, "5") field(HHSV, "MINOR")',
        "int64out": 'field(HIHI, "9") field(HHSV, "INVALID")',
        "bi": 'field(ZNAM, "off") field(ONAM, "on") field(OSV, "MINOR")',
        "bo": 'field(ZNAM, "off") field(ONAM, "on") field(OSV, "INVALID")',
        "mbbi": 'field(ZRST, "zero") field(ONST, "one") field(TWST, "two") field(TWSV, "MAJOR") field(NOBT, "3")',
        "mbbo": 'field(ZRST, "zero") field(ONST, "one") field(TWST, "two") field(ONSV, "MINOR") field(NOBT, "3")',
        "stringin": "", "stringout": "", "waveform": 'field(FTVL, "DOUBLE") field(NELM, "3")'}
SHARE = {"calc": 4, "ai": 4, "ao": 4}


class Cell:
    """Some records of random types, their .db text, and puts to them; all by the seed."""

    def __init__(self, random, name, types=records.TYPES):
        self.random, self.name = random, name
        weights = [SHARE.get(kind, 2) for kind in types]
        self.types = dict(zip(LETTERS, random.choices(types, weights, k=len(GROUPS))))
        # In each group one record may be slow, which is not asked to wait for one of its own group.
        self.slow = {random.choice("AB"), random.choice("CDEF")}
        # Either all links are within the database, and records may process at iocInit; or some are CA links, which in base
        # hold what was posted last, so that nothing else leads from the first groups to those that such links are in.
        self.early = random.random() < 0.7
        self.devices = {letter: self._device(letter) for letter in LETTERS}
        self.text = "".join(self._record(letter) for letter in LETTERS)
        self.names = [f"{letter}.{field}{long}" for letter in LETTERS for field, (kind, _) in self.fields(letter).items()
                      if kind != "NOACCESS" or field == "VAL" for long in self._longs(kind)]

    @staticmethod
    def _longs(kind):
        return ["", "$"] if kind.endswith("LINK") else [""]

    def fields(self, letter):
        return records.fields(self.types[letter])

    def _device(self, letter):
        kind = self.types[letter]
        chance = self.random.random()
        if chance < 0.12 and kind in ("ai", "ao", "bi", "bo", "mbbi", "mbbo"):
            return "Raw Soft Channel"
        if chance < 0.25 and kind not in ("calc", "waveform"):
            return "Async Soft Channel"
        return ""

    def _record(self, letter):
        chosen = self.random
        known = self.fields(letter)
        lines = [HEAD[self.types[letter]]]
        if self.devices[letter]:
            lines.append(f'field(DTYP, "{self.devices[letter]}")')
        for field, (kind, _) in known.items():
            if kind.endswith("LINK") and chosen.random() < self._share(field):
                text = self.link(letter, field, loading=True)
                if text:
                    lines.append(f'field({field}, "{text}")' if text[0] not in "[{" else f"field({field}, {text})")
        if "OMSL" in known and chosen.random() < 0.5:
            lines.append('field(OMSL, "closed_loop")')
        if self.simulated(letter) and letter in self.slow and chosen.random() < 0.6:
            lines.append(f'field(SIMM, "YES") field(SDLY, "{SLOW}")')
        if chosen.random() < 0.2:
            lines.append(f'field(SCAN, "Event") field(EVNT, "{chosen.choice(EVENTS)}")')
        if self.early and chosen.random() < 0.4:
            lines.append('field(PINI, "YES")')
        if "MDEL" in known and chosen.random() < 0.3:
            lines.append('field(MDEL, "-1")')
        return f'record({self.types[letter]}, "{self.name}{letter}") {{ {" ".join(lines)} }}\n'

    def simulated(self, letter):
        """A waveform that cannot read SIOL shows NELM elements in base."""
        return "SIMM" in self.fields(letter) and self.types[letter] != "waveform"

    @staticmethod
    def _share(field):
        return {"INP": 0.8, "OUT": 0.8, "DOL": 0.6, "FLNK": 0.7, "INPA": 0.7, "INPB": 0.4, "SDIS": 0.2, "TSEL": 0.2,
                "SIOL": 0.4, "SIML": 0.15}.get(field, 0.03)

    def link(self, letter, field, loading=False):
        """The text of a link that may stand there."""
        chosen = self.random
        kind = self.fields(letter)[field][0]
        mine = GROUPS[LETTERS.index(letter)]
        if chosen.random() < (0.1 if loading else 0.35):
            constants = [text for text in CONSTANTS if text not in NOT_LOADED] if loading else CONSTANTS
            text = chosen.choice(constants)
            if loading and kind != "INLINK" and text[:1] in ("[", "{") or self.early and text.startswith("NOT:"):
                return ""
            return text
        waits = self.devices[letter].startswith("Async") and field in ("INP", "OUT")
        same = [at for at, group in zip(LETTERS, GROUPS) if group == mine and not (waits or loading and at == letter)]
        later = [at for at, group in zip(LETTERS, GROUPS) if "SLT".index(group) > "SLT".index(mine)]
        earlier = [at for at, group in zip(LETTERS, GROUPS) if "SLT".index(group) < "SLT".index(mine)]
        if waits and not later:
            return ""
        if not self.early and not waits:
            later = []
        if kind == "OUTLINK" or waits:
            to = chosen.choice(same + later)
            how = chosen.choice(["PP", "PP", "PP", "NPP", ""])
            if not self.early and not waits and mine != "T" and chosen.random() < 0.2:
                to, how = chosen.choice([at for at, group in zip(LETTERS, GROUPS) if group == "T"]), "CA"
            places = WRITABLE
        elif kind == "FWDLINK":
            to, how = chosen.choice(same + later), ""
            places = ["", "", "", ".PROC", ".VAL"]
        else:
            to = chosen.choice(LETTERS)
            how = chosen.choice(["CP", "CPP", "CA", "NPP", ""] if to in earlier and not self.early else
                                ["PP", "PP", "NPP", ""] if to not in earlier and (to in same or self.early) else ["NPP", ""])
            places = PLACES if field != "TSEL" else [".TIME", ".TIME", ".TSE"]
        if field in ("SIML", "SDIS") and to == letter:
            to = "A" if letter != "A" else "B"
            how = "NPP"
        if self.early:
            places = [place for place in places if place != ".NOWHERE"]
        words = [how, chosen.choice(["NMS", "MS", "MS", "MSI", "MSS", "MSS", ""])]
        if kind == "FWDLINK":
            words = [""]
        chosen.shuffle(words)
        blank = chosen.choice([" ", " ", " ", "  ", " \t"]) if not loading else " "
        if waits and kind == "INLINK":
            places = [place for place in places if place != ".NOWHERE"]
        text = self.name + to + chosen.choice(places) + "".join(blank + word for word in words if word)
        return text if loading or chosen.random() < 0.9 else chosen.choice([" ", "  ", "\t"]) + text + chosen.choice(["", " "])

    def step(self):
        """("put", name, DBR type, values, with completion) or ("post", event)."""
        chosen = self.random
        if chosen.random() < 0.06:
            return "post", chosen.choice(EVENTS)
        letter = chosen.choice(LETTERS)
        known = self.fields(letter)
        wait = chosen.random() < 0.4
        chance = chosen.random()
        awaits = self.devices[letter].startswith("Async") and "OUT" not in known  # base loses the record
        links = [field for field, (kind, _) in known.items() if kind.endswith("LINK") and not (awaits and field == "INP")
                 and not (field.startswith("INP") and field > "INPL")]  # which base refuses after it has changed the text
        if chance < 0.25:
            return "put", f"{letter}.PROC", dbr.LONG, [chosen.choice([0, 1])], wait
        if chance < 0.5:
            return "put", f"{letter}.VAL", *self._value(letter, "VAL"), wait
        if chance < 0.65:
            weighted = [field for field in links if self._share(field) > 0.1] * 4 + links
            field = chosen.choice(weighted)
            text = self.link(letter, field)
            long = "$" if len(text) > 39 or chosen.random() < 0.2 else ""
            if long:
                return "put", f"{letter}.{field}$", dbr.CHAR, [*text.encode(), 0], wait
            return "put", f"{letter}.{field}", dbr.STRING, [text], wait
        if chance < 0.7:
            return "put", f"{letter}.VAL", *chosen.choice([(35, [0]), (35, [1]), (36, [0]), (36, [1]), (36, [2]), (36, [3])]), wait
        core = [field for field in STEP if field in known and field not in LEFT_OUT
                and (field != "SIMM" or self.simulated(letter))]
        rest = [field for field, (kind, _) in known.items()
                if not kind.endswith(("LINK", "NOACCESS")) and field not in LEFT_OUT and field not in STEP]
        field = chosen.choice(core * 2 + rest)
        return "put", f"{letter}.{field}", *self._value(letter, field), wait

    def _value(self, letter, field):
        chosen = self.random
        kind, menu = self.fields(letter)[field]
        if field in STEP and field != "VAL":
            value = chosen.choice(STEP[field] if field != "SDLY" or letter not in self.slow else [-1, SLOW])
        elif menu == "menuAlarmSevr":
            value = chosen.choice(SEVERITIES)
        elif kind == "STRING" or field == "VAL" and kind == "ENUM" and chosen.random() < 0.3:
            value = chosen.choice(TEXTS) if kind == "STRING" else chosen.choice(["off", "on", "zero", "one", "two"])
        elif kind in ("MENU", "ENUM", "CHAR", "UCHAR"):
            value = chosen.choice([0, 1, 2])
        else:
            value = chosen.choice(NUMBERS)
        if isinstance(value, str):
            return dbr.STRING, [value]
        if kind == "STRING" and chosen.random() < 0.5 or chosen.random() < 0.1:
            return dbr.STRING, [str(value)]
        if isinstance(value, int) and -2**31 <= value < 2**31 and chosen.random() < 0.5:
            return dbr.LONG, [value]
        return dbr.DOUBLE, [value]
