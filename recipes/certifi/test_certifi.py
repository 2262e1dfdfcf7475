"""The file of certificates is where the package says, and each entry in it is a certificate's length."""

import base64
import re

import certifi

text = certifi.contents()
assert open(certifi.where()).read() == text
bodies = re.findall(r"-----BEGIN CERTIFICATE-----\n(.*?)\n-----END CERTIFICATE-----", text, re.S)
assert len(bodies) > 100
for body in bodies:
    data = base64.b64decode(body, validate=False)
    # DER: a sequence, its length in the next bytes.
    assert data[:2] == b"\x30\x82" and int.from_bytes(data[2:4], "big") + 4 == len(data)
