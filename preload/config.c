/*
 * config.c - HP_* from the environment into hp_config: one table, a parser a type.
 * A value that is not understood leaves the default and is noted in hp_config.bad; the program runs in any case.
 */
#include "hp_filter.h"
#include "state.h"
#include "sys.h"
#include <fcntl.h>

struct hp_config hp_config;

static const struct { const char *name; uint32_t bit; } kinds[] = {
#define HP_KIND(bit, NAME, name) { name, HP_##NAME },
#include "hp_kinds.def"
#undef HP_KIND
};

static int parse_number(const char *s, uint64_t *to)
{
	uint64_t n = 0;
	if (*s < '0' || *s > '9')
		return -1;
	for (; *s >= '0' && *s <= '9'; s++) {
		if (n > (UINT64_MAX - 9) / 10)
			return -1;
		n = n * 10 + (uint64_t)(*s - '0');
	}
	unsigned shift = 0;
	switch (*s) {
	case 'k': case 'K': shift = 10; break;
	case 'm': case 'M': shift = 20; break;
	case 'g': case 'G': shift = 30; break;
	case 't': case 'T': shift = 40; break;
	}
	if (shift) {
		s++;
		if (*s == 'i')
			s++;
		if (*s == 'B')
			s++;
	}
	if (*s || (shift && n >> (64 - shift)))
		return -1;
	*to = n << shift;
	return 0;
}

static int word_is(const char *s, size_t n, const char *word)
{
	return hp_strlen(word) == n && !memcmp(s, word, n);
}

static int set_out(const char *v)
{
	size_t n = hp_strlen(v), at = 0;
	static char cwd[HP_PATH_BYTES / 2];
	if (!n)
		return -1;
	if (v[0] != '/') {
		if (hp_sys2(SYS_getcwd, cwd, sizeof cwd) <= 0)
			return -1;
		for (const char *c = cwd; *c; c++) {
			hp_config.out[at++] = *c;
			if (*c == '%')  /* no directive */
				hp_config.out[at++] = '%';
		}
		hp_config.out[at++] = '/';
	}
	if (at + n + 1 > HP_PATH_BYTES)
		return -1;
	memcpy(hp_config.out + at, v, n + 1);
	return 0;
}

static int set_start(const char *v)
{
	hp_config.start_off = (uint32_t)hp_streq(v, "off");
	return hp_streq(v, "on") || hp_streq(v, "off") ? 0 : -1;
}

static int set_hooks(const char *v)
{
	uint32_t mask = 0;
	for (;;) {
		size_t n = 0, k;
		while (v[n] && v[n] != ',')
			n++;
		for (k = 0; k < sizeof kinds / sizeof *kinds && !word_is(v, n, kinds[k].name); k++)
			;
		if (k == sizeof kinds / sizeof *kinds)
			return -1;
		mask |= kinds[k].bit;
		if (!v[n])
			break;
		v += n + 1;
	}
	hp_config.kinds = mask;
	return 0;
}

static int set_stack(const char *v)
{
	static const struct { const char *name; uint32_t mode; } modes[] = {
		{ "auto", HP_STACK_DWARF }, { "dwarf", HP_STACK_DWARF }, { "fp", HP_STACK_FP },
		{ "libunwind", HP_STACK_LIBUNWIND }, { "check", HP_STACK_CHECK }, { "none", HP_STACK_NONE },
	};
	for (size_t i = 0; i < sizeof modes / sizeof *modes; i++)
		if (hp_streq(v, modes[i].name)) {
			hp_config.stack_mode = modes[i].mode;
			return 0;
		}
	return -1;
}

static int set_depth(const char *v)
{
	uint64_t n;
	if (parse_number(v, &n) || n < 1 || n > HP_DEPTH_MAX)
		return -1;
	hp_config.depth = (uint32_t)n;
	return 0;
}

static int set_max_bytes(const char *v)
{
	uint64_t n;
	if (parse_number(v, &n) || !n)
		return -1;
	hp_config.max_bytes = n;  /* too little for a dump: there is none */
	return 0;
}

static int set_duration(const char *v)
{
	uint64_t n;
	if (parse_number(v, &n) || !n || n > 1000000000u)
		return -1;
	hp_config.duration_ns = n * 1000000000u;
	return 0;
}

static int set_follow(const char *v)
{
	int fork = 0, exec = 0, ok = 1;
	for (;;) {
		size_t n = 0;
		while (v[n] && v[n] != ',')
			n++;
		fork |= word_is(v, n, "fork");
		exec |= word_is(v, n, "exec");
		ok &= word_is(v, n, "fork") || word_is(v, n, "exec") || word_is(v, n, "none");
		if (!v[n])
			break;
		v += n + 1;
	}
	if (ok) {
		hp_config.follow_fork = (uint32_t)fork;
		hp_config.follow_exec = (uint32_t)exec;
	}
	return ok ? 0 : -1;
}

/* What of it cannot be understood, for hp_config.bad. */
static const char *bad_part, *bad_why;

