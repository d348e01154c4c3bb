/*
 * init.c - the start, in the order in which things depend on each other. Nothing here runs again, and nothing at exit
 * has to: the dump is good up to its last record at any moment.
 */
#include "hooks/function.h"
#include "hooks/memory_sample.h"
#include "call.h"
#include "elf_lookup.h"
#include "fn_filter.h"
#include "use_libunwind.h"
#include "meta.h"
#include "real.h"
#include "state.h"
#include "sys.h"
#include "locks.h"
#include "measure.h"
#include "unwind/module.h"
#include "unwind/rule.h"
#include <elf.h>
#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/stat.h>

static const uint32_t nothing;  /* the control word while there is no dump */
const uint32_t *hp_control = &nothing;
uint8_t hp_ready, hp_sandboxed, hp_sandbox_closed, hp_fn_flags;
uint64_t hp_early_count;
uint64_t hp_near[2];
uintptr_t hp_main_phdr, hp_main_phnum;
struct hp_state hp_state;
struct hp_live *hp_live;

void hp_off(void)
{
	__atomic_store_n(&hp_control, &nothing, __ATOMIC_RELEASE);
}

int hp_live_init(void)
{
	if (!hp_live)
		hp_live = hp_sys_anonymous(sizeof *hp_live, 1);
	if (!hp_live)
		return -ENOMEM;
	hp_live->pid = hp_sandboxed ? hp_own_tid() : (uint32_t)hp_sys0(SYS_getpid);  /* a forked child has one thread */
	hp_live->alive = 1;
	return 0;
}

static void random_id(uint8_t id[16])
{
	if (hp_sys3(SYS_getrandom, id, 16, 1 /* GRND_NONBLOCK */) == 16)
		return;
	uint64_t words[2] = { hp_ticks(), hp_clocks_now().realtime ^ (uint64_t)hp_live->pid << 32 };
	memcpy(id, words, 16);
}

static void boot_id(uint8_t id[16])
{
	char text[64];
	if (hp_sys_slurp("/proc/sys/kernel/random/boot_id", text, sizeof text) < 36)
		return;
	unsigned digits = 0;
	for (const char *c = text; *c && digits < 32; c++) {
		unsigned d = *c >= '0' && *c <= '9' ? (unsigned)(*c - '0') : *c >= 'a' && *c <= 'f' ? (unsigned)(*c - 'a' + 10) : 16;
		if (d < 16) {
			id[digits / 2] = (uint8_t)(id[digits / 2] << 4 | d);
			digits++;
		}
	}
}

void hp_header_write(const struct hp_header *parent)
{
	struct hp_header *h = hp_state.header;
	struct stat ns;
	h->endian = HP_ENDIAN;
	h->version = HP_VERSION;
	h->header_bytes = sizeof *h;
	h->chunk_bytes = HP_CHUNK_BYTES;
	h->page_bytes = hp_state.page;
#if defined(__x86_64__)
	h->elf_machine = EM_X86_64;
#elif defined(__aarch64__)
	h->elf_machine = EM_AARCH64;
#endif
	random_id(h->dump_id);
	memcpy(h->run_id, parent ? parent->run_id : hp_config.run_id, 16);
	if (parent)
		memcpy(h->parent_id, parent->dump_id, 16);
	h->pid = hp_live->pid;
	h->ppid = (uint32_t)hp_sys0(SYS_getppid);
	h->clock = hp_clock_kind;
	h->thread_slots = (HP_CHUNK_BYTES - HP_SLOTS_OFFSET) / sizeof(struct hp_slot);
	h->start = hp_state.start;
	h->ticks_per_second = hp_state.rate;
	if (!hp_sys4(SYS_newfstatat, AT_FDCWD, "/proc/self/ns/pid", &ns, 0))
		h->pid_namespace = ns.st_ino;
	boot_id(h->boot_id);
	h->near[0] = (uint32_t)hp_near[0];
	h->near[1] = (uint32_t)hp_near[1];
	h->kinds = hp_config.kinds;
	h->depth = hp_config.depth;
	h->stack_mode = hp_config.stack_mode;
	h->flags = hp_config.start_off ? HP_FLAG_STARTED_OFF : 0;
	h->control = hp_config.start_off ? 0 : hp_config.kinds;
	h->next_chunk = 1;
	h->early_calls = hp_early_count;
	/* The magic comes last: a reader that sees it sees all of the above. */
	uint64_t magic;
	memcpy(&magic, HP_MAGIC, 8);
	HP_STORE((uint64_t *)h->magic, magic);
}

