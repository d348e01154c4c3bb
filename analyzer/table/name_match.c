#include "table/name_match.h"

#include <fnmatch.h>
#include <string.h>

#include "util/buf.h"

bool name_matches(const char *pattern, const char *name)
{
	const char *arguments = strchr(name, '(');
	struct buf bare = { 0 };
	bool yes;

	if (!strcmp(pattern, name) || !fnmatch(pattern, name, 0))
		return true;
	if (!arguments)
		return false;
	buf_add(&bare, name, (size_t)(arguments - name));
	yes = !strcmp(pattern, buf_text(&bare)) || !fnmatch(pattern, buf_text(&bare), 0);
	buf_free(&bare);
	return yes;
}
