/*
 * file.h - the files that tell a module's names: itself, its separate debug file, and what debug files share. Modules that
 * are the same file have one of these. file_open looks only at headers, file_index reads symbols; both work once.
 */
#ifndef HP_SYM_FILE_H
#define HP_SYM_FILE_H

#include "sym/object.h"
#include "sym/store.h"
#include "sym/sym.h"
#include "sym/symtab.h"

struct sym_dwarf;

struct file {
	const char    *path;             /* set by the owner, with the build id, before anything else */
	const uint8_t *build_id;
	size_t         build_id_bytes;
	struct object  main, debug, alt; /* each may be absent: elf NULL */
	struct object  units;            /* main or debug once more, for `dwarf` alone */
	struct symtab  symtab;
	struct sym_dwarf *dwarf;         /* NULL: none */
	enum sym_state state;
	const char    *note;             /* why it cannot be read, or what it lacks; see advice_of */
	uint8_t        opened, indexed, advised;
	uint8_t        incomplete;       /* a file was missing that would answer more: see sym_dwarf_is_complete */
	enum { KEEP_UNSEEN, KEEP, KEEP_NOT } keep;
	struct store   known;            /* known.h's */
};

void file_open(struct file *, const struct sym_options *);
void file_index(struct file *, const struct sym_options *);
/* Gives the memory of its DWARF back if that is much; texts from it are not good then. 1, or 0: it is not. */
int file_trim(struct file *, const struct sym_options *);
void file_close(struct file *);

#endif
