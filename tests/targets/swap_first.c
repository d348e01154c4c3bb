/* flags: -shared -fPIC -finstrument-functions */
/* What swap_host loads: it and swap_second differ in a name alone, so that one takes the other's place. */
static volatile int sink;
void work(int n);

__attribute__((noinline)) static void first_work(int n) { sink += n; }
__attribute__((no_instrument_function)) void work(int n) { first_work(n); }
