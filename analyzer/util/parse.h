/*
 * parse.h - numbers that a user types. All return 0, or -1 when the text is not wholly such a number or does not fit.
 * Digits and one decimal point, whatever the locale; no sign, no blanks inside.
 */
#ifndef HP_UTIL_PARSE_H
#define HP_UTIL_PARSE_H

#include <stdint.h>

/* A plain decimal number, at most `max`. */
int parse_count(const char *text, uint64_t max, uint64_t *out);

/* A decimal number, with or without a point. */
int parse_decimal(const char *text, long double *out);

/* 4096, 64KiB, 1.5MiB, 2GB, 10k: B, k/K/KiB and so on up to T are powers of 1024; kB/KB, MB, GB, TB powers of 1000. */
int parse_size(const char *text, uint64_t *out);

/* 250ns, 1.5us, 3ms, 2s, 2: seconds without a unit. */
int parse_duration(const char *text, uint64_t *ns);

/* Contract "T": a time since the start of the recording, a share of it, or a mark's name. */
struct parse_time {
	enum { PARSE_TIME_NONE, PARSE_TIME_NS, PARSE_TIME_PERCENT, PARSE_TIME_MARK } kind;
	uint64_t    ns;       /* PARSE_TIME_NS */
	double      percent;  /* PARSE_TIME_PERCENT: 0..100 */
	const char *mark;     /* PARSE_TIME_MARK: points into the text, without its @ */
};
int parse_time(const char *text, struct parse_time *out);

#endif
