# needs: tmux=tmux
# slow
export TMUX_TMPDIR=$PWD TERM=screen
tmux -f /dev/null new-session -d -x 80 -y 24 'echo in tmux; sleep 100'
for _ in $(seq 100); do if tmux capture-pane -p | grep -q 'in tmux'; then break; fi; sleep .05; done
tmux capture-pane -p | head -1
tmux split-window -h 'cat'
tmux list-panes | wc -l
tmux send-keys typed Enter
for _ in $(seq 100); do if tmux capture-pane -p | grep -q typed; then break; fi; sleep .05; done
tmux capture-pane -p | head -1
tmux kill-server
echo "$?"
