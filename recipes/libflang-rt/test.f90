! What needs the runtime: the output is compared with expected.txt, line by line.
module shapes
  implicit none
  type :: figure
    character(:), allocatable :: name
  contains
    procedure :: area => no_area
    procedure :: label
  end type
  type, extends(figure) :: polygon
    real(8), allocatable :: x(:), y(:)
  contains
    procedure :: area => polygon_area
    final :: polygon_final
  end type
  integer :: finalized = 0
contains
  real(8) function no_area(self)
    class(figure), intent(in) :: self
    no_area = 0
  end function
  real(8) function polygon_area(self)
    class(polygon), intent(in) :: self
    polygon_area = abs(sum(self%x * cshift(self%y, 1) - cshift(self%x, 1) * self%y)) / 2
  end function
  function label(self, prefix) result(text)
    class(figure), intent(in) :: self
    character(*), intent(in) :: prefix
    character(:), allocatable :: text
    text = prefix // ':' // self%name
  end function
  subroutine polygon_final(self)
    type(polygon), intent(inout) :: self
    finalized = finalized + 1
  end subroutine
end module

program main
  use shapes
  use iso_c_binding
  implicit none
  call strings()
  call arrays()
  call types()
  call files()
  call pointers()
contains
  subroutine strings()
    character(:), allocatable :: text
    character(20) :: buffer
    integer :: i
    real(8) :: value
    text = 'wasm'
    text = text // repeat('-', 3) // trim('forge   ')
    write (*, '(a,3i4,l2)') text, len(text), index(text, 'forge'), scan(text, 'f'), text < 'zzz'
    write (buffer, '(f8.3,es12.4)') 3.14159d0, 6.02214076d23
    print '(a)', buffer
    read (buffer(1:8), *) value
    write (*, '(3(1x,g0))') value, [(i*i, i = 1, 2)]
    print *, 1.5, 42, .true., (1.0, -2.0)
  end subroutine

  subroutine arrays()
    real(8), allocatable :: a(:, :), b(:)
    real(8) :: c(2, 2)
    integer :: status
    allocate (a(3, 2))
    a = reshape([1, 2, 3, 4, 5, 6], [3, 2])
    b = matmul(a, [1d0, 1d0])
    b = [b, 10d0]
    print '(4f5.1)', b
    c = matmul(transpose(a), a)
    print '(4f6.1)', c
    print '(6i3)', shape(a), maxloc(b), minloc(a), findloc(b, 9d0)
    print '(4f6.1)', maxval(a), product(a(:, 1)), norm2([3d0, 4d0]), dot_product(b, b)
    print '(2l2,i2)', any(a > 5.5), all(a > 1.5), count(a > 2)
    allocate (a(2, 2), stat=status)
    print '(l1)', status /= 0
    print '(3i2)', pack([1, 2, 3, 4], [.true., .false., .true., .true.])
  end subroutine

  subroutine types()
    class(figure), allocatable :: item
    type(polygon) :: square, copy
    square%name = 'square'
    square%x = [0d0, 2d0, 2d0, 0d0]
    square%y = [0d0, 0d0, 2d0, 2d0]
    copy = square
    copy%x = 10 * copy%x
    allocate (item, source=copy)
    print '(2f7.1,1x,a,i3)', square%area(), item%area(), item%label('a'), size(copy%x)
    deallocate (item)
    print '(l1)', finalized > 0
  end subroutine

  subroutine files()
    integer :: unit, i, n, status
    character(5) :: word
    real(8) :: values(3)
    open (newunit=unit, file='numbers.txt', action='readwrite', status='replace')
    write (unit, *) 'three', 3
    write (unit, '(3f10.4)') [(sqrt(real(i, 8)), i = 1, 3)]
    rewind (unit)
    read (unit, *) word, n
    read (unit, *) values
    read (unit, *, iostat=status) n
    close (unit, status='delete')
    print '(a,i2,f8.4,l2)', word, n, sum(values), status /= 0
    open (newunit=unit, form='unformatted', access='stream', status='scratch')
    write (unit) values
    rewind (unit)
    read (unit) values(3:1:-1)
    print '(f6.3)', values(3)
  end subroutine

  subroutine pointers()
    integer, target :: numbers(4) = [1, 2, 3, 4]
    integer, pointer :: every(:), again(:)
    type(c_ptr) :: address
    every => numbers(1:4:2)
    address = c_loc(numbers)
    call c_f_pointer(address, again, [4])
    every = 0
    print '(4i2,2l2)', again, c_associated(address), associated(every, numbers)
    print '(2i3)', c_sizeof(address), size(every)
  end subroutine
end program
