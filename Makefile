# vip: one makefile, not recursive. Everything made goes below $(B).
#
#   make            commands and library        make check      every test and lint
#   make unit cli   parts of check              make bench      speed against peers [ROWS=]
#   make fuzz       fuzz the reader [SECONDS=]  make install    PREFIX= DESTDIR=

VERSION := $(shell sed -n 's/^\#define VIP_VERSION "\(.*\)"$$/\1/p' lib/vip.h)
PREFIX  ?= /usr/local
B       ?= build

CC      ?= gcc
CFLAGS  ?= -O2 -g
WARN    := -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-prototypes \
           -Wwrite-strings -Wpointer-arith -Wundef -Wvla
CPPFLAGS += -D_POSIX_C_SOURCE=200809L -D_FILE_OFFSET_BITS=64 -I. -I$(B)/gen
ALL_CFLAGS = -std=c11 $(WARN) $(CFLAGS) $(SANITIZE)
LDLIBS  := -lsqlite3 -lcsv -lsodium
LDFLAGS += -Wl,--as-needed

# With V=1 each command line is shown.
Q := $(if $(V),,@)

LIB_SOURCES    := $(sort $(wildcard lib/base/*.c lib/table/*.c lib/rules/*.c lib/db/*.c))
COMMON_SOURCES := $(sort $(wildcard cmd/common/*.c))
COMMANDS       := $(patsubst cmd/%.c,%,$(sort $(wildcard cmd/vip-*.c)))
UNIT_SOURCES   := $(sort $(wildcard tests/unit/test_*.c))
SQL_SOURCES    := $(sort $(wildcard lib/db/sql/*.sql))
SHARED         := $(sort $(shell find share/headers.csv share/programs share/reports share/templates \
                    share/schema -type f 2>/dev/null))

GENERATED      := $(B)/gen/sql.c $(B)/gen/embedded.c $(B)/gen/lunar.c
LIB_OBJECTS    := $(LIB_SOURCES:%.c=$(B)/%.o) $(GENERATED:%.c=%.o)
COMMON_OBJECTS := $(COMMON_SOURCES:%.c=$(B)/%.o)
BINARIES       := $(COMMANDS:%=$(B)/bin/%)
UNITS          := $(UNIT_SOURCES:tests/unit/%.c=$(B)/tests/%)

.PHONY: all
all: $(BINARIES) $(B)/libvip.a

# ---- generated sources -------------------------------------------------------------------------

$(B)/gen/sql.h $(B)/gen/sql.c &: $(SQL_SOURCES) tools/embed-sql | $(B)/gen
	$(Q)tools/embed-sql $(B)/gen/sql $(SQL_SOURCES)

$(B)/gen/embedded.c: $(SHARED) tools/embed-files Makefile | $(B)/gen
	$(Q)tools/embed-files $(SHARED) > $@.part && mv $@.part $@

$(B)/gen/lunar.c: share/calendar/lunar.csv tools/embed-lunar | $(B)/gen
	$(Q)tools/embed-lunar share/calendar/lunar.csv > $@.part && mv $@.part $@

$(B)/gen:
	$(Q)mkdir -p $@

# ---- compile and link --------------------------------------------------------------------------

$(B)/gen/%.o: $(B)/gen/%.c
	$(Q)$(CC) $(CPPFLAGS) $(ALL_CFLAGS) -c -o $@ $<

$(B)/%.o: %.c $(B)/gen/sql.h
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(CPPFLAGS) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

$(B)/libvip.a: $(LIB_OBJECTS)
	$(Q)rm -f $@ && ar rcs $@ $^

$(B)/bin/%: $(B)/cmd/%.o $(COMMON_OBJECTS) $(B)/libvip.a
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(ALL_CFLAGS) $(LDFLAGS) -o $@ $^ $(LDLIBS)

$(B)/tests/%: $(B)/tests/unit/%.o $(COMMON_OBJECTS) $(B)/libvip.a
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(ALL_CFLAGS) $(LDFLAGS) -o $@ $^ -lcmocka $(LDLIBS)

-include $(LIB_OBJECTS:.o=.d) $(COMMON_OBJECTS:.o=.d) $(COMMANDS:%=$(B)/cmd/%.d) \
         $(UNIT_SOURCES:%.c=$(B)/%.d)

.PRECIOUS: $(B)/%.o
.DELETE_ON_ERROR:

# ---- tests -------------------------------------------------------------------------------------

JOBS ?= $(shell nproc 2>/dev/null || echo 2)
BATS := $(sort $(wildcard tests/cli/*.bats tests/programs/*.bats tests/faults/*.bats tests/docs/*.bats))

.PHONY: unit cli check
unit: $(UNITS)
	$(Q)prove $(if $(V),-v) -j $(JOBS) --exec '' $(addprefix ./,$(UNITS))

cli: all
	$(Q)VIP_BUILD=$(abspath $(B)) prove -j $(JOBS) --exec 'bats --tap' $(or $(T),$(BATS))

.PHONY: clean
clean:
	rm -rf $(B)
