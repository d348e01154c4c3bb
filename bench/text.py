"""JSON written and read, and regular expressions over it: 3 million allocations where Python takes all of them from malloc."""
import json, re

rows = [{"id": i, "sum": i * 0.25, "tags": [str(i % 7), str(i % 1009)]} for i in range(52000)]
text = json.dumps(rows)
back = json.loads(text)
numbers = re.findall(r"\d+", text)
pairs = [m.groups() for m in re.finditer(r"(\d+)\W+(\d+)", text)]
longer = re.sub(r'"(\d+)"', lambda m: m[1], text)
print(len(back), len(set(numbers)), len(pairs), len(longer))
