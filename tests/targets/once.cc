/* An initialisation that throws, is tried again, and makes another one; and a thread that ends by an exception's way. */
#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <mutex>
#include <stdexcept>
#include <thread>

static int tried, inner_done, unwound;
static std::once_flag outer, inner;

struct Guard {
	~Guard() { unwound++; }
};

static void initialise()
{
	Guard guard;
	std::call_once(inner, [] { inner_done++; std::free(std::malloc(10)); });
	if (++tried < 3)
		throw std::runtime_error("not yet");
}

static void *end_early(void *)
{
	Guard guard;
	pthread_exit(nullptr);
}

int main()
{
	int caught = 0;
	for (int i = 0; i < 5; i++) {
		try {
			std::call_once(outer, initialise);
		} catch (const std::runtime_error &) {
			caught++;
		}
	}
	printf("tried %d, caught %d, inner %d\n", tried, caught, inner_done);

	pthread_t thread;
	pthread_create(&thread, nullptr, end_early, nullptr);
	pthread_join(thread, nullptr);
	printf("unwound %d\n", unwound);

	std::mutex m;
	std::condition_variable never;
	std::unique_lock<std::mutex> lock(m);
	auto until = std::chrono::steady_clock::now() + std::chrono::milliseconds(5);
	while (never.wait_until(lock, until) != std::cv_status::timeout)
		;
	printf("late %d\n", std::chrono::steady_clock::now() >= until);
}
