# needs: chromium=chromium
# slow
echo '<script>let s = 0; for (let i = 0; i < 1e5; i++) s += i; document.title = s; document.body = document.createElement("body"); document.body.textContent = "sum " + s</script>' >p.html
chromium --headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync --user-data-dir="$PWD/u" \
	--dump-dom "file://$PWD/p.html" 2>err
echo "$?"
grep -c 'Check failed\|Received signal' err
