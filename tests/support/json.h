/*
 * json.h - reads hp-analyze's JSON in tests. A path is keys with dots between them, "memory.peak_bytes"; no path
 * (NULL) is the value itself.
 * What is not there, or is of another type, fails the test that asks for it.
 */
#ifndef JSON_H
#define JSON_H

#include <stdbool.h>
#include <stddef.h>

#include "run.h"

typedef struct yajl_val_s json;

/* `hp-analyze report --json DUMP`, which must exit with 0, or with `status`. */
json *report(const char *dump);
json *report_with_status(const char *dump, int status);
json *json_parse(const char *text);
void  json_free(json *j);

json *json_get(json *j, const char *path);         /* any value */
json *json_maybe(json *j, const char *path);       /* NULL if it is not there */
long long   json_int(json *j, const char *path);
double      json_number(json *j, const char *path);
const char *json_text(json *j, const char *path);
bool        json_is_null(json *j, const char *path);

size_t json_length(json *j, const char *path);
json  *json_at(json *j, const char *path, size_t index);
/* The first element of the array at `path` whose `key` is `text`; NULL if there is none. */
json  *json_find(json *j, const char *path, const char *key, const char *text);
/* The same, which must exist. */
json  *json_row(json *j, const char *path, const char *key, const char *text);
/* The sum of `key` over the elements of an array whose `stack` has a frame that contains `frame` (NULL: all). */
long long json_sum(json *j, const char *path, const char *key, const char *frame);
/* Whether some string of the array at `path` contains `text`. */
bool   json_any_contains(json *j, const char *path, const char *text);

#endif
