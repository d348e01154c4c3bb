/* meta.h - takes metadata records into a dump; part of the scan. */
#ifndef HP_DUMP_META_H
#define HP_DUMP_META_H

#include "dump.h"

/*
 * *scope: whose ids the record is about, as its chunk or segment says; a PROCESS record for a pid that is known already
 * starts another process, and *scope is that one then. Kinds that are no metadata are ignored.
 */
void meta_record(struct dump *, struct dump_scope **scope, const struct dump_record *);

static inline int meta_is(unsigned kind)
{
	return (kind >= HP_R_NODE && kind < 0x80) || (kind >= HP_R_PROCESS && kind <= HP_R_FILTER);
}

#endif