static const char *too_small(void)
{
	return hp_config.max_bytes && hp_config.max_bytes < 4 * HP_CHUNK_BYTES ? ": HP_MAX_BYTES is less than 256 KiB" : ": file size limit or free space too small";
}

/* The one line of HP_VERBOSE=1. */
static void say(const char *a, const char *b, const char *bad, long error)
{
	char line[HP_PATH_BYTES / 2];
	size_t at = 0;
	const char *parts[] = { "libhp: ", a, b, *bad ? "; not understood: " : "", bad };
	for (unsigned i = 0; i < sizeof parts / sizeof *parts; i++)
		for (const char *c = parts[i]; *c && at + 32 < sizeof line; c++)
			line[at++] = *c == '\n' ? ' ' : *c;
	if (error) {
		const char *text = error == -ENOSPC ? ": no space left" : error == -EACCES ? ": permission denied" :
			error == -ENOENT ? ": no such directory" : error == -EFBIG ? too_small() :
			error == -EROFS ? ": read-only file system" : error == -ENOTDIR ? ": not a directory" :
			error == -EFAULT ? ": disk full" : error == -ENAMETOOLONG ? ": name too long" :
			error == -ENODEV ? ": files there cannot be mapped" :
			error == -ENOMEM ? ": no memory" : error == -EMFILE ? ": too many open files" : ": error ";
		while (*text && at + 16 < sizeof line)
			line[at++] = *text++;
		if (line[at - 1] == ' ') {
			line[at++] = (char)('0' + -error / 100 % 10);
			line[at++] = (char)('0' + -error / 10 % 10);
			line[at++] = (char)('0' + -error % 10);
		}
	}
	line[at++] = '\n';
	hp_sys3(SYS_write, 2, line, at);
}

/* Where the kernel put the arguments; all frames of the main thread lie below. /proc may be missing, or (valgrind) name another stack. */
static void find_main_stack(void)
{
	uintptr_t symbol = hp_elf_first("__libc_stack_end");
	hp_state.main_stack_hi = symbol ? *(const uintptr_t *)symbol : 0;
}

/* Where glibc keeps a thread's id in its thread block: looked for once, for the time in a sandbox. */
static void find_tid_offset(void)
{
	const uint32_t *block = (const uint32_t *)hp_libc.pthread_self();
	uint32_t tid = (uint32_t)hp_sys0(SYS_gettid);
	for (uint32_t i = 0x200 / 4; i < 0x400 / 4; i++)
		if (block[i] == tid) {
			hp_state.tid_offset = i * 4;
			return;
		}
}

static void on_exit_hint(int status, void *arg)
{
	hp_process_end(HP_END_EXIT, status);
}

/* Everything that a dump needs. 0, or the error that leaves the program unrecorded. */
/* Who has an allocator of his own, and whether we stand before it. */
static void note_other_allocators(void)
{
	const struct link_map *news = hp_elf_first_object("_Znwm");  /* operator new(size_t) */
	if (hp_elf_first("malloc") != hp_elf_own("malloc"))
		hp_state.header->flags |= HP_FLAG_MALLOC_BYPASSED;
	else if (news && hp_elf_symbol(news, "malloc"))
		hp_state.header->flags |= HP_FLAG_NEW_BYPASSED;
}

static int start_recording(void)
{
	hp_clock_init();
	hp_state.start = hp_clocks_now();
	int r = hp_live_init();
	if (!r)
		r = hp_file_create();
	if (r)
		return r;
	find_main_stack();
	find_tid_offset();
	hp_stack_init(hp_config.stack_mode, hp_config.depth);
	hp_function_reset(&hp_late);  /* calls after a thread's end find no frame, but a place to look for one */
	if (hp_config.duration_ns)
		hp_state.deadline = hp_state.start.ticks + (uint64_t)((double)hp_config.duration_ns * 1e-9 * (double)hp_clock_rate(&hp_state.start));
	hp_state.rate = hp_clock_rate(&hp_state.start);
	hp_near[0] = (uint64_t)hp_sys1(SYS_brk, 0) >> HP_NEAR_SHIFT;
	hp_near[1] = (uint64_t)hp_near >> HP_NEAR_SHIFT;  /* libraries, thread arenas and stacks; our windows lie far off */
	hp_header_write(NULL);
	if (hp_libc.pthread_key_create && !hp_libc.pthread_key_create(&hp_state.key, hp_thread_key_destructor))
		hp_state.key_valid = 1;
	struct hp_thread *t = hp_thread_new();
	if (!t)
		return -ENOMEM;
	if (hp_locks_init())
		return -ENOMEM;
	hp_meta_process(t);
	hp_modules_start(t);
	hp_fn_filter_start(t);
	hp_meta_descriptors(t);
	note_other_allocators();
	hp_sample_init();
	return 0;
}

