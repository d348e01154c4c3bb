# needs: mariadbd=mariadb-server-core mariadb=mariadb-client-core
# slow
ulimit -n 2048 # with fewer it warns, and puts the time before the warning
mkdir data tmp
if [ "$(id -u)" = 0 ]; then chmod 777 data tmp; fi
common=(--no-defaults "--datadir=$PWD/data" "--tmpdir=$PWD/tmp" --user=root --innodb-log-file-size=4M --innodb-buffer-pool-size=8M --innodb-flush-log-at-trx-commit=0 --max-connections=10 --table-open-cache=100 --open-files-limit=1000)
mkdir data/shop
cat >in.sql <<'X'
create database if not exists shop; use shop;
create table t (a int primary key, b varchar(40), key(b)) engine=innodb;
insert into t select seq, md5(seq) from seq_1_to_5000;
X
mariadbd "${common[@]}" --skip-networking "--socket=$PWD/s" --skip-grant-tables "--pid-file=$PWD/pid" --log-error="$PWD/log" &
for _ in $(seq 200); do if [ -S s ]; then break; fi; sleep .1; done
mariadb --no-defaults -S s -e 'source in.sql; select count(*), sum(a), max(b) from t; select * from nope'
echo "$?"
mariadb --no-defaults -S s -e 'shutdown'
wait
echo "$?"
