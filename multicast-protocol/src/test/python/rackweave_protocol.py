#!/usr/bin/python3
"""Decodes and verifies what Rackweave nodes say, as PROTOCOL.md and rackweave.cddl define it, and shares no code with them.

Needs Debian's python3-cbor2 and python3-cryptography. Prints JSON; exits with 1 and a reason for what the document refuses.
"""

import argparse
import datetime
import hashlib
import json
import re
import sys
from pathlib import Path

import cbor2
from cryptography import x509
from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, utils
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from cddl import Cddl, Newer
from strict_cbor import ANSWER, COMMAND, FRAME, PAYLOAD, Limits, Refused, decode

LABEL = "rackweave/1"
TYPES = {1: "hello", 2: "announce", 3: "leave"}
MOST_KINDS = 16
DAY_SECONDS = 24 * 3600
SKEW_SECONDS = 3600  # of the wall clocks of two nodes
SIGNED = Limits(bytes=1200, items=16, levels=2, tags=True)
ECDSA_WITH_SHA256 = bytes.fromhex("300a06082a8648ce3d040302")  # AlgorithmIdentifier
KNOWN_EXTENSIONS = (x509.BasicConstraints, x509.KeyUsage, x509.ExtendedKeyUsage, x509.SubjectAlternativeName)
# The commands with a body, and its rule.
BODIES = {
    "RESERVE": "reserve",
    "COMMIT": "commit",
    "RENEW": "renew",
    "RELEASE": "release",
    "RECALL": "recall",
    "BORROW": "borrow",
    "REVOKE": "revoke",
    "END_QUARANTINE": "end-quarantine",
    "WANT": "want",
    "RESIZE_LOAN": "resize",
    "REPORT_HOST": "report",
    "ASK_FOR_VM": "ask-for-vm",
    "ORDER_DONE": "order-done",
    "PROPOSE": "propose",
    "INSTALL_REVOCATIONS": "install-revocations",
}


def _ascending(names):
    encoded = [name.encode("utf-8") for name in names]
    return encoded == sorted(set(encoded))


def _once(maps, key):
    return len(maps) == len({one[key] for one in maps})


# What CDDL cannot say: of which rule what must hold, and the sentence for when it does not.
RELATIONS = {
    "offer": (lambda it: it[2] <= it[1] <= it[0], "total, free and largest must not grow"),
    "node-capacity": (lambda it: it["largest"] <= it["free"] <= it["total"], "total, free and largest must not grow"),
    "delegation": (
        lambda it: it["issued-at"] <= it["not-after"] <= it["issued-at"] + DAY_SECONDS,
        "it lasts for more than 24 h, or ends before it begins",
    ),
    "slice": (
        lambda it: _ascending(it["capabilities"]) and _ascending(it.get("configurations", [])),
        "capabilities and configurations ascend by bytes, each once",
    ),
    "report": (
        lambda it: _once(it["capacities"], "kind") and _once(it["vms"], "name") and _once(it["loans"], "loan"),
        "a kind, a VM or a loan is there twice",
    ),
    "vm-report": (lambda it: _once(it["shares"], "kind"), "a kind is there twice"),
    "vm-share": (lambda it: it["guaranteed"] <= it["normal"], "more is guaranteed than normal"),
    "requirement": (lambda it: it.get("least-amount", 1) <= it["amount"], "the least amount is above the amount"),
    "place": (lambda it: it["place"] <= it["of"], "a place behind the end of the line"),
    "unused": (lambda it: it["spare"] <= it["held"], "more is spare than held"),
    "ask": (lambda it: it["from-host"] + it["borrowed"] <= it["amount"], "more is given than was asked for"),
}

RULES = Cddl(Path(__file__).resolve().parents[3] / "rackweave.cddl", RELATIONS)


# Unicast


def command(name, body):
    """The body of one command. Those that are not in BODIES have none."""
    if name in BODIES:
        return RULES.check(BODIES[name], decode(body, COMMAND), Newer.HINTS_SKIPPED)
    if body:
        raise Refused(f"{name} has no body")
    return {}


