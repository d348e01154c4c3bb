/* A pipeline of four threads with queues between them, of which the third has the planted delay for each item. */
#include <pthread.h>

#include "plan.h"

enum { STAGES = 4, ITEMS = 10, ROOM = 2 };
static struct queue { pthread_mutex_t lock; pthread_cond_t changed; int count; } queue[STAGES - 1];

static void put(struct queue *q)
{
	pthread_mutex_lock(&q->lock);
	while (q->count == ROOM)
		pthread_cond_wait(&q->changed, &q->lock);
	q->count++;
	pthread_cond_signal(&q->changed);
	pthread_mutex_unlock(&q->lock);
}

static void get(struct queue *q)
{
	pthread_mutex_lock(&q->lock);
	while (q->count == 0)
		pthread_cond_wait(&q->changed, &q->lock);
	q->count--;
	pthread_cond_signal(&q->changed);
	pthread_mutex_unlock(&q->lock);
}

static void *stage(void *index)
{
	long me = (long)index;
	for (long i = 0; i < ITEMS * plan_repeat; i++) {
		if (me > 0)
			get(&queue[me - 1]);
		ordinary(8000);
		if (me == 2)
			planted();
		if (me < STAGES - 1)
			put(&queue[me]);
		else
			ROUND_DONE;
	}
	return NULL;
}

int main(int argc, char **argv)
{
	pthread_t thread[STAGES];
	plan_begin(argc, argv, 16000);
	for (int i = 0; i < STAGES - 1; i++) {
		pthread_mutex_init(&queue[i].lock, NULL);
		pthread_cond_init(&queue[i].changed, NULL);
	}
	for (long i = 0; i < STAGES; i++)
		pthread_create(&thread[i], NULL, stage, (void *)i);
	for (int i = 0; i < STAGES; i++)
		pthread_join(thread[i], NULL);
	plan_end();
}
