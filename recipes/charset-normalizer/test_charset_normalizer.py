"""The encoding of texts whose encoding is known, by their bytes alone."""

from charset_normalizer import detect, from_bytes, is_binary

samples = {
    "Привет, как дела? Это обычный русский текст, чтобы было что угадывать по частоте букв.": "cp1251",
    "Le cœur déçu mais l'âme plutôt naïve, Louÿs rêva de crapaüter en canoë au delà des îles.": "utf_8",
    "これは日本語の文章です。文字コードを推測するための例として書かれています。": "shift_jis",
    "只是一個用來猜測編碼的中文句子，內容並不重要，但要夠長才行。": "big5",
}
for text, encoding in samples.items():
    found = from_bytes(text.encode(encoding)).best()
    assert str(found) == text, (encoding, found.encoding)
assert detect("plain".encode("utf-16"))["encoding"].lower().startswith("utf-16")
assert from_bytes("Zoë".encode("utf-8-sig")).best().bom
assert is_binary(bytes(range(256)) * 20)
