/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Private to store/: texts that are kept, and texts that were found, safe to print and to put into JSON. */
#ifndef RSTTRACE_SAFE_H
#define RSTTRACE_SAFE_H

#include <stddef.h>

/* The text itself where it holds nothing that must not be printed, else its printable form in scratch[size]. What was
 * escaped once is not escaped again. */
const char *safe_text(const char *text, char *scratch, size_t size);
/* What stands between the quotes when JSON has it: the length of what was written to text[size], cut when that is too
 * small. */
size_t safe_json(char *text, size_t size, const char *safe);

#endif
