# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# What is installed, and the packages that are made of it. Included by the Makefile, in the tree's root.

.PHONY: install

# What is made from the program's tables to be installed beside it.
MAN := $(B)/man/.made
COMPLETIONS := $(addprefix $(B)/completion.,bash zsh fish)

$(MAN): $(B)/gen-man $(wildcard packaging/man/*.roff) Makefile
	$(call say,MAN,$(@D))
	$(Q)rm -rf $(@D) && mkdir -p $(@D)
	$(Q)$(B)/gen-man $(RELEASED) packaging/man $(@D)
	$(Q)touch $@

$(COMPLETIONS): $(B)/completion.%: $(B)/gen-completion
	$(call say,SHELL,$@)
	$(Q)$(B)/gen-completion $* > $@

# Debian's packages have another folder for what zsh completes.
ZSH_COMPLETIONS ?= $(PREFIX)/share/zsh/site-functions
SHARE = $(DESTDIR)$(PREFIX)/share
install: all $(MAN) $(COMPLETIONS) ## install under $(DESTDIR)$(PREFIX), by default /usr/local
	$(call say,INSTALL,$(DESTDIR)$(PREFIX))
	$(Q)install -D -m 755 $(B)/rsttrace $(DESTDIR)$(PREFIX)/bin/rsttrace
	$(Q)install -D -m 644 docs/rsttrace-v1.schema.json $(SHARE)/rsttrace/rsttrace-v1.schema.json
	$(Q)install -D -m 644 -t $(SHARE)/man/man8 $(B)/man/*.8
	$(Q)install -D -m 644 -t $(SHARE)/man/man7 $(B)/man/*.7
	$(Q)install -D -m 644 $(B)/completion.bash $(SHARE)/bash-completion/completions/rsttrace
	$(Q)install -D -m 644 $(B)/completion.zsh $(DESTDIR)$(ZSH_COMPLETIONS)/_rsttrace
	$(Q)install -D -m 644 $(B)/completion.fish $(SHARE)/fish/vendor_completions.d/rsttrace.fish