def answer(body):
    return RULES.check("answer", decode(body, ANSWER), Newer.SKIPPED)


# Multicast


def payload(name, data):
    """A hello, announce or leave, without what later versions added."""
    value = decode(data, PAYLOAD)
    if not isinstance(value, dict):
        raise Refused("not a map")
    if 0 in value:
        raise Refused("key 0: they count from 1")
    value = _without_newer(value)
    RULES.check("any-payload", value, Newer.SKIPPED)
    return RULES.check(name, value, Newer.SKIPPED)


def _without_newer(value):
    """Without kinds that version 1 does not know; a purpose that it does not know is to tell."""
    value = dict(value)
    if isinstance(value.get(7), dict):
        value[7] = {kind: offer for kind, offer in value[7].items() if not _is_newer(kind, offer, len(value[7]))}
    if 13 in value:
        RULES.check("natural", value[13], Newer.SKIPPED)
        value[13] = 2 if value[13] == 2 else 1
    return value


def _is_newer(kind, offer, kinds):
    if kinds > MOST_KINDS:
        raise Refused(f"{kinds} kinds; at most {MOST_KINDS} are allowed")
    if kind == 0 or kind in RULES.rules["resource"][1]:
        return False
    RULES.judge(RULES.rules["offer"], offer, Newer.SKIPPED, f"kind {kind}")  # the form only, not the relation
    return True


def node_id_of(public_key):
    spki = public_key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    return hashlib.sha256(spki).digest()[:16]


def _hkdf(key, salt, info, length):
    return HKDF(hashes.SHA256(), length, salt.encode(), info).derive(key)


class Frame:
    """The outer layer of a datagram: what can be read without any key."""

    def __init__(self, datagram):
        if not 128 <= len(datagram) <= 1200:
            raise Refused(f"{len(datagram)} bytes; a datagram has 128 to 1,200")
        value = decode(datagram, FRAME)
        header = RULES.check("datagram", value, Newer.REFUSED)[0]
        self.protected, _, self.ciphertext = value.value
        kid, iv = header["key-id"], header["sequence"]
        self.node_id, self.boot_key_id, self.group_hash = kid[:16], kid[20:28], kid[32:]
        self.boot_epoch = int.from_bytes(kid[16:20], "big")
        self.group_number = int.from_bytes(kid[28:32], "big")
        self.sequence, self.type = int.from_bytes(iv, "big"), header["type"]
        if (iv[0] == 0 and len(iv) > 1) or self.sequence >= 1 << 63:
            raise Refused("a sequence with a leading zero, or of 64 bits")
        self.sender = (self.node_id, self.boot_epoch, self.boot_key_id)

    def seal_aad(self, rack_id):
        return [LABEL, rack_id, self.type, [self.group_number, self.group_hash]]

    def signature_aad(self, rack_id):
        return self.seal_aad(rack_id) + [self.node_id, self.boot_epoch, self.sequence]

    def unseal(self, rack_id, group_key):
        """The plaintext: a signed message."""
        info = rack_id + self.node_id + self.boot_epoch.to_bytes(4, "big") + self.boot_key_id
        derived = _hkdf(group_key, "rackweave/1 datagram", info, 44)
        nonce = (int.from_bytes(derived[32:], "big") ^ self.sequence).to_bytes(12, "big")
        aad = cbor2.dumps(["Encrypt0", self.protected, cbor2.dumps(self.seal_aad(rack_id))])
        try:
            return ChaCha20Poly1305(derived[:32]).decrypt(nonce, self.ciphertext, aad)
        except InvalidTag:
            raise Refused("bad seal") from None


def _signed(name, data):
    """A COSE_Sign1: its protected header, payload and signature."""
    value = decode(data, SIGNED)
    RULES.check(name, value, Newer.REFUSED)
    protected, _, content, signature = value.value
    return protected, content, signature


def _to_be_signed(protected, aad, content):
    return cbor2.dumps(["Signature1", protected, aad, content])


