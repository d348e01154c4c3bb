#include "render/path.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "table/table.h"
#include "util/buf.h"
#include "util/code.h"
#include "util/text.h"

void path_name(struct buf *out, const char *name)
{
	struct buf shorter = { 0 };

	code_name(&shorter, name);
	text_escape(out, shorter.s ? shorter.s : "", shorter.n);
	buf_free(&shorter);
}

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash && slash[1] ? slash + 1 : path;
}

/* One frame, and how often it follows itself; with its line when it is the first. */
static size_t add_frame(struct buf *out, const struct frame *frames, size_t count, bool first)
{
	size_t same = 1;

	while (same < count && !strcmp(frames[same].name, frames[0].name))
		same++;
	path_name(out, frames[0].name);
	if (same > 1)
		buf_addf(out, " x%zu", same);
	if (first && frames[0].file) {
		buf_addc(out, ' ');
		text_escape(out, base_name(frames[0].file), strlen(base_name(frames[0].file)));
		buf_addf(out, ":%" PRIu32, frames[0].line);
	}
	return same;
}

/* What is worth showing: without what is not the user's at either end, unless nothing else is there. */
static size_t own_part(const struct frame **frames, size_t count)
{
	size_t first = 0, end = 0;

	while (end < count && (*frames)[end].owner != FRAME_START)
		end++;
	while (end && (*frames)[end - 1].owner != FRAME_OWN)
		end--;
	while (first < end && (*frames)[first].owner != FRAME_OWN)
		first++;
	if (first == end)
		return count;
	*frames += first;
	return end - first;
}

static void add_clipped(struct buf *out, const struct buf *text, size_t room)
{
	text_clip(out, buf_text(text), room);
}

void path_text(struct buf *out, const struct frame *frames, size_t count, size_t room)
{
	static const char more[] = " < ..";
	struct buf line = { 0 };
	size_t used = 0, shown;

	count = own_part(&frames, count);
	if (count) {
		shown = add_frame(&line, frames, count, true);
		add_clipped(out, &line, room);
		used = text_width(buf_text(&line));
		frames += shown;
		count -= shown;
	}
	while (count && used < room) {
		size_t spare;

		buf_reset(&line);
		buf_adds(&line, " < ");
		shown = add_frame(&line, frames, count, false);
		spare = shown < count ? sizeof(more) - 1 : 0;
		if (used + text_width(buf_text(&line)) + spare > room)
			break;
		buf_add(out, line.s, line.n);
		used += text_width(buf_text(&line));
		frames += shown;
		count -= shown;
	}
	if (count && used + sizeof(more) - 1 <= room)
		buf_adds(out, more);
	buf_free(&line);
}