/* A copy: the environment is the program's to overwrite. @file:PATH stands for what is in the file. */
static int set_filter(const char *v)
{
	enum { FILE_MAX = 1 << 20 };
	int from_file = hp_starts(v, "@file:");
	size_t bytes = from_file ? FILE_MAX : hp_strlen(v) + 1;
	struct hp_filter_rules rules;
	char *copy = hp_sys_anonymous(bytes, 0);
	if (!copy)
		return -1;
	if (!from_file) {
		memcpy(copy, v, bytes);
	} else if (hp_sys_slurp(v + 6, copy, FILE_MAX) < 0) {
		bad_why = "the file cannot be read";
		return -1;
	}
	bad_part = hp_filter_check(copy, &rules, &bad_why);
	if (bad_part)
		return -1;
	hp_config.filter = *copy ? copy : NULL;
	return 0;
}

/* A number of ns, or with a unit of its own. */
static int set_min_ns(const char *v)
{
	static const struct { const char *name; uint64_t ns; } units[] = { { "", 1 }, { "ns", 1 }, { "us", 1000 }, { "ms", 1000000 }, { "s", 1000000000 } };
	char digits[24];
	size_t n = 0;
	uint64_t number;
	for (; v[n] >= '0' && v[n] <= '9' && n + 1 < sizeof digits; n++)
		digits[n] = v[n];
	digits[n] = 0;
	if (parse_number(digits, &number))
		return -1;
	for (size_t i = 0; i < sizeof units / sizeof *units; i++)
		if (hp_streq(v + n, units[i].name) && number <= UINT64_MAX / units[i].ns) {
			hp_config.min_ns = number * units[i].ns;
			return 0;
		}
	return -1;
}

static int set_verbose(const char *v)
{
	hp_config.verbose = *v == '1';
	return hp_streq(v, "1") || hp_streq(v, "0") || !*v ? 0 : -1;
}

static int set_run_id(const char *v)
{
	for (unsigned i = 0; i < 32; i++) {
		char c = v[i];
		unsigned digit = c >= '0' && c <= '9' ? (unsigned)(c - '0') : c >= 'a' && c <= 'f' ? (unsigned)(c - 'a' + 10) : 16;
		if (digit > 15)
			return -1;
		hp_config.run_id[i / 2] = (uint8_t)(hp_config.run_id[i / 2] << 4 | digit);
	}
	return v[32] ? -1 : 0;
}

/* Set by `record --safe`, as HP_RUN_ID by `record`. */
static int set_keeper(const char *v)
{
	size_t n = hp_strlen(v);
	if (n >= sizeof hp_config.keeper)
		return -1;
	memcpy(hp_config.keeper, v, n + 1);
	return 0;
}

static int is_ours = 1;

static int glob(const char *p, size_t n, const char *s)
{
	return hp_filter_glob((struct hp_filter_text){ p, n }, hp_filter_whole(s));
}

static int set_exe(const char *v)
{
	char path[HP_PATH_BYTES / 4];
	long got = hp_sys4(SYS_readlinkat, AT_FDCWD, "/proc/self/exe", path, sizeof path - 1);
	if (got <= 0)
		return 0;
	path[got] = 0;
	const char *base = path + got;
	while (base > path && base[-1] != '/')
		base--;
	is_ours = 0;
	for (;;) {
		size_t n = 0;
		while (v[n] && v[n] != ',')
			n++;
		is_ours |= glob(v, n, base) || glob(v, n, path);
		if (!v[n])
			return 0;
		v += n + 1;
	}
}

static const struct { const char *name; int (*set)(const char *); } options[] = {
	{ "HP_OUT", set_out }, { "HP_START", set_start }, { "HP_HOOKS", set_hooks }, { "HP_EXE", set_exe },
	{ "HP_STACK", set_stack }, { "HP_DEPTH", set_depth }, { "HP_MAX_BYTES", set_max_bytes },
	{ "HP_FOLLOW", set_follow }, { "HP_DURATION", set_duration }, { "HP_VERBOSE", set_verbose }, { "HP_RUN_ID", set_run_id },
	{ "HP_KEEPER", set_keeper }, { "HP_FILTER", set_filter }, { "HP_MIN_NS", set_min_ns },
};

static void add_bad(const char *text)
{
	size_t at = hp_strlen(hp_config.bad);
	for (size_t i = 0; text[i] && i < 120 && at + 2 < sizeof hp_config.bad; i++)
		hp_config.bad[at++] = text[i] == '\n' ? ' ' : text[i];
}

/* One line; with what is wrong and where, if that is known. */
static void note_bad(const char *assignment)
{
	add_bad(assignment);
	if (bad_why) {
		add_bad(bad_part ? ": at \"" : "");
		add_bad(bad_part ? bad_part : "");
		add_bad(bad_part ? "\": " : ": ");
		add_bad(bad_why);
	}
	size_t at = hp_strlen(hp_config.bad);
	hp_config.bad[at] = '\n';
	bad_part = bad_why = NULL;
}

static void read_one(const char *assignment)
{
	for (size_t i = 0; i < sizeof options / sizeof *options; i++) {
		size_t n = hp_strlen(options[i].name);
		if (hp_starts(assignment, options[i].name) && assignment[n] == '=') {
			if (options[i].set(assignment + n + 1))
				note_bad(assignment);
			return;
		}
	}
	note_bad(assignment);
}

int hp_config_read(char **envp)
{
	hp_config.kinds = HP_ALL_KINDS;
	hp_config.depth = 128;
	hp_config.follow_fork = hp_config.follow_exec = 1;
	set_out("hp.%e.%p.hpd");
	for (; envp && *envp; envp++)
		if (hp_starts(*envp, "HP_"))
			read_one(*envp);
	return is_ours;
}
