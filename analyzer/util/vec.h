/*
 * vec.h - growable arrays of any type:
 *
 *     VEC(struct row) rows = { 0 };
 *     vec_push(&rows, row);
 *     for (size_t i = 0; i < rows.n; i++) use(&rows.v[i]);
 *     vec_free(&rows);
 *
 * A zeroed vector is an empty one. Growth moves the elements: keep indices, not pointers, across a push.
 * To pass one around, name its type: struct rows { VEC_FIELDS(struct row) };
 */
#ifndef HP_UTIL_VEC_H
#define HP_UTIL_VEC_H

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#define VEC_FIELDS(...) __VA_ARGS__ *v; size_t n, cap;
#define VEC(...) struct { VEC_FIELDS(__VA_ARGS__) }

/* Room for `more` further elements. */
#define vec_reserve(vec, more) \
	((vec)->cap - (vec)->n >= (size_t)(more) ? (void)0 \
	 : (void)((vec)->v = vec_grow((vec)->v, &(vec)->cap, (vec)->n, (more), sizeof *(vec)->v)))
#define vec_push(vec, ...) \
	do { \
		vec_reserve(vec, 1); \
		(vec)->v[(vec)->n++] = (__VA_ARGS__); \
	} while (0)
/* A new zeroed element at the end; its address, good until the next growth. */
#define vec_add(vec) \
	(vec_reserve(vec, 1), memset(&(vec)->v[(vec)->n], 0, sizeof *(vec)->v), &(vec)->v[(vec)->n++])
/* Makes element `i` exist; new ones are zeroed. */
#define vec_ensure(vec, i) \
	do { \
		size_t vec_want = (size_t)(i) + 1; \
		if (vec_want > (vec)->n) { \
			vec_reserve(vec, vec_want - (vec)->n); \
			memset((vec)->v + (vec)->n, 0, (vec_want - (vec)->n) * sizeof *(vec)->v); \
			(vec)->n = vec_want; \
		} \
	} while (0)
#define vec_sort(vec, compare) \
	((vec)->n ? qsort((vec)->v, (vec)->n, sizeof *(vec)->v, (compare)) : (void)0)
#define vec_free(vec) (free((vec)->v), (vec)->v = NULL, (vec)->n = (vec)->cap = 0, (void)0)

/* For the macros: a block with room for n + more elements, at least half as large again. */
void *vec_grow(void *block, size_t *cap, size_t n, size_t more, size_t element_bytes);

#endif
