# needs: valgrind=valgrind
# slow
valgrind -q --error-exitcode=9 /bin/true
echo "$?"
