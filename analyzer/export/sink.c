#include "export/sink.h"

#include <stdarg.h>
#include <string.h>

#include "util/buf.h"
#include "util/text.h"

void sink_write(struct sink *s, const void *data, size_t bytes)
{
	s->bytes += bytes;
	if (s->out)
		fwrite(data, 1, bytes, s->out);
	if (s->memory)
		buf_add(s->memory, data, bytes);
}

void sink_text(struct sink *s, const char *text)
{
	sink_write(s, text, strlen(text));
}

void sink_format(struct sink *s, const char *format, ...)
{
	char text[512];
	va_list arguments;
	int n;

	va_start(arguments, format);
	n = vsnprintf(text, sizeof(text), format, arguments);  /* numbers and short words: names go through sink_text */
	va_end(arguments);
	if (n > 0)
		sink_write(s, text, (size_t)n < sizeof(text) ? (size_t)n : sizeof(text) - 1);
}

void sink_json(struct sink *s, const char *text)
{
	struct buf plain = { 0 };
	const char *from;

	text_escape(&plain, text, strlen(text));
	sink_text(s, "\"");
	for (from = buf_text(&plain); *from;) {
		size_t n = strcspn(from, "\"\\");

		sink_write(s, from, n);
		from += n;
		if (*from)
			sink_format(s, "\\%c", *from++);
	}
	sink_text(s, "\"");
	buf_free(&plain);
}
