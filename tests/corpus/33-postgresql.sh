# needs: /usr/lib/postgresql/*/bin/postgres=postgresql setpriv=util-linux
# slow
# Its processes are ended by signals in the middle of calls, and its children free what their parent allocated.
B=$(ls -d /usr/lib/postgresql/*/bin | tail -1)
U=()
mkdir pg
if [ "$(id -u)" = 0 ]; then chown postgres pg; U=(setpriv --reuid=postgres --regid=postgres --clear-groups); fi
"${U[@]}" "$B/initdb" -D pg -A trust -U postgres --no-locale -E UTF8 -N >/dev/null
"${U[@]}" "$B/pg_ctl" -D pg -o "-c fsync=off -c listen_addresses= -k $PWD/pg -c max_parallel_workers_per_gather=2 -c min_parallel_table_scan_size=0 -c parallel_setup_cost=0 -c parallel_tuple_cost=0" -l pg/log -w start >/dev/null
q() { "${U[@]}" "$B/psql" -h "$PWD/pg" -d postgres -U postgres -AtX "$@"; }
q -c 'create table t as select g, md5(g::text) m from generate_series(1, 20000) g' -c "select count(*), sum(g), md5(string_agg(m, '' order by g)) from t" \
	-c 'create index on t(m)' -c 'select count(*) from t a join t b using (m)' -c 'vacuum analyze t' -c checkpoint -c 'select 1 / 0'
echo "$?"
"${U[@]}" "$B/pg_dump" -h "$PWD/pg" -U postgres postgres | grep -v 'restrict\|^--' | sha256sum
"${U[@]}" "$B/pg_ctl" -D pg -m fast -w stop >/dev/null
echo "$?"
grep -c 'was terminated\|PANIC\|FATAL' pg/log
