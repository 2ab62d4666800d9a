/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The incidents: only the rows in sight exist, so that a hundred thousand scroll like ten; and the evidence of one. */

const ROW_HEIGHT = 30, TALLEST = 8e6; /* no browser makes an element much taller */
const headings = [
	["Time", row => row[TIME]], ["Kind", row => words[row[KIND]]], ["Cause", row => words[row[CAUSE]]],
	["Process", row => owner(row)], ["Local", row => end(row[LOCAL], row[LOCAL_PORT])],
	["Peer", row => end(row[PEER], row[PEER_PORT])], ["Count", row => row[COUNT]], ["Why", why],
];
const table = { rows: data.rows, body: document.getElementById("body"), sort: 0, down: false, selected: null };

function cells(row) {
	return [
		element("span", { class: "mono" }, clock(row[TIME], true)),
		element("span", {}, Object.assign(element("span", { class: "swatch" }),
			{ style: `background:${colour(row[KIND])}` }), words[row[KIND]]),
		element("span", {}, words[row[CAUSE]]), element("span", {}, owner(row)),
		element("span", { class: "mono" }, end(row[LOCAL], row[LOCAL_PORT])),
		element("span", { class: "mono" }, end(row[PEER], row[PEER_PORT])),
		element("span", { class: "number" }, row[COUNT] > 1 ? figure(row[COUNT]) : ""),
		element("span", { title: why(row) }, why(row)),
	];
}

/* Rows are placed where they are by the share of the way scrolled: with many of them that is not by their height. */
function drawRows() {
	const { body, rows } = table, sight = body.clientHeight, all = rows.length * ROW_HEIGHT;
	const tall = Math.min(all, TALLEST), rest = Math.max(1, tall - sight);
	document.getElementById("tall").style.height = tall + "px";
	const top = body.scrollTop, virtual = all > TALLEST ? Math.min(1, top / rest) * (all - sight) : top;
	const first = Math.max(0, Math.floor(virtual / ROW_HEIGHT) - 4);
	const last = Math.min(rows.length, Math.ceil((virtual + sight) / ROW_HEIGHT) + 4);
	for (const old of body.querySelectorAll(".row"))
		old.remove();
	for (let i = first; i < last; i++) {
		const line = element("div", { class: "row", role: "row", "aria-selected": rows[i] === table.selected,
			onclick: () => select(rows[i]) }, ...cells(rows[i]));
		line.style.top = i * ROW_HEIGHT - virtual + top + "px";
		body.append(line);
	}
}

function sortRows() {
	const value = headings[table.sort][1], sign = table.down ? -1 : 1;
	if (table.sort === 0 && !table.down)
		return;
	const keyed = table.rows.map(row => [value(row), row]);
	keyed.sort((a, b) => (a[0] < b[0] ? -sign : a[0] > b[0] ? sign : a[1][TIME] - b[1][TIME]));
	table.rows = keyed.map(pair => pair[1]);
}

function drawHeadings() {
	document.getElementById("headings").replaceChildren(...headings.map(([name], i) => element("button", {
		type: "button", role: "columnheader",
		"aria-sort": i !== table.sort ? "none" : table.down ? "descending" : "ascending",
		onclick: () => {
			table.down = table.sort === i && !table.down;
			table.sort = i;
			drawTable();
		},
	}, name + (i !== table.sort ? "" : table.down ? " \u2193" : " \u2191"))));
}

function drawTable() {
	const all = data.rows.length;
	table.rows = chosen();
	sortRows();
	drawHeadings();
	table.body.scrollTop = 0;
	drawRows();
	document.getElementById("shown").textContent = table.rows.length === all ? figure(all) :
		`${figure(table.rows.length)} of ${figure(all)}`;
}

function label(key) {
	return key.replace(/_(ms|us|ns|bytes)$/, "").replace(/_/g, " ");
}

function readable(key, value) {
	if (typeof value !== "number")
		return String(value);
	if (key.endsWith("_ms"))
		return duration(value);
	if (key.endsWith("_us"))
		return value < 1000 ? value + " \u00b5s" : duration(value / 1000);
	return key.endsWith("_bytes") ? figure(value) + (value === 1 ? " byte" : " bytes") : String(value);
}

/* [name, value] of everything in an object, but lists, which are stacks. */
function* leaves(object, prefix = "") {
	for (const [key, value] of Object.entries(object)) {
		if (value && typeof value === "object" && !Array.isArray(value))
			yield* leaves(value, prefix + label(key) + " ");
		else if (!Array.isArray(value))
			yield [prefix + label(key), readable(key, value)];
	}
}

function pairs(object) {
	return element("dl", {}, ...[...leaves(object)].map(([name, value]) =>
		element("div", {}, element("dt", {}, name), element("dd", {}, value))));
}

function stacks(incident) {
	const found = [["Path through the kernel", incident.kernel && incident.kernel.stack],
		["The program's own stack", incident.process && incident.process.stack]];
	return found.filter(([, frames]) => frames).flatMap(([name, frames]) => [
		element("h4", {}, name), element("p", { class: "mono stack" }, frames.join(" \u2039 "))]);
}

function select(row) {
	const panel = document.getElementById("evidence");
	table.selected = row;
	drawRows();
	panel.hidden = false;
	panel.replaceChildren(element("h3", {}, why(row)), element("p", { class: "dim" },
		`${date(row[TIME])} ${clock(row[TIME], true)}, ${words[row[KIND]]}, ${words[row[CAUSE]]} ` +
		`(${words[row[CERTAINTY]]}): ${owner(row)}, ${end(row[LOCAL], row[LOCAL_PORT])} with ` +
		end(row[PEER], row[PEER_PORT])));
	if (row[EVIDENCE] < 0) {
		panel.append(element("p", {}, "Its evidence was left out of this page, which has that of the first " +
			"of each group. " + `It is in the database: rsttrace report --connection ` +
			end(row[PEER], row[PEER_PORT])));
		return;
	}
	const [pattern, values] = data.evidence[row[EVIDENCE]];
	const incident = JSON.parse(fill(data.shapes[pattern], values));
	for (const [key, value] of Object.entries(incident)) {
		if (!value || typeof value !== "object" || Array.isArray(value))
			continue;
		panel.append(element("h4", {}, key), pairs(value));
	}
	panel.append(...stacks(incident));
	panel.append(element("p", { class: "dim" },
		`What it means and what to do: rsttrace explain ${incident.cause}`));
}

function move(by) {
	const at = table.rows.indexOf(table.selected), to = Math.min(table.rows.length - 1, Math.max(0, at + by));
	if (!table.rows.length)
		return;
	const { body } = table, top = to * ROW_HEIGHT;
	if (table.rows.length * ROW_HEIGHT <= TALLEST && (top < body.scrollTop ||
			top + ROW_HEIGHT > body.scrollTop + body.clientHeight))
		body.scrollTop = top - body.clientHeight / 2;
	select(table.rows[to]);
}
