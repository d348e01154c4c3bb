# needs: sqlite3=sqlite3
# reads: shop.db
# allocations: sqlite3
sqlite3 shop.db <<'X'
pragma journal_mode = delete; pragma threads = 0;
create table t(a, b);
with recursive c(x) as (select 1 union all select x + 1 from c where x < 20000) insert into t select x, hex(x * 7) from c;
create index i on t(b); pragma cache_size = 20; select count(*), sum(a), max(b) from t where b > '3'; vacuum;
select * from nope;
X
echo "$?"
