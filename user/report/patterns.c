/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The table of stories, and which causes are of one family. */
#include <string.h>

#include "story.h"

static const struct {
	const char *cause;
	enum family family;
} families[] = {
	{ "retransmission-timeout", FAMILY_SILENCE },
	{ "user-timeout", FAMILY_SILENCE },
	{ "keepalive-timeout", FAMILY_SILENCE },
	{ "keepalive-user-timeout", FAMILY_SILENCE },
	{ "zero-window-timeout", FAMILY_SILENCE },
	{ "orphan-zero-window-timeout", FAMILY_SILENCE },
	{ "orphan-retransmission-timeout", FAMILY_SILENCE },
	{ "mptcp-close-timeout", FAMILY_SILENCE },
	{ "recovered", FAMILY_SILENCE },
	{ "syn-timeout", FAMILY_UNCONNECTED },
	{ "syn-user-timeout", FAMILY_UNCONNECTED },
	{ "connect-abandoned", FAMILY_UNCONNECTED },
	{ "neighbour-unresolved", FAMILY_UNCONNECTED },
	{ "connection-refused", FAMILY_REFUSED },
	{ "no-listener", FAMILY_CLOSED_PORT },
	{ "close-unread", FAMILY_ABORTED },
	{ "data-after-close", FAMILY_ABORTED },
	{ "out-of-order-after-close", FAMILY_ABORTED },
	{ "data-after-finwait2", FAMILY_ABORTED },
	{ "data-after-shutdown", FAMILY_ABORTED },
	{ "disconnect-unsent", FAMILY_ABORTED },
	{ "disconnect", FAMILY_ABORTED },
	{ "linger-zero", FAMILY_ABORTED },
	{ "linger2-negative", FAMILY_ABORTED },
	{ "linger2-negative-fin", FAMILY_ABORTED },
	{ "mptcp-close-unread", FAMILY_ABORTED },
	{ "reset-by-peer", FAMILY_RESET },
	{ "reset-after-peer-fin", FAMILY_RESET },
	{ "peer-lost-state", FAMILY_RESET },
	{ "mptcp-reset-by-peer", FAMILY_RESET },
	{ "netfilter-reject-input", FAMILY_FIREWALL },
	{ "netfilter-reject-output", FAMILY_FIREWALL },
	{ "netfilter-reject-forward", FAMILY_FIREWALL },
	{ "netfilter-reject-bridge", FAMILY_FIREWALL },
	{ "segment-filtered", FAMILY_FILTERED },
	{ "local-output-failure", FAMILY_FILTERED },
	{ "accept-queue-full-syn", FAMILY_BACKLOG },
	{ "accept-queue-full-ack", FAMILY_BACKLOG },
	{ "accept-queue-full-cookie", FAMILY_BACKLOG },
	{ "accept-queue-abort", FAMILY_BACKLOG },
	{ "syn-queue-full", FAMILY_FLOOD },
	{ "syn-backlog-limit", FAMILY_FLOOD },
	{ "syn-cookie-sent", FAMILY_FLOOD },
	{ "synack-timeout", FAMILY_FLOOD },
	{ "icmp-unreachable", FAMILY_UNREACHABLE },
	{ "icmp-unreachable-late", FAMILY_UNREACHABLE },
	{ "icmp-in-handshake", FAMILY_UNREACHABLE },
	{ "no-route", FAMILY_UNREACHABLE },
	{ "listener-closed", FAMILY_LISTENER },
	{ "listener-shutdown", FAMILY_LISTENER },
	{ "listener-killed", FAMILY_LISTENER },
	{ "listener-closed-race", FAMILY_LISTENER },
	{ "listener-closed-in-handshake", FAMILY_LISTENER },
	{ "injected-suspected", FAMILY_FORGED },
	{ "path-mtu-black-hole", FAMILY_MTU },
	{ "orphan-out-of-resources", FAMILY_MEMORY },
	{ "close-out-of-memory", FAMILY_MEMORY },
	{ "handshake-out-of-memory", FAMILY_MEMORY },
	{ "ports-exhausted", FAMILY_PORTS },
	{ "no-connection", FAMILY_STRAY },
	{ "fin-without-connection", FAMILY_STRAY },
	{ "admin-kill", FAMILY_ADMIN },
	{ "bpf-destroy", FAMILY_ADMIN },
};

unsigned int family_of(const char *cause)
{
	for (size_t i = 0; i < sizeof(families) / sizeof(*families); i++) {
		if (!strcmp(families[i].cause, cause))
			return families[i].family;
	}
	return 0;
}

