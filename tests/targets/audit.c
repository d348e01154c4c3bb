/* flags: -shared -fPIC -fno-builtin */
/* An auditor for LD_AUDIT, in a namespace of its own with a libc of its own; it says so once. */
#include <link.h>
#include <stdlib.h>

unsigned la_version(unsigned version)
{
	free(malloc(100));
	return version < LAV_CURRENT ? version : LAV_CURRENT;
}

unsigned la_objopen(struct link_map *map, Lmid_t id, uintptr_t *cookie)
{
	(void)map, (void)id, (void)cookie;
	return LA_FLG_BINDTO | LA_FLG_BINDFROM;
}
