! Each part cannot be compiled for wasm32, and says why: LIMIT chooses one.
#if LIMIT == 1
subroutine greet(name)
  character(*) :: name
  print *, len(name)
end subroutine
#elif LIMIT == 2
subroutine host(n)
  integer :: n
  external :: take
  call take(inner)
contains
  subroutine inner()
    n = n + 1
  end subroutine
end subroutine
#elif LIMIT == 3
subroutine labelled(label)
  character(4) :: label
end subroutine
subroutine pass()
  interface
    subroutine labelled(label)
      character(4) :: label
    end subroutine
  end interface
  external :: take
  call take(labelled)
end subroutine
#endif
