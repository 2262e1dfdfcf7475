#!/usr/bin/env bash
set -euo pipefail
# ODRPACK's dluno opens a file whose name has assumed length, and C calls it with that length.
export FFLAGS="$FFLAGS -mllvm -hidden-lengths=dluno"
# Meson links with a run path when it links with Fortran's compiler. Installing a package replaces this prefix by a
# shorter one, which a module has no way to hold: its strings have a length, not an end.
mkdir bin
cat > bin/flang <<SH
#!/usr/bin/env bash
exec $(command -v flang) "\${@/#-Wl,-rpath,*/-Wl,-O1}"
SH
chmod +x bin/flang
export PATH=$PWD/bin:$PATH
wasm-pip-install --keep-tests -Csetup-args=-Dblas=blas -Csetup-args=-Dlapack=lapack
# The licences of the static libraries in it.
cp -R "$PREFIX/share/licenses" .
