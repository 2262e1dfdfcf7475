"""Pictures written and read in each format, with text drawn by FreeType."""

import io
import math
import warnings

from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageFont, ImageStat, features

assert all(features.check(name) for name in ("zlib", "jpg", "webp", "freetype2"))

ramp = Image.linear_gradient("L")
picture = Image.merge("RGB", [Image.radial_gradient("L"), ramp, ramp.rotate(90)])
picture = picture.resize((120, 90), Image.Resampling.LANCZOS)


def again(image: Image.Image, format: str, **options) -> Image.Image:
    file = io.BytesIO()
    image.save(file, format, **options)
    file.seek(0)
    found = Image.open(file)
    assert found.format == format
    found.load()
    return found


def difference(a: Image.Image, b: Image.Image) -> float:
    return math.sqrt(sum(value**2 for value in ImageStat.Stat(ImageChops.difference(a, b.convert(a.mode))).rms))


# Without loss, also with 16 bits, a palette and transparency.
for format in ("PNG", "WEBP", "BMP", "TIFF", "PPM"):
    options = {"lossless": True} if format == "WEBP" else {}
    assert again(picture, format, **options).tobytes() == picture.tobytes(), format
deep = Image.frombytes("I;16", (16, 16), bytes(range(256)) * 2)
assert again(deep, "PNG").tobytes() == deep.tobytes()
assert difference(picture, again(picture.quantize(256), "GIF")) < 30
clear = picture.copy()
clear.putalpha(Image.linear_gradient("L").resize(picture.size))
for format, options in {"PNG": {}, "WEBP": {"lossless": True, "exact": True}}.items():
    assert again(clear, format, **options).tobytes() == clear.tobytes()

# With loss.
assert 0 < difference(picture, again(picture, "JPEG", quality=92, progressive=True)) < 6
assert 0 < difference(picture, again(picture, "WEBP", quality=90)) < 8

# A film.
frames = [Image.new("RGB", (20, 20), color) for color in ("red", "green", "blue")]
film = io.BytesIO()
frames[0].save(film, "WEBP", save_all=True, append_images=frames[1:], duration=100, lossless=True)
opened = Image.open(io.BytesIO(film.getvalue()))
assert opened.n_frames == 3
opened.seek(2)
assert opened.convert("RGB").getpixel((10, 10)) == (0, 0, 255)

# A damaged file is an error.
file = io.BytesIO()
picture.save(file, "PNG")
try:
    with warnings.catch_warnings(action="ignore"):
        Image.open(io.BytesIO(file.getvalue()[:1000])).load()
except OSError:
    pass
else:
    raise AssertionError("half a file was read")

# Text by FreeType: as wide as it says, and only where it is drawn.
font = ImageFont.load_default(40)
assert isinstance(font, ImageFont.FreeTypeFont)
page = Image.new("L", (300, 80))
ImageDraw.Draw(page).text((10, 10), "Wasm", fill=255, font=font)
box = font.getbbox("Wasm")
left, top, right, bottom = page.getbbox()
assert 10 + box[0] <= left < 15 and 115 < right <= 10 + box[2] and (top, bottom) == (10 + box[1], 10 + box[3])
assert font.getlength("WW") > 2.2 * font.getlength("ii")

# A blur keeps the mean.
spot = Image.new("L", (101, 101))
ImageDraw.Draw(spot).ellipse((30, 30, 70, 70), fill=200)
assert abs(ImageStat.Stat(spot.filter(ImageFilter.GaussianBlur(5))).mean[0] - ImageStat.Stat(spot).mean[0]) < 0.5
