/* perfetto_names.c - names in a trace: numbers that packets use, and the texts, which go with the first that does. */
#include <string.h>

#include "export/perfetto_private.h"
#include "util/text.h"

enum { CALLERS_MOST = 12 };

char *packet_text(const char *text, size_t bytes)
{
	struct buf b = { 0 };

	text_escape(&b, text, bytes);
	return buf_steal(&b);
}

/* The number of a name, which goes with this packet if none had it before. The key tells names of a table apart. */
static uint64_t name_number(struct packets *p, struct message *m, unsigned table, uint64_t key, const char *(*text)(struct packets *, const void *),
                            const void *of)
{
	struct map64 *numbers = &p->names[table].number;
	uint32_t number = map64_get(numbers, key);
	struct fresh *f = &m->fresh;
	name_t *name;

	if (number != MAP64_NONE)
		return number;
	number = (uint32_t)numbers->n + 1;
	map64_put(numbers, key, number);
	name = &f->name[table][f->count[table]];
	f->at[table][f->count[table]++] = name;
	perfetto__protos__interned_name__init(name);
	name->has_iid = 1;
	name->iid = number;
	of = text(p, of);
	name->name = f->block[f->blocks++] = packet_text(of, strlen(of));
	return number;
}

static const char *itself(struct packets *p, const void *text)
{
	return text;
}

uint64_t packet_word(struct packets *p, struct message *m, unsigned table, const char *word)
{
	return name_number(p, m, table, (uint64_t)(uintptr_t)word << 1 | 1, itself, word);
}

static const char *function_text(struct packets *p, const void *slice)
{
	const struct slice *s = slice;

	return naming_function(p->in->naming, s->function.module, s->function.offset).name;
}

uint64_t packet_slice_name(struct packets *p, struct message *m, const struct slice *s)
{
	if (s->name)
		return packet_word(p, m, PACKET_NAME, s->name);
	return name_number(p, m, PACKET_NAME, (s->function.offset << 24 ^ s->function.module) << 1, function_text, s);
}

static const char *stack_text(struct packets *p, const void *stack)
{
	struct stack_source source = naming_stacks(p->in->naming);
	size_t count, told = 0;
	const struct frame *f = source.frames(source.context, *(const uint32_t *)stack, &count);

	buf_reset(&p->text);
	for (size_t i = 0; i < count && f[i].owner != FRAME_START; i++) {
		if (told == CALLERS_MOST) {
			buf_adds(&p->text, " < ..");
			break;
		}
		buf_addf(&p->text, "%s%s", told++ ? " < " : "", f[i].name);
	}
	return buf_text(&p->text);
}

static const char *error_text(struct packets *p, const void *error)
{
	const char *name = strerrorname_np(*(const int *)error);

	buf_reset(&p->text);
	buf_addf(&p->text, name ? "%s" : "errno %s%d", name ? name : "", *(const int *)error);
	return buf_text(&p->text);
}

uint64_t packet_error(struct packets *p, struct message *m, int error)
{
	return name_number(p, m, PACKET_TEXT, (uint64_t)(unsigned)error << 3 | 1, error_text, &error);
}

uint64_t packet_stack(struct packets *p, struct message *m, uint32_t stack)
{
	return name_number(p, m, PACKET_TEXT, (uint64_t)stack << 3, stack_text, &stack);
}

uint64_t packet_object(struct packets *p, struct message *m, uint32_t process, uint64_t address, const char *name)
{
	return name_number(p, m, PACKET_TEXT, address << 3 ^ (uint64_t)process << 50 ^ 2, itself, name);
}
