#include "export/export.h"

#include <string.h>

extern const struct exporter export_folded, export_pprof, export_callgrind, export_speedscope, export_massif, export_heaptrack, export_perfetto, export_csv;

const struct exporter *const exporters[] = { &export_folded, &export_pprof, &export_perfetto, &export_callgrind, &export_speedscope, &export_massif, &export_heaptrack, &export_csv, NULL };

const struct exporter *exporter_find(const char *name)
{
	for (size_t i = 0; exporters[i]; i++)
		if (!strcmp(exporters[i]->name, name))
			return exporters[i];
	return NULL;
}
