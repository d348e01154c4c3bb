/* The table "checks" of a document as JUnit's XML, which what runs tests on servers reads. */
#include "render/render.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "table/table.h"
#include "util/buf.h"
#include "util/text.h"

struct xml { FILE *out; const struct doc *doc; const struct table *checks; };

/* Two characters that may stand in UTF-8 may not in XML. */
static bool is_forbidden(const char *s)
{
	return !strncmp(s, "\xef\xbf\xbe", 3) || !strncmp(s, "\xef\xbf\xbf", 3);
}

static void put_escaped(FILE *out, const char *text)
{
	for (const char *s = text; *s; s++) {
		switch (*s) {
		case '&':  fputs("&amp;", out); break;
		case '<':  fputs("&lt;", out); break;
		case '>':  fputs("&gt;", out); break;
		case '"':  fputs("&quot;", out); break;
		case '\'': fputs("&apos;", out); break;
		case '\xef':
			if (is_forbidden(s)) {
				putc('?', out);
				s += 2;
				break;
			}
			/* fall through */
		default:   putc(*s, out);
		}
	}
}

static void put_text(const struct xml *x, const char *text)
{
	char *shown = text_escaped(text);

	put_escaped(x->out, shown);
	free(shown);
}

static void put_attribute(const struct xml *x, const char *name, const char *value)
{
	fprintf(x->out, " %s=\"", name);
	put_text(x, value);
	putc('"', x->out);
}

static const struct cell *cell_in(const struct table *t, const struct row *row, const char *key)
{
	static const struct cell unknown;
	int at = table_column(t, key);

	return at < 0 ? &unknown : &row->cells[at];
}

static const struct cell *cell_of(const struct xml *x, const struct row *row, const char *key)
{
	return cell_in(x->checks, row, key);
}

static const char *name_of(const struct xml *x, const struct row *row, const char *key)
{
	const struct cell *c = cell_of(x, row, key);

	return c->type == CELL_NAME ? c->name : "";
}

static bool has_passed(const struct xml *x, const struct row *row)
{
	return cell_of(x, row, "passed")->integer != 0;
}

/* "hp.memory" of "memory.sites[..].calls < 5": servers group by it. */
static void put_class(const struct xml *x, const char *check)
{
	char *class = NULL;
	size_t n = strspn(check, " "), length = strcspn(check + n, ".[ <>=!");

	if (asprintf(&class, "hp.%.*s", (int)length, check + n) < 0)
		return;
	put_attribute(x, "classname", class);
	free(class);
}

/* The stack in the table of one row that stands in a cell. */
static uint64_t stack_in(const struct cell *c)
{
	const struct cell *stack;

	if (c->type != CELL_TABLE || !c->table->row_count)
		return 0;
	stack = cell_in(c->table, &c->table->rows[0], "stack");
	return stack->type == CELL_STACK ? stack->stack : 0;
}

static void put_path(const struct xml *x, uint64_t stack)
{
	size_t count = 0;
	const struct frame *frames = stack && x->doc->stacks.frames ? x->doc->stacks.frames(x->doc->stacks.context, stack, &count) : NULL;

	for (size_t i = 0; i < count; i++) {
		fputs(i ? "\n  called by " : "\nmostly in ", x->out);
		put_text(x, frames[i].name);
		if (frames[i].file) {
			putc(' ', x->out);
			put_text(x, frames[i].file);
			fprintf(x->out, ":%" PRIu32, frames[i].line);
		}
	}
}

static void put_failure(const struct xml *x, const struct row *row)
{
	const char *message = name_of(x, row, "message");

	fputs("      <failure type=\"check\"", x->out);
	put_attribute(x, "message", message);
	putc('>', x->out);
	put_text(x, name_of(x, row, "check"));
	fputs("\nmeasured: ", x->out);
	put_text(x, message);
	put_path(x, stack_in(cell_of(x, row, "worst")));
	fputs("</failure>\n", x->out);
}

static void put_case(const struct xml *x, const struct row *row)
{
	const char *check = name_of(x, row, "check"), *note = name_of(x, row, "note");

	fputs("    <testcase", x->out);
	put_class(x, check);
	put_attribute(x, "name", check);
	fputs(" time=\"0\">\n", x->out);
	if (!has_passed(x, row))
		put_failure(x, row);
	if (note[0]) {
		fputs("      <system-out>", x->out);
		put_text(x, note);
		fputs("</system-out>\n", x->out);
	}
	fputs("    </testcase>\n", x->out);
}

static void put_counts(const struct xml *x)
{
	size_t failed = 0;

	for (size_t r = 0; r < x->checks->row_count; r++)
		failed += !has_passed(x, &x->checks->rows[r]);
	fprintf(x->out, " tests=\"%zu\" failures=\"%zu\" errors=\"0\"", x->checks->row_count, failed);
}

static void document(const struct render *to, const struct doc *doc)
{
	struct xml x = { .out = to->out, .doc = doc };

	for (size_t i = 0; i < doc->table_count; i++)
		if (doc->tables[i]->key && !strcmp(doc->tables[i]->key, "checks"))
			x.checks = doc->tables[i];
	fputs("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites", x.out);
	if (x.checks) {
		put_counts(&x);
		fputs(">\n  <testsuite name=\"hp-analyze check\"", x.out);
		put_counts(&x);
		fputs(" skipped=\"0\" time=\"0\">\n", x.out);
		for (size_t r = 0; r < x.checks->row_count; r++)
			put_case(&x, &x.checks->rows[r]);
		fputs("  </testsuite>\n</testsuites>\n", x.out);
	} else {
		fputs("/>\n", x.out);
	}
}

const struct renderer render_junit = { .name = "junit", .document = document };
