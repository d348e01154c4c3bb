/* flags: -O0 -fno-builtin -Wno-deprecated-declarations -Wno-format-security */
/* Every stdio function, with good and bad streams (all_calls.h). */
#include "all_calls.h"
#include <fcntl.h>
#include <stdarg.h>

static char buf[100];

static void streams(void)
{
	FILE *fp = P(fopen("f", "w+"));
	printf("fd %d\n", fileno(fp));
	R(fputs("one\ntwo\nthree", fp));
	R(fclose(fp));
	fp = P(fopen64("f", "r+"));
	R(fseek(fp, 4, SEEK_SET));
	R(fseeko(fp, -1, SEEK_END));
	R(fseeko64(fp, 0, SEEK_SET));
	R(fseek(fp, -5, SEEK_SET));
	fp = P(freopen("g", "w", fp));
	printf("fd %d\n", fileno(fp));
	fp = P(freopen64("f", "r", fp));
	P(fgets(buf, sizeof buf, fp));
	printf("%s", buf);
	P(freopen("missing", "r", fp));
	P(fopen("missing", "r"));
	P(fopen64("f", "bad mode"));
	P(fopen(bad, "r"));
	P(fdopen(BAD_FD, "r"));
	fp = P(fdopen(open("f", O_RDONLY), "r"));
	R(fflush(fp));
	R(fflush_unlocked(fp));
	R(fclose(fp));
	R(fflush(none));
	char *text;
	size_t size;
	fp = open_memstream(&text, &size);
	R(fputs("memory", fp));
	R(fputc('!', fp));
	R(fclose(fp));
	printf("%s\n", text);
	free(text);
}

static void blocks(void)
{
	FILE *fp = fopen("f", "w+"), *full = fopen("/dev/full", "w"), *readonly = fopen("f", "r");
	R(fwrite("abcdefgh\n", 3, 3, fp));
	R(fwrite_unlocked("ijkl\n", 1, 5, fp));
	R(fputs_unlocked("mnop", fp));
	rewind(fp);
	R(fread(buf, 2, 3, fp));
	R(fread_unlocked(buf, 1, 2, fp));
	P(fgets(buf, 10, fp));
	P(fgets_unlocked(buf, 3, fp));
	P(__fgets_chk(buf, 100, 2, fp));
	P(__fgets_unlocked_chk(buf, 100, 10, fp));
	printf("%s", buf);
	R(__fread_chk(buf, 100, 1, 2, fp));
	R(__fread_unlocked_chk(buf, 100, 1, 2, fp));
	R(fread(buf, 2, 3, fp));
	P(fgets(buf, 10, fp));
	R(fread(buf, 0, 3, fp));
	R(fwrite(buf, 1, 5000, full));
	R(fputs("x", readonly));
	R(fputc('x', readonly));
	R(fwrite("x", 1, 1, readonly));
	R(fflush(full));
	R(putc('x', full));
	R(fflush(full));
	R(fclose(full));
	fclose(readonly);
	fclose(fp);
	close(open("/", O_RDONLY));
	fp = fopen("/", "r");
	R(fread(buf, 1, 1, fp));
	P(fgets(buf, 10, fp));
	R(getc(fp));
	fclose(fp);
}

static void lines(void)
{
	char *line = NULL;
	size_t size = 0;
	FILE *fp = fopen("f", "r");
	R(getline(&line, &size, fp));
	R(getdelim(&line, &size, 'k', fp));
	R(__getdelim(&line, &size, '\n', fp));
	R(__getdelim(&line, &size, '\n', fp));
	printf("%s\n", line);
	R(getline(&line, &size, fp));
	R(getline(none, &size, fp));
	free(line);
	fclose(fp);
}

static void characters(void)
{
	FILE *fp = fopen("f", "w+");
	R(putc('a', fp));
	R(putc_unlocked('b', fp));
	R(fputc('c', fp));
	R(fputc_unlocked('d', fp));
	R(_IO_putc('e', fp));
	rewind(fp);
	R(getc(fp));
	R(getc_unlocked(fp));
	R(fgetc(fp));
	R(fgetc_unlocked(fp));
	R(_IO_getc(fp));
	R(fgetc(fp));
	fclose(fp);
	R(putchar('x'));
	R(putchar_unlocked('\n'));
	R(puts("a line"));
	R(getchar());
	R(getchar_unlocked());
}

static int v(int (*f)(FILE *, const char *, va_list), FILE *fp, const char *format, ...)
{
	va_list ap;
	va_start(ap, format);
	int r = f(fp, format, ap);
	va_end(ap);
	return r;
}

static int to_stdout(FILE *fp, const char *format, va_list ap)
{
	(void)fp;
	return vprintf(format, ap) + __vprintf_chk(1, format, ap);
}

static int to_fd(FILE *fp, const char *format, va_list ap)
{
	return vdprintf(fileno(fp), format, ap);
}

static int to_fd_checked(FILE *fp, const char *format, va_list ap)
{
	return __vdprintf_chk(fileno(fp), 1, format, ap);
}

static int checked(FILE *fp, const char *format, va_list ap)
{
	return __vfprintf_chk(fp, 1, format, ap);
}

static void formats(void)
{
	FILE *fp = fopen("f", "w"), *readonly = fopen("f", "r");
	R(printf("%d %s %.2f %Lf %c\n", 1, "two", 3.0, 4.0L, '5'));
	R(fprintf(fp, "%d %d %d %d %d %d %d %d %f\n", 1, 2, 3, 4, 5, 6, 7, 8, 9.0));
	R(v(vfprintf, fp, "%s\n", "text"));
	R(v(to_stdout, stdout, "nothing to show\n"));
	R(__printf_chk(1, "%d %s %f\n", 1, "two", 3.0));
	R(__fprintf_chk(fp, 1, "%d %f\n", 1, 3.0));
	R(v(checked, fp, "%s\n", "text"));
	fflush(fp);
	R(dprintf(fileno(fp), "%s %f\n", "text", 1.5));
	R(__dprintf_chk(fileno(fp), 1, "%s %f\n", "text", 1.5));
	R(v(to_fd, fp, "%d\n", 42));
	R(v(to_fd_checked, fp, "%d\n", 43));
	R(dprintf(BAD_FD, "x"));
	R(fprintf(readonly, "x"));
	R(v(vfprintf, readonly, "x"));
	fclose(readonly);
	fclose(fp);
	fp = fopen("f", "r");
	while (fgets(buf, sizeof buf, fp))
		printf("  %s", buf);
	fclose(fp);
}

static void commands(void)
{
	FILE *fp = P(popen("echo from a command; exit 3", "r"));
	P(fgets(buf, sizeof buf, fp));
	printf("%s", buf);
	R(pclose(fp));
	P(popen("true", "bad mode"));
	fp = P(popen("cat", "w"));
	R(fputs("to a command\n", fp));
	fflush(stdout);
	R(pclose(fp));
}

int main(void)
{
	if (!freopen("/dev/null", "r", stdin))
		return 97;
	enter_fresh_directory();
	streams();
	blocks();
	lines();
	characters();
	formats();
	commands();
	unlink("f"), unlink("g");
	leave_directory();
	return 0;
}