def message_signed_by(boot_key, plaintext, aad):
    """The payload of a signed message."""
    protected, content, signature = _signed("signed-message", plaintext)
    try:
        signed = _to_be_signed(protected, cbor2.dumps(aad), content)
        Ed25519PublicKey.from_public_bytes(boot_key).verify(signature, signed)
    except (InvalidSignature, ValueError):
        raise Refused("bad signature of the boot key") from None
    return content


def delegation_signed_by(node_key, data):
    protected, content, signature = _signed("signed-delegation", data)
    r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
    try:
        signed = _to_be_signed(protected, b"rackweave/1 delegation", content)
        node_key.verify(utils.encode_dss_signature(r, s), signed, ec.ECDSA(hashes.SHA256()))
    except InvalidSignature:
        raise Refused("bad signature of the delegation") from None
    return RULES.check("signed-delegation", decode(data, SIGNED), Newer.REFUSED)[2]


def _fault_of_form(certificate, der):
    """What is wrong with a leaf of a node, or None."""
    key = certificate.public_key()
    if not isinstance(key, ec.EllipticCurvePublicKey) or not isinstance(key.curve, ec.SECP256R1):
        return "not a P-256 key"
    if _der(0x30, certificate.tbs_certificate_bytes + ECDSA_WITH_SHA256 + _der(3, b"\0" + certificate.signature)) != der:
        return "not signed with ECDSA and SHA-256, or not in DER"
    if certificate.not_valid_after - certificate.not_valid_before > datetime.timedelta(days=366):
        return "valid for more than 366 days"
    known = {}
    for one in certificate.extensions:
        known[type(one.value)] = one.value
        if one.critical and not isinstance(one.value, KNOWN_EXTENSIONS):
            return f"unknown critical extension {one.oid.dotted_string}"
    if x509.BasicConstraints in known and known[x509.BasicConstraints].ca:
        return "not a leaf"
    if x509.KeyUsage not in known or not known[x509.KeyUsage].digital_signature:
        return "may not sign"
    purposes = known.get(x509.ExtendedKeyUsage, [])
    if ExtendedKeyUsageOID.CLIENT_AUTH not in purposes or ExtendedKeyUsageOID.SERVER_AUTH not in purposes:
        return "not for both ends of a session"
    subject = certificate.subject.rdns
    if len(subject) != 1 or len(subject[0]) != 1 or list(subject[0])[0].oid != NameOID.COMMON_NAME:
        return "its subject is not one common name"
    if not re.fullmatch("[a-z0-9][a-z0-9.-]{0,62}", list(subject[0])[0].value):
        return "its subject is not a name"
    names = known.get(x509.SubjectAlternativeName)
    uris = names.get_values_for_type(x509.UniformResourceIdentifier) if names else []
    expected = ["urn:rackweave:node:" + node_id_of(key).hex(), "urn:rackweave:role:node"]
    if sorted(uri for uri in uris if uri.startswith("urn:rackweave:")) != expected:
        return f"it does not say {expected}"


def _der(tag, content):
    size = len(content)
    head = bytes([size]) if size < 128 else bytes([0x81, size]) if size < 256 else b"\x82" + size.to_bytes(2, "big")
    return bytes([tag]) + head + content


def _is_signed_by(certificate, root):
    try:
        root.public_key().verify(certificate.signature, certificate.tbs_certificate_bytes, ec.ECDSA(hashes.SHA256()))
        return True
    except InvalidSignature:
        return False


def _group_hash(number, key):
    return _hkdf(key, "rackweave/1 group epoch id", number.to_bytes(4, "big"), 8)


