"""As much of CDDL (RFC 8610) as rackweave.cddl uses, and what PROTOCOL.md says about things that a later version added."""

import enum
import re
from pathlib import Path

from strict_cbor import Limits, Refused, Tagged, decode


class Newer(enum.Enum):
    """What is done with a key or a code that this version does not know."""

    REFUSED = "refused"
    HINTS_SKIPPED = "commands: keys below 0 are skipped, others refused"
    SKIPPED = "answers and payloads: keys are skipped"


class UnknownCode(Refused):
    """A code of a later version."""


_TOKEN = re.compile(r'\s*(?:;[^\n]*)?(?:(#6\.\d+)|("[^"]*")|(-?\d+)|(\.\.|\.[a-z]+)|([A-Za-z][A-Za-z0-9-]*)|(=>|.))', re.S)
_MOST_ELEMENTS = 4096  # of a list without a bound of its own
_INNER = Limits(bytes=1200, items=64, levels=4)

_PLAIN = {"bstr": bytes, "tstr": str, "bool": bool}


def _names(part):
    """The rules that a part of a type refers to."""
    if isinstance(part, tuple) and part and part[0] == "name":
        return {part[1]}
    return set().union(*map(_names, part)) if isinstance(part, (list, tuple)) else set()


def _tokens(text):
    text = re.sub(r";[^\n]*", "", text)
    return [found.group(found.lastindex) for found in _TOKEN.finditer(text.rstrip())]


