# needs: php=php-cli
# slow
php -n -r 'for ($i = 0, $a = []; $i < 20000; $i++) $a["k$i"] = str_repeat("v", $i % 50); echo count($a), " ", strlen(serialize($a)), "\n";
  echo shell_exec("echo sub"); $p = proc_open(["sh", "-c", "exit 4"], [], $x); echo proc_close($p), "\n"; fwrite(STDERR, "said\n"); exit(3);'
echo "$?"
