/* A producer and a consumer with room for three items between them, counted by semaphores; the consumer has the planted delay. */
#include <pthread.h>
#include <semaphore.h>

#include "plan.h"

enum { ITEMS = 14, ROOM = 3 };
sem_t items_sem, room_sem;

static void *produce(void *unused)
{
	for (long i = 0; i < ITEMS * plan_repeat; i++) {
		ordinary(8000);
		sem_wait(&room_sem);
		sem_post(&items_sem);
	}
	return unused;
}

static void *consume(void *unused)
{
	for (long i = 0; i < ITEMS * plan_repeat; i++) {
		sem_wait(&items_sem);
		ordinary(6000);
		planted();
		sem_post(&room_sem);
		ROUND_DONE;
	}
	return unused;
}

int main(int argc, char **argv)
{
	pthread_t producer, consumer;
	plan_begin(argc, argv, 15000);
	sem_init(&items_sem, 0, 0);
	sem_init(&room_sem, 0, ROOM);
	pthread_create(&producer, NULL, produce, NULL);
	pthread_create(&consumer, NULL, consume, NULL);
	pthread_join(producer, NULL);
	pthread_join(consumer, NULL);
	plan_end();
}
