# needs: sox=sox gnuplot=gnuplot-nox dot=graphviz
# slow
sox -R -n -r 8000 -b 16 -c 1 a.wav synth 0.5 sine 440 gain -3
sox -R a.wav -t raw -r 16000 - reverse reverb | sha256sum
gnuplot -e 'set terminal svg name "x"; plot sin(x), cos(x)' | sha256sum
echo 'digraph { a -> b -> c; a -> c; subgraph cluster_x { d; e } d -> e -> a }' | dot -Tsvg | sha256sum
echo 'digraph {' | dot -Tsvg
echo "$?"
