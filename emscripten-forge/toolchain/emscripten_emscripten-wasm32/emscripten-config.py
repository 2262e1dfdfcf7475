# Configuration of emscripten, relative to its own folder so that the package works in any prefix.
import os

EMSCRIPTEN_ROOT = os.path.dirname(os.path.abspath(__file__))
LLVM_ROOT = os.path.join(EMSCRIPTEN_ROOT, "..", "llvm", "bin")
BINARYEN_ROOT = os.path.join(EMSCRIPTEN_ROOT, "..", "binaryen")
NODE_JS = os.path.join(EMSCRIPTEN_ROOT, "..", "..", "bin", "node")
CACHE = os.path.join(EMSCRIPTEN_ROOT, "cache")
