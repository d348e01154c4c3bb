/* stdio_rw.c - blocks and lines through streams. Bytes are what the caller read or wrote, not the descriptor. */
#include "hooks/io.h"

/* A line that was read, or NULL: the end of the file, or an error. The stream knows which. */
static void line_end(struct hp_call *c, const char *line, const FILE *fp)
{
	if (line)
		hp_io_end_text(c, hp_fileno(fp), line, 0);
	else
		hp_io_end(c, hp_fileno(fp), fp->_flags & _IO_EOF_SEEN ? 0 : -1);
}

/* A string that was written, and so many characters more. */
static void string_end(struct hp_call *c, int result, const char *s, const FILE *fp, size_t more)
{
	if (result < 0)
		hp_io_end(c, hp_fileno(fp), -1);
	else
		hp_io_end_text(c, hp_fileno(fp), s, more);
}

/* getline's result: -1 stands for the end of the file too. */
static int64_t got_bytes(ssize_t r, const FILE *fp)
{
	return r < 0 && (fp->_flags & _IO_EOF_SEEN) ? 0 : r;
}

/* Nothing written of something is an error. */
static int64_t put_bytes(size_t items, size_t size, size_t wanted)
{
	return !items && size && wanted ? -1 : (int64_t)(items * size);
}

HP_EXPORT size_t fread(void *buf, size_t size, size_t n, FILE *fp)
{
	if (hp_too_early())
		return 0;
	struct hp_call c;
	hp_stdio_begin(&c, HP_OP_FREAD, hp_fileno(fp), HP_CALLER());
	size_t items = hp_real.fread(buf, size, n, fp);
	if (c.t)
		hp_io_end(&c, hp_fileno(fp), (int64_t)(items * size));
	return items;
}

HP_EXPORT size_t fread_unlocked(void *buf, size_t size, size_t n, FILE *fp)
{
	if (hp_too_early())
		return 0;
	struct hp_call c;
	hp_stdio_begin(&c, HP_OP_FREAD, hp_fileno(fp), HP_CALLER());
	size_t items = hp_real.fread_unlocked(buf, size, n, fp);
	if (c.t)
		hp_io_end(&c, hp_fileno(fp), (int64_t)(items * size));
	return items;
}

HP_EXPORT size_t __fread_chk(void *buf, size_t room, size_t size, size_t n, FILE *fp)
{
	if (hp_too_early())
		return 0;
	struct hp_call c;
	hp_stdio_begin(&c, HP_OP_FREAD, hp_fileno(fp), HP_CALLER());
	size_t items = hp_real.__fread_chk(buf, room, size, n, fp);
	if (c.t)
		hp_io_end(&c, hp_fileno(fp), (int64_t)(items * size));
	return items;
}

HP_EXPORT size_t __fread_unlocked_chk(void *buf, size_t room, size_t size, size_t n, FILE *fp)
{
	if (hp_too_early())
		return 0;
	struct hp_call c;
	hp_stdio_begin(&c, HP_OP_FREAD, hp_fileno(fp), HP_CALLER());
	size_t items = hp_real.__fread_unlocked_chk(buf, room, size, n, fp);
	if (c.t)
		hp_io_end(&c, hp_fileno(fp), (int64_t)(items * size));
	return items;
}

HP_EXPORT size_t fwrite(const void *buf, size_t size, size_t n, FILE *fp)
{
	if (hp_too_early())
		return 0;
	struct hp_call c;
	hp_stdio_begin(&c, HP_OP_FWRITE, hp_fileno(fp), HP_CALLER());
	size_t items = hp_real.fwrite(buf, size, n, fp);
	if (c.t)
		hp_io_end(&c, hp_fileno(fp), put_bytes(items, size, n));
	return items;
}

HP_EXPORT size_t fwrite_unlocked(const void *buf, size_t size, size_t n, FILE *fp)
{
	if (hp_too_early())
		return 0;
	struct hp_call c;
	hp_stdio_begin(&c, HP_OP_FWRITE, hp_fileno(fp), HP_CALLER());
	size_t items = hp_real.fwrite_unlocked(buf, size, n, fp);
	if (c.t)
		hp_io_end(&c, hp_fileno(fp), put_bytes(items, size, n));
	return items;
}

