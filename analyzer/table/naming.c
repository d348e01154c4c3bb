#include "table/naming.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "util/alloc.h"
#include "util/arena.h"
#include "util/buf.h"
#include "util/progress.h"

/*
 * A model's frame is (module, offset), the symbolizer's an address of a process. Each module gets an address range of its
 * own here, at (index + 1) << RANGE_BITS.
 */
enum { RANGE_BITS = 40 };

struct frames { VEC_FIELDS(struct frame) };

struct naming {
	pthread_mutex_t turn;
	const struct model *model;
	struct sym         *sym;
	struct arena        arena;       /* names that were put together */
	bool               *foreign;     /* by module */
	struct frames       path, node;  /* what naming_stacks and naming_node return */
	VEC(uint32_t)       offsets;     /* of each frame of `path`: see struct sym_frame */
	struct map64        by_address;  /* address in no module -> its name */
	VEC(const char *)   addresses;
};

/* Beginnings of file names. */
static const char *const foreign_modules[] = {
	"libc.so", "libc-", "ld-linux", "ld-", "ld.so", "libpthread", "libdl.so", "libdl-", "librt.so", "libm.so", "libm-", "libhp.so",
	"libstdc++", "libgcc_s", "libc++", "linux-vdso", "[vdso]", "libasan", "libtsan", "libubsan", "libgfortran",
};
/* Beginnings of names that are found in the program itself, but come with a language or only hand a request on. */
static const char *const foreign_names[] = {
	"std::", "__gthread", "xmalloc", "xcalloc", "xrealloc", "xstrdup", "g_malloc", "g_realloc", "g_strdup", "__gnu_cxx::", "operator new", "operator delete", "__cxa_", "__cxxabiv1::",
	"core::", "alloc::", "<alloc::", "<core::", "<std::", "__rust_", "__rdl_", "__rg_", "_GLOBAL__sub_I_", "__static_initialization",
};

static bool begins_with_one(const char *text, const char *const *list, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (text[0] == list[i][0] && !strncmp(text, list[i], strlen(list[i])))
			return true;
	return false;
}
#define BEGINS_WITH_ONE(text, list) begins_with_one(text, list, sizeof(list) / sizeof(*(list)))

static const char *const start_names[] = { "__libc_start", "start_thread", "clone", "__clone", "_start" };

static bool is_foreign_name(const char *name)
{
	const char *space = strchr(name, ' '), *stop = strpbrk(name, "(<");

	if (BEGINS_WITH_ONE(name, foreign_names))
		return true;
	return space && stop && space < stop && BEGINS_WITH_ONE(space + 1, foreign_names);  /* "int std::foo<int>()" */
}

static const char *file_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

static uint64_t address_of(uint32_t module, uint64_t offset)
{
	return ((uint64_t)module + 1) << RANGE_BITS | (offset & ((1ull << RANGE_BITS) - 1));
}

static struct sym_module describe(const struct module *m, uint32_t index)
{
	uint64_t base = address_of(index, 0);

	return (struct sym_module){
		.path = m->path, .build_id = m->build_id, .build_id_bytes = m->build_id_bytes,
		.base = base, .lo = base, .hi = base + (1ull << RANGE_BITS) - 1, .from = 0, .to = UINT64_MAX,
	};
}

const struct model *naming_model(const struct naming *n)
{
	return n->model;
}

struct naming *naming_new(const struct model *model, const struct sym_options *options)
{
	struct naming *n = xcalloc(1, sizeof(*n));
	size_t count = model->stacks.modules.n;
	struct sym_module *modules = xcalloc(count + 1, sizeof(*modules));

	pthread_mutex_init(&n->turn, NULL);
	n->model = model;
	n->foreign = xcalloc(count + 1, sizeof(*n->foreign));
	for (size_t i = 0; i < count; i++) {
		const struct module *m = &model->stacks.modules.v[i];

		modules[i] = describe(m, (uint32_t)i);
		n->foreign[i] = BEGINS_WITH_ONE(file_name(m->path), foreign_modules);
	}
	n->sym = sym_open(modules, count, options);
	free(modules);
	return n;
}

void naming_lock_for_run(struct naming *n)
{
	pthread_mutex_lock(&n->turn);
}

