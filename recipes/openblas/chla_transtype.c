/* LAPACK's CHLA_TRANSTYPE, which returns a character. C programs (SciPy) declare it to return a char, which no Fortran
   compiler's functions do. */
char chla_transtype_(const int *trans) {
  switch (*trans) {
    case 111: return 'N';
    case 112: return 'T';
    case 113: return 'C';
    default: return 'X';
  }
}
