! Called from C with the signatures of a Fortran 77 library, as test.c declares them.
subroutine scale_rows(side, n, factors, matrix)
  character :: side
  integer :: n, i, j
  complex(8) :: factors(n), matrix(n, n)
  do j = 1, n
    do i = 1, n
      if (ichar(side) == ichar('L')) then
        matrix(i, j) = factors(i) * matrix(i, j)
      else
        matrix(i, j) = matrix(i, j) * factors(j)
      end if
    end do
  end do
end subroutine

complex(8) function dot(n, x, y)
  integer :: n
  complex(8) :: x(n), y(n)
  integer :: i
  dot = 0
  do i = 1, n
    dot = dot + conjg(x(i)) * y(i)
  end do
end function

! An internal procedure that uses its host's variables, and a procedure argument.
real(8) function integral(f, a, b, n)
  real(8), external :: f
  real(8) :: a, b, h
  integer :: n, i
  h = (b - a) / n
  integral = 0
  do i = 1, n
    call add(a + (i - 0.5d0) * h)
  end do
contains
  subroutine add(x)
    real(8) :: x
    integral = integral + h * f(x)
  end subroutine
end function

! A procedure of LAPACK's list: it gets the length of its name.
integer function ilaenv(ispec, name)
  integer :: ispec
  character(*) :: name
  ilaenv = 100 * ispec + len(name)
end function

integer function block_size()
  integer, external :: ilaenv
  block_size = ilaenv(1, 'DGETRF')
end function

! Kinds of C's types are those of wasm32.
integer function kinds()
  use iso_c_binding
  kinds = c_long * 1000 + c_size_t * 100 + c_intptr_t * 10 + c_long_long
end function
