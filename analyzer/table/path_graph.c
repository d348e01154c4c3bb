#include "table/path_graph.h"

#include <string.h>

#include "dump/ops.h"
#include "util/alloc.h"

uint64_t path_hash(uint64_t hash, const char *text)
{
	hash = hash ? hash : 0xcbf29ce484222325u;
	for (; *text; text++)
		hash = (hash ^ (unsigned char)*text) * 0x100000001b3u;
	return hash == MAP64_EMPTY ? 0 : hash;
}

static uint64_t hash_name(const struct function_name *n)
{
	return path_hash(path_hash(0, n->module), n->name);
}

/* ---- the graph ---- */

static uint64_t function_of_stack(void *data, uint32_t stack)
{
	const struct view_input *in = data;
	const struct stack_node *s = &in->model->stacks.nodes.v[stack];
	struct function_name n = naming_function(in->naming, s->module, s->offset - !(s->flags & HP_NODE_EXACT));

	return s->module == MODULE_NONE || n.owner == FRAME_START ? 0 : hash_name(&n) >> 1 | 1;
}

struct graph *path_graph(const struct view_input *in)
{
	return graph_new(in->model, function_of_stack, (void *)(uintptr_t)in);
}

/* ---- names of paths ---- */

void path_names_init(struct path_names *n, const struct view_input *in, const struct graph *g)
{
	*n = (struct path_names){ .in = in, .g = g };
	n->of_path = xcalloc(g->paths.n, sizeof(*n->of_path));
	n->stacks = xcalloc(g->paths.n, sizeof(*n->stacks));
}

void path_names_free(struct path_names *n)
{
	vec_free(&n->functions);
	map64_free(&n->by_name);
	free(n->of_path);
	free(n->stacks);
}

static struct function_name name_of(struct path_names *n, uint32_t path)
{
	const struct graph_path *p = &n->g->paths.v[path];

	if (!path)
		return (struct function_name){ .name = "unknown code", .module = "" };
	if (graph_is_startup(p))
		return (struct function_name){ .name = "start of the program", .module = "" };
	return naming_function(n->in->naming, p->module, p->offset - !p->is_function);
}

uint32_t path_function(struct path_names *n, uint32_t path)
{
	struct function_name name;
	uint64_t key;
	uint32_t index;

	if (n->of_path[path])
		return n->of_path[path] - 1;
	name = name_of(n, path);
	key = hash_name(&name);
	index = map64_get(&n->by_name, key);
	if (index == MAP64_NONE) {
		index = (uint32_t)n->functions.n;
		vec_push(&n->functions, name);
		map64_put(&n->by_name, key, index);
	}
	n->of_path[path] = index + 1;
	return index;
}

uint32_t path_own_function(struct path_names *n, uint32_t path)
{
	for (uint32_t p = path; p; p = n->g->paths.v[p].parent) {
		uint32_t f = path_function(n, p);

		if (n->functions.v[f].owner == FRAME_OWN)
			return f;
	}
	return path_function(n, path);
}

const char *path_function_name(struct path_names *n, uint32_t path)
{
	uint32_t function = path_function(n, path);  /* may move functions.v */
	return n->functions.v[function].name;
}

const struct names *path_stack(struct path_names *n, uint32_t path)
{
	size_t depth = 0;
	const char **at;

	if (n->stacks[path])
		return n->stacks[path];
	for (uint32_t p = path; p; p = n->g->paths.v[p].parent)
		depth++;
	at = arena_alloc(n->in->arena, (depth + 1) * sizeof(*at));
	depth = 0;
	for (uint32_t p = path; p; p = n->g->paths.v[p].parent)
		at[depth++] = path_function_name(n, p);
	n->stacks[path] = arena_copy(n->in->arena, &(struct names){ depth, at }, sizeof(struct names));
	return n->stacks[path];
}

/* ---- acts ---- */