const char *family_cause(size_t i)
{
	return i < sizeof(families) / sizeof(*families) ? families[i].cause : NULL;
}

#define MINUTE_MS 60000

const struct story_pattern patterns[] = {
	{
		.slug = "port-scan",
		.families = FAMILY_CLOSED_PORT,
		.by = { "peer" },
		.gap_ms = 5 * MINUTE_MS,
		.conditions = { { STORY_LOCAL_PORTS, 15, 0 } },
		.sentence = "{peer} tried {local_ports} ports of this host on which nothing listens, from {from} on, "
			    "within {lasted}: a port scan",
		.check = "Find out whose {peer} is and whether it may reach this host; if not, drop it in the "
			 "firewall. Nothing of this host's own is broken",
	},
	{
		.slug = "network-gone",
		.families = FAMILY_SILENCE | FAMILY_UNCONNECTED,
		.gap_ms = MINUTE_MS,
		.from_silence = true,
		.conditions = { { STORY_PEERS, 4, 0 },
				{ STORY_DEATHS, 8, 0 },
				{ STORY_TIMES, 10, 0 },
				{ STORY_SHARE, 80, 0 } },
		.sentence = "from {from} nothing came back from {peers} ({causes}): this host's own network or the "
			    "way out of it was gone for {lasted}; {connections} of {processes}{before}",
		.check = "`ip -s link`, `ip neigh` and the switch port of this host in that time; whether other "
			 "hosts beside it lost the same peers",
	},
	{
		.slug = "peer-gone",
		.families = FAMILY_SILENCE | FAMILY_UNCONNECTED,
		.by = { "peer" },
		.gap_ms = MINUTE_MS,
		.from_silence = true,
		.needs_key = true,
		.conditions = { { STORY_DEATHS, 2, 0 }, { STORY_OPEN, 1, 0 }, { STORY_SHARE, 60, 0 } },
		.sentence = "from {from} {all} to {peer} died unanswered ({causes}): that host or the way to it was "
			    "gone for {lasted}; {connections} of {processes}{before}",
		.check = "Whether {peer} was down, restarted or moved then, or a firewall on the way began to drop: "
			 "its uptime, its own log, `ip neigh show {peer}` and `ip route get {peer}` here",
	},
	{
		.slug = "connect-unanswered",
		.families = FAMILY_UNCONNECTED,
		.by = { "peer", "peer-port" },
		.gap_ms = 5 * MINUTE_MS,
		.from_silence = true,
		.needs_key = true,
		.conditions = { { STORY_DEATHS, 2, 0 } },
		.sentence = "{peer} port {peer_port} answered no SYN from {from} to {to} ({causes}): the host is gone, "
			    "or a firewall drops them; {connections} of {processes}{before}",
		.check = "From this host, try another port of {peer}: an answer or a refusal there means that a rule "
			 "drops port {peer_port}, silence that the host or the way to it is gone",
	},
	{
		.slug = "firewall-reject",
		.families = FAMILY_FIREWALL,
		.by = { "cause" },
		.gap_ms = 10 * MINUTE_MS,
		.conditions = { { STORY_DEATHS, 1, 0 } },
		.sentence = "from {from} to {to} a rule of this host's own firewall answered {connections} with a reset "
			    "({causes}); peers: {peers}; ports: {ports}{before}",
		.check = "`nft list ruleset | grep -i reject` and `iptables-save | grep tcp-reset`: whether that rule "
			 "is meant, and who changed the rules at {from}",
	},
	{
		.slug = "firewall-drop",
		.families = FAMILY_FILTERED,
		.by = { "cause" },
		.gap_ms = 10 * MINUTE_MS,
		.conditions = { { STORY_DEATHS, 2, 0 } },
		.sentence = "from {from} to {to} this host itself dropped segments ({causes}); peers: {peers}; ports: "
			    "{ports}{before}",
		.check = "`nft list ruleset` for drop rules, `tc -s qdisc` for queues that drop, `ip route` for "
			 "blackhole and unreachable routes",
	},
	{
		.slug = "service-down",
		.families = FAMILY_CLOSED_PORT,
		.by = { "local-port" },
		.gap_ms = 10 * MINUTE_MS,
		.needs_key = true,
		.conditions = { { STORY_DEATHS, 3, 0 } },
		.sentence = "nothing listened on port {local_port} of this host from {from} to {to}: {connections} "
			    "from {peers} were refused{before}",
		.check = "Whether the service of port {local_port} was stopped, crashed or restarted at {from}: its "
			 "unit's journal; the example below names who listened there last, where that was seen",
	},
	{
		.slug = "service-refused",
		.families = FAMILY_REFUSED,
		.by = { "peer", "peer-port" },
		.gap_ms = 10 * MINUTE_MS,
		.needs_key = true,
		.conditions = { { STORY_DEATHS, 2, 0 } },
		.sentence = "{peer} port {peer_port} refused {connections} of {processes} from {from} to {to}: nothing "
			    "listens there, or a firewall rejects{before}",
		.check = "On {peer}: `ss -ltnp 'sport = :{peer_port}'`, and its firewall's REJECT rules",
	},
	{
		.slug = "new-process-aborts",
		.families = FAMILY_ABORTED,
		.by = { "process", "cause" },
		.gap_ms = 10 * MINUTE_MS,
		.only_new = true,
		.needs_key = true,
		.conditions = { { STORY_DEATHS, 5, 0 }, { STORY_TIMES, 5, 0 } },
		.sentence = "from {from} {processes}, not seen before, reset {connections} with {peers} ({causes}){before}"
			    ": a new version or configuration that ends connections in another way",
		.check = "What was deployed or restarted just before {from}; `rsttrace explain {cause}` says what the "
			 "program does wrong",
	},
	{
		.slug = "process-aborts",
		.families = FAMILY_ABORTED,
		.by = { "process" },
		.gap_ms = 10 * MINUTE_MS,
		.needs_key = true,
		.conditions = { { STORY_DEATHS, 5, 0 } },
		.sentence = "from {from} to {to} {processes} reset {connections} with {peers} ({causes}){before}",
		.check = "`rsttrace explain {cause}` says what the program does; `rsttrace -u -c {process}` who in it",
	},
	{
		.slug = "idle-forgotten",
		.families = FAMILY_RESET,
		.by = { "process" },
		.gap_ms = 60 * MINUTE_MS,
		.conditions = { { STORY_DEATHS, 3, 0 }, { STORY_IDLE_MS, 30000, 0 }, { STORY_IDLE_SPREAD, 0, 15 } },
		.sentence = "{connections} of {processes} were reset after they had been idle for about {idle}: the "
			    "peer, or a NAT, firewall or load balancer on the way, forgets idle connections after "
			    "that long",
		.check = "The idle timeout of what lies between; keepalive or a connection pool's own limit below "
			 "{idle} avoids it",
	},
	{
		.slug = "peer-restarted",
		.families = FAMILY_RESET,
		.by = { "peer", "peer-port" },
		.gap_ms = MINUTE_MS,
		.needs_key = true,
		.conditions = { { STORY_DEATHS, 3, 0 }, { STORY_LASTED_MS, 0, MINUTE_MS } },
		.sentence = "{peer} port {peer_port} reset {connections} of {processes} within {lasted} at {from}: the "
			    "program there was restarted, crashed, or failed over{before}",
		.check = "The log of the service on {peer} at {from}; rsttrace there says why it reset them",
	},
	{
		.slug = "clients-reset",
		.families = FAMILY_RESET,
		.by = { "local-port" },
		.gap_ms = 10 * MINUTE_MS,
		.needs_key = true,
		.conditions = { { STORY_DEATHS, 10, 0 }, { STORY_TIMES, 3, 0 } },
		.sentence = "from {from} to {to} clients reset {connections} to port {local_port} of {processes} "
			    "({peers}){before}",
		.check = "Whether answers became slow then: clients that give up reset; a load balancer in front of "
			 "this host does the same when its health check fails",
	},
	{
		.slug = "syn-flood",
		.families = FAMILY_FLOOD,
		.by = { "local-port" },
		.gap_ms = 5 * MINUTE_MS,
		.needs_key = true,
		.conditions = { { STORY_DEATHS, 20, 0 } },
		.sentence = "from {from} to {to} {deaths} handshakes to port {local_port} were begun and not ended "
			    "({causes}) by {peers}: a SYN flood, or answers of this host do not get through{before}",
		.check = "`nstat -az TcpExtSyncookiesSent TcpExtListenDrops`; when the peers are few and known, the "
			 "way back to them (asymmetric routes, a firewall that drops SYN-ACKs)",
	},
	{
		.slug = "listener-slow",
		.families = FAMILY_BACKLOG | FAMILY_FLOOD,
		.by = { "local-port" },
		.gap_ms = 10 * MINUTE_MS,
		.needs_key = true,
		.conditions = { { STORY_DEATHS, 2, 0 } },
		.sentence = "from {from} to {to} {processes} did not keep up with new connections to port {local_port} "
			    "({causes}): {deaths} times, {peers}{before}",
		.check = "`ss -ltn 'sport = :{local_port}'` shows the queue against its limit; whether the program "
			 "was blocked then, and its backlog and net.core.somaxconn",
	},
	{
		.slug = "unreachable",
		.families = FAMILY_UNREACHABLE,
		.by = { "peer" },
		.gap_ms = 5 * MINUTE_MS,
		.needs_key = true,
		.conditions = { { STORY_DEATHS, 2, 0 } },
		.sentence = "from {from} to {to} there was no way to {peer} ({causes}); {connections} of {processes}"
			    "{before}",
		.check = "`ip route get {peer}`; the example below says who sent the ICMP error: that router or "
			 "firewall knows why",
	},
	{
		.slug = "listener-ended",
		.families = FAMILY_LISTENER,
		.by = { "process" },
		.gap_ms = MINUTE_MS,
		.conditions = { { STORY_DEATHS, 1, 0 } },
		.sentence = "at {from} the listener of {processes} ended with {connections} not accepted yet "
			    "({causes}): lost in a restart or a crash",
		.check = "Hand the listening socket over (systemd socket activation, SO_REUSEPORT with "
			 "net.ipv4.tcp_migrate_req), or drain before the restart",
	},
	{
		.slug = "forged-resets",
		.families = FAMILY_FORGED,
		.by = { "peer" },
		.gap_ms = 10 * MINUTE_MS,
		.conditions = { { STORY_DEATHS, 1, 0 } },
		.sentence = "{connections} with {peer} ended by resets that do not look like its own, from {from} to "
			    "{to}: something on the way resets them",
		.check = "A capture on the other end: whether it sent those resets; firewalls and traffic filters on "
			 "the way",
	},
	{
		.slug = "path-mtu",
		.families = FAMILY_MTU,
		.by = { "peer" },
		.gap_ms = 60 * MINUTE_MS,
		.conditions = { { STORY_DEATHS, 1, 0 } },
		.sentence = "large segments to {peer} are lost and small ones are not, since {from}: {connections} died "
			    "of it",
		.check = "`tracepath -n {peer}`; a tunnel on the way, or a firewall that drops ICMP \"fragmentation "
			 "needed\"; net.ipv4.tcp_mtu_probing=1 helps meanwhile",
	},
	{
		.slug = "out-of-memory",
		.families = FAMILY_MEMORY,
		.gap_ms = 10 * MINUTE_MS,
		.conditions = { { STORY_DEATHS, 1, 0 } },
		.sentence = "from {from} to {to} the kernel was short of memory for TCP: it gave up {connections} "
			    "({causes})",
		.check = "`cat /proc/net/sockstat` against net.ipv4.tcp_mem and net.ipv4.tcp_max_orphans",
	},
	{
		.slug = "ports-exhausted",
		.families = FAMILY_PORTS,
		.by = { "peer", "peer-port" },
		.gap_ms = 10 * MINUTE_MS,
		.conditions = { { STORY_DEATHS, 1, 0 } },
		.sentence = "from {from} to {to} {processes} found no free local port for {peer} port {peer_port}, "
			    "{deaths} times",
		.check = "`ss -tan dst {peer} | wc -l` against net.ipv4.ip_local_port_range: reuse connections, or "
			 "use more addresses",
	},
	{
		.slug = "peer-of-the-past",
		.families = FAMILY_STRAY,
		.by = { "peer" },
		.gap_ms = 10 * MINUTE_MS,
		.needs_key = true,
		.conditions = { { STORY_DEATHS, 5, 0 } },
		.sentence = "{peer} went on with {connections} that this host does not know any more, from {from} to "
			    "{to}: they ended here before, or this address was another host's",
		.check = "What the examples say of who had the connection; a failover or restart of this host just "
			 "before",
	},
	{
		.slug = "administrator",
		.families = FAMILY_ADMIN,
		.gap_ms = MINUTE_MS,
		.conditions = { { STORY_DEATHS, 1, 0 } },
		.sentence = "{connections} were destroyed on purpose from {from} on ({causes})",
		.check = "Who ran `ss -K` or another tool that destroys sockets",
	},
};

const unsigned int patterns_count = sizeof(patterns) / sizeof(*patterns);
