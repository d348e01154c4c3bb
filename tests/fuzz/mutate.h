/* mutate.h - what the parts of the mutator share: the dump that is being changed, and where the changes come from. */
#ifndef HP_FUZZ_MUTATE_H
#define HP_FUZZ_MUTATE_H

#include "packed.h"

extern struct packed mutated;

/* libFuzzer's own changes, to bytes. */
size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max_size);

/* Decided by the seed alone. */
void     dice_seed(unsigned seed);
uint32_t dice(uint32_t sides);
int      one_in(uint32_t n);

/* A word in the place of another; one from anywhere in the dump; ticks. */
uint32_t new_word(uint32_t old);
uint32_t known_word(void);
uint64_t new_time(void);

/* Changes, adds, moves or drops a record. */
void change_record(void);

#endif
