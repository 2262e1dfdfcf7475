#!/usr/bin/env bash
# Makes SRC/liblapack.a of the reference's LAPACK in the folder $1, without what is BLAS's too.
set -euo pipefail
recipe=$(realpath "$(dirname "$0")")
cd "$1/SRC"
# The reference's makefile knows what belongs to LAPACK: everything but what needs extended precision BLAS.
cp ../make.inc.example ../make.inc
printf 'include Makefile\nprint-objects: ; @echo $(sort $(ALLOBJ) $(DEPRECSRC))\n' > list.mk
read -ra listed <<< "$(make -s -f list.mk print-objects)"
sources=()
for object in "${listed[@]}"; do
  case ${object##*/} in
    xerbla.o | lsame.o) ;;  # BLAS has them
    la_constants.o | la_xisnan.o) ;;  # modules, which go before the rest
    *_INT_ETIME.o) ;;
    chla_transtype.o) ;;  # below
    *) sources+=("$(ls "${object%.o}".[fF]*)") ;;
  esac
done
$FC $FFLAGS -c la_constants.f90 la_xisnan.F90
printf '%s\n' "${sources[@]}" | xargs -P "$CPU_COUNT" -n 40 "$FC" $FFLAGS -c
emcc -O2 -fPIC -c "$recipe/chla_transtype.c"
emar rcs liblapack.a ./*.o
