# needs: dash=dash
dash -c 'echo a | cat; (exit 7); echo $?; set -- *; echo $#; trap "echo bye" EXIT; exec 5>f; echo five >&5; cat f; no_such_command; exit 9'
echo "$?"
dash -c 'i=0; while [ $i -lt 2000 ]; do i=$((i + 1)); s=$s.; done; echo ${#s}'
