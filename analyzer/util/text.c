#include "util/text.h"

#include <string.h>

#include "util/buf.h"

struct range { int32_t first, last; };

/* Sorted. Controls, marks that change direction, and characters that show nothing. */
static const struct range hidden[] = {
	{ 0x00, 0x1f }, { 0x7f, 0x9f }, { 0xad, 0xad }, { 0x61c, 0x61c }, { 0x180e, 0x180e }, { 0x200b, 0x200b },
	{ 0x200e, 0x200f }, { 0x2028, 0x202e }, { 0x2060, 0x206f }, { 0xfeff, 0xfeff }, { 0xfff9, 0xfffb },
	{ 0xe0000, 0xe0fff },
};
static const struct range combining[] = {
	{ 0x300, 0x36f }, { 0x483, 0x489 }, { 0x591, 0x5bd }, { 0x610, 0x61a }, { 0x64b, 0x65f }, { 0x1ab0, 0x1aff },
	{ 0x1dc0, 0x1dff }, { 0x200c, 0x200d }, { 0x20d0, 0x20ff }, { 0xfe00, 0xfe0f }, { 0xfe20, 0xfe2f },
};
static const struct range wide[] = {
	{ 0x1100, 0x115f }, { 0x2e80, 0x303e }, { 0x3041, 0xa4cf }, { 0xac00, 0xd7a3 }, { 0xf900, 0xfaff },
	{ 0xfe30, 0xfe6f }, { 0xff00, 0xff60 }, { 0xffe0, 0xffe6 }, { 0x1f300, 0x1f64f }, { 0x1f680, 0x1f6ff },
	{ 0x1f900, 0x1f9ff }, { 0x20000, 0x3fffd },
};

static int within(const struct range *ranges, size_t n, int32_t c)
{
	for (size_t i = 0; i < n && ranges[i].first <= c; i++)
		if (c <= ranges[i].last)
			return 1;
	return 0;
}
#define WITHIN(ranges, c) within(ranges, sizeof(ranges) / sizeof *(ranges), c)

/* Length of the sequence that a first byte announces; 0: it cannot start one. */
static size_t sequence_bytes(unsigned char first)
{
	if (first < 0x80)
		return 1;
	if (first >= 0xc2 && first < 0xe0)
		return 2;
	if (first >= 0xe0 && first < 0xf0)
		return 3;
	return first >= 0xf0 && first < 0xf5 ? 4 : 0;
}

int32_t text_decode(const char *text, size_t bytes, size_t *used)
{
	static const int32_t smallest[] = { 0, 0, 0x80, 0x800, 0x10000 };
	const unsigned char *s = (const unsigned char *)text;
	size_t n = sequence_bytes(s[0]);
	int32_t c;

	*used = 1;
	if (n == 1)
		return s[0];
	if (n == 0 || n > bytes)
		return -1;
	c = s[0] & (0x7f >> n);
	for (size_t i = 1; i < n; i++) {
		if ((s[i] & 0xc0) != 0x80)
			return -1;
		c = c << 6 | (s[i] & 0x3f);
	}
	if (c < smallest[n] || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
		return -1;
	*used = n;
	return c;
}

static void escape_one(struct buf *b, const char *at, size_t bytes, int32_t c)
{
	if (c == '\t' || c == '\n' || c == '\r')
		buf_addf(b, "\\%c", c == '\t' ? 't' : c == '\n' ? 'n' : 'r');
	else if (c < 0x80 && (c < 0x20 || c == 0x7f))
		buf_addf(b, "\\x%02x", (unsigned char)*at);
	else if (WITHIN(hidden, c))
		buf_addf(b, "\\u{%04x}", (unsigned)c);
	else
		buf_add(b, at, bytes);
}

void text_escape(struct buf *b, const char *text, size_t bytes)
{
	size_t used;

	if (text_is_plain(text, bytes)) {
		buf_add(b, text, bytes);
		return;
	}
	for (size_t i = 0; i < bytes; i += used) {
		int32_t c = text_decode(text + i, bytes - i, &used);

		escape_one(b, text + i, used, c);
	}
}

char *text_escaped(const char *text)
{
	struct buf b = { 0 };

	text_escape(&b, text, strlen(text));
	return buf_steal(&b);
}

const char *text_shown(const char *text)
{
	static struct buf ring[4];
	static unsigned next;
	struct buf *b = &ring[next++ % 4];

	buf_reset(b);
	text_escape(b, text, strlen(text));
	return buf_text(b);
}

int text_is_plain(const char *text, size_t bytes)
{
	size_t used;

	for (size_t i = 0; i < bytes; i += used) {
		int32_t c = text_decode(text + i, bytes - i, &used);

		if (c < 0 || WITHIN(hidden, c))
			return 0;
	}
	return 1;
}

static size_t columns_of(int32_t c)
{
	if (c < 0x300)
		return 1;
	return WITHIN(combining, c) ? 0 : WITHIN(wide, c) ? 2 : 1;
}

size_t text_width(const char *text)
{
	size_t bytes = strlen(text), width = 0, used;

	for (size_t i = 0; i < bytes; i += used)
		width += columns_of(text_decode(text + i, bytes - i, &used));
	return width;
}

/* The offset at which `columns` columns of text have passed, or would be exceeded. */
static size_t offset_of_column(const char *text, size_t bytes, size_t columns)
{
	size_t i = 0, used;

	while (i < bytes) {
		size_t w = columns_of(text_decode(text + i, bytes - i, &used));

		if (w > columns)
			break;
		columns -= w;
		i += used;
	}
	return i;
}

void text_clip(struct buf *b, const char *text, size_t columns)
{
	size_t bytes = strlen(text), width = text_width(text), head, tail;

	if (width <= columns) {
		buf_add(b, text, bytes);
		return;
	}
	if (columns < 8) {
		buf_add(b, text, offset_of_column(text, bytes, columns));
		return;
	}
	head = (columns - 3) / 2;
	tail = columns - 3 - head;
	buf_add(b, text, offset_of_column(text, bytes, head));
	buf_adds(b, "...");
	head = offset_of_column(text, bytes, width - tail);
	while (text_width(text + head) > tail) {
		size_t used;

		text_decode(text + head, bytes - head, &used);
		head += used;
	}
	buf_adds(b, text + head);
}
