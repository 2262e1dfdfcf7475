export CC_FOR_BUILD=zig-cc CXX_FOR_BUILD=zig-c++ AR_FOR_BUILD=zig-ar
# A recipe that also uses the wasm compiler keeps that one as CC.
if [ "${target_platform:-linux-64}" = linux-64 ]; then
  export CC=zig-cc CXX=zig-c++ AR=zig-ar RANLIB=zig-ranlib
fi
