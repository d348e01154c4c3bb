#include "cmd/times.h"

#include <string.h>

#include "cmd/cmd.h"
#include "cmd/lists.h"
#include "util/err.h"
#include "util/fmt.h"
#include "util/text.h"

/* The first mark of a name. */
struct search { const char *mark; uint64_t ns; struct marks others; };

static int look_at(void *data, const struct model_event *e)
{
	struct search *s = data;

	if (strcmp(e->name, "mark") || !e->text)
		return 0;
	if (strlen(s->mark) != e->text_bytes || memcmp(s->mark, e->text, e->text_bytes)) {
		marks_add(&s->others, e->text, e->text_bytes);
		return 0;
	}
	s->ns = e->ns;
	return 1;
}

static int find_mark(const char *mark, const char *const *paths, unsigned n, uint64_t *ns)
{
	struct search s = { .mark = mark };
	struct buf all = { 0 };
	struct model *m;
	int found;

	if (model_open(&m, paths, n, NULL, NULL))
		return CMD_DONE;  /* the caller opens them again, and says why they cannot be opened */
	found = model_events(m, look_at, &s);
	model_free(m);
	*ns = s.ns;
	if (found <= 0) {
		list_marks(&all, &s.others);
		err_warn("there is no mark '%s' in this recording; %s%s", text_shown(mark), all.n ? "there are: " : "nor any other", text_shown(buf_text(&all)));
		buf_free(&all);
	}
	marks_free(&s.others);
	return found > 0 ? CMD_DONE : CMD_UNUSABLE;
}

/* How long a recording is, its last event tells. */
static int find_share(double percent, const char *const *paths, unsigned n, uint64_t *ns)
{
	struct model_options few = { .parts = MODEL_WAITS };
	struct model *m;

	if (model_open(&m, paths, n, &few, NULL))
		return CMD_DONE;
	model_run(m, NULL, NULL);
	*ns = (uint64_t)((double)m->duration_ns * percent / 100);
	model_free(m);
	return CMD_DONE;
}

static int find_one(const struct parse_time *t, const char *const *paths, unsigned n, uint64_t *ns)
{
	switch (t->kind) {
	case PARSE_TIME_NONE:    return CMD_DONE;
	case PARSE_TIME_NS:      *ns = t->ns; return CMD_DONE;
	case PARSE_TIME_PERCENT: return find_share(t->percent, paths, n, ns);
	case PARSE_TIME_MARK:    return find_mark(t->mark, paths, n, ns);
	}
	return CMD_DONE;
}

int times_find(struct model_options *wanted, const struct options *o, const char *const *paths, unsigned n)
{
	int status = find_one(&o->from, paths, n, &wanted->from_ns);

	if (!status)
		status = find_one(&o->to, paths, n, &wanted->to_ns);
	if (status || o->to.kind == PARSE_TIME_NONE)
		return status;
	if (wanted->to_ns == 0)
		wanted->to_ns = 1;  /* 0 would mean: to the end */
	if (wanted->to_ns > wanted->from_ns)
		return CMD_DONE;
	err_warn("--to (%s) is not after --from (%s)", fmt_duration(wanted->to_ns).s, fmt_duration(wanted->from_ns).s);
	return CMD_UNUSABLE;
}
