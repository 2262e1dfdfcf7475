# Draw with the mouse, a pen or a finger. Python handles the page's events and draws on its canvas.
from js import document

from pyodide.ffi.wrappers import add_event_listener

canvas = document.getElementById("canvas")
context = canvas.getContext("2d")
context.lineCap = context.lineJoin = "round"

INK = ["#1f5fbf", "#c2410c", "#15803d", "#7e22ce"]
strokes = 0
last = None


def begin(event):
    global last, strokes
    canvas.setPointerCapture(event.pointerId)
    context.strokeStyle = INK[strokes % len(INK)]
    strokes += 1
    last = event.offsetX, event.offsetY


def move(event):
    global last
    if last is None:
        return
    here = event.offsetX, event.offsetY
    # A pen reports its pressure; a mouse always reports 0.5.
    context.lineWidth = 12 * event.pressure
    context.beginPath()
    context.moveTo(*last)
    context.lineTo(*here)
    context.stroke()
    last = here


def end(event):
    global last
    last = None
    print(f"stroke {strokes}: ended at ({event.offsetX:.0f}, {event.offsetY:.0f})")


def clear(event):
    context.clearRect(0, 0, canvas.width, canvas.height)


for name, handler in {"pointerdown": begin, "pointermove": move, "pointerup": end, "dblclick": clear}.items():
    add_event_listener(canvas, name, handler)
