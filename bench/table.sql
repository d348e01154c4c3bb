-- A table of 300,000 rows in memory, filled and grouped: 0.9 million allocations.
CREATE TABLE orders (id INTEGER PRIMARY KEY, customer INTEGER, item TEXT, cents INTEGER);
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 300000)
	INSERT INTO orders SELECT i, i * 7919 % 5003, 'item ' || (i * 104729 % 99991), i % 10007 FROM n;
SELECT customer, count(*), sum(cents) FROM orders GROUP BY customer ORDER BY 3 DESC LIMIT 3;
SELECT count(DISTINCT upper(item)) FROM orders;
