# A build that has the target's python in its host environment gets a native interpreter that answers
# with the target's configuration; any other build is left alone.
_root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../../.." && pwd)
_data=_sysconfigdata__emscripten_wasm32-emscripten
if [[ -f ${PREFIX:-}/lib/python3.13/$_data.py ]]; then
  export CROSS_PYTHON=$_root/opt/cross-python
  export PYTHON=$_root/bin/python3.13
  export PYTHONPATH=$CROSS_PYTHON${PYTHONPATH:+:$PYTHONPATH}
  export PYTHONNOUSERSITE=1
  export _PYTHON_HOST_PLATFORM=emscripten-wasm32
  export _PYTHON_SYSCONFIGDATA_NAME=$_data
  export MESON_CROSS_FILE=$CROSS_PYTHON/emscripten.meson
  export SP_DIR=$PREFIX/lib/python3.13/site-packages
  export PIP_NO_INDEX=1 PIP_NO_DEPENDENCIES=1 PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
  export PIP_CONFIG_FILE=/dev/null PIP_NO_COMPILE=1
fi
unset _root _data
