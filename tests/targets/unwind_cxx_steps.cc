/* flags: -O2 -fno-builtin */
/* Exceptions, instruction by instruction: thrown, on their way through frames with destructors, caught and thrown again. */
#include <stdexcept>

#define TURNS 1
#include "unwind_steps.h"

struct Counts {
	int n;
	explicit Counts(int from) : n(from) { sink = n; }
	~Counts() { sink = sink + n; }
};

__attribute__((noinline)) static int thrower(int depth)
{
	Counts held(depth);
	if (depth == 0)
		throw std::runtime_error("out of stock");
	return thrower(depth - 1) + held.n;
}

__attribute__((noinline)) static int rethrows(int depth)
{
	try {
		return thrower(depth);
	} catch (const std::exception &) {
		Counts local(depth);
		throw;
	}
}

static void *all(void *turns)
{
	for (long i = 0; i < reinterpret_cast<long>(turns); i++) {
		step_on();
		try {
			rethrows(1);
		} catch (const std::exception &e) {
			sink = sink + e.what()[0];
		}
		step_off();
	}
	return nullptr;
}
