// C++ objects from new, and blocks from malloc: news THREADS ROUNDS.
#include <cstdio>
#include <cstdlib>
#include <map>
#include <string>
#include <thread>
#include <vector>

static void work(long rounds, long *sum)
{
	std::map<long, std::string> words;
	for (long i = 0; i < rounds; i++) {
		words[i % 100] = std::string(20 + i % 50, 'x');
		void *block = malloc(1000 + i % 7);
		*static_cast<volatile char *>(block) = 1;
		*sum += static_cast<long>(words[i % 100].size());
		free(block);
	}
}

int main(int argc, char **argv)
{
	long threads = argc > 1 ? atol(argv[1]) : 4, rounds = argc > 2 ? atol(argv[2]) : 1000, sum = 0;
	std::vector<long> sums(threads);
	std::vector<std::thread> all;
	for (long &s : sums)
		all.emplace_back(work, rounds, &s);
	for (auto &t : all)
		t.join();
	for (long s : sums)
		sum += s;
	printf("blocks %ld\nsum %ld\n", threads * rounds, sum);
}
