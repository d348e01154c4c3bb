/* What a wait was for, in words. */
#include "dump/ops.h"
#include "table/waits.h"

const char *waits_thread(const struct view_input *in, uint32_t thread)
{
	const struct thread *t = &in->model->threads.v.v[thread];

	return t->tid ? view_text(in, "%u%s%s", t->tid, t->name[0] ? " " : "", t->name) : "a thread without an event";
}

const char *waits_kind(unsigned act_kind)
{
	static const char *const names[ACT_KIND_COUNT] = {
		[ACT_ACQUIRE] = "lock", [ACT_ACQUIRE_SH] = "lock", [ACT_GAVE_UP] = "lock", [ACT_COND_WAIT] = "cond", [ACT_SEM_WAIT] = "sem",
		[ACT_BARRIER] = "barrier", [ACT_FUTEX_WAIT] = "futex", [ACT_JOIN] = "join", [ACT_CHILD] = "child", [ACT_READ] = "read",
		[ACT_WRITE] = "write", [ACT_IO] = "io", [ACT_POLL] = "poll", [ACT_SLEEP] = "sleep", [ACT_BEGIN] = "create",
	};

	return act_kind < ACT_KIND_COUNT ? names[act_kind] : NULL;
}

static const char *lock_name(const struct view_input *in, uint32_t lock)
{
	return lock < in->model->locks.v.n ? naming_lock(in->naming, lock) : NULL;
}

static const char *file_name(const struct view_input *in, uint32_t file)
{
	return file < in->model->io.files.n ? in->model->io.files.v[file].path : NULL;
}

static const char *channel_name(const struct view_input *in, uint32_t channel)
{
	return channel < in->model->acts.channels.n ? in->model->acts.channels.v[channel].name : NULL;
}

static bool is_io(unsigned kind)
{
	return kind == ACT_READ || kind == ACT_WRITE || kind == ACT_IO || kind == ACT_POLL;
}

static bool is_of_lock(unsigned kind)
{
	switch (kind) {
	case ACT_ACQUIRE: case ACT_ACQUIRE_SH: case ACT_GAVE_UP: case ACT_COND_WAIT: case ACT_SEM_WAIT: case ACT_BARRIER:
	case ACT_FUTEX_WAIT: return true;
	default: return false;
	}
}

const char *waits_object(const struct view_input *in, const struct blame_key *k)
{
	if (is_of_lock(k->link))
		return lock_name(in, k->object);
	return is_io(k->link) && k->owner != THREAD_NONE ? channel_name(in, k->object) : NULL;
}

const char *waits_did_object(const struct view_input *in, const struct blame_key *k)
{
	if (k->what == BLAME_RAN)
		return NULL;
	if (is_of_lock(k->did))
		return lock_name(in, k->did_object);
	if (!is_io(k->did))
		return NULL;
	return k->did_channel ? channel_name(in, k->did_object) : file_name(in, k->did_object);
}

/* " 'queue'", or nothing. */
static const char *quoted(const struct view_input *in, const char *name)
{
	return name ? view_text(in, " '%s'", name) : "";
}

/* How the waiter depended on the owner. */
static const char *link_words(const struct view_input *in, const struct blame_key *k)
{
	const char *name = waits_object(in, k), *q = quoted(in, name);

	switch (k->link) {
	case ACT_ACQUIRE: case ACT_ACQUIRE_SH: case ACT_GAVE_UP: return view_text(in, ", holding%s", name ? q : " a lock");
	case ACT_COND_WAIT:  return view_text(in, ", then signalled%s", q);
	case ACT_SEM_WAIT:   return view_text(in, ", then posted%s", q);
	case ACT_BARRIER:    return view_text(in, ", then came to the barrier%s", q);
	case ACT_FUTEX_WAIT: return view_text(in, ", then woke%s", q);
	case ACT_JOIN:       return ", then ended";
	case ACT_CHILD:      return ", then its process ended";
	case ACT_READ: case ACT_POLL: return view_text(in, ", then wrote to%s", name ? q : " what was waited for");
	case ACT_WRITE:      return view_text(in, ", then read from%s", name ? q : " what was full");
	case ACT_BEGIN:      return ", then created the thread";
	default:             return "";
	}
}

/* What it is that somebody waited for, without a thread that could be named. */
static const char *thing(const struct view_input *in, const struct blame_key *k)
{
	const char *name = waits_did_object(in, k), *q = quoted(in, name);

	switch (k->did) {
	case ACT_ACQUIRE: case ACT_ACQUIRE_SH: case ACT_GAVE_UP: return view_text(in, "lock%s", q);
	case ACT_COND_WAIT:  return view_text(in, "condition%s", q);
	case ACT_SEM_WAIT:   return view_text(in, "semaphore%s", q);
	case ACT_BARRIER:    return view_text(in, "barrier%s", q);
	case ACT_FUTEX_WAIT: return view_text(in, "futex%s", q);
	case ACT_JOIN:       return "a thread's end";
	case ACT_CHILD:      return "a child process";
	case ACT_READ:       return view_text(in, "data from%s", name ? q : " outside");
	case ACT_WRITE:      return view_text(in, "room in%s", name ? q : " what it wrote to");
	case ACT_POLL:       return name ? view_text(in, "poll,%s", q) : "descriptors (poll)";
	case ACT_SLEEP:      return "its sleep";
	default:             return name ? view_text(in, "I/O,%s", q) : "I/O";
	}
}

static const char *own_words(const struct view_input *in, const struct blame_key *k)
{
	switch (k->what) {
	case BLAME_SLEPT:   return "asleep";
	case BLAME_IO:      return view_text(in, "I/O%s", quoted(in, waits_did_object(in, k)));
	case BLAME_NOBODY:  return view_text(in, "%s: nobody in the recording ended the wait", thing(in, k));
	case BLAME_TIMEOUT: return view_text(in, "%s, until it timed out", thing(in, k));
	case BLAME_WOKEN:   return view_text(in, "waking up after %s", thing(in, k));
	case BLAME_CIRCLE:  return view_text(in, "%s, in a circle of threads that wait for one another", thing(in, k));
	default:            return thing(in, k);
	}
}

const char *waits_reason(const struct view_input *in, const struct blame_key *k)
{
	if (k->owner == THREAD_NONE)
		return own_words(in, k);
	switch (k->what) {
	case BLAME_RAN:    return view_text(in, "ran%s", link_words(in, k));
	case BLAME_SLEPT:  return view_text(in, "slept%s", link_words(in, k));
	case BLAME_IO:     return view_text(in, "I/O%s%s", quoted(in, waits_did_object(in, k)), link_words(in, k));
	case BLAME_WOKEN:  return view_text(in, "was waking up after %s%s", thing(in, k), link_words(in, k));
	case BLAME_CIRCLE: return view_text(in, "waited for %s in a circle%s", thing(in, k), link_words(in, k));
	case BLAME_TIMEOUT: return view_text(in, "waited for %s till that timed out%s", thing(in, k), link_words(in, k));
	default:           return view_text(in, "waited for %s%s", thing(in, k), link_words(in, k));
	}
}
