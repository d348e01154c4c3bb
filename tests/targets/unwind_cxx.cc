/* flags: -O2 -fno-builtin */
/* Exceptions thrown through frames whose stacks have been taken, and stacks taken in destructors while one is on its way. */
#include <cstdio>
#include <memory>
#include <stdexcept>
#include <vector>

struct Closes {
	std::vector<int> kept;
	explicit Closes(int n) : kept(static_cast<size_t>(n) + 1) {}
	~Closes() { kept.resize(kept.size() * 3); }
};

__attribute__((noinline)) static int thrower(int depth)
{
	Closes held(depth);
	if (depth == 0)
		throw std::runtime_error("out of stock");
	int n = thrower(depth - 1);
	return n + static_cast<int>(held.kept.size());
}

__attribute__((noinline)) static int rethrows(int depth)
{
	try {
		return thrower(depth);
	} catch (const std::exception &) {
		std::unique_ptr<int> local(new int(depth));
		throw;
	}
}

int main()
{
	int caught = 0;
	for (int i = 0; i < 30; i++) {
		try {
			rethrows(i % 7);
		} catch (const std::exception &e) {
			std::vector<int> after(10);
			caught += after[0] + 1;
		}
	}
	dprintf(1, "caught %d\n", caught);
}