static void find_loader_entry(void)
{
	const Elf64_Ehdr *e = (const Elf64_Ehdr *)hp_elf_auxv(AT_BASE);
	if (e && !memcmp(e->e_ident, ELFMAG, SELFMAG))
		hp_loader_entry = (uintptr_t)e + e->e_entry;
}

static void start(char **envp)
{
	if (hp_ready || hp_real_resolve())
		return;
	hp_state.page = (uint32_t)hp_elf_auxv(AT_PAGESZ);
	if (!hp_state.page)
		hp_state.page = 4096;
	hp_main_phdr = hp_elf_auxv(AT_PHDR);
	hp_main_phnum = hp_elf_auxv(AT_PHNUM);
	find_loader_entry();
	hp_dl_find_object = (int (*)(void *, struct dl_find_object *))hp_elf_next("_dl_find_object", NULL);
	/* With musl, whose constructors get no arguments and whose threads we do not know, all calls just pass. */
	int wanted = hp_elf_glibc() && !hp_elf_auxv(AT_SECURE) && hp_config_read(envp);
	if (wanted && hp_left_out()) {
		if (hp_config.verbose)
			say("not recorded: HP_FOLLOW leaves out what a recorded program executes", "", hp_config.bad, 0);
	} else if (wanted) {
		int r = start_recording();
		if (!r)
			__atomic_store_n(&hp_control, &hp_state.header->control, __ATOMIC_RELEASE);
		if (hp_config.verbose) {
			say(r ? "no dump at " : "recording to ", hp_file_path, hp_config.bad, r);
		}
	}
	HP_STORE(&hp_ready, 1);
}

/* HP_STACK=libunwind or check. What the loader does for that is not the program's doing. */
static void load_libunwind(void)
{
	static const char missing[] = "HP_STACK: libunwind.so.8 cannot be used here; stacks are taken as by dwarf";
	if (hp_config.stack_mode != HP_STACK_LIBUNWIND && hp_config.stack_mode != HP_STACK_CHECK)
		return;
	hp_off();
	int failed = hp_libunwind_start(hp_config.stack_mode);
	__atomic_store_n(&hp_control, &hp_state.header->control, __ATOMIC_RELEASE);
	if (!failed)
		return;
	hp_meta_option(hp_tls.t, missing, sizeof missing - 1);
	if (hp_config.verbose)
		say(missing, "", "", 0);
}

/* What calls libc, or an allocator: an early start may be inside of these, under their locks (atexit's calloc, say). */
static void finish_start(void)
{
	if (!hp_state.header || hp_control != &hp_state.header->control)
		return;
	if (hp_libc.on_exit)
		hp_libc.on_exit(on_exit_hint, NULL);
	load_libunwind();
	if (HP_RELAXED(&hp_state.header->next_uid) == 1) {  /* no other thread, whose events would be lost meanwhile */
		hp_off();
		hp_measure(hp_tls.t);
		__atomic_store_n(&hp_control, &hp_state.header->control, __ATOMIC_RELEASE);
	}
	if (hp_tls.t)
		hp_cpu_event(hp_tls.t, hp_ticks(), 0);  /* the clock of this thread ran before */
}

__attribute__((constructor)) static void construct(int argc, char **argv, char **envp)
{
	start(envp);
	finish_start();
}

int hp_start_early(void)
{
	if (!hp_ready && hp_elf_ready()) {
		char ***environment = (char ***)hp_elf_first("environ");
		if (environment && *environment)  /* else libc itself has not begun: a preinit function, of a sanitizer say */
			start(*environment);
	}
	if (!hp_ready)
		hp_early_count++;
	return hp_ready;
}
