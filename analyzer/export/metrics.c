#include "export/metrics.h"

const struct metric metrics[METRIC_COUNT] = {
#define X(id, name, unit, parts, what) { name, unit, parts, what },
	EXPORT_METRICS(X)
#undef X
};

static int same_name(const char *a, const char *b)
{
	for (; *a || *b; a++, b++)
		if ((*a == '-' ? '_' : *a) != *b)
			return 0;
	return 1;
}

unsigned metric_find(const char *name)
{
	unsigned i = 0;

	while (i < METRIC_COUNT && !same_name(name, metrics[i].name))
		i++;
	return i;
}

unsigned metrics_parts(uint32_t mask)
{
	unsigned parts = 0;

	for (unsigned i = 0; i < METRIC_COUNT; i++)
		if (mask & 1u << i)
			parts |= metrics[i].parts;
	return parts;
}

const char *metric_unit(unsigned id)
{
	return metrics[id].unit == UNIT_BYTES ? "bytes" : metrics[id].unit == UNIT_NS ? "nanoseconds" : "count";
}
