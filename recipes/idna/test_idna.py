"""Names both ways, by the rules of 2008 and with the mapping of browsers, and names that are not allowed."""

import idna

assert idna.encode("faß.de") == b"xn--fa-hia.de" and idna.decode("xn--fa-hia.de") == "faß.de"
assert idna.encode("ドメイン.テスト") == b"xn--eckwd4c7c.xn--zckzah"
assert idna.encode("Königsgäßchen", uts46=True) == b"xn--knigsgchen-b4a3dun"
for broken in ("a" * 64, "-a.de", "a\u200bb", "xn--0", "⒈com"):
    try:
        idna.encode(broken)
    except idna.IDNAError:
        pass
    else:
        raise AssertionError(f"{broken!r} was accepted")
