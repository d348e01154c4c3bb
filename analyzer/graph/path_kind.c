/* path_kind.c - what the time of an act is, when it did not wait for another thread. */
#include "path_private.h"

#include <string.h>

#include "dump/ops.h"

enum { COPY_NS = 20000 };  /* a read that takes no longer found what it wanted */

const char *path_kind_name(unsigned kind)
{
	static const char *const names[] = {
#define X(name, text) text,
		PATH_KINDS(X)
#undef X
	};
	return kind < PATH_KIND_COUNT ? names[kind] : "";
}

/* What waits for a peer that was not recorded. */
static int is_for_peers(const struct act *a)
{
	unsigned class = op_info(a->op)->class;
	return a->gate == ACT_NONE && (class == HP_CLASS_ACCEPT || class == HP_CLASS_CONNECT);
}

static int is_file_like(const struct graph *g, const struct act *a)
{
	const struct io *io = &g->model->io;
	const char *kind = a->object < io->files.n ? io->files.v[a->object].kind : "";
	return strcmp(kind, "socket") && strcmp(kind, "pipe") && strcmp(kind, "eventfd") && strcmp(kind, "timerfd") && strcmp(kind, "signalfd");
}

unsigned path_kind_of(const struct graph *g, const struct act *a)
{
	switch (a->kind) {
	case ACT_IO: case ACT_WRITE:
		return is_for_peers(a) ? PATH_EXTERNAL : PATH_IO;
	case ACT_READ:
		return a->gate != ACT_NONE || a->end - a->start < COPY_NS || (!(a->flags & ACT_CHANNEL) && is_file_like(g, a)) ? PATH_IO : PATH_EXTERNAL;
	case ACT_SLEEP:
		return PATH_SLEEP;
	case ACT_POLL: case ACT_CHILD: case ACT_JOIN:
		return a->gate == ACT_NONE ? PATH_EXTERNAL : PATH_HAND_OVER;
	case ACT_BEGIN: case ACT_CREATE: case ACT_FORK: case ACT_EXEC:
		return PATH_START;
	default:
		return a->gate == ACT_NONE ? PATH_WAIT : PATH_HAND_OVER;
	}
}
