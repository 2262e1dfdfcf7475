#include <ffi.h>
#include <stdio.h>

static double mix(int a, long long b, double c, float d) { return a + (double)b + c + d; }

static void closure_body(ffi_cif *cif, void *result, void **arguments, void *data) {
  (void)cif;
  *(int *)result = *(int *)arguments[0] * *(int *)data;
}

int main(void) {
  ffi_cif cif;
  ffi_type *types[] = {&ffi_type_sint, &ffi_type_sint64, &ffi_type_double, &ffi_type_float};
  if (ffi_prep_cif(&cif, FFI_DEFAULT_ABI, 4, &ffi_type_double, types) != FFI_OK) return 1;
  int a = 1;
  long long b = 1LL << 40;
  double c = 0.5, result = 0;
  float d = 0.25f;
  void *values[] = {&a, &b, &c, &d};
  ffi_call(&cif, FFI_FN(mix), &result, values);
  if (result != 1 + (double)(1LL << 40) + 0.75) return 2;

  ffi_cif closure_cif;
  int factor = 6;
  void *code;
  ffi_closure *closure = ffi_closure_alloc(sizeof *closure, &code);
  if (!closure || ffi_prep_cif(&closure_cif, FFI_DEFAULT_ABI, 1, &ffi_type_sint, types) != FFI_OK) return 3;
  if (ffi_prep_closure_loc(closure, &closure_cif, closure_body, &factor, code) != FFI_OK) return 4;
  if (((int (*)(int))code)(7) != 42) return 5;
  ffi_closure_free(closure);
  puts("ok");
  return 0;
}
