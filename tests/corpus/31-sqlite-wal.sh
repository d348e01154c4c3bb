# needs: sqlite3=sqlite3
sqlite3 db 'pragma journal_mode = wal; pragma mmap_size = 100000000; pragma threads = 4; create table t(a, b);
  with recursive c(x) as (select 1 union all select x + 1 from c where x < 20000) insert into t select x, hex(x * 7) from c;
  create index i on t(b); select count(*), sum(a), max(b) from t; vacuum;'
sqlite3 db .dump | sha256sum
