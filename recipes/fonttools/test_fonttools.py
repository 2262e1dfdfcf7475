"""A font made from nothing, written, read, subset and drawn."""

import io

from fontTools.fontBuilder import FontBuilder
from fontTools.pens.areaPen import AreaPen
from fontTools.pens.svgPathPen import SVGPathPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont


def square(size):
    pen = TTGlyphPen(None)
    pen.moveTo((0, 0))
    for point in ((0, size), (size, size), (size, 0)):
        pen.lineTo(point)
    pen.closePath()
    return pen.glyph()


names = [".notdef", "A", "B"]
builder = FontBuilder(1000, isTTF=True)
builder.setupGlyphOrder(names)
builder.setupCharacterMap({65: "A", 66: "B"})
builder.setupGlyf({name: square(100 * (i + 1)) for i, name in enumerate(names)})
builder.setupHorizontalMetrics({name: (600, 0) for name in names})
builder.setupHorizontalHeader(ascent=800, descent=-200)
builder.setupNameTable({"familyName": "Squares", "styleName": "Regular"})
builder.setupOS2(sTypoAscender=800)
builder.setupPost()
file = io.BytesIO()
builder.save(file)

font = TTFont(io.BytesIO(file.getvalue()))
assert font["name"].getDebugName(1) == "Squares" and font.getBestCmap() == {65: "A", 66: "B"}
glyphs = font.getGlyphSet()
area, path = AreaPen(glyphs), SVGPathPen(glyphs)
glyphs["B"].draw(area)
glyphs["A"].draw(path)
assert abs(area.value) == 300**2 and path.getCommands() == "M0 0V200H200V0Z"
subsetter = Subsetter(Options())
subsetter.populate(text="A")
subsetter.subset(font)
assert font.getGlyphOrder() == [".notdef", "A"]
xml = io.StringIO()
font.saveXML(xml)
assert '<map code="0x41" name="A"/>' in xml.getvalue()
