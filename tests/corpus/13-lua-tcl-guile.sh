# needs: lua5.4=lua5.4 tclsh=tcl
lua5.4 -e 'local t = {} for i = 1, 20000 do t[i] = tostring(i) .. "x" end print(#table.concat(t)) t = nil collectgarbage() local p = io.popen("echo lua", "r") print(p:read("a")) os.exit(6)'
echo "$?"
cat >t.tcl <<'X'
set l {}; for {set i 0} {$i < 5000} {incr i} { lappend l [expr {$i * 7919 % 5003}] }
puts [lindex [lsort -integer $l] 99]; puts [exec sh -c "echo from tcl"]; after 5 {set done 1}; vwait done
puts [catch {exec sh -c "exit 3"} msg]; error "as planned"
X
tclsh t.tcl
echo "$?"
