/* flags: -shared -fPIC -finstrument-functions */
/* What swap_host loads: it and swap_first differ in a name alone, so that one takes the other's place. */
static volatile int sink;
void work(int n);

__attribute__((noinline)) static void second_work(int n) { sink += n; }
__attribute__((no_instrument_function)) void work(int n) { second_work(n); }