void naming_unlock_for_run(struct naming *n)
{
	pthread_mutex_unlock(&n->turn);
}

void naming_free(struct naming *n)
{
	if (!n)
		return;
	sym_close(n->sym);
	arena_free(&n->arena);
	free(n->foreign);
	vec_free(&n->path);
	vec_free(&n->node);
	vec_free(&n->offsets);
	vec_free(&n->addresses);
	map64_free(&n->by_address);
	free(n);
}

/* Put together once for each address: it may be on very many stacks. */
static const char *address_name(struct naming *n, uint64_t address)
{
	uint32_t i = map64_get(&n->by_address, address);
	char text[32];
	int length;

	if (i != MAP64_NONE)
		return n->addresses.v[i];
	length = snprintf(text, sizeof(text), "0x%" PRIx64, address);
	map64_put(&n->by_address, address, (uint32_t)n->addresses.n);
	vec_push(&n->addresses, arena_strndup(&n->arena, text, (size_t)length));
	return n->addresses.v[n->addresses.n - 1];
}

static uint8_t owner_of(const struct naming *n, const char *name, uint32_t module)
{
	bool foreign = n->foreign[module];

	if ((foreign || name[0] == '_') && BEGINS_WITH_ONE(name, start_names))
		return FRAME_START;
	return foreign || is_foreign_name(name) ? FRAME_FOREIGN : FRAME_OWN;
}

static struct frame frame_of(const struct naming *n, const struct sym_frame *f, uint32_t module)
{
	return (struct frame){
		.name = f->function, .file = f->line ? f->file : NULL, .line = f->line, .owner = owner_of(n, f->function, module),
	};
}

/* Appends the frames of one node. */
static void add_frames(struct naming *n, uint32_t node, struct frames *to)
{
	const struct stack_node *s = &n->model->stacks.nodes.v[node];
	const struct sym_frame *found;
	size_t count;

	if (s->module == MODULE_NONE) {
		vec_push(to, (struct frame){ .name = address_name(n, s->offset) });
		vec_push(&n->offsets, 0);
		return;
	}
	count = sym_frames(n->sym, address_of(s->module, s->offset), (s->flags & HP_NODE_EXACT) != 0, SYM_ANY_TIME, &found);
	for (size_t i = 0; i < count; i++) {
		vec_push(to, frame_of(n, &found[i], s->module));
		vec_push(&n->offsets, found[i].offset);
	}
}

const struct frame *naming_node(struct naming *n, uint32_t node, size_t *count)
{
	n->node.n = n->offsets.n = 0;
	add_frames(n, node, &n->node);
	*count = n->node.n;
	return n->node.v;
}

/* A frame that stands for those that are missing at the outer end. It counts as the user's where others of the user's are. */
static void mark_cut(struct naming *n, uint32_t flags)
{
	uint8_t owner = FRAME_FOREIGN;

	if (!(flags & (HP_NODE_CUT | HP_NODE_STOPPED)))
		return;
	for (size_t i = 0; i < n->path.n && owner != FRAME_OWN; i++)
		owner = n->path.v[i].owner;
	vec_push(&n->path, (struct frame){
		.name = flags & HP_NODE_CUT ? "[cut: HP_DEPTH]" : "[cut: no unwinding from here]",
		.owner = owner == FRAME_OWN ? FRAME_OWN : FRAME_FOREIGN,
	});
	vec_push(&n->offsets, 0);
}

static const struct frame *frames(void *context, uint64_t stack, size_t *count)
{
	struct naming *n = context;
	const struct stacks *s = &n->model->stacks;
	uint32_t flags = 0;

	n->path.n = n->offsets.n = 0;
	for (uint32_t node = (uint32_t)stack; node && node < s->nodes.n; node = s->nodes.v[node].parent) {
		add_frames(n, node, &n->path);
		flags = s->nodes.v[node].flags;
	}
	mark_cut(n, flags);
	*count = n->path.n;
	return n->path.v;
}

struct stack_source naming_stacks(struct naming *n)
{
	return (struct stack_source){ .frames = frames, .context = n };
}

struct function_name naming_function(struct naming *n, uint32_t module, uint64_t offset)
{
	const struct sym_frame *f;

