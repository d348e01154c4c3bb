#include "cmd/draw.h"

#include "cmd/cmd.h"
#include "cmd/output.h"

int draw_on(const struct renderer *renderer, const struct doc *doc, const char *path)
{
	struct output out;
	struct render to;
	int status = output_open(&out, path ? path : "-", false);

	if (!status) {
		to = render_to(out.file);
		renderer->document(&to, doc);
	}
	return output_close(&out, status);
}
