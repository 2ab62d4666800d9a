# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# Builds rsttrace into build/, installs what that takes, and runs every test. `make help` lists the targets.
#
# Nothing may be asked of pkg-config, python or a compiler while this file is read: on a bare machine they are
# there only after tools/setup has run, which is why `check` and `run` build in a second make.

.DEFAULT_GOAL := all
.DELETE_ON_ERROR:
.SUFFIXES:
MAKEFLAGS += --no-builtin-rules
export PATH := $(PATH):/usr/sbin:/sbin

VERSION := 0.1.0
RELEASED := 2026-11-21
PREFIX ?= /usr/local
CLANG ?= clang
LLVM_STRIP ?= llvm-strip
BPFTOOL ?= bpftool
PKG_CONFIG ?= pkg-config
ifeq ($(origin CC),default)
CC := gcc
endif
# The machine the BPF object is for, as the kernel's sources call it.
ARCH ?= $(patsubst ppc64%,powerpc,$(patsubst s390%,s390,$(patsubst riscv%,riscv,$(patsubst \
	aarch64%,arm64,$(patsubst x86_64,x86,$(shell uname -m))))))

# The BPF object and libbpf are the same in every kind of build; what gcc makes is apart for SAN=1.
BUILD := build
B := $(BUILD)$(if $(filter 1,$(SAN)),/san)

ifeq ($(V),1)
Q :=
say = @:
else
Q := @
say = @printf '  %-9s%s\n' $1 $2
endif

# ---- flags ----

# Runs a command once, the first time its value is needed, and never while this file is read.
once = $(eval $1 := $$(shell $2))$($1)

ifdef LIBBPF_SRC
LIBBPF_A := $(BUILD)/libbpf/lib/libbpf.a
LIBBPF_INCLUDE := -isystem $(BUILD)/libbpf/include
PACKAGES := libelf zlib jansson libcap
else
LIBBPF_A :=
LIBBPF_INCLUDE :=
PACKAGES := libbpf libelf zlib jansson libcap
endif
# What the program can be without: --help then says of what needs it that this build has none. WITHOUT=ncursesw builds
# as if it were not there. STRICT tables came with SQLite 3.37. libseccomp serves no verb, and would keep ASan from its
# own system calls.
OPTIONAL := ncursesw sqlite3 libmicrohttpd libcurl $(if $(filter 1,$(SAN)),,libseccomp)
LEAST_sqlite3 := >= 3.37
WITH = $(eval WITH := $$(foreach name,$$(filter-out $$(WITHOUT),$$(OPTIONAL)),$$(shell \
	$$(PKG_CONFIG) --exists '$$(name) $$(LEAST_$$(name))' && echo $$(name))))$(WITH)
WITH_FLAGS = $(if $(filter ncursesw,$(WITH)),-DHAVE_NCURSESW) $(if $(filter sqlite3,$(WITH)),-DHAVE_SQLITE) \
	$(if $(filter libseccomp,$(WITH)),-DHAVE_LIBSECCOMP) \
	$(if $(filter libmicrohttpd,$(WITH)),$(if $(filter libcurl,$(WITH)),-DHAVE_EXPORT))
PACKAGES_CFLAGS = $(call once,PACKAGES_CFLAGS,$(PKG_CONFIG) --cflags $(PACKAGES) $(WITH))
PACKAGES_LIBS = $(call once,PACKAGES_LIBS,$(PKG_CONFIG) --libs $(PACKAGES) $(WITH))
CMOCKA_CFLAGS = $(call once,CMOCKA_CFLAGS,$(PKG_CONFIG) --cflags cmocka)
CMOCKA_LIBS = $(call once,CMOCKA_LIBS,$(PKG_CONFIG) --libs cmocka)

ifeq ($(SAN),1)
CFLAGS ?= -O1 -g
HARDEN := -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
HARDEN_LINK := $(HARDEN)
else
CFLAGS ?= -O2 -g
HARDEN := -fstack-protector-strong -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2 -fPIE
HARDEN_LINK := -pie -Wl,-z,relro,-z,now
endif
WARN := -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes
WARN_BPF := -Wall -Wextra -Wshadow -Wno-unused-parameter
ifeq ($(WERROR),1)
WARN += -Werror
WARN_BPF += -Werror
endif