	if (module == MODULE_NONE || module == MODULE_THREAD)
		return (struct function_name){ .name = address_name(n, offset), .module = "" };
	f = sym_function(n->sym, address_of(module, offset), SYM_ANY_TIME);
	return (struct function_name){
		.name = f->function, .module = n->model->stacks.modules.v[module].path, .file = f->file, .line = f->line,
		.owner = owner_of(n, f->function, module),
	};
}

const char *naming_symbol(struct naming *n, uint32_t module, uint64_t offset)
{
	return module == MODULE_NONE ? NULL : sym_function(n->sym, address_of(module, offset), SYM_ANY_TIME)->raw;
}

/* The innermost frame of the user's own code; the innermost one if there is none; NULL for stack 0. */
static const struct frame *own_frame(struct naming *n, uint32_t stack)
{
	size_t count;
	const struct frame *f = frames(n, stack, &count);

	for (size_t i = 0; i < count; i++)
		if (f[i].owner == FRAME_OWN)
			return &f[i];
	return count ? f : NULL;
}

const char *naming_keep(struct naming *n, struct buf *text)
{
	const char *copy = arena_strdup(&n->arena, buf_text(text));

	buf_free(text);
	return copy;
}

const char *naming_return_site(struct naming *n, uint32_t stack)
{
	const struct frame *f = own_frame(n, stack);
	struct buf text = { 0 };

	if (!f)
		return NULL;
	buf_adds(&text, f->name);
	if (n->offsets.v[f - n->path.v])
		buf_addf(&text, "+0x%" PRIx32, n->offsets.v[f - n->path.v]);
	return naming_keep(n, &text);
}

uint32_t naming_own_stack(const struct naming *n, uint32_t stack)
{
	const struct stack_node *nodes = n->model->stacks.nodes.v;
	uint32_t own = stack;

	while (own && naming_is_foreign(n, nodes[own].module))
		own = nodes[own].parent;
	return own && nodes[own].parent ? own : stack;  /* the outermost one is _start, or all that is left of a cut path */
}

const char *naming_variable(struct naming *n, uint32_t module, uint64_t offset)
{
	struct sym_data data;
	struct buf text = { 0 };

	if (sym_data(n->sym, address_of(module, offset), SYM_ANY_TIME, &data))
		return NULL;
	if (!data.offset)
		return data.name;
	buf_addf(&text, "%s+0x%" PRIx64, data.name, data.offset);
	return naming_keep(n, &text);
}

const char *naming_data_place(struct naming *n, uint32_t module, uint64_t offset)
{
	struct sym_data data = { .module = -1 };
	const char *path = n->model->stacks.modules.v[module].path, *slash = strrchr(path, '/');
	struct buf text = { 0 };

	if (sym_data(n->sym, address_of(module, offset), SYM_ANY_TIME, &data) && data.module < 0)
		return NULL;
	buf_addf(&text, "%s+0x%" PRIx64, slash && slash[1] ? slash + 1 : path, offset);
	return naming_keep(n, &text);
}

static void show_progress(void *bar, uint64_t more)
{
	progress_add(bar, more);
}

void naming_ahead(struct naming *n)
{
	const struct stacks *s = &n->model->stacks;
	struct sym_place *places = xcalloc(s->nodes.n + 1, sizeof(*places));
	struct progress bar;
	size_t count = 0;

	for (size_t i = 1; i < s->nodes.n; i++)
		if (s->nodes.v[i].module != MODULE_NONE)
			places[count++] = (struct sym_place){ address_of(s->nodes.v[i].module, s->nodes.v[i].offset), (s->nodes.v[i].flags & HP_NODE_EXACT) != 0 };
	progress_begin(&bar, "looking names up", count);
	sym_ahead(n->sym, places, count, show_progress, &bar);
	progress_end(&bar);
	free(places);
}

const char *naming_text_in(struct naming *n, uint32_t module, const char *function, int (*accept)(const char *))
{
	return sym_text_in(n->sym, module, function, accept);
}

bool naming_is_foreign(const struct naming *n, uint32_t module)
{
	return module != MODULE_NONE && n->foreign[module];
}

enum sym_state naming_module(struct naming *n, uint32_t module, const char **note)
{
	return sym_state(n->sym, module, note);
}
