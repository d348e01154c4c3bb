/* event.h - events as rows of a table, for lists that are drawn piece by piece. */
#ifndef HP_TABLE_EVENT_H
#define HP_TABLE_EVENT_H

#include "table/view.h"

/* An empty table of events in `arena`. */
struct table *event_table(struct arena *arena);
/* What the event refers to must live until the table was drawn; what will not is copied to the table's arena. */
void event_add(const struct view_input *, struct table *, const struct model_event *);

#endif
