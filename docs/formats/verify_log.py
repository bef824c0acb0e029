#!/usr/bin/env python3
"""A second verifier for Invigil's log, from docs/formats alone: verify_log.py [--code PAPER-CODE] BUNDLE…

Needs the package cryptography. Prints a verdict for each and ends with 0, or with 2 when one is not to be trusted."""
import hashlib
import json
import re
import sys
import zipfile
from datetime import datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

LINE_MAX, FILE_MAX, BIG = 64 * 1024, 256 * 1024 * 1024, 1 << 53
BASE58, CROCKFORD = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz", "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
sha256 = lambda raw: hashlib.sha256(raw).hexdigest()


def need(holds, why):
    if not holds:
        raise ValueError(why)


def base58(text):
    need(isinstance(text, str) and text[:1] == "z" and all(letter in BASE58 for letter in text[1:]), "not base 58")
    number = 0
    for letter in text[1:]:
        number = number * 58 + BASE58.index(letter)
    zeros = len(text) - 1 - len(text[1:].lstrip("1"))
    return b"\0" * zeros + number.to_bytes((number.bit_length() + 7) // 8, "big")


def key_of(multikey):
    raw = base58(multikey)
    need(len(raw) == 34 and raw[:2] == b"\xed\x01", "not an Ed25519 key")
    return raw[2:]


def canonical(value):
    """RFC 8785, for documents without fractions."""
    if isinstance(value, dict):
        members = sorted(value.items(), key=lambda member: member[0].encode("utf-16-be"))
        return b"{" + b",".join(canonical(name) + b":" + canonical(each) for name, each in members) + b"}"
    if isinstance(value, list):
        return b"[" + b",".join(map(canonical, value)) + b"]"
    need(not isinstance(value, float) and (not isinstance(value, int) or abs(value) < BIG), "not a plain number")
    return json.dumps(value, ensure_ascii=False).encode("utf-8")


def parse(raw):
    def once(pairs):
        need(len(dict(pairs)) == len(pairs), "a member occurs twice")
        return dict(pairs)
    def whole(digits):
        need(digits != "-0", "not a plain number")
        return int(digits)
    return json.loads(raw.decode("utf-8"), object_pairs_hook=once, parse_int=whole)


def document(raw, kind, key):
    """The body of a signed document and its digest. `key` finds the signer in the body."""
    whole = parse(raw)
    need(isinstance(whole, dict) and whole.get("type") == kind, f"not {kind}")
    body = {name: value for name, value in whole.items() if name != "proof"}
    proof = dict(whole.get("proof") or {})
    fixed = {"type": "DataIntegrityProof", "cryptosuite": "eddsa-jcs-2022", "proofPurpose": "assertionMethod"}
    need(fixed.items() <= proof.items(), "no proof")
    signature = base58(proof.pop("proofValue", None))
    message = hashlib.sha256(canonical(proof)).digest() + hashlib.sha256(canonical(body)).digest()
    Ed25519PublicKey.from_public_bytes(key(body)).verify(signature, message)
    return body, sha256(canonical(whole))


# What a record may hold: each of these takes a value and says whether it is one.
text = lambda value: isinstance(value, str)
number = lambda below, least=0: lambda value: type(value) is int and least <= value < below
match = lambda pattern: lambda value: text(value) and re.fullmatch(pattern, value, re.ASCII) is not None
maybe = lambda test: lambda value: value is None or test(value)
every = lambda test: lambda value: isinstance(value, list) and all(map(test, value))
members = lambda tests: lambda value: (
    isinstance(value, dict) and value.keys() == tests.keys() and all(test(value[name]) for name, test in tests.items()))
tagged = lambda tag, kinds: lambda value: (
    isinstance(value, dict) and text(value.get(tag)) and value[tag] in kinds
    and members({tag: text, **kinds[value[tag]]})(value))


def wall(value):
    try:  # strptime alone takes other spellings
        plain = match(r"\d{4}-\d\d-\d\dT\d\d:\d\d:[0-5]\d\.\d{3}Z")(value)
        return plain and bool(datetime.strptime(value, "%Y-%m-%dT%H:%M:%S.%fZ"))
    except ValueError:
        return False


ID, DIGEST, BITS32, BITS64 = match("[A-Za-z0-9._:/-]{1,128}"), match("[0-9a-f]{64}"), number(1 << 32), number(1 << 64)
FLAG, WHY = (lambda value: isinstance(value, bool)), {"why": text}
WRITER = {"lease": DIGEST, "client": members({"name": text, "version": text})}
HOLDING = tagged("state", {"enforced": {}, "requested": WHY, "denied": WHY, "unsupported": WHY, "released": {}})
CONTROL = members({"control": match("keyboard|fullscreen|close"), "holding": HOLDING})
SEEN = tagged("what", {
    "clockJumped": {"ms": number(1 << 63, -(1 << 63))}, "environmentScrubbed": {"names": every(text)},
    "focusLost": {}, "focusRegained": {}, "pageFailed": {}, "guardLost": {}})
EVENT = tagged("kind", {
    "admitted": WRITER, "moved": WRITER, "captured": {"sha256": DIGEST, "size": BITS64},
    "acknowledged": {"notice": DIGEST}, "checked": {"level": match("L[0-3]"), "controls": every(CONTROL)},
    "withdrawn": {"why": match("declined|not-ready")},
    "began": {"items": every(ID), "budgetMs": maybe(BITS64), "server": maybe(wall), "start": maybe(DIGEST)},
    "visited": {"screen": tagged("at", {"item": {"item": ID}, "review": {}})},
    "flagged": {"item": ID, "flagged": FLAG},
    "responded": {"item": ID, "revision": BITS32, "commitment": DIGEST, "answered": FLAG},
    "heartbeat": {"checkpoint": maybe(DIGEST)},
    "resumed": {"gapMs": BITS64, "givenBackMs": BITS64, "server": maybe(wall)},
    "held": {"reason": match("control-lost|reboot-gap")}, "granted": {"ms": BITS64},
    "observed": {"observation": SEEN}, "closed": {"cause": match("submitted|time-up|terminated")},
    "released": {}, "paused": {}, "continued": {}, "left": {}, "returnAllowed": {}, "returned": {}})
RECORD = members({
    "type": match("invigil/record/1"), "sitting": ID, "epoch": BITS32, "seq": BITS64,
    "at": members({"wall": wall, "elapsed": BITS64, "boot": BITS32}), "event": EVENT, "prev": DIGEST,
    "by": match("candidate|client|issuer|proctor:[A-Za-z0-9._:/-]{1,128}")})


def follow(line, before, place, admission, leases):
    """The record of a line, if it may stand behind `before`."""
    need(len(line) <= LINE_MAX and line[-1:] == b"\n", "too long, or cut off")
    record = parse(line[:-1])
    need(RECORD(record) and canonical(record) == line[:-1], "not a record in canonical form")
    need((record["sitting"], record["seq"], record["prev"]) == place, "it does not continue the log")
    lease, digest = next((each for each in leases if each[0]["epoch"] == record["epoch"]), ({}, None))
    need((lease.get("admission"), lease.get("sitting")) == (admission, record["sitting"]), "no lease")
    begins, kind = before is None or before["epoch"] != record["epoch"], record["event"]["kind"]
    need((kind in ("admitted", "moved")) == begins and (kind == "moved") == (begins and before is not None), "no start")
    need(not begins or (record["event"]["lease"], record["seq"]) == (digest, lease["fromSeq"]), "not under its lease")
    if before is not None:
        now, then = record["at"], before["at"]
        need(then["boot"] < now["boot"] or then["boot"] == now["boot"] and then["elapsed"] <= now["elapsed"], "time")
        need(before["epoch"] <= record["epoch"] and before["event"]["kind"] != "closed", "behind an end")
    return record


def judge(bundle, code):
    """The verdict on the files of a bundle: its words, and whether the record may be trusted."""
    def signed(name, kind, key):
        return [document(line, kind, lambda _: key) for line in bundle.get(name, b"").split(b"\n") if line]
    admission, start = document(
        bundle["admission.json"], "invigil/admission/1", lambda body: key_of(body["issuer"]["signing"]))
    issuer, sitting = key_of(admission["issuer"]["signing"]), admission["sitting"]
    leases = signed("leases.jsonl", "invigil/lease/1", issuer)
    checkpoints = signed("checkpoints.jsonl", "invigil/checkpoint/1", issuer)
    submissions = signed("submission.json", "invigil/submission/1", key_of(leases[-1][0]["device"]))
    receipts = signed("receipt.json", "invigil/receipt/1", issuer)
    if any(body["sitting"] != sitting for body, _ in leases + checkpoints + submissions + receipts):
        return "broken at #0", False
    if any((body["admission"], body["pack"]) != (start, admission["pack"]["digest"]) for body, _ in submissions):
        return "broken at #0", False
    named = [body["log"] for body, _ in submissions + receipts] + [body for body, _ in checkpoints]
    records, heads, broken = [], [start], False
    for line in re.findall(rb"[^\n]*\n|[^\n]+\Z", bundle["log.jsonl"]):
        try:
            place = (sitting, len(records), heads[-1])
            records.append(follow(line, records[-1] if records else None, place, start, leases))
        except (ValueError, RecursionError):
            broken = True
            break
        heads.append(sha256(line))
    size, end = len(records), max(len(records) - 1, 0)
    known = heads[:size] if broken else heads  # a break already names the record before it
    agrees = [(log["size"], known[log["size"]] == log["head"]) for log in named if log["size"] < len(known)]
    wrong = min((n for n, right in agrees if not right), default=None)
    if wrong is not None:
        return f"broken at #{max((n for n, right in agrees if right and n < wrong), default=0)}", False
    if broken or len(agrees) < len(named):
        return f"broken at #{size}", False
    strange = [body["size"] - 1 for body, _ in checkpoints if body["size"]
               and records[body["size"] - 1]["epoch"] != body["epoch"]]
    if strange:
        return f"broken at #{min(strange)}", False
    events = [(record["seq"], record["event"]) for record in records if record["event"]["kind"] == "responded"]
    last = {event["item"]: (seq, event["commitment"]) for seq, event in events}
    for submission, digest in submissions:
        if any(receipt["submission"] != digest for receipt, _ in receipts):
            return f"broken at #{end}", False
        for answer in submission["answers"]:
            response = answer["response"]
            if (response and (response["seq"], response["commitment"])) != last.get(answer["item"]):
                return f"broken at #{response['seq'] if response else end}", False
    vouched = [(body["size"], body["time"]) for body, _ in checkpoints]
    vouched += [(0, "")] + [(body["log"]["size"], body["received"]) for body, _ in receipts]
    if code:
        plain = code.upper().translate(str.maketrans("ILO", "110", " -"))
        digests = [sha256(f"invigil/paper-code/1 {sitting} {n} {heads[n]}".encode()) for n in range(size + 1)]
        codes = ["".join(CROCKFORD[int(d[:20], 16) >> shift & 31] for shift in range(75, -1, -5)) for d in digests]
        noted = [n for n in range(size + 1) if codes[n] == plain]
        if not noted:
            return f"broken at #{size}", False
        vouched += [(n, records[n - 1]["at"]["wall"]) for n in noted if n]
    proven, time = max(vouched, key=lambda each: each[0])
    words = "proven" if proven == size else f"proven until {time[11:16]}, then offline"
    return words if proven else "consistent, unanchored", True


def main(path, code=None):
    try:
        with zipfile.ZipFile(path) as zipped:
            need(len(set(zipped.namelist())) == len(zipped.namelist()), "a file is in it twice")
            bundle = {each.filename: zipped.read(each) for each in zipped.infolist() if each.file_size <= FILE_MAX}
        words, trusted = judge(bundle, code)
    except Exception as why:  # Whatever it is, the bundle is not to be trusted.
        words, trusted = "broken", print(f"{path}: {why!r}", file=sys.stderr)
    print(words)
    return trusted


if __name__ == "__main__":
    code = sys.argv[2] if sys.argv[1:2] == ["--code"] else None
    sys.exit(0 if all([main(path, code) for path in sys.argv[3 if code else 1:]]) else 2)
