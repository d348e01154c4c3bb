#include "render/render.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "util/parse.h"

enum { WIDTH_DEFAULT = 100, WIDTH_LEAST = 60, WIDTH_MOST = 400 };

static size_t width_of(FILE *out, bool terminal)
{
	const char *columns = getenv("COLUMNS");
	struct winsize size;
	uint64_t width = WIDTH_DEFAULT;

	if (terminal && ioctl(fileno(out), TIOCGWINSZ, &size) == 0 && size.ws_col)
		width = size.ws_col;
	else if (columns && parse_count(columns, WIDTH_MOST, &width))
		width = WIDTH_DEFAULT;
	return width < WIDTH_LEAST ? WIDTH_LEAST : width > WIDTH_MOST ? WIDTH_MOST : (size_t)width;
}

struct render render_to(FILE *out)
{
	const char *no_colour = getenv("NO_COLOR"), *term = getenv("TERM");
	bool terminal = isatty(fileno(out)) == 1;
	bool dumb = !term || !strcmp(term, "dumb");

	return (struct render){
		.out = out, .terminal = terminal, .width = width_of(out, terminal),
		.colour = terminal && !dumb && !(no_colour && no_colour[0]),
	};
}
