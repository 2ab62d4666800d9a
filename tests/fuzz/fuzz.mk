# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# What is fuzzed, and how. Included by the Makefile, in the tree's root.

# All of it once more, by clang, with what a fuzzer needs.
F := $(BUILD)/fuzz
FUZZERS := $(patsubst tests/fuzz/%.c,$(F)/%,$(wildcard tests/fuzz/*.c))
FUZZ_SHARED := $(F)/obj/replayed.o $(F)/obj/sample.o
FUZZ_OBJECTS := $(PARTS:$(B)/obj/%=$(F)/obj/%) $(FUZZ_SHARED)
FUZZ_FLAGS = -g -O1 -fsanitize=address,undefined,fuzzer-no-link -fno-sanitize-recover=all -fno-omit-frame-pointer
FUZZ_CC = $(CLANG) -std=gnu11 -D_GNU_SOURCE -DRSTTRACE_VERSION=\"$(VERSION)\" -I$(BUILD) $(LIBBPF_INCLUDE) \
	$(WITH_FLAGS) $(PACKAGES_CFLAGS) $(FUZZ_FLAGS) -MMD -MP -c -o $@ $<

.PHONY: fuzzers
fuzzers: $(FUZZERS)
	@:

$(sort $(dir $(FUZZ_OBJECTS))):
	$(Q)mkdir -p $@

$(filter-out $(FUZZ_SHARED),$(FUZZ_OBJECTS)): $(F)/obj/%.o: user/%.c $(B)/flags | $(SKELETON) $(dir $(FUZZ_OBJECTS))
	$(call say,FUZZ,$@)
	$(Q)$(FUZZ_CC)

$(FUZZ_SHARED): $(F)/obj/%.o: tests/unit/%.c $(B)/flags | $(F)/obj/
	$(call say,FUZZ,$@)
	$(Q)$(FUZZ_CC)

$(FUZZERS): $(F)/%: tests/fuzz/%.c $(FUZZ_OBJECTS) $(LIBBPF_A)
	$(call say,LINK,$@)
	$(Q)$(CLANG) -std=gnu11 -D_GNU_SOURCE $(FUZZ_FLAGS) -fsanitize=fuzzer -o $@ $^ $(LIBS)

-include $(FUZZ_OBJECTS:.o=.d)

.PHONY: fuzz
fuzz: ## files that anybody may have made, for 10 minutes each; ARGS='60 database'
	@tools/setup
	@$(MAKE) $(AGAIN) all test-programs fuzzers
	@BUILD=$(BUILD) tests/fuzz/run $(or $(ARGS),600)
