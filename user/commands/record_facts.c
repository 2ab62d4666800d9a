/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Read out of /proc. What a kernel does not have is left out. */
#include "record_facts.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "../util/netns.h"
#include "../util/text.h"

#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))

/* Under /proc/sys/net. Those of a listener's queues and of memory are here too: connections die of these. */
static const char *const settings[] = {
	"core/somaxconn",
	"ipv4/tcp_abort_on_overflow",
	"ipv4/tcp_base_mss",
	"ipv4/tcp_challenge_ack_limit",
	"ipv4/tcp_ecn",
	"ipv4/tcp_fastopen",
	"ipv4/tcp_fin_timeout",
	"ipv4/tcp_invalid_ratelimit",
	"ipv4/tcp_keepalive_intvl",
	"ipv4/tcp_keepalive_probes",
	"ipv4/tcp_keepalive_time",
	"ipv4/tcp_max_orphans",
	"ipv4/tcp_max_syn_backlog",
	"ipv4/tcp_max_tw_buckets",
	"ipv4/tcp_mem",
	"ipv4/tcp_migrate_req",
	"ipv4/tcp_mtu_probing",
	"ipv4/tcp_orphan_retries",
	"ipv4/tcp_retries1",
	"ipv4/tcp_retries2",
	"ipv4/tcp_rfc1337",
	"ipv4/tcp_rto_max_ms",
	"ipv4/tcp_rto_min_us",
	"ipv4/tcp_syn_linear_timeouts",
	"ipv4/tcp_syn_retries",
	"ipv4/tcp_synack_retries",
	"ipv4/tcp_syncookies",
	"ipv4/tcp_thin_linear_timeouts",
	"ipv4/tcp_timestamps",
	"ipv4/tcp_tw_reuse",
	"netfilter/nf_conntrack_tcp_be_liberal",
	"netfilter/nf_conntrack_tcp_loose",
	"netfilter/nf_conntrack_tcp_timeout_established",
};

/* The bytes of a small file; 0 when there is none. */
static size_t read_file(const char *path, char *bytes, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t length = fd < 0 ? -1 : read(fd, bytes, size - 1);

	if (fd >= 0)
		close(fd);
	bytes[length > 0 ? length : 0] = '\0';
	return length > 0 ? length : 0;
}

static void read_command(char *text, size_t size)
{
	char bytes[512];
	size_t length = read_file("/proc/self/cmdline", bytes, sizeof(bytes));

	/* Words end with NUL, and lists were cut at their commas. */
	for (size_t i = 0; i + 1 < length; i++) {
		if (!bytes[i])
			bytes[i] = ' ';
	}
	text_printable(text, size, bytes, strlen(bytes));
}

void record_facts(struct record_facts *ret_facts)
{
	struct record_facts *facts = ret_facts;
	struct utsname names;
	char message[256];

	memset(facts, 0, sizeof(*facts));
	uname(&names);
	snprintf(facts->host, sizeof(facts->host), "%s", names.nodename);
	snprintf(facts->machine, sizeof(facts->machine), "%s", names.machine);
	read_file("/proc/sys/kernel/random/boot_id", facts->boot_id, sizeof(facts->boot_id));
	facts->boot_id[strcspn(facts->boot_id, "\n")] = '\0';
	read_command(facts->command, sizeof(facts->command));
	facts->session = (struct store_session){
		.boot_id = facts->boot_id,
		.host = facts->host,
		.machine = facts->machine,
		.command = facts->command,
	};
	netns_number("/proc/self/ns/net", &facts->session.netns, message, sizeof(message));
}

void record_settings(struct store *store, struct store_time now)
{
	char path[128], name[128], bytes[256], value[256];

	for (unsigned int i = 0; i < ARRAY_SIZE(settings); i++) {
		size_t length;

		snprintf(path, sizeof(path), "/proc/sys/net/%s", settings[i]);
		snprintf(name, sizeof(name), "net.%s", settings[i]);
		*strchr(name, '/') = '.';
		length = read_file(path, bytes, sizeof(bytes));
		if (length && bytes[length - 1] == '\n')
			bytes[length - 1] = '\0';
		for (char *tab = bytes; (tab = strchr(tab, '\t'));)
			*tab = ' '; /* tcp_mem is three numbers */
		text_printable(value, sizeof(value), bytes, strlen(bytes));
		store_setting(store, name, length ? value : NULL, now);
	}
}
