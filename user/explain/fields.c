/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The table of output fields. Its order is the order of keys in JSON and of the evidence under a line. */
#include "fields.h"

#include "getters.h"

#define INTEGER FIELD_INTEGER, UNIT_NONE
#define BYTES FIELD_INTEGER, UNIT_BYTES
#define MS FIELD_INTEGER, UNIT_MILLISECONDS
#define US FIELD_INTEGER, UNIT_MICROSECONDS
#define STRING FIELD_STRING, UNIT_NONE
#define STRINGS FIELD_STRINGS, UNIT_NONE
#define BOOLEAN FIELD_BOOLEAN, UNIT_NONE

/* Rows without a path are text for sentences; rows without a name are not for sentences. */
const struct field fields[] = {
	{ "v", NULL, INTEGER, get_version, "version of this format" },
	{ "time", NULL, STRING, get_time, "when it was observed: RFC 3339, nanoseconds, UTC" },
	{ "kind", NULL, STRING, get_kind, "what happened to the connection" },
	{ "cause", NULL, STRING, get_cause, "slug of the cause, as in rsttrace explain" },
	{ "certainty", NULL, STRING, get_certainty, "how well the evidence supports the cause" },
	{ "missing", NULL, STRING, get_missing, "what could not be observed here" },
	{ "why", NULL, STRING, get_why, "the cause as a sentence, with its facts" },

	{ "network.type", NULL, STRING, get_network_type, "ipv4 or ipv6, as on the wire" },
	{ "network.local.address", NULL, STRING, get_local_address, "address of this end" },
	{ "network.local.port", "local_port", INTEGER, get_local_port, "port of this end" },
	{ "network.peer.address", NULL, STRING, get_peer_address, "address of the other end" },
	{ "network.peer.port", "peer_port", INTEGER, get_peer_port, "port of the other end" },
	{ NULL, "local", STRING, phrase_local, "address and port of this end" },
	{ NULL, "peer", STRING, phrase_peer, "address and port of the other end" },

	{ "process.pid", NULL, INTEGER, get_pid, "process that owned the socket" },
	{ "process.executable.name", NULL, STRING, get_comm, "its command name, escaped" },
	{ "process.user.id", NULL, INTEGER, get_uid, "its user" },
	{ "process.source", NULL, STRING, get_source, "how the owner is known" },
	{ "process.stack", NULL, STRINGS, get_user_stack, "functions of the program that led to it, innermost first" },
	{ "process.cgroup.id", NULL, INTEGER, get_cgroup, "id of its cgroup" },
	{ "cgroup", NULL, STRING, get_cgroup_path, "path of its cgroup" },
	{ "container.id", NULL, STRING, get_container_id, "id of its container, from the path of its cgroup" },
	{ "container.runtime", NULL, STRING, get_container_runtime, "what runs that container" },
	{ "k8s.pod.uid", NULL, STRING, get_pod, "uid of its Kubernetes pod" },
	{ NULL, "task", STRING, phrase_task, "process that was on the CPU: name[pid]" },
	{ NULL, "exit", STRING, phrase_exit, "how the owner was exiting when it closed" },
	{ "netns", NULL, INTEGER, get_netns, "inode number of the network namespace" },

	{ "tcp.state", "state", STRING, get_state, "state of the socket when it happened" },
	{ "tcp.errno", "errno", STRING, get_errno, "error that the application sees" },
	{ "tcp.unread_bytes", "unread", BYTES, get_unread, "received and not read yet" },
	{ "tcp.unsent_bytes", "unsent", BYTES, get_unsent, "written, not sent yet" },
	{ "tcp.unacked_bytes", "unacked", BYTES, get_unacked, "sent, not acknowledged yet" },
	{ "tcp.received_bytes", NULL, BYTES, get_received, "received in the connection's life" },
	{ "tcp.acked_bytes", NULL, BYTES, get_acked, "sent and acknowledged in its life" },
	{ "tcp.age_ms", "age", MS, get_age, "since the connection was opened" },
	{ NULL, "waited", MS, get_age, "since the connection was opened" },
	{ "tcp.idle_ms", "idle", MS, get_idle, "since data went in or out" },
	{ "tcp.last_sent_ms", NULL, MS, get_last_sent, "since data went out" },
	{ "tcp.last_received_ms", "idle_received", MS, get_last_received, "since data came in" },
	{ "tcp.rtt_us", NULL, US, get_rtt, "smoothed round-trip time" },
	{ "tcp.min_rtt_us", NULL, US, get_min_rtt, "shortest round-trip time lately" },
	{ "tcp.rto_ms", NULL, MS, get_rto, "retransmission timeout" },
	{ "tcp.mss_bytes", NULL, BYTES, get_mss, "maximum segment size" },
	{ "tcp.peer_window_bytes", "window", BYTES, get_peer_window, "receive window of the peer" },
	{ "tcp.retransmits", NULL, INTEGER, get_retransmits, "retransmits without an answer" },
	{ NULL, "retransmits", STRING, phrase_retransmits, "retransmits without an answer" },
	{ "tcp.retransmits_total", NULL, INTEGER, get_retransmits_total, "all in its life" },
	{ "tcp.probes", NULL, INTEGER, get_probes, "window or keepalive probes without an answer" },
	{ NULL, "probes", STRING, phrase_probes, "window or keepalive probes without an answer" },
	{ "tcp.backoff", NULL, INTEGER, get_backoff, "times that the timer was doubled" },
	{ "tcp.orphan", NULL, BOOLEAN, get_orphan, "the application had closed it already" },
	{ "tcp.soft_errno", "soft_errno", STRING, get_soft_errno, "error that was not fatal then" },
	{ NULL, "socket_linger2", INTEGER, get_linger2, "TCP_LINGER2 as the kernel holds it" },
	{ "tcp.accept_queue.length", NULL, INTEGER, get_queue_length, "waiting for accept()" },
	{ "tcp.accept_queue.limit", NULL, INTEGER, get_queue_limit, "how many may wait" },
	{ NULL, "backlog", STRING, phrase_backlog, "accept queue: length of limit" },

	{ "timeout.timer", NULL, STRING, get_timer, "timer that gave up, or was running" },
	{ "timeout.tries", NULL, INTEGER, get_tries, "its tries so far" },
	{ "timeout.tries_allowed", NULL, INTEGER, get_tries_allowed, "after so many it gives up" },
	{ "timeout.elapsed_ms", "elapsed", MS, get_elapsed, "since the peer stopped answering" },
	{ "timeout.limit_ms", NULL, MS, get_limit_ms, "after so long it gives up" },
	{ "timeout.setting", NULL, STRING, get_setting, "sysctl or socket option of the limit" },
	{ NULL, "limit", STRING, phrase_limit, "setting behind the limit, with its value" },
	{ NULL, "keepalive", STRING, phrase_keepalive, "keepalive settings in force" },

	{ "segment.flags", "segment", STRING, get_segment_flags, "flags of the triggering segment" },
	{ "segment.seq", NULL, INTEGER, get_segment_seq, "its sequence number" },
	{ "segment.ack", NULL, INTEGER, get_segment_ack, "its acknowledgement number" },
	{ "segment.window", NULL, INTEGER, get_segment_window, "its window field, unscaled" },
	{ "segment.payload_bytes", "payload", BYTES, get_segment_payload, "data in it" },
	{ "segment.ttl", NULL, INTEGER, get_segment_ttl, "its time to live or hop limit" },
	{ "segment.ip_id", NULL, INTEGER, get_segment_ip_id, "its IPv4 identification" },
	{ NULL, "ack_offset", STRING, phrase_ack_offset, "its ACK against what was sent" },

	{ "icmp.type", NULL, INTEGER, get_icmp_type, "type of the last ICMP error on this socket" },
	{ "icmp.code", NULL, INTEGER, get_icmp_code, "its code" },
	{ "icmp.errno", NULL, STRING, get_icmp_errno, "the error it stands for" },
	{ NULL, "icmp", STRING, phrase_icmp, "the last ICMP error in words" },

	{ "former.pid", NULL, INTEGER, get_former_pid, "process that had this socket before" },
	{ "former.executable.name", NULL, STRING, get_former_comm, "its command name, escaped" },
	{ "former.ended", NULL, STRING, get_former_ended, "when its socket ended: RFC 3339, UTC" },
	{ "former.lasted_ms", "former_lasted", MS, get_former_lasted, "how long that lasted" },
	{ "former.cause", NULL, STRING, get_former_cause, "slug of what ended it" },
	{ "former.was_listener", NULL, BOOLEAN, get_former_was_listener, "it was a listener" },
	{ NULL, "former", STRING, phrase_former, "former owner: name[pid]" },
	{ NULL, "former_ended", STRING, phrase_former_ended, "clock time at which that ended" },
	{ "former.how", "former_how", STRING, phrase_former_how, "what ended it, in words" },

	{ "peer_end.cause", NULL, STRING, get_peer_cause, "slug of what the other end, on this host too, died of" },
	{ "peer_end.certainty", NULL, STRING, get_peer_certainty, "how well that is supported" },
	{ "peer_end.why", NULL, STRING, get_peer_why, "that as a sentence" },
	{ "peer_end.process.pid", NULL, INTEGER, get_peer_pid, "process that owned the other end" },
	{ "peer_end.process.executable.name", NULL, STRING, get_peer_comm, "its command name, escaped" },
	{ "peer_end.netns", NULL, INTEGER, get_peer_netns, "inode number of its network namespace" },
	{ NULL, "peer_end", STRING, phrase_peer_end, "who the other end was, and what it did" },

	{ "kernel.hook", NULL, STRING, get_hook, "hook that observed it" },
	{ "kernel.reset_reason", NULL, STRING, get_reset_reason, "the kernel's own reason" },
	{ "kernel.stack", NULL, STRINGS, get_stack, "path through the kernel, innermost first" },

	{ "count", NULL, INTEGER, get_count, "how many incidents this line stands for" },
};

const unsigned int fields_count = sizeof(fields) / sizeof(*fields);
