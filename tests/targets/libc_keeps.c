/* flags: -lresolv */
/*
 * Calls what glibc keeps blocks for until the end: locales, names of users and hosts, time zones, messages, threads, the loader.
 * Its own leaks: what is never closed here.
 */
#include <dlfcn.h>
#include <execinfo.h>
#include <fstab.h>
#include <grp.h>
#include <iconv.h>
#include <libintl.h>
#include <locale.h>
#include <mntent.h>
#include <netdb.h>
#include <pthread.h>
#include <pwd.h>
#include <shadow.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <utmp.h>

static char *volatile sink;

static void nothing(void) {}
static void *end_at_once(void *a) { return a; }

static void names(void)
{
	struct addrinfo *found = NULL;
	getpwnam("root"), getpwnam("nobody of that name"), getpwuid(0), getgrnam("root"), getspnam("root");
	while (getpwent())
		;
	endpwent();
	if (!getaddrinfo("localhost", "80", NULL, &found))
		freeaddrinfo(found);
	gethostbyname("localhost"), getservbyname("http", "tcp"), getprotobyname("tcp");
	getfsent(), endfsent(), getutent(), endutent();
}

static void texts(void)
{
	time_t t = 0;
	setlocale(LC_ALL, "C.UTF-8");
	iconv_close(iconv_open("UTF-16", "ISO-8859-2"));
	iconv_close(iconv_open("EUC-JP", "UTF-8"));
	setenv("TZ", "Europe/Paris", 1), tzset(), localtime(&t), setenv("TZ", "JST-9", 1), tzset();
	textdomain("x"), bindtextdomain("x", "/tmp"), setenv("LANGUAGE", "de", 1), gettext("foo"), dgettext("libc", "No such file or directory");
	strerror(12345), strsignal(99);
	printf("%ls\n", L"wide");
}

static void threads_and_libraries(void)
{
	pthread_t t[3];
	void *frames[10];
	for (int i = 0; i < 40; i++)
		atexit(nothing);
	for (int i = 0; i < 3; i++)
		pthread_create(&t[i], NULL, end_at_once, NULL);
	for (int i = 0; i < 3; i++)
		pthread_join(t[i], NULL);
	dlopen("no such library", RTLD_NOW), dlerror();
	void *m = dlopen("libm.so.6", RTLD_NOW);
	dlsym(m, "no such function"), dlclose(m);
	backtrace(frames, 10);
}

/* What is got through libc is the program's to free. */
static void own_leaks(void)
{
	sink = strdup("leaked");
	sink = (char *)fopen("/dev/null", "r");
	sink = (char *)newlocale(LC_ALL_MASK, "C.UTF-8", NULL);
	if (asprintf((char **)&sink, "leaked %d", 4711) < 0)
		abort();
}

int main(void)
{
	names();
	texts();
	threads_and_libraries();
	own_leaks();
	return 0;
}
