# needs: gcc=gcc g++=g++
cat >x.c <<'X'
#include <stdio.h>
#include <math.h>
struct s { int a[50]; double d; };
static double f(struct s *p, int n) { double r = 0; for (int i = 0; i < n; i++) r += p->a[i] * sqrt(p->d + i); return r; }
int main(void) { struct s q = {{1, 2, 3}, 4}; printf("%f\n", f(&q, 50)); return 0; }
X
cat >y.cc <<'X'
#include <iostream>
#include <map>
#include <string>
int main() { std::map<std::string, int> m; for (int i = 0; i < 1000; i++) m[std::to_string(i)] = i; try { m.at("none"); } catch (std::exception &e) { std::cout << m.size() << e.what() << "\n"; } }
X
gcc -O2 -g0 -c x.c -o x.o && sha256sum <x.o
gcc -O2 x.c -o x -lm && ./x
g++ -O1 -g0 y.cc -o y && ./y
gcc -flto=2 -O2 x.c -o z -lm && ./z
echo 'int main( {' | gcc -x c -
echo "$?"
