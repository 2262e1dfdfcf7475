# Fortran for emscripten-wasm32. flang compiles, emcc links (see docs/fortran.md).
export FC=flang F77=flang F90=flang
export FFLAGS="-O2" FCFLAGS="-O2"