class Rack:
    """One who listens: the keys of a rack, and the boot keys that hellos proved."""

    def __init__(self, rack_id, roots=(), now_seconds=None):
        self.rack_id, self.roots, self.now_seconds = rack_id, roots, now_seconds
        self.group_keys, self.entry_keys, self.known = {}, {}, {}  # known: boot key and delegation by sender

    def add_group_key(self, number, key):
        self.group_keys[number, _group_hash(number, key)] = key

    def add_entry_key(self, number, key):
        """Under which a hello is believed, and nothing else."""
        self.entry_keys[number, _group_hash(number, key)] = key

    def hear(self, datagram):
        """Frame and payload of a datagram that is believed. A hello makes its boot key known."""
        frame = Frame(datagram)
        if frame.type not in TYPES:
            raise Refused(f"unknown type {frame.type}")
        name = frame.group_number, frame.group_hash
        key = self.group_keys.get(name) or (self.entry_keys.get(name) if TYPES[frame.type] == "hello" else None)
        if key is None:
            raise Refused(f"another group key: number {frame.group_number}, hash {frame.group_hash.hex()}")
        plaintext = frame.unseal(self.rack_id, key)
        boot_key, delegation = self.known.get(frame.sender) or self._introduced(frame, plaintext)
        content = message_signed_by(boot_key, plaintext, frame.signature_aad(self.rack_id))
        message = self._payload_of(frame, content)
        if message.get("delegation", delegation) != delegation:  # renewed, for the same key
            boot_key, delegation = self._introduced(frame, plaintext)
        self.known[frame.sender] = boot_key, delegation
        return frame, message

    def _payload_of(self, frame, content):
        message = payload(TYPES[frame.type], content)
        if (message["node-id"], message["boot-epoch"]) != (frame.node_id, frame.boot_epoch):
            raise Refused("the payload contradicts the sender in the header")
        return message

    def _introduced(self, frame, plaintext):
        """The boot key that certificate and delegation of a hello prove, and the delegation's bytes."""
        if TYPES[frame.type] != "hello":
            raise Refused("unknown sender: no hello of this boot key was heard")
        if any(known[:2] == frame.sender[:2] and known != frame.sender for known in self.known):
            raise Refused("a second boot key in one boot epoch")
        hello = self._payload_of(frame, _signed("signed-message", plaintext)[1])
        delegation = delegation_signed_by(self._node_key_in(hello["certificate"]), hello["delegation"])
        if delegation["rack"] != self.rack_id:
            raise Refused("the delegation is of another rack")
        boot_key_id = hashlib.sha256(delegation["key"]).digest()[:8]
        if (delegation["node"], delegation["boot-epoch"], boot_key_id) != frame.sender:
            raise Refused("the delegation contradicts the sender in the header")
        if not delegation["issued-at"] - SKEW_SECONDS <= self._now() <= delegation["not-after"] + SKEW_SECONDS:
            raise Refused("the delegation has ended, or has not begun")
        return delegation["key"], hello["delegation"]

    def _node_key_in(self, der):
        """The key of a certificate of a node. Nothing in it is looked at before a root has signed it."""
        try:
            certificate = x509.load_der_x509_certificate(der)
        except (ValueError, x509.InvalidVersion) as e:
            raise Refused(f"bad certificate: {e}") from None
        signers = [root for root in self.roots if _is_signed_by(certificate, root)]
        if not signers or certificate.issuer != signers[0].subject:
            raise Refused("bad certificate: not issued by a root of this rack")
        now = datetime.datetime.utcfromtimestamp(self._now())
        if not all(one.not_valid_before <= now <= one.not_valid_after for one in (certificate, signers[0])):
            raise Refused("bad certificate: not in its time, or its root is not")
        if fault := _fault_of_form(certificate, der):
            raise Refused(f"bad certificate: {fault}")
        return certificate.public_key()

    def _now(self):
        return self.now_seconds if self.now_seconds is not None else datetime.datetime.now().timestamp()


# The program


def _bytes(text):
    """Hex, or the name of a file: of bytes, or of hex with comments behind '#'."""
    if not re.fullmatch(r"[0-9a-fA-F\s]*", text):
        content = sys.stdin.buffer.read() if text == "-" else Path(text).read_bytes()
        try:
            text = re.sub(r"#[^\n]*", "", content.decode("ascii"))
            return bytes.fromhex(text)
        except ValueError:
            return content
    return bytes.fromhex(text)


def _readable(value):
    return value.hex() if isinstance(value, bytes) else str(value)


