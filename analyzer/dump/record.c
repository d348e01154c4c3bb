#include "record.h"

const uint8_t dump_record_words[256] = {
#define HP_RECORD(code, NAME, type, words) [code] = words,
#include "hp_records.def"
#undef HP_RECORD
};

const uint8_t dump_time_word[256] = {
	[HP_R_THREAD_END] = 1, [HP_R_GAP] = 1, [HP_R_FN_ENTER_WIDE] = 1, [HP_R_FN_CUT] = 1,
	[HP_R_ALLOC] = 2, [HP_R_FREE] = 2, [HP_R_REALLOC_BEGIN] = 2, [HP_R_REALLOC_END] = 2,
	[HP_R_ALLOC_WIDE] = 1, [HP_R_FREE_WIDE] = 1, [HP_R_ALLOC_FAIL] = 1, [HP_R_VM] = 1,
	[HP_R_LOCK] = 1, [HP_R_LOCK_SH] = 1, [HP_R_UNLOCK] = 1, [HP_R_UNLOCK_WAITED] = 1, [HP_R_LOCK_TRYFAIL] = 1,
	[HP_R_LOCK_WAIT] = 1, [HP_R_LOCK_WAIT_SH] = 1, [HP_R_LOCK_FAIL] = 1, [HP_R_LOCK_X] = 1,
	[HP_R_SYNC] = 1, [HP_R_WAIT] = 1, [HP_R_IO] = 1, [HP_R_STDIO_COUNT] = 1, [HP_R_ABANDONED] = 1,
	[HP_R_THREAD_CREATE] = 1, [HP_R_FORK] = 1, [HP_R_EXEC_FAILED] = 1, [HP_R_END] = 1, [HP_R_CONTROL] = 1,
	[HP_R_IO_X] = 1, [HP_R_EXEC] = 1, [HP_R_THREAD_NAME] = 1, [HP_R_MARK] = 1,
};

static int stop(struct dump_walk *k, const char *why)
{
	k->fault = why;
	return -1;
}

int dump_walk_odd(struct dump_walk *k)
{
	uint32_t w = *k->at;
	size_t left = (size_t)(k->end - k->at);
	unsigned kind = hp_word_kind(w), words = hp_word_arg(w);

	if (!w) {
		while (k->at < k->end && !*k->at)
			k->at++;
		return 0;
	}
	if (w & 1)
		return stop(k, "a function record crosses the end of its chunk");
	int skipped = kind == HP_R_OPEN || (kind >= 0x80 && !dump_record_words[kind]);
	if (!skipped && !dump_record_words[kind])
		return stop(k, "a record of unknown kind");
	if (!skipped && kind >= 0x80 && words < dump_record_words[kind])
		return stop(k, "a record is shorter than its kind");
	if (!words || words > left || !skipped)
		return stop(k, "a record crosses the end of its chunk");
	k->torn += kind == HP_R_OPEN;
	k->at += words;
	return 0;
}
