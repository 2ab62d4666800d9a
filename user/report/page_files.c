/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The assembler puts the files of page/ into the program as they are; the Makefile knows that this depends on them. */
#include "page_files.h"

#define FILE_AS(symbol, path)                                                                    \
	__asm__(".section .rodata\n.global " #symbol "\n.type " #symbol ", %object\n" #symbol ":\n" \
		".incbin \"user/report/page/" path "\"\n.byte 0\n.size " #symbol ", . - " #symbol    \
		"\n.previous\n")

FILE_AS(page_css, "page.css");
FILE_AS(page_html, "page.html");
FILE_AS(page_data_js, "data.js");
FILE_AS(page_charts_js, "charts.js");
FILE_AS(page_table_js, "table.js");
FILE_AS(page_page_js, "page.js");
