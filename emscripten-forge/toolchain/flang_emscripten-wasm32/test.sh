#!/usr/bin/env bash
set -euo pipefail
# Fortran called from C, without the runtime.
$FC $FFLAGS -c test.f90 -o test.o
emcc $CFLAGS -c test.c -o main.o
emcc $LDFLAGS main.o test.o -o test.js
test "$(node test.js)" = "2 3 13 106 4448"

# A COMMON block is the same memory in all units; a procedure can be passed before it is called.
printf 'subroutine put(n)\ncommon /shared/ k\nk = n\nend\n' > put.f90
cat > got.f90 <<'F90'
integer function got(apply)
  common /shared/ k
  integer, external :: apply, twice
  got = apply(twice, k) - twice(k) + k
end
F90
cat > units.c <<'C'
void put_(const int *);
int got_(int (*)(int (*)(const int *), const int *));
int twice_(const int *n) { return 2 * *n; }
static int apply(int (*f)(const int *), const int *n) { return f(n); }
int main(void) { int n = 42; put_(&n); return got_(apply) != n; }
C
$FC $FFLAGS -c put.f90 -o put.o
$FC $FFLAGS -c got.f90 -o got.o
emcc $CFLAGS $LDFLAGS units.c put.o got.o -o units.js
node units.js

# What wasm32 cannot do is said when it is compiled.
expect() {
  if $FC -cpp "-DLIMIT=$1" -c limits.f90 -o limit.o 2> message; then echo "limit $1 was compiled" >&2; exit 1; fi
  grep -q "$2" message || { cat message; exit 1; }
}
expect 1 "external procedure greet_ has a CHARACTER argument of assumed length"
expect 2 "code made at run time"
expect 3 "labelled_ has CHARACTER arguments and is passed as an argument"
# ... and named on every command line, the first works.
$FC -cpp -DLIMIT=1 -mllvm -hidden-lengths=greet -c limits.f90 -o limit.o

# The compiler cache: the same object, without compiling; another one for another source.
export CCACHE_DIR=$PWD/cache
for round in 1 2; do $FC $FFLAGS -c test.f90 -o "cached-$round.o"; done
cmp cached-1.o cached-2.o
test "$(find cache -type f | wc -l)" = 1
sed 's/100 \* ispec/200 * ispec/' test.f90 > other.f90
$FC $FFLAGS -c other.f90 -o other.o
test "$(find cache -type f | wc -l)" = 2
