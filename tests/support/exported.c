#include "exported.h"

#include <criterion/criterion.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "files.h"

char *exported_saying(const char *dump, const char *format_name, const char *const *more, char **said)
{
	char *directory = new_directory(), *path = format("%s/export", directory);
	const char *argv[24] = { analyzer(), "export", "--to", format_name, "-o", path, dump };
	size_t n = 7;

	for (; more && *more; more++)
		argv[n++] = *more;
	struct run *r = run((struct run_how){ 0 }, argv);
	cr_assert_eq(r->status, 0, "export --to %s: status %d: %s", format_name, r->status, r->err);
	if (said)
		*said = strdup(r->err);
	run_free(r);
	free(directory);
	return path;
}

char *exported(const char *dump, const char *format_name, const char *const *more)
{
	return exported_saying(dump, format_name, more, NULL);
}

void exported_free(char *path)
{
	*strrchr(path, '/') = '\0';
	remove_tree(path);
	free(path);
}

char *opened_by(const char *const *argv)
{
	struct run *r = run((struct run_how){ 0 }, argv);
	cr_assert_eq(r->status, 0, "%s %s: status %d: %s", argv[0], argv[1], r->status, r->err);
	cr_assert(!strcasestr(r->err, "warning") && !strcasestr(r->err, "error") && !strcasestr(r->err, "fail"), "%s %s: %s", argv[0], argv[1], r->err);
	char *out = strdup(r->out);
	run_free(r);
	return out;
}

static json *parsed(char *text)
{
	json *j = json_parse(text);
	free(text);
	return j;
}

char *in_repository(const char *name)
{
	const char *program = built("hp-analyze");
	return format("%.*s/../%s", (int)(strrchr(program, '/') - program), program, name);
}

json *perfetto_checked(const char *path)
{
	char *check = in_repository("tests/tools/perfetto_check.py");
	char *text = opened_by(ARGV("/usr/bin/python3", check, path));
	free(check);
	return parsed(text);
}

json *speedscope_imported(const char *path)
{
	char *import = in_repository("tests/tools/speedscope_import.js"), *package = in_repository("build/npm/node_modules/speedscope");
	json *j = NULL;
	if (have_program("node") && access(package, R_OK) == 0)
		j = parsed(opened_by(ARGV("node", import, package, path)));
	free(import);
	free(package);
	return j;
}

const char *go_program(void)
{
	static char path[256];
	glob_t found;
	if (have_program("go"))
		return "go";
	if (!*path && glob("/usr/lib/go-*/bin/go", 0, NULL, &found) == 0) {
		snprintf(path, sizeof path, "%s", found.gl_pathv[0]);
		globfree(&found);
	}
	return *path ? path : NULL;
}

double number_behind(const char *text, const char *label)
{
	const char *at = strstr(text, label);
	char digits[64];
	size_t n = 0;
	cr_assert(at != NULL, "no \"%s\" in: %.2000s", label, text);
	at += strlen(label);
	at += strspn(at, " \t:");
	for (; n < sizeof digits - 1 && ((*at >= '0' && *at <= '9') || *at == '.' || *at == ','); at++)
		if (*at != ',')
			digits[n++] = *at;
	digits[n] = '\0';
	cr_assert(n > 0, "no number behind \"%s\" in: %.2000s", label, text);
	return strtod(digits, NULL);
}