USER_FLAGS = -std=gnu11 $(WARN) -D_GNU_SOURCE -DRSTTRACE_VERSION=\"$(VERSION)\" -I$(BUILD) \
	$(LIBBPF_INCLUDE) $(WITH_FLAGS) $(PACKAGES_CFLAGS) $(HARDEN) $(CPPFLAGS) $(CFLAGS)
TEST_FLAGS = $(USER_FLAGS) -I. -Iuser $(CMOCKA_CFLAGS)
LINK = $(CC) $(HARDEN_LINK) $(CFLAGS) $(LDFLAGS)
LIBS = $(LIBBPF_A) $(PACKAGES_LIBS) $(LDLIBS) -pthread

# clang does not search this machine's own headers for a foreign target; libbpf's include <asm/types.h>.
CLANG_INCLUDES = $(call once,CLANG_INCLUDES,$(CLANG) -v -E -x c /dev/null 2>&1 | \
	sed -n '/^.include <\.\.\.>/$(COMMA)/^End/s/^ \(\/.*\)/-idirafter \1/p')
COMMA := ,
BPF_FLAGS = -g -O2 -target bpf -mcpu=v3 -D__TARGET_ARCH_$(ARCH) -std=gnu11 $(WARN_BPF) \
	-Ivmlinux -Ibpf -I. $(LIBBPF_INCLUDE) $(CLANG_INCLUDES)

# ---- files ----

