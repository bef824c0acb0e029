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

BASE58, CROCKFORD = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz", "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LINE_MAX, FILE_MAX, CROCKFORD_READ = 64 * 1024, 256 * 1024 * 1024, str.maketrans("ILO", "110", " -")
sha256 = lambda raw: hashlib.sha256(raw).hexdigest()
ordered = lambda value: (
    {name: ordered(value[name]) for name in sorted(value, key=lambda name: name.encode("utf-16-be"))}
    if isinstance(value, dict) else list(map(ordered, value)) if isinstance(value, list) else value)
canonical = lambda value: json.dumps(ordered(value), ensure_ascii=False, separators=(",", ":")).encode()  # RFC 8785
key_of = lambda multikey: base58(multikey, 34, b"\xed\x01")


def need(holds, why):
    if not holds:
        raise ValueError(why)


def base58(text, size, prefix=b""):
    need(isinstance(text, str) and len(text) <= 2 * size and text[:1] == "z", "not base 58")
    number = 0
    for letter in text[1:]:
        number = number * 58 + BASE58.index(letter)
    raw, zeros = number.to_bytes(size, "big"), len(text) - 1 - len(text[1:].lstrip("1"))
    need(raw.startswith(prefix) and zeros == size - len(raw.lstrip(b"\0")), "not the bytes of a key or a signature")
    return raw[len(prefix):]


def parse(raw):
    once = lambda pairs: need(len(dict(pairs)) == len(pairs), "a member occurs twice") or dict(pairs)
    whole = lambda digits: need(digits != "-0" and abs(int(digits)) < 1 << 53, "not a plain number") or int(digits)
    no = lambda digits: need(False, "not a plain number")
    return json.loads(raw.decode("utf-8"), object_pairs_hook=once, parse_int=whole, parse_float=no, parse_constant=no)


def document(raw, kind, key):
    """The body of a signed document and its digest. `key` finds the signer in the body."""
    whole = parse(raw)
    need(isinstance(whole, dict) and whole.get("type") == kind, f"not {kind}")
    body = {name: value for name, value in whole.items() if name != "proof"}
    proof = dict(whole.get("proof") or {})
    fixed = {"type": "DataIntegrityProof", "cryptosuite": "eddsa-jcs-2022", "proofPurpose": "assertionMethod"}
    need(fixed.items() <= proof.items(), "no proof")
    signature = base58(proof.pop("proofValue", None), 64)
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
wall = lambda value: (  # strptime alone takes other spellings
    match(r"\d{4}-\d\d-\d\dT\d\d:\d\d:[0-5]\d\.\d{3}Z")(value) and datetime.strptime(value, "%Y-%m-%dT%H:%M:%S.%fZ"))
ID, DIGEST, BITS32, BITS64 = match("[A-Za-z0-9._:/-]{1,128}"), match("[0-9a-f]{64}"), number(1 << 32), number(1 << 64)
FLAG, WHY = (lambda value: isinstance(value, bool)), {"why": text}
WRITER = {"lease": DIGEST, "client": members({"name": text, "version": text})}
HOLDING = tagged("state", {"enforced": {}, "requested": WHY, "denied": WHY, "unsupported": WHY, "released": {}})
CONTROL = members({"control": match("keyboard|fullscreen|covers|close|clipboard|page|awake"), "holding": HOLDING})
PROBE = match("focus|outputs|terminal|lock-screen|remote-login|screen-share|clipboard|injected-input|"
              "debugger|virtual-machine|programs|keyboards")
PICTURE = members({"monitor": text, "occasion": match("interval|trigger"), "unchanged": BITS32, "stretch": BITS32})
SIGHT = tagged("state", {"clear": {}, "blank": {}, "no-room": {}, "failed": WHY})
SEEN = tagged("what", {
    "clockJumped": {"ms": number(1 << 63, -(1 << 63))}, "surveyed": {"desktop": text, "checks": every(text)},
    "environmentScrubbed": {"names": every(text)}, "suspended": {"ms": BITS64}, "blind": {"probe": PROBE, **WHY},
    "probed": {"probe": PROBE, "sees": every(text)}, "looked": {"monitor": maybe(text), "sight": SIGHT},
    "pageFailed": {}, "guardLost": {}})
