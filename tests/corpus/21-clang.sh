# needs: clang=clang
# slow
printf '#include <stdio.h>\n#include <vector>\nint main() { std::vector<int> v(100, 3); int s = 0; for (int i : v) s += i; printf("%%d\\n", s); return i; }\n' >x.cc
sed 's/return i;/return 0;/' x.cc >y.cc
clang -O1 -c x.cc -o x.o
echo "$?"
clang -O2 -g0 -c y.cc -o y.o && sha256sum <y.o
clang y.cc -o y -lstdc++ && ./y
