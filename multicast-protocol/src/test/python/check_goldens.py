#!/usr/bin/python3
"""Reads every golden file of the protocol with rackweave_protocol.py and prints a line each; exits with 1 if one is refused."""

import re
import sys
from pathlib import Path

import cbor2
from cryptography.hazmat.primitives.asymmetric import ec

import rackweave_protocol as protocol
from strict_cbor import Refused

MODULE = Path(__file__).resolve().parents[3]
PAYLOADS = MODULE / "src/test/resources/golden"
BODIES = MODULE / "src/test/resources/org/rackweave/protocol/message"
CRYPTO = MODULE.parent / "crypto/src/test/resources/golden"


# What stands in braces in a path of PROTOCOL.md, where it is no id.
NAMES = {"key": "[a-z0-9][a-z0-9._:-]{0,63}", "number": "[1-9][0-9]*"}


def sections(path):
    """Name and bytes of each section that begins with `== NAME`; a file without them has one without a name."""
    name, text = "", ""
    for line in path.read_text("utf-8").splitlines() + ["== "]:
        if line.startswith("== "):
            if text or name:
                yield name, bytes.fromhex(text)
            name, text = line[3:].strip(), ""
        elif not re.match(r"(GET|POST) /", line):
            text += line.partition("#")[0]


def one(path):
    return next(sections(path))[1]


def table_of_commands():
    """By its name, where a command goes and which body it has, as PROTOCOL.md says."""
    table = {}
    for line in (MODULE / "PROTOCOL.md").read_text("utf-8").splitlines():
        if row := re.match(r"\| ([A-Z_]+) \| (GET|POST) `([^`?]+)[^|]*\| (?:`(.+)` )?\|", line):
            name, method, path, body = row.groups()
            named = re.sub(r"{([a-z]+)}", lambda it: NAMES.get(it[1], "[0-9a-f]{32}"), path)
            table[name] = method + " /rw/v1" + named, body
    return table


def requests():
    table, name = table_of_commands(), ""
    for line in (BODIES / "commands-v1.txt").read_text("utf-8").splitlines():
        if line.startswith("== "):
            name = line[3:]
        elif re.match(r"(GET|POST) /", line):
            yield f"request {name}", lambda: goes_to(table[name], line.partition("?")[0], protocol.BODIES.get(name))


def goes_to(wanted, request, body):
    if not re.fullmatch(wanted[0], request) or wanted[1] != body:
        raise Refused(f"{request} with {body} is not {wanted}")


def bodies():
    for name, data in sections(BODIES / "commands-v1.txt"):
        yield f"command {name}", lambda: protocol.command(name, data)
    for name, data in sections(BODIES / "answers-v1.txt"):
        yield f"answer {name}", lambda: named_as(name, protocol.answer(data))


def named_as(name, value):
    """Which answer it is, a golden says by its name only."""
    codes = {"DONE": 0, "REFUSED": 1, "DESCRIPTION": 2, "SLICES": 3, "LEASE": 4, "LEASES": 5, "LOAN": 6, "LOANS": 7, "NODES": 8,
             "EVENTS": 9, "AUDIT": 10, "COUNTERS": 11, "PLACE": 12, "WANTS": 13, "HOST_ORDERS": 20, "VM_ASK": 21, "VM_ASKS": 22,
             "HOST": 23, "DEMAND": 24, "REVOCATIONS": 25, "GROUP_KEYS": 26, "GROUP": 27}
    if value["answer"] != codes[name]:
        raise Refused(f"answer {value['answer']} is not {name}")


def payloads():
    for path in sorted(PAYLOADS.glob("*-v1.txt")):
        yield path.name, lambda: protocol.payload(path.name.split("-")[0], one(path))


def layers():
    """The seal, the signature and the delegation, with the keys that keys-v1.txt tells."""
    keys = dict(sections(CRYPTO / "keys-v1.txt"))
    rack = protocol.Rack(keys["RACK_ID"])
    rack.add_group_key(int.from_bytes(keys["GROUP_NUMBER"], "big"), keys["GROUP_KEY"])
    node_key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), keys["NODE_PUBLIC_KEY"])
    frame = protocol.Frame(one(CRYPTO / "sealed-datagram-v1.txt"))
    signed = one(CRYPTO / "signed-message-v1.txt")
    outer, inner = frame.seal_aad(rack.rack_id), frame.signature_aad(rack.rack_id)

    def same(got, wanted):
        if got != wanted:
            raise Refused(f"{got} is not {wanted}")

    yield "node id", lambda: same(protocol.node_id_of(node_key), frame.node_id)
    yield "binding-outer-v1.txt", lambda: same(cbor2.dumps(outer), one(CRYPTO / "binding-outer-v1.txt"))
    yield "binding-inner-v1.txt", lambda: same(cbor2.dumps(inner), one(CRYPTO / "binding-inner-v1.txt"))
    group_key = rack.group_keys.get((frame.group_number, frame.group_hash), bytes(32))
    yield "sealed-datagram-v1.txt", lambda: same(frame.unseal(rack.rack_id, group_key), signed)
    boot_key = keys["BOOT_PUBLIC_KEY"]
    yield "signed-message-v1.txt", lambda: same(protocol.message_signed_by(boot_key, signed, inner), b"lend me 2 GiB")
    delegation = one(CRYPTO / "delegation-v1.txt")
    yield "delegation-v1.txt", lambda: same(protocol.delegation_signed_by(node_key, delegation)["key"], boot_key)


def main():
    refused = 0
    for checks in (payloads(), requests(), bodies(), layers()):
        for name, check in checks:
            try:
                check()
                print("agrees ", name)
            except Refused as reason:
                refused += 1
                print("REFUSED", name, "-", reason)
    return 1 if refused else 0


if __name__ == "__main__":
    sys.exit(main())
