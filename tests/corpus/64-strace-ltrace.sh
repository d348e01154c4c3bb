# needs: strace=strace
# Under hp strace itself is recorded, as is what it traces.
strace -f -qq -e trace=none -e signal=none sh -c 'echo s | cat; exit 3'
echo "$?"
strace -qq -e trace=exit_group true
