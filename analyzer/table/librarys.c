/*
 * librarys.c - blocks that the C library and the loader keep to the program's end by design. What glibc 2.36 leaves was found
 * by programs that call it all (tests/targets/libc_keeps.c) and compared with what valgrind's __libc_freeres gives back.
 *
 * A stack is looked at from its inner end as far as it is the library's own: what the program gets through it (getline,
 * strdup, fopen) is the program's to free. Functions that only keep are named by what programs call, so that libc's
 * exported names are enough; others by libc's inner functions, which need its debug symbols (libc6-dbg).
 */
#include <string.h>

#include "table/suppress.h"

static const char *const keepers[] = {
	/* buffers of streams; the stream itself is not among them */
	"_IO_file_doallocate", "_IO_wfile_doallocate", "_IO_doallocbuf", "_IO_wdoallocbuf",
	/* threads: their stacks and thread-local memory are kept for the next ones; handlers for the end */
	"_dl_allocate_tls", "allocate_dtv", "allocate_dtv_entry", "allocate_stack", "__tls_get_addr", "__new_exitfn",
	/* the loader's books, and what libraries set up when they are loaded */
	"_dl_init", "call_init", "dl_open_worker", "dl_open_worker_begin", "_dl_open", "_dl_map_object_deps", "_dl_scope_free", "_dl_find_object_update",
	/* locales and messages */
	"setlocale", "_nl_find_locale", "_nl_load_locale", "_nl_make_l10nflist", "textdomain", "bindtextdomain", "bind_textdomain_codeset",
	"set_binding_values", "__dcigettext", "dcgettext", "dgettext", "gettext", "dcngettext", "dngettext", "ngettext",
	"__gconv_read_conf", "__gconv_load_cache", "__gconv_lookup_cache", "__gconv_find_shlib", "__gconv_find_transform", "__wcsmbs_load_conv",
	"__gconv_load_conf",
	/* time zone and environment */
	"tzset", "tzset_internal", "__tz_convert", "__tzfile_read", "__tzset_parse_tz", "__tzstring", "localtime", "localtime_r", "mktime",
	"__add_to_environ", "setenv", "putenv",
	/* names of users, hosts and the like: static buffers, and the modules that find them */
	"getpwnam", "getpwuid", "getpwent", "getgrnam", "getgrgid", "getgrent", "getspnam", "getspent", "gethostbyname", "gethostbyname2",
	"gethostbyaddr", "gethostent", "getservbyname", "getservbyport", "getservent", "getprotobyname", "getprotobynumber", "getprotoent",
	"getnetbyname", "getnetbyaddr", "getnetent", "getrpcbyname", "getrpcbynumber", "getrpcent", "getaliasbyname",
	"__nss_getent", "__nss_module_allocate", "__nss_action_allocate", "__nss_action_parse", "nss_database_state_get", "__nss_database_get",
	"nss_files_global_allocate", "__nss_files_data_get", "__nss_files_data_open", "__nss_lookup_function", "__resolv_conf_allocate",
	"__resolv_conf_load", "__resolv_conf_attach", "__resolv_conf_get_current", "__res_vinit", "__check_pf", "make_request",
	"fstab_init", "getfsent", "getutent", "getutxent", "getmntent", "getttyent", "strerror", "strerror_l", "strsignal", "dlerror",
	/* libstdc++'s memory for exceptions when there is no other */
	"(anonymous namespace)::pool::pool",
};

static bool is_keeper(const char *name, const char **keeper)
{
	size_t length = strcspn(name, "@");

	for (size_t i = 0; i < sizeof(keepers) / sizeof(*keepers); i++) {
		if (name[0] != keepers[i][0] || strncmp(name, keepers[i], length) != 0 || keepers[i][length])
			continue;
		*keeper = keepers[i];
		return true;
	}
	return false;
}

const char *librarys_keeper(struct naming *naming, uint32_t stack)
{
	const struct stack_node *nodes = naming_model(naming)->stacks.nodes.v;
	const char *keeper = NULL;

	for (uint32_t i = stack; i && !keeper && naming_is_foreign(naming, nodes[i].module); i = nodes[i].parent) {
		size_t count;
		const struct frame *f = naming_node(naming, i, &count);

		for (size_t k = 0; k < count && !is_keeper(f[k].name, &keeper); k++)
			;
	}
	return keeper;
}
