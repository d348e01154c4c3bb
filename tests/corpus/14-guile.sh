# needs: guile=guile-3.0
# slow
# A garbage collector that stops all threads by signals.
guile --no-auto-compile -c '(use-modules (ice-9 threads) (ice-9 popen) (ice-9 rdelim))
  (display (apply + (par-map (lambda (i) (length (let loop ((n 20000) (l (list))) (if (= n 0) l (loop (- n 1) (cons (number->string n) l)))))) (iota 6)))) (newline) (gc)
  (display (read-line (open-input-pipe "echo guile"))) (newline) (exit 5)'
echo "$?"
