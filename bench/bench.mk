# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# What watching costs, beside others that watch. Included by the Makefile.

# A tracer without anything in it.
FLOOR := $(B)/floor $(BUILD)/floor.bpf

$(BUILD)/floor.bpf: bench/floor.bpf.c $(BUILD)/flags-bpf | $(BUILD)/
	$(call say,BPF,$@)
	$(Q)$(CLANG) $(BPF_FLAGS) -c -o $@ $<

$(B)/floor: bench/floor.c $(B)/flags | $(DIRECTORIES) $(LIBBPF_A)
	$(call say,FLOOR,$@)
	$(Q)$(CC) $(USER_FLAGS) $(LDFLAGS) -o $@ $< $(LIBS)

.PHONY: bench
bench: ## what watching costs, beside others that watch; needs root; ARGS='--write' for docs/performance.md
	@tools/setup
	@tools/setup bench || true
	@$(MAKE) $(AGAIN) all $(LOAD) $(FLOOR)
	@PYTHONDONTWRITEBYTECODE=1 RSTTRACE=$(abspath $(B))/rsttrace BUILD=$(abspath $(B)) bench/run $(ARGS)