def _shown(value):
    if isinstance(value, dict):
        return {_readable(k): _shown(v) for k, v in value.items()}
    if isinstance(value, list):
        return [_shown(v) for v in value]
    return value.hex() if isinstance(value, bytes) else value


def _rack(arguments):
    roots = [x509.load_pem_x509_certificate(Path(path).read_bytes()) for path in arguments.root]
    if arguments.rack_id:
        rack_id = bytes.fromhex(arguments.rack_id)
    else:
        rack_id = node_id_of(roots[0].public_key()) if roots else bytes(16)
    rack = Rack(rack_id, roots, arguments.at)
    for number, key in (one.split(":") for one in arguments.group_key):
        rack.add_group_key(int(number), bytes.fromhex(key))
    for number, key in (one.split(":") for one in arguments.entry_key):
        rack.add_entry_key(int(number), bytes.fromhex(key))
    return rack


def _heard(rack, data):
    if not rack.group_keys:
        frame, message = Frame(data), {"sealed": "no --group-key was given"}
    else:
        frame, message = rack.hear(data)
    header = {name: value for name, value in vars(frame).items() if name not in ("protected", "ciphertext", "sender")}
    return {"header": header, TYPES.get(frame.type, "later"): message}


def _judge(what, data, rack):
    """WHAT is `datagram`, `first-datagram` (nothing was heard before), `hello`, `announce`, `leave`, `answer`, `command/NAME`."""
    if what == "datagram":
        return _heard(rack, data)
    if what == "first-datagram":
        rack.known.clear()
        return _heard(rack, data)
    if what in TYPES.values():
        return payload(what, data)
    if what == "answer":
        return answer(data)
    if what.startswith("command/"):
        return command(what[len("command/") :], data)
    raise ValueError(f"{what} is not a kind of message")


def _judge_lines(path, rack):
    """One verdict a line, for each line `WHAT HEX`. In the order of the file: a hello makes later datagrams believable."""
    for line in Path(path).read_text("ascii").splitlines():
        what, _, text = line.partition(" ")
        try:
            _judge(what, bytes.fromhex(text), rack)
            print("accepted")
        except Refused as refused:
            print("refused:", refused)


def _arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--group-key", action="append", default=[], metavar="NUMBER:HEX", help="may be given more than once")
    parser.add_argument("--entry-key", action="append", default=[], metavar="NUMBER:HEX", help="for hellos alone")
    parser.add_argument("--rack-id", metavar="HEX", help="usual: that of the first --root")
    parser.add_argument("--root", action="append", default=[], metavar="PEM", help="certificate of a root; may be given twice")
    parser.add_argument("--at", type=float, metavar="SECONDS", help="since 1970, when certificates are judged; usual: now")
    what = parser.add_subparsers(dest="what", required=True)
    bytes_help = "hex, the name of a file of bytes or of hex, or - for standard input"
    for name, text in (
        ("datagram", "without --group-key only its header is read; each next one believes the hellos before it"),
        ("payload", "hello, announce or leave"),
        ("command", "the body of a command, NAME as in PROTOCOL.md"),
        ("answer", "the body of an answer"),
        ("lines", "a file with a line `WHAT HEX` for each message; prints a verdict for each"),
    ):
        one = what.add_parser(name, help=text, description=text)
        if name in ("payload", "command"):
            one.add_argument("name")
        one.add_argument("data", nargs="+" if name == "datagram" else None, help=bytes_help if name != "lines" else "file")
    return parser.parse_args()


def main():
    arguments = _arguments()
    rack = _rack(arguments)
    try:
        if arguments.what == "lines":
            _judge_lines(arguments.data, rack)
            return 0
        what = arguments.what if arguments.what in ("datagram", "answer") else arguments.name
        what = "command/" + what if arguments.what == "command" else what
        for data in arguments.data if arguments.what == "datagram" else [arguments.data]:
            print(json.dumps(_shown(_judge(what, _bytes(data), rack)), indent=2))
        return 0
    except Refused as refused:
        print("refused:", refused, file=sys.stderr)
        return 1
    except OSError as absent:
        print(absent, file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
