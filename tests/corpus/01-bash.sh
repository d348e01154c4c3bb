# The shell's own work: pipelines, traps, coprocesses, substitutions, descriptors.
trap 'echo usr1' USR1
for i in $(seq 60); do x=$(echo "$i" | tr 0-9 a-j); echo "$x"; done | sort | md5sum
kill -USR1 $$
wait < <(:)
coproc cat
echo hi >&"${COPROC[1]}"
read -ru "${COPROC[0]}" line
echo "$line"
exec {fd}>/dev/null
echo "fd $fd"
mapfile -t words < <(printf '%s\n' {a..z}{a..z})
echo "${#words[@]} ${words[*]: -3}"
(exit 7)
echo "$?" >&2
{ sh -c 'kill -SEGV $$'; } 2>/dev/null # the shell's message has a process id
echo "$?"
exit 3
