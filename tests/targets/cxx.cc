/* flags: -finstrument-functions -fno-builtin */
/* C++: names to demangle, new and delete, and an exception thrown through functions that are traced. */
#include <cstdio>
#include <memory>
#include <stdexcept>
#include <vector>

namespace shop {
struct Order {
	int items[25];
};
template <class T> __attribute__((noinline)) T *make_one() { return new T(); }
__attribute__((noinline)) void fail(int depth)
{
	std::unique_ptr<Order> held(make_one<Order>());
	if (depth == 0)
		throw std::runtime_error("out of stock");
	fail(depth - 1);
}
}

int main()
{
	int caught = 0;
	for (int i = 0; i < 10; i++) {
		try {
			shop::fail(3);
		} catch (const std::exception &) {
			caught++;
		}
	}
	shop::Order *leaked = shop::make_one<shop::Order>();
	leaked->items[0] = caught;
	dprintf(1, "caught %d\n", leaked->items[0]);
}
