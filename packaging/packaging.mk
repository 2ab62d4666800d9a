# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# What is installed, and the packages that are made of it. Included by the Makefile, in the tree's root.

.PHONY: unit-programs man completions install static deb check-static check-package

# For who builds packages: the tests that need neither root nor another machine.
unit-programs: $(UNIT_TESTS)
	@:

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

man: $(MAN)
	@:
completions: $(COMPLETIONS)
	@:

# Debian's packages have another folder for what zsh completes.
ZSH_COMPLETIONS ?= $(PREFIX)/share/zsh/site-functions
# The units are for the program where it is installed.
UNITS ?= $(PREFIX)/lib/systemd/system
SHARE = $(DESTDIR)$(PREFIX)/share
install: all $(MAN) $(COMPLETIONS) ## install under $(DESTDIR)$(PREFIX), by default /usr/local
	$(call say,INSTALL,$(DESTDIR)$(PREFIX))
	$(Q)install -D -m 755 $(B)/rsttrace $(DESTDIR)$(PREFIX)/bin/rsttrace
	$(Q)install -D -m 644 docs/rsttrace-v1.schema.json $(SHARE)/rsttrace/rsttrace-v1.schema.json
	$(Q)install -D -m 644 -t $(SHARE)/rsttrace docs/rsttrace-hist-v1.schema.json
	$(Q)install -D -m 644 -t $(SHARE)/man/man8 $(B)/man/*.8
	$(Q)install -D -m 644 -t $(SHARE)/man/man7 $(B)/man/*.7
	$(Q)install -D -m 644 $(B)/completion.bash $(SHARE)/bash-completion/completions/rsttrace
	$(Q)install -D -m 644 $(B)/completion.zsh $(DESTDIR)$(ZSH_COMPLETIONS)/_rsttrace
	$(Q)install -D -m 644 $(B)/completion.fish $(SHARE)/fish/vendor_completions.d/rsttrace.fish
	$(Q)install -d $(DESTDIR)$(UNITS)
	$(Q)for unit in rsttrace-record rsttrace-export; do \
		sed 's|/usr/bin/rsttrace|$(PREFIX)/bin/rsttrace|' packaging/systemd/$$unit.service \
			> $(DESTDIR)$(UNITS)/$$unit.service && chmod 644 $(DESTDIR)$(UNITS)/$$unit.service; \
	done

# ---- one file ----

# The same objects without shared libraries. SQLite could load extensions by dlopen(), which nobody asks it for here:
# the linker's warning of that says nothing.
STATIC := $(B)/rsttrace-static
STATIC_LIBS = $(call once,STATIC_LIBS,$(PKG_CONFIG) --static --libs $(PACKAGES) $(filter-out $(NOT_STATIC),$(WITH)))
# libcurl has libraries that Debian has no archives of: so the verb export is not in it, and cli_rows.c says so.
NOT_STATIC := libmicrohttpd libcurl
STATIC_LACKS := $(foreach name,$(NOT_STATIC),$(NEEDS_$(name):user/%.c=$(B)/obj/%.o)) $(B)/obj/cli_rows.o
STATIC_OBJECTS = $(filter-out $(STATIC_LACKS),$(USER_OBJECTS)) $(B)/static/cli_rows.o
QUIET_LD = $(call once,QUIET_LD,$(CC) -Wl$(COMMA)--help 2>/dev/null | grep -q -e --no-warnings && \
	echo -Wl$(COMMA)--no-warnings)

static: $(STATIC) ## build build/rsttrace-static, which needs no shared libraries
	@:

$(B)/static/cli_rows.o: user/cli_rows.c $(B)/flags
	$(call say,CC,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(USER_FLAGS) -UHAVE_EXPORT -MMD -MP -c -o $@ $<

-include $(B)/static/cli_rows.d

$(STATIC): $(STATIC_OBJECTS) $(LIBBPF_A)
	$(call say,STATIC,$@)
	$(Q)$(CC) -static-pie -Wl,-z,relro,-z,now $(QUIET_LD) -s $(CFLAGS) $(LDFLAGS) -o $@ $(STATIC_OBJECTS) \
		$(LIBBPF_A) $(STATIC_LIBS) $(LDLIBS)

# The first process of the guests in which it is tried.
INIT := $(B)/test/init
$(INIT): tests/install/init.c $(B)/flags | $(DIRECTORIES)
	$(call say,INIT,$@)
	$(Q)$(CC) -std=gnu11 $(WARN) -D_GNU_SOURCE -O2 -static -o $@ $<

check-static: ## the static program alone on Debian's oldest and newest kernel under QEMU
	@tools/setup
	@tools/setup kernels
	@$(MAKE) $(AGAIN) static test-programs
	@BUILD=$(abspath $(B)) PYTHONDONTWRITEBYTECODE=1 tests/install/static --guests

# ---- packages ----

# The sources as they are now, and in them debian/, where its tools look for it.
DEB := $(BUILD)/deb
deb: ## build the Debian package, and its sources, into build/deb/
	$(Q)rm -rf $(DEB) && mkdir -p $(DEB)/rsttrace-$(VERSION)
	$(Q)tar -c --exclude=./.git --exclude=./$(BUILD) --exclude=__pycache__ --owner=0 --group=0 . | \
		tar -x -C $(DEB)/rsttrace-$(VERSION)
	$(Q)tar -c -z -f $(DEB)/rsttrace_$(VERSION).orig.tar.gz -C $(DEB) rsttrace-$(VERSION)
	$(Q)cp -r packaging/debian $(DEB)/rsttrace-$(VERSION)/debian
	$(Q)cd $(DEB)/rsttrace-$(VERSION) && env -u MAKEFLAGS -u MAKELEVEL dpkg-buildpackage -us -uc

check-package: ## build the Debian package, install it in a clean system, run it and its service there; needs root
	@tools/setup
	@tools/setup package
	@PYTHONDONTWRITEBYTECODE=1 tests/install/package