EVENT = tagged("kind", {
    "admitted": WRITER, "held": {"reason": match("control-lost|seen|reboot-gap")}, "paused": {}, "returnAllowed": {},
    "moved": WRITER, "released": {}, "continued": {}, "left": {}, "returned": {},
    "captured": {"sha256": DIGEST, "size": BITS64, "picture": PICTURE}, "heartbeat": {"checkpoint": maybe(DIGEST)},
    "acknowledged": {"notice": DIGEST}, "resumed": {"gapMs": BITS64, "givenBackMs": BITS64, "server": maybe(wall)},
    "checked": {"level": match("L[0-3]"), "controls": every(CONTROL)}, "flagged": {"item": ID, "flagged": FLAG},
    "began": {"items": every(ID), "budgetMs": maybe(BITS64), "server": maybe(wall), "start": maybe(DIGEST)},
    "visited": {"screen": tagged("at", {"item": {"item": ID}, "review": {}})}, "observed": {"observation": SEEN},
    "responded": {"item": ID, "revision": BITS32, "commitment": DIGEST, "answered": FLAG}, "granted": {"ms": BITS64},
    "withdrawn": {"why": match("declined|not-ready")}, "closed": {"cause": match("submitted|time-up|terminated")}})
RECORD = members({
    "type": match("invigil/record/1"), "sitting": ID, "epoch": BITS32, "seq": BITS64,
    "at": members({"wall": wall, "elapsed": BITS64, "boot": BITS32}), "event": EVENT, "prev": DIGEST,
    "by": match("candidate|client|issuer|proctor:[A-Za-z0-9._:/-]{1,128}")})
OPENING = members({"seq": BITS64, "salt": match("[0-9a-f]{32}"), "content": text})


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
    then = before or {"at": {"boot": 0, "elapsed": 0}, "epoch": 0, "event": {"kind": None}}
    boots = record["at"]["boot"] - then["at"]["boot"]
    need(boots == 0 and then["at"]["elapsed"] <= record["at"]["elapsed"] or before and boots == 1, "time")
    need(then["epoch"] <= record["epoch"] and then["event"]["kind"] != "closed", "behind an end")
    return record


