/* flags: -shared -fPIC -fno-builtin -O2 */
/* What broken_tables damages and loads: frames of several kinds, with allocations in them. */
#include <stdlib.h>

void *plugin_deep(int depth, void *(*innermost)(size_t));

static volatile int sink;

__attribute__((noinline)) static void *with_room(int depth, void *(*innermost)(size_t))
{
	volatile char room[depth * 24 + 1];
	room[0] = (char)depth;
	void *p = plugin_deep(depth - 1, innermost);
	sink += room[0];
	return p;
}

void *plugin_deep(int depth, void *(*innermost)(size_t))
{
	if (depth > 0) {
		void *p = depth % 2 ? with_room(depth, innermost) : plugin_deep(depth - 1, innermost);
		free(malloc(10));
		sink++;
		return p;
	}
	void *p = innermost(100);
	sink++;
	return p;
}
