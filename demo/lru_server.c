/*
 * lru_server - a small cache server with three faults, for hp to find.
 *
 *     lru_server REQUESTS WORKERS LOG
 *
 * A client asks for pages over a socket; worker threads answer from a cache, which throws out the least recently used page
 * when it is full, and render the page when it is not there. The faults:
 *   - a leak: evict_oldest() frees the entry, but not the page that it holds;
 *   - a contended lock: cache_lock is held while a page is rendered, so that one slow page stops all workers;
 *   - a slow file: write_audit_log() waits for the disk after every line.
 */
#include <fcntl.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { CACHE_PAGES = 256, KEYS = 1024, BUCKETS = 512, PAGE_BYTES = 4096, RENDER_PASSES = 24, LOG_EVERY = 100 };

struct entry {
	uint32_t key;
	char *page;
	struct entry *next_in_bucket;
	struct entry *newer, *older;
};

struct request { uint32_t key, number; };

static struct entry *bucket[BUCKETS];
static struct entry *newest, *oldest;
static unsigned cached;
pthread_mutex_t cache_lock = PTHREAD_MUTEX_INITIALIZER;
static int audit_log;
static int server_end, client_end;

/* ---- the cache; all of it under cache_lock ---- */

static struct entry *find_page(uint32_t key)
{
	struct entry *e = bucket[key % BUCKETS];
	while (e && e->key != key)
		e = e->next_in_bucket;
	return e;
}

static void unlink_entry(struct entry *e)
{
	*(e->newer ? &e->newer->older : &newest) = e->older;
	*(e->older ? &e->older->newer : &oldest) = e->newer;
	e->newer = e->older = NULL;
}

static void make_newest(struct entry *e)
{
	e->older = newest;
	*(newest ? &newest->newer : &oldest) = e;
	newest = e;
}

static void evict_oldest(void)
{
	struct entry *e = oldest, **link = &bucket[e->key % BUCKETS];
	while (*link != e)
		link = &(*link)->next_in_bucket;
	*link = e->next_in_bucket;
	unlink_entry(e);
	free(e);  /* the leak: not e->page */
	cached--;
}

/* Too small and too often called to be worth a line in a call trace. */
__attribute__((no_instrument_function)) static uint32_t mix(uint32_t x)
{
	x ^= x >> 16;
	x *= 0x7feb352d;
	return x ^ x >> 15;
}

static char *render_page(uint32_t key)
{
	char *page = malloc(PAGE_BYTES);
	for (uint32_t pass = 0; pass < RENDER_PASSES; pass++)
		for (uint32_t i = 0; i < PAGE_BYTES; i++)
			page[i] = (char)('a' + mix(key + i + pass) % 26);
	return page;
}

static struct entry *insert_page(uint32_t key)
{
	struct entry *e = calloc(1, sizeof *e);
	e->key = key;
	e->page = render_page(key);
	e->next_in_bucket = bucket[key % BUCKETS];
	bucket[key % BUCKETS] = e;
	cached++;
	return e;
}

/* ---- requests ---- */

static uint32_t look_up(uint32_t key)
{
	pthread_mutex_lock(&cache_lock);
	struct entry *e = find_page(key);
	if (e) {
		unlink_entry(e);
	} else {
		if (cached == CACHE_PAGES)
			evict_oldest();
		e = insert_page(key);
	}
	make_newest(e);
	uint32_t checksum = mix((uint32_t)e->page[key % PAGE_BYTES] + key);
	pthread_mutex_unlock(&cache_lock);
	return checksum;
}

static void write_audit_log(const struct request *r, uint32_t checksum)
{
	char line[64];
	int n = snprintf(line, sizeof line, "request %u: page %u is %08x\n", r->number, r->key, checksum);
	if (write(audit_log, line, (size_t)n) != n)
		abort();
	fsync(audit_log);
}

static void handle_request(const struct request *r)
{
	uint32_t checksum = look_up(r->key);
	if (r->number % LOG_EVERY == 0)
		write_audit_log(r, checksum);
}

static void *worker(void *name)
{
	struct request r;
	pthread_setname_np(pthread_self(), name);
	while (recv(server_end, &r, sizeof r, 0) == sizeof r && r.number != UINT32_MAX)
		handle_request(&r);
	return NULL;
}

/* Half of the requests are for a few popular pages, the others for any. */
static void *client(void *requests)
{
	uint32_t random = 1, count = (uint32_t)(uintptr_t)requests;
	pthread_setname_np(pthread_self(), "client");
	for (uint32_t i = 0; i < count; i++) {
		random = mix(random + i + 1);
		struct request r = {.key = random % (random & 0x10000 ? 64 : KEYS), .number = i};
		if (send(client_end, &r, sizeof r, 0) != sizeof r)
			abort();
	}
	return NULL;
}

static void serve(unsigned requests, unsigned workers)
{
	pthread_t from, *pool = calloc(workers, sizeof *pool);
	char (*names)[16] = calloc(workers, sizeof *names);
	for (unsigned i = 0; i < workers; i++) {
		snprintf(names[i], sizeof names[i], "worker-%u", i % 100 + 1);
		pthread_create(&pool[i], NULL, worker, names[i]);
	}
	pthread_create(&from, NULL, client, (void *)(uintptr_t)requests);
	pthread_join(from, NULL);
	for (unsigned i = 0; i < workers; i++)
		send(client_end, &(struct request){.number = UINT32_MAX}, sizeof(struct request), 0);
	for (unsigned i = 0; i < workers; i++)
		pthread_join(pool[i], NULL);
	free(pool);
	free(names);
}

static void free_cache(void)
{
	while (oldest) {
		struct entry *e = oldest;
		unlink_entry(e);
		free(e->page);
		free(e);
	}
}

int main(int argc, char **argv)
{
	unsigned requests = argc > 1 ? (unsigned)atoi(argv[1]) : 30000, workers = argc > 2 ? (unsigned)atoi(argv[2]) : 4;
	int ends[2];
	audit_log = open(argc > 3 ? argv[3] : "audit.log", O_WRONLY | O_CREAT | O_TRUNC | O_APPEND, 0644);
	if (audit_log < 0 || socketpair(AF_UNIX, SOCK_SEQPACKET, 0, ends)) {
		perror("lru_server");
		return 1;
	}
	server_end = ends[0];
	client_end = ends[1];
	serve(requests, workers);
	printf("%u requests served by %u workers, %u pages cached\n", requests, workers, cached);
	free_cache();
	return 0;
}
