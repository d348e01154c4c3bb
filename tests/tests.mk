# How tests are built; `scripts/test` runs them. Included by the Makefile.
#   tests/unit/test_*.c    Criterion, linked with the analyzer's and the recorder's objects
#   tests/e2e/test_*.c     Criterion, run programs under build/libhp.so and read hp-analyze's JSON
#   tests/targets/*.c      small programs, one behaviour each; a first line `/* flags: ... */` adds compiler and linker flags
TEST_CF  := $(COMMON) -D_GNU_SOURCE -Ianalyzer -Ipreload -Itests/support $(SANFLAGS)
UNIT     := $(patsubst tests/unit/%.c,$(B)/tests/unit/%,$(wildcard tests/unit/test_*.c))
E2E      := $(patsubst tests/e2e/%.c,$(B)/tests/e2e/%,$(wildcard tests/e2e/test_*.c))
TARGETS  := $(patsubst tests/targets/%.c,$(B)/targets/%,$(wildcard tests/targets/*.c)) \
            $(patsubst tests/targets/%.cc,$(B)/targets/%,$(wildcard tests/targets/*.cc))
SUPPORT  := $(wildcard tests/support/*.c)

tests: all targets $(UNIT) $(E2E)
targets: $(TARGETS)

flags_of  = $(shell sed -n '1s|.*flags: \(.*\) \*/.*|\1|p' $(1))

$(B)/targets/%: tests/targets/%.c
	$(call say,TARGET,$<)
	@mkdir -p $(@D)
	$(Q)$(CC) -std=gnu11 -D_GNU_SOURCE -O1 -g -Wall -Wextra -MMD -MP -Iinclude -o $@ $< -pthread $(call flags_of,$<)

$(B)/targets/%: tests/targets/%.cc
	$(call say,TARGET,$<)
	@mkdir -p $(@D)
	$(Q)$(CXX) -std=gnu++17 -O1 -g -Wall -Wextra -MMD -MP -Iinclude -o $@ $< -pthread $(call flags_of,$<)

$(B)/tests/e2e/%: tests/e2e/%.c $(SUPPORT)
	$(call say,TEST,$<)
	@mkdir -p $(@D)
	$(Q)$(CC) $(TEST_CF) -o $@ $< $(SUPPORT) $(SANFLAGS) -lcriterion -lyajl -pthread

# A unit test names what it needs of the recorder in its first line: /* parts: preload/x.c preload/y.c */
# Those parts are compiled with the sanitizer; the analyzer's objects come along whole.
parts_of  = $(shell sed -n '1s|.*parts: \(.*\) \*/.*|\1|p' $(1))
.SECONDEXPANSION:
$(B)/tests/unit/%: tests/unit/%.c $$(call parts_of,tests/unit/$$*.c) $(SUPPORT) $(ANA_LIB)
	$(call say,TEST,$<)
	@mkdir -p $(@D)
	$(Q)$(CC) $(TEST_CF) -fno-omit-frame-pointer -o $@ $< $(call parts_of,$<) $(SUPPORT) $(ANA_LIB) -lcriterion $(ANA_LD)

# A test of schedules has the recorder's lock-free parts compiled so that each access of memory calls tests/schedule/; with
# SAN=thread it is ThreadSanitizer that it calls, and threads are real.
# It defines what stands in for parts; the others are taken from the archive, but for what starts the recorder.
SCHEDULED := $(filter-out preload/init.c preload/mem.c,$(wildcard preload/*.c)) $(wildcard tests/schedule/hooks*.c)
SCHED_OBJ := $(patsubst %,$(B)/scheduled/%.o,$(SCHEDULED))
SCHED_SRC := tests/schedule/recorder.c $(addprefix tests/schedule/,$(if $(filter thread,$(SAN)),threads.c,accesses.c buffer.c schedule.c))
$(B)/scheduled/%.c.o: %.c
	$(call say,CC,$<)
	@mkdir -p $(@D)
	$(Q)$(CC) $(PRE_CF) -Itests/schedule -fsanitize=thread -c $< -o $@

$(B)/libscheduled.a: $(SCHED_OBJ)
	$(Q)rm -f $@; ar rcs $@ $^

$(B)/tests/unit/test_schedule_%: tests/unit/test_schedule_%.c $(SCHED_SRC) $(B)/libscheduled.a $(ANA_LIB)
	$(call say,TEST,$<)
	@mkdir -p $(@D)
	$(Q)$(CC) $(TEST_CF) -Itests/schedule $(if $(filter thread,$(SAN)),-Itests/schedule/plain) -fno-omit-frame-pointer -o $@ \
		$< $(SCHED_SRC) $(B)/libscheduled.a $(ANA_LIB) $(if $(filter thread,$(SAN)),,-lcriterion) $(ANA_LD)

# What scripts/fuzz runs: a libFuzzer target over the analyzer, and what makes its seeds. For SAN=fuzzer-no-link,...; CC=clang.
FUZZ_SUPPORT := tests/fuzz/packed.c tests/support/dump_writer.c $(wildcard tests/fuzz/*.h)
$(B)/fuzz_dump: tests/fuzz/fuzz_dump.c tests/fuzz/compared.c tests/fuzz/exports.c tests/fuzz/graphs.c $(wildcard tests/fuzz/mutate*.c) $(FUZZ_SUPPORT) $(ANA_LIB)
	$(call say,FUZZ,$<)
	$(Q)$(CC) $(TEST_CF) -fsanitize=fuzzer -o $@ $(filter %.c,$^) $(ANA_LIB) $(ANA_LD)

$(B)/make_seeds: tests/fuzz/make_seeds.c $(FUZZ_SUPPORT)
	$(call say,FUZZ,$<)
	@mkdir -p $(@D)
	$(Q)$(CC) $(TEST_CF) -o $@ $(filter %.c,$^)

.PHONY: tests targets
-include $(SCHED_OBJ:.o=.d) $(wildcard $(B)/tests/*/*.d $(B)/targets/*.d)
