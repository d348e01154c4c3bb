# hp: `make` builds build/libhp.so and build/hp-analyze. No configure; adding a source file needs no edit here.
#   make CC=clang | SAN=address|undefined|thread | V=1 | install PREFIX= DESTDIR= | tests | clean
# A sanitizer build goes to build/SAN/. libhp.so itself is never built with one; its parts are, inside the unit tests.
VERSION  := 0.1.0
PREFIX   ?= /usr/local
LIBDIR   ?= $(PREFIX)/lib
B        := build$(if $(SAN),/$(SAN))
CC       ?= cc
Q        := $(if $(V),,@)
say       = $(if $(V),,@printf '  %-7s %s\n' '$(1)' '$(2)')

WARN     := -Wall -Wextra -Wpedantic -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wno-unused-parameter
COMMON   := -std=gnu11 -O2 -g -MMD -MP $(WARN) -Iinclude -DHP_VERSION_TEXT='"$(VERSION)"'
SANFLAGS := $(if $(SAN),-fsanitize=$(SAN) -fno-omit-frame-pointer -fno-sanitize-recover=all)

ARCH     := $(shell $(CC) -dumpmachine 2>/dev/null | cut -d- -f1)

# What runs inside other people's programs: see preload/preload.h.
PRE_CF   := $(COMMON) -Ipreload -fPIC -fvisibility=hidden -fno-omit-frame-pointer -fno-optimize-sibling-calls \
            -fno-builtin -fno-stack-protector -fno-exceptions -fasynchronous-unwind-tables -fno-plt \
            -fno-strict-aliasing -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=0 -Wstack-usage=$(if $(filter aarch64,$(ARCH)),2176,2048)
PRE_CF   += $(if $(findstring clang,$(CC)),-Wno-stack-usage -Wno-unknown-warning-option)
PRE_CF   += $(if $(filter x86_64,$(ARCH)),-fcf-protection=full) $(if $(filter aarch64,$(ARCH)),-mbranch-protection=standard -mno-outline-atomics)
PRE_LD   := -shared -nostdlib -Wl,-soname,libhp.so -Wl,-z,now -Wl,-z,relro -Wl,-z,noexecstack -Wl,-z,nodelete -Wl,-z,defs \
            -Wl,--version-script=preload/libhp.map -Wl,--hash-style=gnu -lc
ANA_CF   := $(COMMON) -D_GNU_SOURCE -Ianalyzer -I$(B)/proto $(SANFLAGS) $(shell pkg-config --cflags yajl libdw libzstd 2>/dev/null)
ANA_LD   := $(SANFLAGS) -pthread -lyajl -ldw -lelf -liberty -lzstd -lz -lprotobuf-c -lm

PRE_SRC  := $(wildcard preload/*.c preload/*/*.c preload/*/*_$(ARCH).S)
PRE_OBJ  := $(patsubst %,$(B)/obj/%.o,$(PRE_SRC))
ANA_SRC  := $(wildcard analyzer/*.c analyzer/*/*.c)
# Formats that are defined by protobuf: protoc-c makes C of them. Only hp-analyze needs it.
PROTO    := $(patsubst analyzer/export/proto/%.proto,$(B)/proto/%.pb-c,$(wildcard analyzer/export/proto/*.proto))
PROTO_H  := $(addsuffix .h,$(PROTO))
ANA_OBJ  := $(patsubst %,$(B)/obj/%.o,$(ANA_SRC)) $(addsuffix .o,$(PROTO))
ANA_LIB  := $(filter-out $(B)/obj/analyzer/main.c.o,$(ANA_OBJ))

all: $(B)/libhp.so $(B)/hp-analyze

$(B)/libhp.so: $(PRE_OBJ) preload/libhp.map
	$(call say,LD,$@)
	$(Q)$(CC) -o $@ $(PRE_OBJ) $(PRE_LD)

$(B)/hp-analyze: $(ANA_OBJ)
	$(call say,LD,$@)
	$(Q)$(CC) -o $@ $(ANA_OBJ) $(ANA_LD)

$(B)/obj/preload/%.c.o: preload/%.c
	$(call say,CC,$<)
	@mkdir -p $(@D)
	$(Q)$(CC) $(PRE_CF) -c $< -o $@

$(B)/obj/preload/%.S.o: preload/%.S
	$(call say,AS,$<)
	@mkdir -p $(@D)
	$(Q)$(CC) -Iinclude -Ipreload -fPIC -MMD -MP -c $< -o $@

$(B)/proto/%.pb-c.c $(B)/proto/%.pb-c.h &: analyzer/export/proto/%.proto
	$(call say,PROTO,$<)
	@mkdir -p $(@D)
	$(Q)protoc-c --proto_path=$(<D) --c_out=$(B)/proto $<

.SECONDARY: $(addsuffix .c,$(PROTO))
$(B)/proto/%.pb-c.o: $(B)/proto/%.pb-c.c
	$(Q)$(CC) -O2 -g -I$(B)/proto $(SANFLAGS) -c $< -o $@

$(filter $(B)/obj/analyzer/export/%,$(ANA_OBJ)): | $(PROTO_H)
$(B)/obj/analyzer/%.c.o: analyzer/%.c
	$(call say,CC,$<)
	@mkdir -p $(@D)
	$(Q)$(CC) $(ANA_CF) -c $< -o $@

include tests/tests.mk

install: all
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(LIBDIR)/pkgconfig $(DESTDIR)$(PREFIX)/include
	install -m 755 $(B)/hp-analyze $(DESTDIR)$(PREFIX)/bin/
	install -m 755 $(B)/libhp.so $(DESTDIR)$(LIBDIR)/
	install -m 644 include/hp.h $(DESTDIR)$(PREFIX)/include/
	sed -e 's|@PREFIX@|$(PREFIX)|' -e 's|@LIBDIR@|$(LIBDIR)|' -e 's|@VERSION@|$(VERSION)|' scripts/hp.pc.in >$(DESTDIR)$(LIBDIR)/pkgconfig/hp.pc

clean:
	rm -rf build

.PHONY: all install clean
.DELETE_ON_ERROR:
-include $(PRE_OBJ:.o=.d) $(ANA_OBJ:.o=.d)