static const char *process_name(const struct view_input *in, uint32_t process)
{
	if (process >= in->model->processes.v.n)
		return "child process";
	return view_text(in, "process %u (%s)", in->model->processes.v.v[process].pid, view_base_name(in->model->processes.v.v[process].exe));
}

const char *path_thread_name(const struct view_input *in, uint32_t thread)
{
	const struct thread *t;

	if (thread >= in->model->threads.v.n)
		return "thread that was not recorded";
	t = &in->model->threads.v.v[thread];
	return t->name[0] ? view_text(in, "%s (%u)", t->name, t->tid) : view_text(in, "thread %u", t->tid);
}

/* What `object` of an act is an index into. */
enum object { OBJECT_NONE, OBJECT_THREAD, OBJECT_PROCESS, OBJECT_LOCK, OBJECT_FILE };
static const struct { uint8_t object; const char *call; } infos[ACT_KIND_COUNT] = {
	[ACT_BEGIN]      = { OBJECT_NONE, "begin" },        [ACT_END]        = { OBJECT_NONE, "end" },
	[ACT_CREATE]     = { OBJECT_THREAD, "create" },     [ACT_FORK]       = { OBJECT_PROCESS, "fork" },
	[ACT_EXEC]       = { OBJECT_PROCESS, "exec" },      [ACT_ACQUIRE]    = { OBJECT_LOCK, "lock" },
	[ACT_ACQUIRE_SH] = { OBJECT_LOCK, "lock to read" }, [ACT_RELEASE]    = { OBJECT_LOCK, "unlock" },
	[ACT_RELEASE_SH] = { OBJECT_LOCK, "unlock" },       [ACT_GAVE_UP]    = { OBJECT_LOCK, "timed lock" },
	[ACT_COND_WAIT]  = { OBJECT_LOCK, "wait" },         [ACT_SIGNAL]     = { OBJECT_LOCK, "signal" },
	[ACT_BROADCAST]  = { OBJECT_LOCK, "broadcast" },    [ACT_SEM_WAIT]   = { OBJECT_LOCK, "wait" },
	[ACT_SEM_POST]   = { OBJECT_LOCK, "post" },         [ACT_SEM_INIT]   = { OBJECT_LOCK, "init" },
	[ACT_BARRIER]    = { OBJECT_LOCK, "barrier" },      [ACT_JOIN]       = { OBJECT_THREAD, "join" },
	[ACT_CHILD]      = { OBJECT_PROCESS, "wait" },      [ACT_FUTEX_WAIT] = { OBJECT_LOCK, "futex wait" },
	[ACT_FUTEX_WAKE] = { OBJECT_LOCK, "futex wake" },   [ACT_READ]       = { OBJECT_FILE, "read" },
	[ACT_WRITE]      = { OBJECT_FILE, "write" },        [ACT_IO]         = { OBJECT_FILE, "I/O" },
	[ACT_POLL]       = { OBJECT_FILE, "poll" },         [ACT_SLEEP]      = { OBJECT_NONE, "sleep" },
};

static const char *file_name(const struct view_input *in, const struct act *a)
{
	const struct model *m = in->model;
	int channel = a->flags & ACT_CHANNEL || a->kind == ACT_POLL;

	if (channel && a->object < m->acts.channels.n)
		return m->acts.channels.v[a->object].name;
	if (!channel && a->object < m->io.files.n)
		return m->io.files.v[a->object].path;
	return NULL;
}

const char *path_what(const struct view_input *in, const struct act *a)
{
	switch (infos[a->kind < ACT_KIND_COUNT ? a->kind : 0].object) {
	case OBJECT_THREAD:  return path_thread_name(in, a->object);
	case OBJECT_PROCESS: return process_name(in, a->object);
	case OBJECT_LOCK:    return a->object < in->model->locks.v.n ? naming_lock(in->naming, a->object) : NULL;
	case OBJECT_FILE:    return file_name(in, a);
	default:             return NULL;
	}
}

const char *path_call(const struct act *a)
{
	return a->op ? op_name(a->op) : a->kind < ACT_KIND_COUNT ? infos[a->kind].call : "";
}