def judge(bundle, code):
    """The verdict on the files of a bundle, in words."""
    lines = lambda name: [line for line in bundle.get(name, b"").split(b"\n") if line]
    signed = lambda name, kind, key: [document(line, f"invigil/{kind}/1", lambda _: key) for line in lines(name)]
    admission, start = document(
        bundle["admission.json"], "invigil/admission/1", lambda body: key_of(body["issuer"]["signing"]))
    issuer, sitting = key_of(admission["issuer"]["signing"]), admission["sitting"]
    leases, checkpoints = signed("leases.jsonl", "lease", issuer), signed("checkpoints.jsonl", "checkpoint", issuer)
    submissions = signed("submission.json", "submission", key_of(leases[-1][0]["device"]))
    receipts, results = signed("receipt.json", "receipt", issuer), signed("result.json", "result", issuer)
    devices = {lease["epoch"]: key_of(lease["device"]) for lease, _ in leases}
    words = [document(line, "invigil/hand-in/1", lambda body: devices[body["epoch"]]) for line in lines("hand-in.json")]
    need(all(body["sitting"] == sitting for body, _ in results + words), "a document of another sitting")
    openings = [parse(line) for line in lines("openings.jsonl")]
    need(all(map(OPENING, openings)) and list(map(canonical, openings)) == lines("openings.jsonl"), "no openings")
    own = (start, admission["pack"]["digest"])
    if (any(body["sitting"] != sitting for body, _ in leases + checkpoints + submissions + receipts)
            or any((body["admission"], body["pack"]) != own for body, _ in submissions)):
        return "broken at #0"
    named = [body["log"] for body, _ in submissions + receipts] + [body for body, _ in checkpoints]
    records, heads, broken = [], [start], False
    for line in re.findall(rb"[^\n]*\n|[^\n]+\Z", bundle["log.jsonl"]):
        try:
            before, place = (records or [None])[-1], (sitting, len(records), heads[-1])
            records.append(follow(line, before, place, start, leases))
        except (ValueError, RecursionError):
            broken = True
            break
        heads.append(sha256(line))
    size = len(records)
    known = heads[:size] if broken else heads  # a break already names the record before it
    agrees = [(log["size"], known[log["size"]] == log["head"]) for log in named if log["size"] < len(known)]
    wrong = min((n for n, right in agrees if not right), default=None)
    if wrong is not None:
        return f"broken at #{max((n for n, right in agrees if right and n < wrong), default=0)}"
    if broken or len(agrees) < len(named):
        return f"broken at #{size}"
    if strange := [n - 1 for n, epoch in ((body["size"], body["epoch"]) for body, _ in checkpoints)
                   if n and records[n - 1]["epoch"] != epoch]:
        return f"broken at #{min(strange)}"
    last = {e["item"]: (n, e["commitment"]) for n, r in enumerate(records) if (e := r["event"])["kind"] == "responded"}
    for submission, digest in submissions:
        closed, event = {"kind": "closed", "cause": submission["cause"]}, (records or [{}])[-1].get("event")
        if any(receipt["submission"] != digest for receipt, _ in receipts) or event != closed:
            return f"broken at #{max(size - 1, 0)}"
        responses = {answer["item"]: answer["response"] for answer in submission["answers"] if answer["response"]}
        named = {item: (response["seq"], response["commitment"]) for item, response in responses.items()}
        if other := [(named.get(item) or last[item])[0] for item in named | last if named.get(item) != last.get(item)]:
            return f"broken at #{min(other)}"
    vouched = [(body["size"], body["time"]) for body, _ in checkpoints]
    vouched += [(0, "")] + [(body["log"]["size"], body["received"]) for body, _ in receipts]
    if code:
        digests = [sha256(f"invigil/paper-code/1 {sitting} {n} {heads[n]}".encode()) for n in range(size + 1)]
        codes = ["".join(CROCKFORD[int(d[:20], 16) >> shift & 31] for shift in range(75, -1, -5)) for d in digests]
        if not (noted := [n for n, each in enumerate(codes) if each == code.upper().translate(CROCKFORD_READ)]):
            return f"broken at #{size}"
        vouched += [(n, records[n - 1]["at"]["wall"]) for n in noted if n]
    for each in openings:
        commitment = sha256(bytes.fromhex(each["salt"]) + each["content"].encode())
        need(each["seq"] < size and records[each["seq"]]["event"].get("commitment") == commitment, "another answer")
    proven, time = max(vouched, key=lambda each: each[0])
    until = f"proven until {time[11:16]}, then offline" if proven else "consistent, unanchored"
    return "proven" if 0 < proven == size else until


def main(path, code=None):
    try:
        with zipfile.ZipFile(path) as zipped:
            need(len(set(zipped.namelist())) == len(zipped.namelist()), "a file is in it twice")
            bundle = {each.filename: zipped.read(each) for each in zipped.infolist() if each.file_size <= FILE_MAX}
        words = judge(bundle, code)
    except Exception as why:  # Whatever it is, the bundle is not to be trusted.
        words = print(f"{path}: {why!r}", file=sys.stderr) or "broken"
    print(words)
    return not words.startswith("broken")


if __name__ == "__main__":
    code = sys.argv[2] if sys.argv[1:2] == ["--code"] else None
    sys.exit(0 if all([main(path, code) for path in sys.argv[3 if code else 1:]]) else 2)
