/*
 * table.h - what a view makes and a renderer draws.
 *
 * A DOCUMENT is an ordered list of tables. A TABLE has columns and rows of cells. Its shape says what it is, and so how
 * each renderer draws it:
 *
 *   shape          holds                              JSON                               text
 *   TABLE_ROWS     many things of one kind            array of objects                   aligned columns
 *   TABLE_OBJECT   one thing: a single row            object                             "label value" pairs
 *   TABLE_MAP      things known by their first cell   object, a key a row                aligned columns
 *   TABLE_TREE     rows in preorder, with levels      objects nested under "children"    first column indented
 *
 * A CELL is a value, or null for what is not known; a table may stand in a cell (memory.sites, locks[].waiters). What a
 * value is measured in stands in its column. Keys are those of contract.md; a key is never renamed.
 *
 * Owned: tables, rows and copied strings live in the document's arena and go with it; strings in cells are borrowed from
 * the arena, the model or the program text. One thread at a time. Names come from the profiled program as they are:
 * escaping them is the renderer's work, for all of them.
 */
#ifndef HP_TABLE_H
#define HP_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;
struct table;

enum unit {
	UNIT_NONE,     /* a plain number or a name */
	UNIT_COUNT,    /* how many */
	UNIT_BYTES,
	UNIT_NS,       /* a duration */
	UNIT_TIME,     /* a point of time: ns since the start of the recording; drawn like a duration */
	UNIT_STAMP,    /* the same, drawn to the nanosecond */
	UNIT_DATE,     /* a point of time: ns since 1970 */
	UNIT_PERCENT,
};

enum {
	COLUMN_DATA  = 1,  /* not drawn as text */
	COLUMN_TEXT  = 2,  /* drawn as text only */
	COLUMN_SPARE = 4,  /* drawn as text only where a row has something other than null, zero or nothing in it */
	COLUMN_LINES = 8,  /* of a stack: "file:line" or null a frame, not the names */
	COLUMN_CODE  = 16, /* the name of a function: text leaves its arguments out */
	COLUMN_EXTRA = 32, /* text: the first to go, from the right, where the line is too short for all */
	COLUMN_WHOLE = 64, /* text: never cut, however long the line gets */
	COLUMN_RIGHT = 128, /* a name that is a figure as text: aligned to the right */
	COLUMN_WORDS = 256, /* a name that is words of ours: Markdown does not set it as code */
};

/*
 * `title`: what stands above it in text. `from` and `width`: where table_fill finds the value in the model's struct
 * (FROM), zero when the view sets it itself.
 */
struct column {
	const char *key, *title;
	enum unit   unit;
	unsigned    flags;
	uint16_t    from, width;
	uint16_t    least;     /* text: columns it takes at least, so that pieces of a list line up */
	uint16_t    most;      /* text: and at most, unless it is the last one; 0: as the renderer likes */
};
#define FROM(type, field) .from = 1 + offsetof(type, field), .width = sizeof(((type *)0)->field)

/* Whose code a frame is: what users want to read first is their own. */
enum frame_owner {
	FRAME_OWN,
	FRAME_FOREIGN,  /* libc's, the loader's, a language's runtime's */
	FRAME_START,    /* what calls main or a thread's function: nothing further out is worth a look */
};

/* One frame of a call path. `file` is NULL when the line is not known. */
struct frame {
	const char *name, *file;
	uint32_t    line;
	uint8_t     owner;  /* enum frame_owner */
};

enum cell_type { CELL_NULL, CELL_INT, CELL_REAL, CELL_BOOL, CELL_NAME, CELL_NAMES, CELL_STACK, CELL_TABLE };

struct names { size_t count; const char **at; };

struct cell {
	enum cell_type type;
	union {
		int64_t             integer;  /* CELL_INT, CELL_BOOL */
		double              real;
		const char         *name;
		const struct names *names;
		uint64_t            stack;    /* for the document's stack source */
		struct table       *table;
	};
};

struct row {
	struct cell *cells;  /* as many as the table has columns */
	uint32_t     level;  /* of a tree */
	uint32_t     order;  /* as added, or after the last sort: ties stay in this order */
};

