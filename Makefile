# vip: one makefile, not recursive. Everything made goes below $(B).
#
#   make            commands and library        make check      every test, lint, and all again
#   make unit cli   parts of check [T=FILE]                     under ASan and UBSan
#   make lint       clang-tidy, cppcheck, …     make bench      speed against peers [ROWS=]
#   make docs       man OPTIONS, completions    make fuzz       fuzz the reader [SECONDS=]
#   make demo       a sample shop, all through  make install    PREFIX= DESTDIR=

VERSION := $(shell sed -n 's/^\#define VIP_VERSION "\(.*\)"$$/\1/p' lib/vip.h)
PREFIX  ?= /usr/local
B       ?= build

CC      ?= gcc
CFLAGS  ?= -O2 -g
WARN    := -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-prototypes \
           -Wwrite-strings -Wpointer-arith -Wundef -Wvla
CPPFLAGS += -D_POSIX_C_SOURCE=200809L -D_XOPEN_SOURCE=700 -D_FILE_OFFSET_BITS=64 -I. -I$(B)/gen
ALL_CFLAGS = -std=c11 -pthread $(WARN) $(CFLAGS) $(SANITIZE)
# Libraries are linked statically where their archives are there: a shop assistant waits for the
# start-up of vip-find, and calls within one binary are a tenth faster.
archive  = $(if $(wildcard $(shell $(CC) -print-file-name=lib$(1).a)),-l:lib$(1).a,-l$(1))
LDLIBS  := $(foreach name,sqlite3 csv sodium,$(call archive,$(name))) -lm -pthread
LDFLAGS += -Wl,--as-needed

# With V=1 each command line is shown.
Q := $(if $(V),,@)

