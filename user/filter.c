/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Each option is a list of alternatives; a report must satisfy every option that was given. */
#include "filter.h"

#include <fnmatch.h>
#include <stdio.h>
#include <string.h>

#include "explain/causes.h"
#include "util/netns.h"

static void normalise(const char *path, char *ret_path, size_t size)
{
	static const char mount[] = "/sys/fs/cgroup";
	size_t length;

	if (!strncmp(path, mount, sizeof(mount) - 1))
		path += sizeof(mount) - 1;
	path += strspn(path, "/");
	length = snprintf(ret_path, size, "/%s", path);
	if (length >= size)
		length = size - 1;
	while (length && ret_path[length - 1] == '/')
		ret_path[--length] = '\0';
}

int filter_open(const struct options *options, struct filter *ret_filter, char *message, size_t size)
{
	int err = 0;

	memset(ret_filter, 0, sizeof(*ret_filter));
	ret_filter->options = options;
	if (options->netns)
		err = netns_number(options->netns, &ret_filter->netns, message, size);
	if (err || !options->cgroup)
		return err;
	normalise(options->cgroup, ret_filter->cgroup_path, sizeof(ret_filter->cgroup_path));
	if (!strcmp(options->verb, "replay")) /* of another machine, perhaps */
		return 0;
	return cgroup_number(options->cgroup, &ret_filter->cgroup, message, size);
}

static bool holds_cidr(const struct cidr *cidr, const uint8_t address[16])
{
	for (unsigned int bit = 0; bit < cidr->prefix; bit++) {
		if ((address[bit / 8] ^ cidr->address[bit / 8]) & 0x80 >> bit % 8)
			return false;
	}
	return true;
}

static bool wants_tuple(const struct options *options, const struct ev_tuple *tuple)
{
	bool port = !options->ports_count, address = !options->addresses_count;

	for (unsigned int i = 0; i < options->ports_count; i++)
		port |= options->ports[i] == tuple->local_port || options->ports[i] == tuple->peer_port;
	for (unsigned int i = 0; i < options->addresses_count; i++)
		address |= holds_cidr(&options->addresses[i], tuple->local) ||
			   holds_cidr(&options->addresses[i], tuple->peer);
	return port && address;
}

/* Whether the owner's cgroup is the one asked for, or a descendant of it. */
static bool is_in_cgroup(const struct filter *filter, const struct report *report)
{
	size_t length = strlen(filter->cgroup_path);

	if (filter->cgroup && report->owner.cgroup_id == filter->cgroup)
		return true;
	return report->cgroup && !strncmp(report->cgroup, filter->cgroup_path, length) &&
	       (report->cgroup[length] == '/' || !report->cgroup[length] || !length);
}

static bool wants_process(const struct filter *filter, const struct report *report)
{
	const struct ev_task *task = report->owner.source == OWNER_UNKNOWN ? NULL : &report->owner;
	const struct options *options = filter->options;
	bool pid = !options->pids_count, comm = !options->comms_count;

	for (unsigned int i = 0; i < options->pids_count; i++)
		pid |= task && task->pid == options->pids[i];
	for (unsigned int i = 0; i < options->comms_count; i++)
		comm |= task && !fnmatch(options->comms[i], task->comm, 0);
	return pid && comm && (!options->cgroup || (task && is_in_cgroup(filter, report)));
}

static bool wants_verdict(const struct options *options, const struct report *report)
{
	bool cause = !options->causes_count && (!report->cause->is_quiet || options->has_kinds);

	for (unsigned int i = 0; i < options->causes_count; i++)
		cause |= !strcmp(options->causes[i], report->cause->slug);
	return cause && (!options->has_kinds || options->kinds[report->kind]);
}

bool filter_wants(const struct filter *filter, const struct report *report)
{
	const struct ev_tuple *tuple = &report->incident->evidence.tuple;

	return (!filter->netns || filter->netns == tuple->netns) && wants_tuple(filter->options, tuple) &&
	       wants_process(filter, report) && wants_verdict(filter->options, report);
}
