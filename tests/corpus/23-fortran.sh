# needs: gfortran=gfortran
# slow
printf 'program p\n real(8), allocatable :: a(:,:)\n integer :: i\n allocate(a(200,200)); a = 1d0\n do i = 1, 5; a = matmul(a, a) / 200; end do\n print *, sum(a)\n open(7, file="o"); write(7,*) "line"; close(7)\n stop 4\nend program\n' >p.f90
gfortran -O1 p.f90 -o p && ./p
echo "$?"
cat o
