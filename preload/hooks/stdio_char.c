/* stdio_char.c - single characters: counted, without events (count.c). */
#include "hooks/io.h"

static void count(unsigned op, const FILE *fp, int c)
{
	struct hp_thread *t = hp_enter(HP_STDIO);
	if (t)
		hp_stdio_count(t, op, hp_fileno(fp), c != EOF);
}

HP_EXPORT int putc(int c, FILE *fp)
{
	if (hp_too_early())
		return EOF;
	int r = hp_real.putc(c, fp);
	count(HP_OP_PUTC, fp, r);
	return r;
}

HP_EXPORT int putc_unlocked(int c, FILE *fp)
{
	if (hp_too_early())
		return EOF;
	int r = hp_real.putc_unlocked(c, fp);
	count(HP_OP_PUTC, fp, r);
	return r;
}

HP_EXPORT int fputc(int c, FILE *fp)
{
	if (hp_too_early())
		return EOF;
	int r = hp_real.fputc(c, fp);
	count(HP_OP_PUTC, fp, r);
	return r;
}

HP_EXPORT int fputc_unlocked(int c, FILE *fp)
{
	if (hp_too_early())
		return EOF;
	int r = hp_real.fputc_unlocked(c, fp);
	count(HP_OP_PUTC, fp, r);
	return r;
}

HP_EXPORT int _IO_putc(int c, FILE *fp)
{
	if (hp_too_early())
		return EOF;
	int r = hp_real._IO_putc(c, fp);
	count(HP_OP_PUTC, fp, r);
	return r;
}

HP_EXPORT int putchar(int c)
{
	if (hp_too_early())
		return EOF;
	int r = hp_real.putchar(c);
	count(HP_OP_PUTC, stdout, r);
	return r;
}

HP_EXPORT int putchar_unlocked(int c)
{
	if (hp_too_early())
		return EOF;
	int r = hp_real.putchar_unlocked(c);
	count(HP_OP_PUTC, stdout, r);
	return r;
}

HP_EXPORT int getc(FILE *fp)
{
	if (hp_too_early())
		return EOF;
	int r = hp_real.getc(fp);
	count(HP_OP_GETC, fp, r);
	return r;
}

HP_EXPORT int getc_unlocked(FILE *fp)
{
	if (hp_too_early())
		return EOF;
	int r = hp_real.getc_unlocked(fp);
	count(HP_OP_GETC, fp, r);
	return r;
}

HP_EXPORT int fgetc(FILE *fp)
{
	if (hp_too_early())
		return EOF;
	int r = hp_real.fgetc(fp);
	count(HP_OP_GETC, fp, r);
	return r;
}

HP_EXPORT int fgetc_unlocked(FILE *fp)
{
	if (hp_too_early())
		return EOF;
	int r = hp_real.fgetc_unlocked(fp);
	count(HP_OP_GETC, fp, r);
	return r;
}

HP_EXPORT int _IO_getc(FILE *fp)
{
	if (hp_too_early())
		return EOF;
	int r = hp_real._IO_getc(fp);
	count(HP_OP_GETC, fp, r);
	return r;
}

HP_EXPORT int getchar(void)
{
	if (hp_too_early())
		return EOF;
	int r = hp_real.getchar();
	count(HP_OP_GETC, stdin, r);
	return r;
}

HP_EXPORT int getchar_unlocked(void)
{
	if (hp_too_early())
		return EOF;
	int r = hp_real.getchar_unlocked();
	count(HP_OP_GETC, stdin, r);
	return r;
}
