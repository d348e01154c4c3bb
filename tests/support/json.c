/* json.c - see json.h. */
#include "json.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>
#include <yajl/yajl_tree.h>

json *json_parse(const char *text)
{
	char error[512];
	json *j = yajl_tree_parse(text, error, sizeof error);
	cr_assert(j != NULL, "not JSON: %s\n%.2000s", error, text);
	return j;
}

void json_free(json *j)
{
	yajl_tree_free(j);
}

json *report_with_status(const char *dump, int status)
{
	struct run *r = run((struct run_how){0}, ARGV(analyzer(), "report", "--json", dump));
	cr_assert(r->status == status, "hp-analyze report --json %s: exit status %d (wanted %d), signal %d: %.2000s",
	          dump, r->status, status, r->signal, r->err);
	json *j = json_parse(r->out);
	run_free(r);
	return j;
}

json *report(const char *dump)
{
	return report_with_status(dump, 0);
}

json *json_maybe(json *j, const char *path)
{
	if (!path)
		return j;
	char *copy = strdup(path), *rest = copy, *key;
	while (j && (key = strsep(&rest, ".")))
		j = yajl_tree_get(j, (const char *[]){key, NULL}, yajl_t_any);
	free(copy);
	return j;
}

json *json_get(json *j, const char *path)
{
	json *value = json_maybe(j, path);
	cr_assert(value != NULL, "the report has no %s", path);
	return value;
}

long long json_int(json *j, const char *path)
{
	json *value = json_get(j, path);
	cr_assert(YAJL_IS_INTEGER(value), "%s is no integer", path);
	return YAJL_GET_INTEGER(value);
}

double json_number(json *j, const char *path)
{
	json *value = json_get(j, path);
	cr_assert(YAJL_IS_NUMBER(value), "%s is no number", path);
	return YAJL_IS_INTEGER(value) ? (double)YAJL_GET_INTEGER(value) : YAJL_GET_DOUBLE(value);
}

const char *json_text(json *j, const char *path)
{
	json *value = json_get(j, path);
	cr_assert(YAJL_IS_STRING(value), "%s is no string", path);
	return YAJL_GET_STRING(value);
}

bool json_is_null(json *j, const char *path)
{
	return YAJL_IS_NULL(json_get(j, path));
}

/* NULL if the value is no string. */
static const char *text_of(json *value)
{
	return YAJL_IS_STRING(value) ? value->u.string : NULL;
}

static json *array_at(json *j, const char *path)
{
	json *array = json_get(j, path);
	cr_assert(YAJL_IS_ARRAY(array), "%s is no array", path);
	return array;
}

size_t json_length(json *j, const char *path)
{
	return YAJL_GET_ARRAY(array_at(j, path))->len;
}

json *json_at(json *j, const char *path, size_t index)
{
	json *array = array_at(j, path);
	cr_assert(index < YAJL_GET_ARRAY(array)->len, "%s has no element %zu", path, index);
	return YAJL_GET_ARRAY(array)->values[index];
}

json *json_find(json *j, const char *path, const char *key, const char *text)
{
	for (size_t i = 0; i < json_length(j, path); i++) {
		json *element = json_at(j, path, i);
		const char *value = text_of(json_get(element, key));
		if (value && !strcmp(value, text))
			return element;
	}
	return NULL;
}

json *json_row(json *j, const char *path, const char *key, const char *text)
{
	json *row = json_find(j, path, key, text);
	cr_assert(row != NULL, "%s has no element whose %s is %s", path, key, text);
	return row;
}

bool json_any_contains(json *j, const char *path, const char *text)
{
	for (size_t i = 0; i < json_length(j, path); i++) {
		const char *value = text_of(json_at(j, path, i));
		if (value && strstr(value, text))
			return true;
	}
	return false;
}

long long json_sum(json *j, const char *path, const char *key, const char *frame)
{
	long long sum = 0;
	for (size_t i = 0; i < json_length(j, path); i++) {
		json *element = json_at(j, path, i);
		if (!frame || json_any_contains(element, "stack", frame))
			sum += json_int(element, key);
	}
	return sum;
}
