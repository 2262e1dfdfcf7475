"""A page as people write them, broken tags and all: found by name, by selector, changed, printed."""

from bs4 import BeautifulSoup

page = """<html><head><title>A &amp; B</title><meta charset="utf-8"></head>
<body><p class="first story">Once <b>upon</b> a time<p class=story id=second>there <a href="/x?a=1&b=2">were</a> <!-- not shown -->
<table><tr><td>1<td>2</table></body>"""
soup = BeautifulSoup(page, "html.parser")
assert soup.title.string == "A & B"
assert soup.find("a")["href"] == "/x?a=1&b=2"
assert [p["class"] for p in soup.find_all("p", class_="story")] == [["first", "story"], ["story"]]
assert [tag.name for tag in soup.select("p.first > b, #second a[href^='/x']")] == ["b", "a"]
assert soup.select_one("p:-soup-contains('were')").get_text(" ", strip=True).startswith("Once")
assert soup.b.find_parent("p")["class"] == ["first", "story"] and soup.a.find_previous("b").string == "upon"
soup.b.replace_with(soup.new_tag("i", attrs={"lang": "en"}))
assert '<i lang="en"></i>' in str(soup) and "<b>" not in soup.decode()
latin = BeautifulSoup('<meta charset="iso-8859-1"><p>Zo\xeb'.encode("latin-1"), "html.parser")
assert latin.p.string == "Zoë" and latin.original_encoding == "iso-8859-1"
