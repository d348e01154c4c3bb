# needs: cmake=cmake ninja=ninja-build gcc=gcc
# slow
echo 'int main(void) { return 0; }' >x.c
printf 'cmake_minimum_required(VERSION 3.10)\nproject(p C)\nadd_executable(x x.c)\nenable_testing()\nadd_test(NAME t COMMAND x)\n' >CMakeLists.txt
cmake -G Ninja -S . -B b | grep -v '^--'
ninja -C b | tail -1
(cd b && ctest | grep -c Passed)