HP_EXPORT char *fgets(char *buf, int n, FILE *fp)
{
	if (hp_too_early())
		return NULL;
	struct hp_call c;
	hp_stdio_begin(&c, HP_OP_FGETS, hp_fileno(fp), HP_CALLER());
	char *line = hp_real.fgets(buf, n, fp);
	line_end(&c, line, fp);
	return line;
}

HP_EXPORT char *fgets_unlocked(char *buf, int n, FILE *fp)
{
	if (hp_too_early())
		return NULL;
	struct hp_call c;
	hp_stdio_begin(&c, HP_OP_FGETS, hp_fileno(fp), HP_CALLER());
	char *line = hp_real.fgets_unlocked(buf, n, fp);
	line_end(&c, line, fp);
	return line;
}

HP_EXPORT char *__fgets_chk(char *buf, size_t room, int n, FILE *fp)
{
	if (hp_too_early())
		return NULL;
	struct hp_call c;
	hp_stdio_begin(&c, HP_OP_FGETS, hp_fileno(fp), HP_CALLER());
	char *line = hp_real.__fgets_chk(buf, room, n, fp);
	line_end(&c, line, fp);
	return line;
}

HP_EXPORT char *__fgets_unlocked_chk(char *buf, size_t room, int n, FILE *fp)
{
	if (hp_too_early())
		return NULL;
	struct hp_call c;
	hp_stdio_begin(&c, HP_OP_FGETS, hp_fileno(fp), HP_CALLER());
	char *line = hp_real.__fgets_unlocked_chk(buf, room, n, fp);
	line_end(&c, line, fp);
	return line;
}

HP_EXPORT ssize_t getline(char **line, size_t *size, FILE *fp)
{
	if (hp_too_early())
		return -1;
	struct hp_call c;
	hp_stdio_begin(&c, HP_OP_GETLINE, hp_fileno(fp), HP_CALLER());
	ssize_t r = hp_real.getline(line, size, fp);
	hp_io_end(&c, hp_fileno(fp), got_bytes(r, fp));
	return r;
}

HP_EXPORT ssize_t getdelim(char **line, size_t *size, int delimiter, FILE *fp)
{
	if (hp_too_early())
		return -1;
	struct hp_call c;
	hp_stdio_begin(&c, HP_OP_GETDELIM, hp_fileno(fp), HP_CALLER());
	ssize_t r = hp_real.getdelim(line, size, delimiter, fp);
	hp_io_end(&c, hp_fileno(fp), got_bytes(r, fp));
	return r;
}

/* What the headers' inline getline calls. */
HP_EXPORT ssize_t __getdelim(char **line, size_t *size, int delimiter, FILE *fp)
{
	if (hp_too_early())
		return -1;
	struct hp_call c;
	hp_stdio_begin(&c, delimiter == '\n' ? HP_OP_GETLINE : HP_OP_GETDELIM, hp_fileno(fp), HP_CALLER());
	ssize_t r = hp_real.__getdelim(line, size, delimiter, fp);
	hp_io_end(&c, hp_fileno(fp), got_bytes(r, fp));
	return r;
}

HP_EXPORT int fputs(const char *s, FILE *fp)
{
	if (hp_too_early())
		return EOF;
	struct hp_call c;
	hp_stdio_begin(&c, HP_OP_FPUTS, hp_fileno(fp), HP_CALLER());
	int r = hp_real.fputs(s, fp);
	string_end(&c, r, s, fp, 0);
	return r;
}

HP_EXPORT int fputs_unlocked(const char *s, FILE *fp)
{
	if (hp_too_early())
		return EOF;
	struct hp_call c;
	hp_stdio_begin(&c, HP_OP_FPUTS, hp_fileno(fp), HP_CALLER());
	int r = hp_real.fputs_unlocked(s, fp);
	string_end(&c, r, s, fp, 0);
	return r;
}

HP_EXPORT int puts(const char *s)
{
	if (hp_too_early())
		return EOF;
	struct hp_call c;
	hp_stdio_begin(&c, HP_OP_PUTS, hp_fileno(stdout), HP_CALLER());
	int r = hp_real.puts(s);
	string_end(&c, r, s, stdout, 1);
	return r;
}
