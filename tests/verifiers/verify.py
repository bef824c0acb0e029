"""Asks openbadgeslib about the credentials of a shelf; verify.mjs says what a shelf is.

python verify.py SHELF — prints one line of JSON for each case. Pictures are opened by its own reader, and a picture must
still be one: its pixels are those of the picture that was baked. It reads status lists, but knows no signature of theirs
other than a JWT; so their proof is checked here, by its own function for proofs.
"""

import json
import pathlib
import sys
import xml.dom.minidom

import png
from openbadgeslib import baking
from openbadgeslib.ob3.did import resolve_verification_method
from openbadgeslib.ob3.ldp import OB3LdpVerifier, verify_data_integrity_proof

shelf = pathlib.Path(sys.argv[1])
addresses = json.loads((shelf / "addresses.json").read_text())


def download(address, *_arguments, **_options):
    data = (shelf / addresses[address]).read_bytes()
    found = json.loads(data)
    if "BitstringStatusListCredential" in found.get("type", []):
        method = found["proof"][0]["verificationMethod"]
        verify_data_integrity_proof(found, resolve_verification_method(method, download=download))
    return data


def document(path):
    data = path.read_bytes()
    if path.suffix == ".png":
        plain = list(png.Reader(bytes=(shelf / "plain.png").read_bytes()).asRGBA8()[2])
        assert list(png.Reader(bytes=data).asRGBA8()[2]) == plain, "the pixels are others"
        return baking.extract_png(data, keyword=baking.ITXT_KEYWORD_OB3)
    if path.suffix == ".svg":
        assert xml.dom.minidom.parseString(data).documentElement.localName == "svg"
        return baking.extract_svg(data, element=baking.SVG_ELEMENT_OB3, text_fallback=True)
    return data


for name, case in json.loads((shelf / "cases.json").read_text()).items():
    if "openbadgeslib" not in case["verifiers"]:
        continue
    refusal = None
    try:
        OB3LdpVerifier().verify(document(shelf / case["file"]), check_status=True, download=download,
                                verify_status_list=False)
    except Exception as error:  # Whatever it raises is a refusal.
        refusal = f"{type(error).__name__}: {error}"
    print(json.dumps({"verifier": "openbadgeslib", "case": name, "refusal": refusal}))
