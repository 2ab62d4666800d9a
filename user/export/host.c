/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* See host.h. */
#include "host.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

#include "../util/text.h"

#define SAFE_BYTES 2112 /* a sentence of which every byte had to be escaped */

void export_host(struct export_host *ret_host)
{
	FILE *file = fopen("/etc/machine-id", "re");
	struct timespec now;

	memset(ret_host, 0, sizeof(*ret_host));
	gethostname(ret_host->name, sizeof(ret_host->name) - 1);
	if (file && !fgets(ret_host->machine, sizeof(ret_host->machine), file))
		*ret_host->machine = '\0';
	ret_host->machine[strcspn(ret_host->machine, "\n")] = '\0';
	if (file)
		fclose(file);
	if (getrandom(&ret_host->run, sizeof(ret_host->run), 0) == sizeof(ret_host->run))
		return;
	clock_gettime(CLOCK_REALTIME, &now);
	ret_host->run = (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

void export_id(const struct export_host *host, uint64_t number, char id[EXPORT_ID_BYTES])
{
	snprintf(id, EXPORT_ID_BYTES, "%016" PRIx64 "%016" PRIx64, host->run, number);
}

json_t *export_string(const char *text)
{
	json_t *json = json_string(text);
	char safe[SAFE_BYTES];

	if (json)
		return json;
	return json_string(text_printable(safe, sizeof(safe), text, strlen(text)));
}