BPF_OBJECT := $(BUILD)/rsttrace.bpf.o
SKELETON := $(BUILD)/rsttrace.skel.h
LAB_BPF := $(patsubst tests/lab/bpf/%.bpf.c,$(BUILD)/lab-%.bpf,$(wildcard tests/lab/bpf/*.bpf.c))

USER_SOURCES := $(wildcard user/*.c user/*/*.c)
USER_OBJECTS := $(USER_SOURCES:user/%.c=$(B)/obj/%.o)
PARTS := $(filter-out $(B)/obj/main.o,$(USER_OBJECTS))

TOOLS := $(patsubst tools/%.c,$(B)/%,$(wildcard tools/*.c))
UNIT_TESTS := $(patsubst tests/unit/%.c,$(B)/test/%,$(wildcard tests/unit/test_*.c))
# What several unit tests share: linked into each.
UNIT_SHARED := $(patsubst tests/unit/%.c,$(B)/test/%.o,$(filter-out tests/unit/test_%,$(wildcard tests/unit/*.c)))

# What makes storms of deaths, for bench/ and tests/storm.
LOAD := $(B)/load
# Fills a database of rsttrace record, for bench/ and tests/record.
STORE := $(B)/store

# One program in the ways in which programs are built; a variant that is stripped, or has its own name, is another file.
VICTIM := $(B)/test/victim
VICTIMS := $(addprefix $(VICTIM)-,frames tables neither no-id stripped)
$(VICTIM)-frames: VICTIM_FLAGS := -O1 -fno-omit-frame-pointer
$(VICTIM)-tables: VICTIM_FLAGS := -O2 -fomit-frame-pointer
$(VICTIM)-neither: VICTIM_FLAGS := -O1 -fno-omit-frame-pointer -fno-asynchronous-unwind-tables -fno-unwind-tables
$(VICTIM)-no-id: VICTIM_FLAGS := -O1 -fomit-frame-pointer -Wl,--build-id=none
$(VICTIM)-stripped: VICTIM_FLAGS := -O1 -fomit-frame-pointer -s

DIRECTORIES := $(sort $(BUILD)/ $(B)/ $(B)/test/ $(dir $(USER_OBJECTS)))

# ---- build ----

.PHONY: all docs test-programs run clean help FORCE
all: $(B)/rsttrace ## build build/rsttrace (the default)
	@:

$(DIRECTORIES):
	$(Q)mkdir -p $@

$(B)/rsttrace: $(USER_OBJECTS) $(LIBBPF_A)
	$(call say,LINK,$@)
	$(Q)$(LINK) -o $@ $(USER_OBJECTS) $(LIBS)

$(USER_OBJECTS): $(B)/obj/%.o: user/%.c $(B)/flags | $(DIRECTORIES) $(LIBBPF_A)
	$(call say,CC,$@)
	$(Q)$(CC) $(USER_FLAGS) -MMD -MP -c -o $@ $(call source,$<)

# Without its library a file is empty, and cli_rows.c says so to who asks for its verb.
NEEDS_sqlite3 := user/store/% user/report/% user/commands/record%.c user/commands/report%.c
NEEDS_libmicrohttpd := user/export/endpoint.c user/commands/export.c
NEEDS_libcurl := user/export/http.c user/export/shipper.c user/export/clickhouse.c user/commands/export.c
ABSENT = $(foreach name,$(filter-out $(WITH),$(OPTIONAL)),$(NEEDS_$(name)))
source = $(if $(filter $(ABSENT),$1),-x c /dev/null,$1)

# The assembler includes these.
$(B)/obj/report/page_files.o: $(wildcard user/report/page/*)

# Only this folder includes the skeleton; the dependencies that gcc writes know it only after the first build.
$(filter $(B)/obj/attach/%,$(USER_OBJECTS)): | $(SKELETON)

$(SKELETON): $(BPF_OBJECT)
	$(call say,SKELETON,$@)
	$(Q)$(BPFTOOL) gen skeleton $< name rsttrace_bpf > $@

$(BPF_OBJECT): bpf/rsttrace.bpf.c $(BUILD)/flags-bpf | $(DIRECTORIES) $(LIBBPF_A)
	$(call say,BPF,$@)
	$(Q)$(CLANG) $(BPF_FLAGS) -MMD -MP -MF $(@:.o=.d) -MT $@ -c -o $(BUILD)/rsttrace.debug.bpf.o $<
	$(Q)$(LLVM_STRIP) -g -o $@ $(BUILD)/rsttrace.debug.bpf.o

# What the lab lets loose on its own sockets. No .o: the guests of tests/kernels take no objects along.
$(LAB_BPF): $(BUILD)/lab-%.bpf: tests/lab/bpf/%.bpf.c vmlinux/vmlinux.h $(BUILD)/flags-bpf | $(DIRECTORIES) $(LIBBPF_A)
	$(call say,BPF,$@)
	$(Q)$(CLANG) $(BPF_FLAGS) -c -o $@ $<

# Removed first: objects of another libbpf, or other flags, must not survive in it.
$(BUILD)/libbpf/lib/libbpf.a: $(wildcard $(LIBBPF_SRC)/*.[ch]) $(BUILD)/flags-bpf | $(BUILD)/
	$(call say,LIBBPF,$@)
	$(Q)rm -rf $(BUILD)/libbpf && mkdir -p $(BUILD)/libbpf/obj
	$(Q)$(MAKE) --no-print-directory -s -C $(LIBBPF_SRC) install BUILD_STATIC_ONLY=1 CFLAGS='-O2 -g -fPIC' \
		OBJDIR=$(abspath $(BUILD))/libbpf/obj DESTDIR=$(abspath $(BUILD))/libbpf \
		PREFIX= INCLUDEDIR=/include UAPIDIR=/include LIBDIR=/lib >&2

$(TOOLS): $(B)/%: tools/%.c $(PARTS) $(LIBBPF_A) $(B)/flags
	$(call say,TOOL,$@)
	$(Q)$(CC) $(USER_FLAGS) -MMD -MP -MF $@.d -MT $@ -c -o $@.o $<
	$(Q)$(LINK) -o $@ $@.o $(PARTS) $(LIBS)

$(UNIT_TESTS) : %: %.o $(UNIT_SHARED) $(PARTS) $(LIBBPF_A)
	$(call say,LINK,$@)
	$(Q)$(LINK) -o $@ $< $(UNIT_SHARED) $(PARTS) $(LIBS) $(CMOCKA_LIBS)

$(UNIT_TESTS:=.o) $(UNIT_SHARED): $(B)/test/%.o: tests/unit/%.c $(B)/flags | $(DIRECTORIES) $(LIBBPF_A)
	$(call say,CC,$@)
	$(Q)$(CC) $(TEST_FLAGS) -MMD -MP -c -o $@ $<

$(LOAD): bench/load.c $(B)/flags | $(DIRECTORIES)
	$(call say,LOAD,$@)
	$(Q)$(CC) -std=gnu11 $(WARN) -D_GNU_SOURCE $(CFLAGS) -pthread -o $@ $<
$(STORE).o: bench/store.c $(B)/flags | $(DIRECTORIES)
	$(call say,CC,$@)
	$(Q)$(CC) $(USER_FLAGS) -MMD -MP -c -o $@ $<

$(STORE): $(STORE).o $(B)/test/replayed.o $(PARTS) $(LIBBPF_A)
	$(call say,LINK,$@)
	$(Q)$(LINK) -o $@ $^ $(LIBS)

$(VICTIMS): tests/stacks/victim.c $(B)/flags | $(DIRECTORIES)
	$(call say,VICTIM,$@)
	$(Q)$(CC) -std=gnu11 $(WARN) -D_GNU_SOURCE $(VICTIM_FLAGS) -pthread -o $@ $<

# Everything is built again when the flags have changed: WERROR=1, LIBBPF_SRC=, another compiler.
$(B)/flags: FORCE | $(DIRECTORIES) present
	$(file >$@.new,$(CC) $(USER_FLAGS) $(LINK) $(LIBS))
	@cmp -s $@.new $@ && rm -f $@.new || mv $@.new $@
$(BUILD)/flags-bpf: FORCE | $(DIRECTORIES) present
	$(file >$@.new,$(CLANG) $(BPF_FLAGS) $(LIBBPF_SRC))
	@cmp -s $@.new $@ && rm -f $@.new || mv $@.new $@

# One sentence rather than a page of errors where tools/setup has not been run.
.PHONY: present
present:
	@for command in $(CC) $(CLANG) $(LLVM_STRIP) $(BPFTOOL) $(PKG_CONFIG); do \
		command -v $$command >/dev/null || missing="$$missing $$command"; \
	done; \
	[ -n "$$missing" ] || $(PKG_CONFIG) --exists $(PACKAGES) || missing=" libraries ($(PACKAGES))"; \
	[ -z "$$missing" ] || { echo "rsttrace: the build needs$$missing; run: sudo tools/setup" >&2; exit 1; }

-include $(USER_OBJECTS:.o=.d) $(UNIT_TESTS:=.d) $(UNIT_SHARED:.o=.d) $(TOOLS:=.d) $(STORE).d $(BUILD)/rsttrace.bpf.d

include bench/bench.mk

# ---- mutants ----

# The program without one of its hooks: build/mutant-NAME/rsttrace. It shares every object but the table of programs.
ifdef MUTANT
M := $(BUILD)/mutant-$(MUTANT)
all: $(M)/rsttrace

$(M)/:
	$(Q)mkdir -p $@

$(M)/programs.o: user/attach/programs.c $(B)/flags | $(M)/ $(SKELETON)
	$(call say,CC,$@)
	$(Q)$(CC) $(USER_FLAGS) -DRSTTRACE_MUTANT='"$(MUTANT)"' -MMD -MP -c -o $@ $<

$(M)/rsttrace: $(M)/programs.o $(filter-out %/attach/programs.o,$(USER_OBJECTS)) $(LIBBPF_A)
	$(call say,LINK,$@)
	$(Q)$(LINK) -o $@ $(filter %.o,$^) $(LIBS)

-include $(M)/programs.d
endif

# ---- run ----

# The second make, after tools/setup: as many jobs as processors unless the user said how many.
AGAIN = --no-print-directory $(if $(findstring -j,$(MAKEFLAGS)),,-j$(shell nproc))

# stdout is rsttrace's own, so that `make -s run ARGS='-o json' | jq` works.
run: ## install what is missing, build, run rsttrace $(ARGS); needs root
	@[ "$$(id -u)" -eq 0 ] || { echo 'rsttrace: it loads programs into the kernel: sudo make run' >&2; exit 1; }
	@tools/setup >&2
	@$(MAKE) $(AGAIN) all >&2
	@$(B)/rsttrace $(ARGS)

include packaging/packaging.mk

docs: $(B)/rsttrace $(TOOLS) ## write the schema and docs/causes.md anew from the tables
	$(Q)$(B)/gen-schema > $(B)/schema.json && cp $(B)/schema.json docs/rsttrace-v1.schema.json
	$(Q)RSTTRACE=$(B)/rsttrace tools/gen-docs > $(B)/causes.md && cp $(B)/causes.md docs/causes.md

clean: ## remove build/
	$(Q)rm -rf $(BUILD)

help: ## this list
	@echo 'Usage: make [TARGET] [V=1] [WERROR=1] [SAN=1] [LIBBPF_SRC=DIRECTORY] [MUTANT=PROGRAM] [WITHOUT=LIBRARY]'
	@awk -F '## ' '/^[a-z-]+:.*## / { sub(/:.*/, "", $$1); printf "  %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
	@echo 'V=1 shows the commands, WERROR=1 makes warnings errors, SAN=1 builds build/san/ with ASan and UBSan,'
	@echo 'tests/kernels/boot 6.1 -- COMMAND, the everyday way into another kernel, ends with its status.'
	@echo 'LIBBPF_SRC= is the src/ of a libbpf tree to build against in place of the installed libbpf,'
	@echo 'MUTANT= also builds build/mutant-PROGRAM/rsttrace for tests/mutants/run: without that BPF program,'
	@echo 'WITHOUT= leaves out a library that only some verbs need: they say so.'

# ---- tests ----

include tests/fuzz/fuzz.mk

SYNC_TESTS := $(sort $(wildcard tests/sync/check-*))
test-programs: $(UNIT_TESTS) $(TOOLS) $(LAB_BPF) $(VICTIMS) $(LOAD) $(STORE) $(MAN) $(COMPLETIONS) \
	$(if $(filter 1,$(SAN)),,$(STATIC) $(INIT) $(FUZZERS))
	@:

# Every test program learns from these what to test.
TEST = RSTTRACE=$(abspath $(B))/rsttrace BUILD=$(abspath $(B)) tools/test-summary

.PHONY: check check-unit check-replay check-sync check-style check-lab check-faults
.PHONY: check-export check-fuzz check-hist check-install check-privileges check-record check-report check-stacks
.PHONY: check-stalled check-storm check-top check-verifier
check: PROGRAMS = $(UNIT_TESTS) tests/replay/run $(SYNC_TESTS) tools/check-style tests/install/run \
	$(if $(filter 1,$(SAN)),,tests/fuzz/check) \
	tests/record/run tests/report/run tests/report/page \
	--root tests/report/real tests/faults/run tests/privileges/run tests/lab/run tests/lab/hammer tests/stacks/run \
	tests/stalled/run tests/storm/run tests/hist/run tests/top/run tests/export/journald tests/export/metrics \
	tests/export/otlp tests/export/clickhouse tests/verifier/run tests/mutants/run \
	$(if $(filter 1,$(SAN)),,tests/install/static tests/kernels/run)
check: ## install what is missing, build, run all tests; the lab and the kernels need root
check-unit: PROGRAMS = $(UNIT_TESTS)
check-unit: ## the C units alone
check-replay: PROGRAMS = tests/replay/run
check-replay: ## recordings of real deaths against their goldens
check-sync: PROGRAMS = $(SYNC_TESTS)
check-sync: ## tables, docs, tests and layers agree
check-style: PROGRAMS = tools/check-style
check-style: ## sizes and house rules
check-faults: PROGRAMS = --root tests/faults/run
check-faults: ## privileges, full disks, closed pipes, signals, filters; needs root
check-privileges: PROGRAMS = --root tests/privileges/run
check-privileges: ## which capability is for what, what is given up, which system calls are refused; needs root
check-install: PROGRAMS = tests/install/run
check-install: ## what make install leaves: man pages, completion in three shells
check-verifier: PROGRAMS = --root tests/verifier/run
check-verifier: ## what the BPF programs take of the verifier's limits; needs root
check-fuzz: PROGRAMS = tests/fuzz/check
check-fuzz: ## each fuzzer for a few seconds
check-record: PROGRAMS = tests/record/run
check-record: ## the flight recorder: crashes, full disks, sizes, the queries of its page; real deaths need root
check-report: PROGRAMS = tests/report/run tests/report/page --root tests/report/real
check-report: ## what is told of known incidents, captures, the page in a browser; real deaths need root
check-stacks: PROGRAMS = --root tests/stacks/run
check-stacks: ## who in a program closed the connection; needs root
check-stalled: PROGRAMS = --root tests/stalled/run
check-stalled: ## what is said of connections that are dying, and whether the kernel keeps to it; needs root
check-storm: PROGRAMS = --root tests/storm/run
check-storm: ## every death of a storm is streamed or counted; needs root
check-hist: PROGRAMS = --root tests/hist/run
check-hist: ## what is counted of known deaths, and what stands out; real deaths need root
check-top: PROGRAMS = --root tests/top/run
check-top: ## top in a terminal: screens, keys, sizes, signals; needs root
check-export: PROGRAMS = --root tests/export/journald tests/export/metrics tests/export/otlp tests/export/clickhouse
check-export: ## deaths into the servers of a fleet, which it starts; needs root
check-mutants: PROGRAMS = --root tests/mutants/run
check-mutants: ## what every death program tells is missed without it; needs root
check-lab: PROGRAMS = --root tests/lab/run
check-lab: ## real connections made to die, one scenario per cause; needs root

check check-unit check-replay check-sync check-style check-fuzz check-install check-privileges check-faults \
	check-record check-report check-stacks check-stalled check-storm check-hist check-top check-export \
	check-verifier check-mutants check-lab:
	@tools/setup
	@$(if $(filter tests/kernels/run,$(PROGRAMS)),[ "$$(id -u)" -ne 0 ] || tools/setup kernels || true)
	@$(MAKE) $(AGAIN) all test-programs
	@$(TEST) $(PROGRAMS)

.PHONY: check-crash bench-store
check-crash: ## the flight recorder killed at 200 random moments
	@$(MAKE) $(AGAIN) all test-programs
	@RSTTRACE=$(abspath $(B))/rsttrace BUILD=$(abspath $(B)) tests/record/run --kills 200
bench-store: ## ten million incidents into a database, for docs/record.md; 1.5 GB under $TMPDIR
	@$(MAKE) $(AGAIN) all test-programs
	@BUILD=$(abspath $(B)) bench/store-run

# ---- other kernels ----

.PHONY: kernels coverage kernel
kernels: ## the lab on Debian's kernels under QEMU, in every tier; ARGS='-k 6.1 -t kprobe'
coverage: ARGS := --write-coverage
coverage: ## the same, and docs/coverage.md made anew of what was seen
kernels coverage:
	@tools/setup
	@tools/setup kernels
	@$(MAKE) $(AGAIN) all
	@PYTHONDONTWRITEBYTECODE=1 tests/kernels/run $(ARGS)

# stdout is the command's own. Its dollars are the guest shell's, so make must leave them alone.
kernel: override export GUEST_COMMAND := $(value RUN)
kernel: ## one command in one of them: K=6.1 RUN='build/rsttrace doctor'; fails with 2, as make does
	@[ -n "$(K)" ] && [ -n "$$GUEST_COMMAND" ] || \
		{ echo "usage: make kernel K=6.1 RUN='build/rsttrace doctor'" >&2; exit 2; }
	@tools/setup >&2
	@tools/setup kernels >&2
	@$(MAKE) $(AGAIN) all test-programs >&2
	@PYTHONDONTWRITEBYTECODE=1 tests/kernels/boot "$(K)" -- bash -c "$$GUEST_COMMAND"
