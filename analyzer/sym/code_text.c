/*
 * code_text.c - the string constants that a function's code refers to. Nothing is executed, nor is the code followed: each
 * place of it that may be an instruction with an address is taken for one, and what is found there has to be a text that the
 * caller expects.
 */
#include <string.h>

#include "sym/known.h"

enum { CODE_MAX = 4096, TEXT_MAX = 1 << 20, EM_X86 = 62, EM_ARM64 = 183 };

struct search {
	const char *function;
	uint64_t value, size;
	int found;
};

static void visit(void *opaque, const struct object_symbol *s)
{
	struct search *q = opaque;

	if (q->found || s->kind != OBJECT_FUNCTION || strcmp(s->name, q->function) != 0)
		return;
	q->value = s->value;
	q->size = s->size && s->size < CODE_MAX ? s->size : CODE_MAX;
	q->found = 1;
}

/* The text at an address, if it is one: it ends in its segment. */
static const char *text_at(struct object *o, uint64_t address, int (*accept)(const char *))
{
	size_t n = 0;
	const uint8_t *at = object_bytes(o, address, &n);

	if (!at || !*at || !memchr(at, 0, n < TEXT_MAX ? n : TEXT_MAX))
		return NULL;
	return accept((const char *)at) ? (const char *)at : NULL;
}

/* The text, or one that a pointer at the address leads to. */
static const char *text_by(struct object *o, uint64_t address, int (*accept)(const char *))
{
	const char *text = text_at(o, address, accept);
	uint64_t pointer = text ? 0 : object_pointer(o, address);

	return pointer ? text_at(o, pointer, accept) : text;
}

static int32_t signed32(const uint8_t *at)
{
	int32_t v;

	memcpy(&v, at, sizeof v);
	return v;
}

/* lea or mov REG, [rip + disp32]; mov REG, imm32 */
static const char *find_x86(struct object *o, const uint8_t *code, size_t n, uint64_t pc, int (*accept)(const char *))
{
	const char *text = NULL;

	for (size_t i = 0; i + 5 <= n && !text; i++) {
		int wide = i + 7 <= n && (code[i] & 0xf8) == 0x48;

		if (wide && (code[i + 1] == 0x8d || code[i + 1] == 0x8b) && (code[i + 2] & 0xc7) == 5)
			text = text_by(o, pc + i + 7 + (uint64_t)(int64_t)signed32(code + i + 3), accept);
		else if (wide && code[i + 1] == 0xc7 && (code[i + 2] & 0xf8) == 0xc0)
			text = text_at(o, (uint32_t)signed32(code + i + 3), accept);
		else if ((code[i] & 0xf8) == 0xb8)
			text = text_at(o, (uint32_t)signed32(code + i + 1), accept);
	}
	return text;
}

/* adrp: 21 bits of pages, the low two apart, counted from the instruction's own. */
static uint64_t page_of(uint32_t w, uint64_t pc)
{
	int64_t pages = (int64_t)((uint64_t)(w >> 5 & 0x7ffff) << 45) >> 43 | (w >> 29 & 3);

	return (pc & ~0xfffull) + ((uint64_t)pages << 12);
}

/* adrp REG, page; then add REG, REG, offset, or ldr REG, [REG, offset] */
static const char *find_arm64(struct object *o, const uint8_t *code, size_t n, uint64_t pc, int (*accept)(const char *))
{
	uint64_t page[32] = { 0 };  /* what a register has; known: a bit each */
	uint32_t known = 0;
	const char *text = NULL;

	for (size_t i = 0; i + 4 <= n && !text; i += 4) {
		uint32_t w = (uint32_t)signed32(code + i), reg = w >> 5 & 31, offset = w >> 10 & 0xfff;

		if ((w & 0x9f000000) == 0x90000000) {
			page[w & 31] = page_of(w, pc + i);
			known |= 1u << (w & 31);
		} else if ((w & 0xffc00000) == 0x91000000 && known >> reg & 1)
			text = text_at(o, page[reg] + offset, accept);
		else if ((w & 0xffc00000) == 0xf9400000 && known >> reg & 1)
			text = text_by(o, page[reg] + offset * 8, accept);
	}
	return text;
}

/* It is a long way through the symbols of a large program. */
static int find_function(struct sym *s, struct file *f, struct search *q)
{
	int known = known_code(s, f, q->function, &q->value, &q->size);

	if (known >= 0)
		return known;
	if (object_names(&f->main, q->function)) {
		object_symbols(&f->main, 0, visit, q);
		if (!q->found)
			object_symbols(&f->main, 1, visit, q);
	}
	if (!q->found && object_names(&f->debug, q->function))
		object_symbols(&f->debug, 0, visit, q);
	known_keep_code(s, f, q->function, q->found, q->value, q->size);
	return q->found;
}

const char *sym_text_in(struct sym *s, size_t module, const char *function, int (*accept)(const char *))
{
	struct file *f = s->modules[module].file;
	struct search q = { .function = function };
	size_t n = 0;
	const uint8_t *code;

	file_open(f, &s->options);
	if (!f->main.elf || f->main.bits != 64)
		return NULL;
	code = find_function(s, f, &q) ? object_bytes(&f->main, q.value, &n) : NULL;
	if (!code)
		return NULL;
	n = n < q.size ? n : q.size;
	return f->main.machine == EM_X86 ? find_x86(&f->main, code, n, q.value, accept)
	     : f->main.machine == EM_ARM64 ? find_arm64(&f->main, code, n, q.value, accept) : NULL;
}
