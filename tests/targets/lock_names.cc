/* Locks in all sorts of places: what is each called? */
#include <condition_variable>
#include <memory>
#include <mutex>
#include <shared_mutex>

struct account {
	long sum = 0;
	std::mutex guard;
};

account savings;
account branches[3];
std::shared_mutex rates;
namespace bank { std::recursive_mutex vault; }

static std::mutex &local_mutex()
{
	static std::mutex in_a_function;
	return in_a_function;
}

__attribute__((noinline)) static void deposit(account &a)
{
	std::lock_guard<std::mutex> held(a.guard);
	a.sum++;
}

struct teller {
	pthread_mutex_t window;
	teller() { pthread_mutex_init(&window, nullptr); }
	void serve() { pthread_mutex_lock(&window); pthread_mutex_unlock(&window); }
};

int main()
{
	auto on_heap = std::make_unique<account>();
	auto made = std::make_unique<teller>();
	account on_stack;
	deposit(savings);
	deposit(branches[2]);
	deposit(*on_heap);
	deposit(on_stack);
	made->serve();
	local_mutex().lock();
	local_mutex().unlock();
	rates.lock_shared();
	rates.unlock_shared();
	bank::vault.lock();
	bank::vault.lock();
	bank::vault.unlock();
	bank::vault.unlock();
	return savings.sum == 1 ? 0 : 1;
}
