# A prefix without python is left alone ...
env -u CROSS_PYTHON PREFIX=/nowhere bash -c ". $CONDA_PREFIX/etc/conda/activate.d/cross-python_emscripten-wasm32.sh; test -z \"\${CROSS_PYTHON:-}\""

# ... and one with it gets a native interpreter that answers for the target.
target=$(mktemp -d)
mkdir -p "$target/lib/python3.13"
cat > "$target/lib/python3.13/_sysconfigdata__emscripten_wasm32-emscripten.py" <<'PY'
build_time_vars = {"EXT_SUFFIX": ".cpython-313-wasm32-emscripten.so", "INCLUDEPY": "/include/python3.13", "OPT": "-O2 -I/include"}
PY
PREFIX=$target bash -c ". $CONDA_PREFIX/etc/conda/activate.d/cross-python_emscripten-wasm32.sh; \"\$PYTHON\" -" <<'PY'
import os, sysconfig
prefix = os.environ["PREFIX"]
assert sysconfig.get_platform() == "emscripten-wasm32"
assert sysconfig.get_config_var("EXT_SUFFIX") == ".cpython-313-wasm32-emscripten.so"
assert sysconfig.get_config_var("INCLUDEPY") == f"{prefix}/include/python3.13"
assert sysconfig.get_config_var("OPT") == f"-O2 -I{prefix}/include"
assert sysconfig.get_path("include") == f"{prefix}/include/python3.13"
assert sysconfig.get_path("purelib") == f"{prefix}/lib/python3.13/site-packages"
import json, zlib  # its own standard library still works
PY
rm -rf "$target"
