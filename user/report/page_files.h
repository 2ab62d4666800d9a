/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Private to page.c: the files of page/, in this program. */
#ifndef RSTTRACE_PAGE_FILES_H
#define RSTTRACE_PAGE_FILES_H

/* Each ends with NUL. */
extern const char page_css[], page_html[], page_data_js[], page_charts_js[], page_table_js[], page_page_js[];

#endif