LIB_SOURCES    := $(sort $(wildcard lib/base/*.c lib/table/*.c lib/rules/*.c lib/db/*.c))
COMMON_SOURCES := $(sort $(wildcard cmd/common/*.c))
PART_SOURCES   := $(sort $(wildcard cmd/vip-*/*.c))
COMMANDS       := $(patsubst cmd/%.c,%,$(sort $(wildcard cmd/vip-*.c)))
UNIT_SOURCES   := $(sort $(wildcard tests/unit/test_*.c))
SQL_SOURCES    := $(sort $(wildcard lib/db/sql/*.sql))
SHARED         := $(sort $(shell find share/headers.csv share/programs share/reports share/templates \
                    share/schema -type f 2>/dev/null))

GENERATED      := $(B)/gen/sql.c $(B)/gen/embedded.c $(B)/gen/lunar.c
LIB_OBJECTS    := $(LIB_SOURCES:%.c=$(B)/%.o) $(GENERATED:%.c=%.o)
COMMON_OBJECTS := $(COMMON_SOURCES:%.c=$(B)/%.o)
PART_OBJECTS   := $(PART_SOURCES:%.c=$(B)/%.o)
PERCENT        := %
BINARIES       := $(COMMANDS:%=$(B)/bin/%)
UNITS          := $(UNIT_SOURCES:tests/unit/%.c=$(B)/tests/%)

.PHONY: all
all: $(BINARIES) $(B)/libvip.a $(B)/tools/sample-shop

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
	$(Q)$(CC) $(CPPFLAGS) $(ALL_CFLAGS) -MMD -MP -MT $@ -MT $(B)/lint/$<.tidy -MT $(B)/lint/$<.cpp \
	    -c -o $@ $<

$(B)/libvip.a: $(LIB_OBJECTS)
	$(Q)rm -f $@ && ar rcs $@ $^

# A command is one file; what would make it too long to read in one sitting is in a folder of its
# name, and linked into it alone.
.SECONDEXPANSION:
$(B)/bin/%: $(B)/cmd/%.o $$(filter $(B)/cmd/$$*/$$(PERCENT),$(PART_OBJECTS)) $(COMMON_OBJECTS) \
            $(B)/libvip.a
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(ALL_CFLAGS) $(LDFLAGS) -o $@ $^ $(LDLIBS)

# The generator of the demo's shop is no command: it is not installed.
$(B)/tools/%: $(B)/tools/%.o $(B)/libvip.a
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(ALL_CFLAGS) $(LDFLAGS) -o $@ $^ $(LDLIBS)

$(B)/tests/%: $(B)/tests/unit/%.o $(COMMON_OBJECTS) $(B)/libvip.a
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(ALL_CFLAGS) $(LDFLAGS) -o $@ $^ -lcmocka $(LDLIBS)

-include $(LIB_OBJECTS:.o=.d) $(COMMON_OBJECTS:.o=.d) $(PART_OBJECTS:.o=.d) $(COMMANDS:%=$(B)/cmd/%.d) \
         $(UNIT_SOURCES:%.c=$(B)/%.d) $(B)/tools/sample-shop.d

.PRECIOUS: $(B)/%.o
.DELETE_ON_ERROR:

# ---- documentation -----------------------------------------------------------------------------

# The OPTIONS of the man pages and the completions, from the commands' option tables; checked in.
.PHONY: docs demo
docs: $(BINARIES)
	$(Q)tools/generate-docs $(B)/bin .

# The shop stays in $(B)/demo, to be looked at.
demo: all
	$(Q)rm -rf $(B)/demo
	$(Q)PATH="$(abspath $(B)/bin):$(abspath $(B)/tools):$$PATH" share/samples/demo.sh $(B)/demo

# ---- tests -------------------------------------------------------------------------------------

JOBS ?= $(shell nproc 2>/dev/null || echo 2)
BATS := $(sort $(wildcard tests/cli/*.bats tests/programs/*.bats tests/faults/*.bats tests/docs/*.bats))
SUBMAKE = $(MAKE) --no-print-directory -j $(JOBS)
PROVE   = VIP_BUILD=$(abspath $(B)) prove $(if $(V),-v) -j $(JOBS) --exec tools/run-test

.PHONY: unit cli tests check
unit: $(UNITS)
	$(Q)$(PROVE) $(UNITS)

cli: all
	$(Q)$(PROVE) $(or $(T),$(BATS))

# Everything at once, so that the last lines speak for all.
tests: all $(UNITS)
	$(Q)$(PROVE) $(UNITS) $(BATS)

ASAN := SANITIZE='-fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer' \
        CFLAGS='-O1 -g' B=$(B)/asan

check:
	@echo 'lint: clang-tidy, cppcheck, shellcheck, mandoc'
	$(Q)$(MAKE) --no-print-directory lint
	@echo 'build'
	$(Q)$(SUBMAKE) all $(UNITS)
	@echo 'tests'
	$(Q)$(MAKE) --no-print-directory tests
	@echo 'build with address and undefined-behaviour sanitizers'
	$(Q)$(SUBMAKE) $(ASAN) all build-units
	@echo 'tests under the sanitizers'
	$(Q)$(MAKE) --no-print-directory $(ASAN) tests

.PHONY: build-units
build-units: $(UNITS)

# ---- lint --------------------------------------------------------------------------------------

# A stamp for each file: what did not change is not looked at again.
C_SOURCES := $(LIB_SOURCES) $(COMMON_SOURCES) $(PART_SOURCES) $(COMMANDS:%=cmd/%.c) $(UNIT_SOURCES) \
             $(sort $(wildcard tools/*.c tests/fuzz/*.c tests/bench/*.c))
SHELLS    := $(sort $(shell grep -lE '^\#!/(usr/)?bin/(env )?(ba|da)?sh' bootstrap .ci/run \
               $$(find tools tests share/examples share/samples -type f 2>/dev/null) 2>/dev/null) \
               $(wildcard tests/*.bash) $(wildcard completions/bash/*))
PAGES     := $(sort $(wildcard share/man/*.[1-9]))
STAMPS    := $(C_SOURCES:%=$(B)/lint/%.tidy) $(C_SOURCES:%=$(B)/lint/%.cpp) \
             $(SHELLS:%=$(B)/lint/%.sh) $(BATS:%=$(B)/lint/%.sh) $(PAGES:%=$(B)/lint/%.man)

.PHONY: lint
lint:
	$(Q)$(SUBMAKE) -s -k --output-sync=target $(STAMPS)

$(B)/lint/%.tidy: % .clang-tidy tests/.clang-tidy $(B)/gen/sql.h
	$(Q)mkdir -p $(@D)
	$(Q)clang-tidy --quiet --warnings-as-errors='*' $< -- $(CPPFLAGS) -std=c11 $(WARN) 2>$@.log \
	    || { cat $@.log >&2; exit 1; }
	$(Q)touch $@

$(B)/lint/%.cpp: % $(B)/gen/sql.h
	$(Q)mkdir -p $(@D)
	$(Q)cppcheck --quiet --std=c11 --enable=warning,performance,portability --inline-suppr \
	    --suppress=missingIncludeSystem --suppress=unknownEvaluationOrder \
	    --error-exitcode=1 -D__linux__ -I. -I$(B)/gen $<
	$(Q)touch $@

$(B)/lint/%.sh: %
	$(Q)mkdir -p $(@D)
	$(Q)shellcheck -x $(if $(filter completions/% %.bash,$<),-s bash) \
	    $(if $(filter %.bats,$<),-e SC2030$(comma)SC2031$(comma)SC2154) $<
	$(Q)touch $@

$(B)/lint/%.man: %
	$(Q)mkdir -p $(@D)
	$(Q)mandoc -T lint -W warning $<
	$(Q)touch $@

comma := ,

# ---- fuzz and bench ----------------------------------------------------------------------------

SECONDS ?= 60
FUZZ    := $(patsubst tests/fuzz/%.c,%,$(sort $(wildcard tests/fuzz/fuzz_*.c)))

.PHONY: fuzz fuzzers bench
fuzz:
	$(Q)$(SUBMAKE) B=$(B)/fuzz CC=clang CFLAGS='-O1 -g' \
	    SANITIZE='-fsanitize=address,undefined,fuzzer-no-link' fuzzers
	$(Q)for name in $(FUZZ); do \
	    mkdir -p $(B)/fuzz/corpus/$$name || exit; \
	    seeds=$$(ls -d tests/fuzz/seeds/$$name 2>/dev/null); \
	    $(B)/fuzz/fuzz/$$name -max_total_time=$(SECONDS) -artifact_prefix=$(B)/fuzz/ \
	        -print_final_stats=1 $(B)/fuzz/corpus/$$name $$seeds || exit; \
	done

fuzzers: $(FUZZ:%=$(B)/fuzz/%)

$(B)/fuzz/fuzz_%: $(B)/tests/fuzz/fuzz_%.o $(COMMON_OBJECTS) $(B)/libvip.a
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(ALL_CFLAGS) -fsanitize=fuzzer $(LDFLAGS) -o $@ $^ $(LDLIBS)

bench: all
	$(Q)VIP_BUILD=$(abspath $(B)) tests/bench/run $(ROWS)
	$(Q)VIP_BUILD=$(abspath $(B)) tests/bench/tiers $(ROWS)
	$(Q)VIP_BUILD=$(abspath $(B)) tests/bench/reports $(ROWS)
	$(Q)VIP_BUILD=$(abspath $(B)) tests/bench/till

# ---- install -----------------------------------------------------------------------------------

bindir     ?= $(PREFIX)/bin
libdir     ?= $(PREFIX)/lib
includedir ?= $(PREFIX)/include
datadir    ?= $(PREFIX)/share
HEADERS    := $(sort $(shell find lib -name '*.h'))
DATA       := $(sort $(shell find share/headers.csv share/programs share/reports share/templates \
                share/examples share/systemd -type f 2>/dev/null))
INSTALL    := tools/install-file

$(B)/vip.pc: tools/vip.pc.in lib/vip.h Makefile
	$(Q)mkdir -p $(@D)
	$(Q)sed -e 's|@PREFIX@|$(PREFIX)|' -e 's|@LIBDIR@|$(libdir)|' -e 's|@INCLUDEDIR@|$(includedir)|' \
	    -e 's|@VERSION@|$(VERSION)|' -e 's|@LIBS@|$(LDLIBS)|' $< > $@

.PHONY: install
install: all $(B)/vip.pc
	$(Q)for name in $(COMMANDS); do \
	    $(INSTALL) 755 $(B)/bin/$$name '$(DESTDIR)$(bindir)' || exit; \
	    $(INSTALL) 644 completions/bash/$$name '$(DESTDIR)$(datadir)/bash-completion/completions' || exit; \
	    $(INSTALL) 644 completions/zsh/_$$name '$(DESTDIR)$(datadir)/zsh/site-functions' || exit; \
	    $(INSTALL) 644 completions/fish/$$name.fish '$(DESTDIR)$(datadir)/fish/vendor_completions.d' || exit; \
	done
	$(Q)for page in $(PAGES); do \
	    $(INSTALL) 644 $$page "$(DESTDIR)$(datadir)/man/man$${page##*.}" || exit; \
	done
	$(Q)for file in $(DATA); do \
	    mode=644; test ! -x $$file || mode=755; below=$$(dirname $${file#share/}); \
	    $(INSTALL) $$mode $$file "$(DESTDIR)$(datadir)/vip/$$below" || exit; \
	done
	$(Q)for file in $(HEADERS); do \
	    $(INSTALL) 644 $$file "$(DESTDIR)$(includedir)/vip/$$(dirname $$file)" || exit; \
	done
	$(Q)$(INSTALL) 644 $(B)/gen/sql.h '$(DESTDIR)$(includedir)/vip'
	$(Q)$(INSTALL) 644 $(B)/libvip.a '$(DESTDIR)$(libdir)'
	$(Q)$(INSTALL) 644 $(B)/vip.pc '$(DESTDIR)$(libdir)/pkgconfig'

.PHONY: clean
clean:
	rm -rf $(B)