class Cddl:
    """The rules of one file; `check(name, value, newer)` gives the value back with names in the place of numbers.

    `relations` holds, by the name of a rule, what CDDL cannot say: what must hold, and a sentence for when it does not.
    """

    def __init__(self, path, relations):
        self.tokens, self.at, self.rules = _tokens(Path(path).read_text("utf-8")), 0, {}
        self.relations = relations
        while self.at < len(self.tokens):
            name = self.next()
            self.expect("=")
            if name in self.rules:
                raise ValueError(f"two rules {name} in {path}")
            self.rules[name] = self.type()
        if unknown := _names(list(self.rules.values())) - self.rules.keys() - _PLAIN.keys():
            raise ValueError(f"no rule for {sorted(unknown)} in {path}")

    # The grammar. A type becomes a tuple: what it is, then its parts.

    def peek(self, ahead=0):
        return self.tokens[self.at + ahead] if self.at + ahead < len(self.tokens) else ""

    def next(self):
        self.at += 1
        return self.tokens[self.at - 1]

    def expect(self, token):
        if (got := self.next()) != token:
            raise ValueError(f"CDDL: {token} expected, not {got}, after {' '.join(self.tokens[self.at - 8 : self.at - 1])}")

    def type(self):
        choices = [self.controlled()]
        while self.peek() == "/":
            self.next()
            choices.append(self.controlled())
        return choices[0] if len(choices) == 1 else ("choice", choices)

    def controlled(self):
        target = self.primary()
        if self.peek() == "..":
            self.next()
            return ("range", target[1], self.primary()[1])
        if self.peek() in (".size", ".regexp", ".cbor"):
            return (self.next(), target, self.primary())
        return target

    def primary(self):
        token = self.next()
        if re.fullmatch(r"-?\d+", token):
            return ("range", int(token), int(token))
        if token.startswith('"'):
            return ("text", token[1:-1])
        if token.startswith("#6."):
            self.expect("(")
            inner = self.type()
            self.expect(")")
            return ("tag", int(token[3:]), inner)
        if token == "(":
            inner = self.type()
            self.expect(")")
            return inner
        if token == "&":
            return ("codes", self.codes())
        if token == "{":
            return ("map", self.members("}"))
        if token == "[":
            return ("array", self.members("]"))
        return ("name", token)

    def codes(self):
        self.expect("(")
        codes = {}
        while self.peek() != ")":
            name = self.next()
            self.expect(":")
            codes[int(self.next())] = name
            if self.peek() == ",":
                self.next()
        self.expect(")")
        return codes

    def members(self, end):
        members = []
        while self.peek() != end:
            least, most = self.occurrence()
            key, value = None, self.type()
            if self.peek() == "=>":
                self.next()
                key, value = value, self.type()
            members.append((least, most, key, value))
            if self.peek() == ",":
                self.next()
        self.expect(end)
        return members

    def occurrence(self):
        if self.peek() == "?":
            self.next()
            return 0, 1
        if self.peek() == "*":
            self.next()
            return 0, None
        if self.peek(1) == "*":
            least, _, most = int(self.next()), self.next(), int(self.next())
            return least, most
        return 1, 1

    # What values must be.

    def check(self, name, value, newer):
        return self.judge(("name", name), value, newer, name)

    def judge(self, type_, value, newer, where):
        what = type_[0]
        if what == "name":
            return self.named(type_[1], value, newer, where)
        return getattr(self, "judge_" + what.lstrip("."))(type_, value, newer, where)

    def named(self, name, value, newer, where):
        plain = _PLAIN.get(name)
        if plain is None:
            judged = self.judge(self.rules[name], value, newer, where)
            units = re.fullmatch(r"(?:text|nonempty)-(\d+)", name)
            if units and len(value.encode("utf-16-le")) // 2 > int(units[1]):
                raise Refused(f"{where}: more than {units[1]} UTF-16 code units")
            if name in self.relations and not self.relations[name][0](judged):
                raise Refused(f"{where}: {self.relations[name][1]}")
            return judged
        if not isinstance(value, plain):
            raise Refused(f"{where}: not a {name}")
        return value

    def judge_range(self, type_, value, newer, where):
        if not isinstance(value, int) or isinstance(value, bool):
            raise Refused(f"{where}: not a whole number")
        if not type_[1] <= value <= type_[2]:
            raise Refused(f"{where}: {value} is not within {type_[1]} to {type_[2]}")
        return value

    def judge_codes(self, type_, value, newer, where):
        self.judge(("range", 0, (1 << 63) - 1), value, newer, where)
        if value not in type_[1]:
            raise UnknownCode(f"{where}: {value} is not one of {type_[1]}")
        return type_[1][value]

    def judge_size(self, type_, value, newer, where):
        self.judge(type_[1], value, newer, where)
        size = len(value.encode("utf-8")) if isinstance(value, str) else len(value)
        if not type_[2][1] <= size <= type_[2][-1]:
            raise Refused(f"{where}: {size} bytes are not within {type_[2][1]} to {type_[2][-1]}")
        return value

    def judge_regexp(self, type_, value, newer, where):
        self.judge(type_[1], value, newer, where)
        if not re.fullmatch(type_[2][1], value):
            raise Refused(f"{where}: does not match {type_[2][1]}")
        return value

    def judge_cbor(self, type_, value, newer, where):
        self.judge(type_[1], value, newer, where)
        return self.judge(type_[2], decode(value, _INNER), newer, where)

    def judge_tag(self, type_, value, newer, where):
        if not isinstance(value, Tagged) or value.tag != type_[1]:
            raise Refused(f"{where}: not tag {type_[1]}")
        return self.judge(type_[2], value.value, newer, where)

    def judge_choice(self, type_, value, newer, where):
        """Maps that differ in one number. Nothing else is chosen from in this protocol."""
        found = None
        for choice in type_[1]:
            key, number = self.discriminator(choice)
            if not isinstance(value, dict) or key not in value:
                raise Refused(f"{where}: not a map with the key {key}")
            found = value[key]
            self.judge(("range", 0, (1 << 63) - 1), found, newer, f"{where}.{key}")
            if found == number:
                return self.judge(choice, value, newer, choice[1])
        raise UnknownCode(f"{where}: {found} is not the code of one that is known")

    def discriminator(self, choice):
        for least, most, key, value in self.rules[choice[1]][1]:
            if value[0] == "range" and value[1] == value[2]:
                return next(iter(key[1])), value[1]
        raise ValueError(f"CDDL: nothing tells {choice[1]} from the others")

    def judge_array(self, type_, value, newer, where):
        if not isinstance(value, list):
            raise Refused(f"{where}: not an array")
        members = type_[1]
        if len(members) == 1 and members[0][:2] != (1, 1):
            return self.list_of(members[0], value, newer, where)
        if len(value) != len(members):
            raise Refused(f"{where}: {len(value)} elements, not {len(members)}")
        return [self.judge(member[3], one, newer, f"{where}[{at}]") for at, (member, one) in enumerate(zip(members, value))]

    def list_of(self, member, value, newer, where):
        """An element with a code of a later version is left out, in commands too: only reports have lists."""
        most = _MOST_ELEMENTS if member[1] is None else member[1]
        if len(value) > most:
            raise Refused(f"{where}: {len(value)} elements; at most {most} are allowed")
        judged = []
        for at, one in enumerate(value):
            try:
                judged.append(self.judge(member[3], one, newer, f"{where}[{at}]"))
            except UnknownCode:
                pass
        return judged

    def judge_map(self, type_, value, newer, where):
        if not isinstance(value, dict):
            raise Refused(f"{where}: not a map")
        judged, known = {}, set()
        for least, most, key, wanted in type_[1]:
            if most is None:
                return {self.judge(key, k, newer, where): self.judge(wanted, v, newer, f"{where}[{k}]") for k, v in value.items()}
            number, name = next(iter(key[1].items()))
            known.add(number)
            if number in value:
                judged[name] = self.judge(wanted, value[number], newer, f"{where}.{name}")
            elif least:
                raise Refused(f"{where}: key {number}, {name}, is missing")
        for key in value.keys() - known:
            if newer is Newer.REFUSED or (newer is Newer.HINTS_SKIPPED and key >= 0):
                raise Refused(f"{where}: key {key} is not known")
        return judged