enum table_shape { TABLE_ROWS, TABLE_OBJECT, TABLE_MAP, TABLE_TREE };

struct table {
	enum table_shape     shape;
	const char          *key;      /* NULL: text only, but an object's members become the document's */
	const char          *title;    /* NULL: drawn without a heading */
	const char          *note;     /* what it amounts to, beside the title, or NULL; text only */
	bool                 alarm;    /* text: something the reader must not miss */
	bool                 brief;    /* text: the heading says it all */
	bool                 tight;    /* text: no empty line in front of the heading */
	unsigned             lines;    /* text: lines a call path may take; 0 = 1 */
	const struct column *columns;
	size_t               column_count;
	struct row          *rows;
	size_t               row_count, row_room;
	size_t               cut;      /* rows that table_cut took away */
	struct arena        *arena;
};

/* Frames of a stack, innermost first; good until the next call. Stacks are looked up when they are drawn, not before. */
struct stack_source {
	const struct frame *(*frames)(void *context, uint64_t stack, size_t *count);
	void *context;
};

struct doc {
	struct arena       *arena;
	struct stack_source stacks;
	int                 schema;   /* JSON: the first key; 0 = none */
	struct table      **tables;
	size_t              table_count, table_room;
};

void doc_init(struct doc *doc, struct arena *arena);
void doc_add(struct doc *doc, struct table *table);

/* A table without rows. `columns` is borrowed. TABLE_OBJECT: call table_row once. */
struct table *table_new(struct arena *arena, enum table_shape shape, const char *key, const char *title,
                        const struct column *columns, size_t column_count);
#define TABLE_NEW(arena, shape, key, title, columns) \
	table_new(arena, shape, key, title, columns, sizeof(columns) / sizeof((columns)[0]))

/* The cells of a new last row, all null. Pointers to the cells of other rows stay good. */
struct cell *table_row(struct table *table);
struct cell *table_tree_row(struct table *table, uint32_t level);
/* Sets the cells whose columns say FROM, from the struct at `figures`: unsigned fields of 1 to 8 bytes. */
void table_fill(const struct table *table, struct cell *cells, const void *figures);

/* -1: no such column. */
int table_column(const struct table *table, const char *key);
/* Largest first for numbers, alphabetically for names, null last. -1: no such column. A tree's levels stay together. */
int table_sort(struct table *table, const char *key);
/* Keeps the first `top` rows and counts the others in `cut`. */
void table_cut(struct table *table, size_t top);
/* A copy with the first `rows` rows, and of each the cells that have these columns' keys. */
struct table *table_pick(const struct table *from, const struct column *columns, size_t column_count, size_t rows);
/* Sorting and cutting for all tables of a document, and the tables in its objects. doc_sort: how many have the column. */
size_t doc_sort(struct doc *doc, const char *key);
void   doc_cut(struct doc *doc, size_t top);

/* Nothing to see: null, zero, an empty name, an empty table. */
bool cell_is_empty(const struct cell *cell);

#define CELL_UNKNOWN ((struct cell){ CELL_NULL, { 0 } })
static inline struct cell cell_int(uint64_t value)
{
	return (struct cell){ CELL_INT, { .integer = value > INT64_MAX ? INT64_MAX : (int64_t)value } };
}
static inline struct cell cell_signed(int64_t value)     { return (struct cell){ CELL_INT, { .integer = value } }; }
static inline struct cell cell_real(double value)        { return (struct cell){ CELL_REAL, { .real = value } }; }
static inline struct cell cell_bool(bool value)          { return (struct cell){ CELL_BOOL, { .integer = value } }; }
static inline struct cell cell_stack(uint64_t stack)     { return (struct cell){ CELL_STACK, { .stack = stack } }; }
static inline struct cell cell_table(struct table *table) { return (struct cell){ CELL_TABLE, { .table = table } }; }
static inline struct cell cell_names(const struct names *names) { return (struct cell){ CELL_NAMES, { .names = names } }; }
/* NULL is null. */
static inline struct cell cell_name(const char *name)
{
	return (struct cell){ name ? CELL_NAME : CELL_NULL, { .name = name } };
}
/* `part` of `whole` in percent; null when there is no whole. */
struct cell cell_share(uint64_t part, uint64_t whole);

#endif
