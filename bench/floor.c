/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* `floor OBJECT`: attaches its programs, says "ready", and stays until it is ended. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <bpf/libbpf.h>

int main(int argc, char *argv[])
{
	struct bpf_object *object = argc == 2 ? bpf_object__open_file(argv[1], NULL) : NULL;
	struct bpf_program *program;

	if (!object || bpf_object__load(object)) {
		fprintf(stderr, "floor: cannot load %s\n", argc == 2 ? argv[1] : "nothing");
		return EXIT_FAILURE;
	}
	bpf_object__for_each_program(program, object) {
		if (bpf_program__attach(program))
			continue;
		fprintf(stderr, "floor: cannot attach %s\n", bpf_program__name(program));
		return EXIT_FAILURE;
	}
	puts("ready");
	fflush(stdout);
	pause();
	return EXIT_SUCCESS;
}
