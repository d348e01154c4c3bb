#include "sym/program.h"

#include <fcntl.h>
#include <gelf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "sym/object.h"
#include "util/alloc.h"

enum { MOST_SCRIPTS = 5, FIRST_LINE = 256 };

/* ---- finding it ---- */

static int is_program(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISREG(st.st_mode) && access(path, X_OK) == 0;
}

char *program_find(const char *name)
{
	const char *path = getenv("PATH"), *end;

	if (strchr(name, '/'))
		return is_program(name) ? xstrdup(name) : NULL;
	for (path = path ? path : "/usr/local/bin:/bin:/usr/bin"; *name; path = end + 1) {
		end = strchrnul(path, ':');
		char *full = end == path ? xstrdup(name) : xasprintf("%.*s/%s", (int)(end - path), path, name);

		if (is_program(full))
			return full;
		free(full);
		if (!*end)
			break;
	}
	return NULL;
}

/* ---- scripts ---- */

/* The first line of a file, without its newline; "" when it is none or unreadable. */
static void first_line(const char *path, char line[FIRST_LINE])
{
	int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
	ssize_t n = fd < 0 ? 0 : read(fd, line, FIRST_LINE - 1);

	line[n > 0 ? n : 0] = '\0';
	line[strcspn(line, "\n")] = '\0';
	if (fd >= 0)
		close(fd);
}

/* The program behind "#!/usr/bin/env [-S] [NAME=VALUE...] NAME". */
static char *named_by_env(char *words)
{
	for (char *save, *word = strtok_r(words, " \t", &save); word; word = strtok_r(NULL, " \t", &save))
		if (*word != '-' && !strchr(word, '='))
			return program_find(word);
	return NULL;
}

/* The interpreter that `path` names in its first line; NULL: it is no script. */
static char *interpreter_of(const char *path)
{
	char line[FIRST_LINE], *name, *rest, *found = NULL;

	first_line(path, line);
	if (strncmp(line, "#!", 2) != 0)
		return NULL;
	name = line + 2 + strspn(line + 2, " \t");
	rest = name + strcspn(name, " \t");
	if (*rest)
		*rest++ = '\0';
	if (strcmp(name, "/usr/bin/env") == 0 || strcmp(name, "/bin/env") == 0)
		found = named_by_env(rest);
	return found ? found : program_find(name);
}

/* ---- executables ---- */

static void read_loader(struct program *p, Elf *elf, const GElf_Phdr *ph)
{
	Elf_Data *data = elf_getdata_rawchunk(elf, (int64_t)ph->p_offset, ph->p_filesz, ELF_T_BYTE);

	if (data && data->d_size && !p->loader)
		p->loader = strndup(data->d_buf, data->d_size);
}

static int is_sanitizer(const char *name)
{
	return strncmp(name, "libasan.so", 10) == 0 || strncmp(name, "libtsan.so", 10) == 0 || strncmp(name, "liblsan.so", 10) == 0
	       || strncmp(name, "libhwasan.so", 12) == 0 || strncmp(name, "libclang_rt.", 12) == 0;
}

static void read_needed(struct program *p, Elf *elf, Elf_Scn *section, const GElf_Shdr *sh)
{
	Elf_Data *data = elf_getdata(section, NULL);
	GElf_Dyn dyn;

	for (int i = 0; data && gelf_getdyn(data, i, &dyn) && dyn.d_tag != DT_NULL; i++) {
		const char *name = dyn.d_tag == DT_NEEDED ? elf_strptr(elf, sh->sh_link, dyn.d_un.d_val) : NULL;

		if (name && is_sanitizer(name) && !p->sanitizer)
			p->sanitizer = xstrdup(name);
	}
}

static void read_elf(struct program *p, Elf *elf)
{
	Elf_Scn *section = NULL;
	GElf_Ehdr eh, own;
	GElf_Shdr sh;
	GElf_Phdr ph;
	size_t n = 0;
	struct object self;
	const char *why;

	if (!gelf_getehdr(elf, &eh))
		return;
	p->is_elf = 1;
	if (object_open(&self, "/proc/self/exe", &why) == 0) {
		p->foreign = gelf_getehdr(self.elf, &own)
		             && (eh.e_machine != own.e_machine || eh.e_ident[EI_CLASS] != own.e_ident[EI_CLASS]);
		object_close(&self);
	}
	elf_getphdrnum(elf, &n);
	for (size_t i = 0; i < n; i++)
		if (gelf_getphdr(elf, (int)i, &ph) && ph.p_type == PT_INTERP)
			read_loader(p, elf, &ph);
	while ((section = elf_nextscn(elf, section)))
		if (gelf_getshdr(section, &sh) && sh.sh_type == SHT_DYNAMIC)
			read_needed(p, elf, section, &sh);
}

/* The loader then ignores LD_PRELOAD. */
static int is_privileged(const char *path)
{
	struct stat st;

	if (stat(path, &st) < 0)
		return 0;
	return (st.st_mode & S_ISUID && st.st_uid != getuid()) || (st.st_mode & S_ISGID && st.st_gid != getgid())
	       || getxattr(path, "security.capability", NULL, 0) > 0;
}

void program_inspect(struct program *p, const char *path)
{
	struct object o;
	const char *why;
	char *next;

	*p = (struct program){ .path = xstrdup(path) };
	while (p->scripts < MOST_SCRIPTS && (next = interpreter_of(p->path))) {
		free(p->path);
		p->path = next;
		p->scripts++;
	}
	p->privileged = is_privileged(p->path) != 0;
	if (object_open(&o, p->path, &why) < 0)
		return;
	read_elf(p, o.elf);
	object_close(&o);
}

void program_free(struct program *p)
{
	free(p->path);
	free(p->loader);
	free(p->sanitizer);
}
