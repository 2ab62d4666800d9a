/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The data that the page carries, and which of it the filters choose. Nothing of it is ever put in as HTML. */
"use strict";

const data = JSON.parse(document.getElementById("data").textContent);
const digest = data.digest, words = data.words;

/* Columns of a row. Words are numbers in `words`, of which the first is "": not known; numbers are -1 then. */
const [TIME, COUNT, KIND, CAUSE, CERTAINTY, PROCESS, PID, LOCAL, LOCAL_PORT, PEER, PEER_PORT, AGE, IDLE, RETRANSMITS,
	STORY, SENTENCE, VALUES, EVIDENCE] = Array(18).keys();

/* A text with its numbers in it again. */
function fill(pattern, values) {
	const numbers = values.split(" ");
	let next = 0;
	return pattern.replace(/\u0001/g, () => numbers[next++]);
}

const why = row => fill(data.sentences[row[SENTENCE]], row[VALUES]);
const end = (address, port) => {
	const text = words[address];
	return port < 0 ? text || "-" : (text.includes(":") ? `[${text}]` : text) + ":" + port;
};
const owner = row => words[row[PROCESS]] ? `${words[row[PROCESS]]}[${row[PID]}]` : "-";

/* Times are microseconds from the period's beginning; the server's own clock shows them. */
const begin = data.from_ms;
function clock(us, withMs) {
	const text = new Date(begin + us / 1000 + data.offset_s * 1000).toISOString();
	return text.slice(11, withMs ? 23 : 19);
}
const date = us => new Date(begin + us / 1000 + data.offset_s * 1000).toISOString().slice(0, 10);
const since = text => (Date.parse(text) - begin) * 1000;

function duration(ms) {
	if (ms < 1000)
		return Math.round(ms) + " ms";
	for (const [unit, length] of [["d", 86400e3], ["h", 3600e3], ["min", 60e3], ["s", 1e3]]) {
		if (ms >= length)
			return +(ms / length).toFixed(ms / length < 10 ? 1 : 0) + " " + unit;
	}
	return "";
}
const figure = number => number.toLocaleString("en").replace(/,/g, "\u202f");

/* What is chosen: each filter has a label and holds for a row, or not. */
const filters = new Map();

function searcher(text) {
	const tokens = text.toLowerCase().split(/\s+/).filter(token => token);
	const tests = tokens.map(token => {
		const found = words.map(word => word.toLowerCase().includes(token));
		return row => found[row[KIND]] || found[row[CAUSE]] || found[row[PROCESS]] || found[row[LOCAL]] ||
			found[row[PEER]] || found[row[CERTAINTY]] || String(row[LOCAL_PORT]) === token ||
			String(row[PEER_PORT]) === token || String(row[PID]) === token ||
			(token.includes(":") && (end(row[LOCAL], row[LOCAL_PORT]).includes(token) ||
				end(row[PEER], row[PEER_PORT]).includes(token))) ||
			why(row).toLowerCase().includes(token);
	});
	return row => tests.every(test => test(row));
}

/* All rows that every filter holds for, but the one named: what a chart shows is not narrowed by itself. */
function chosen(except) {
	const tests = [...filters].filter(([name]) => name !== except).map(([, filter]) => filter.holds);
	return tests.length ? data.rows.filter(row => tests.every(test => test(row))) : data.rows;
}

const kinds = [...new Set(data.rows.map(row => row[KIND]))];
const kindOrder = ["rst-sent", "rst-received", "rst-ignored", "timeout", "error", "dropped", "recovered"];
kinds.sort((a, b) => kindOrder.indexOf(words[a]) - kindOrder.indexOf(words[b]));
const colour = kind => `var(--k${Math.max(0, kindOrder.indexOf(words[kind])) % 8})`;

function element(name, attributes = {}, ...children) {
	const made = document.createElement(name);
	for (const [key, value] of Object.entries(attributes)) {
		if (key.startsWith("on"))
			made.addEventListener(key.slice(2), value);
		else
			made.setAttribute(key, value);
	}
	made.append(...children);
	return made;
}

function shape(name, attributes, text) {
	const made = document.createElementNS("http://www.w3.org/2000/svg", name);
	for (const [key, value] of Object.entries(attributes))
		made.setAttribute(key, value);
	if (text !== undefined)
		made.textContent = text;
	return made;
}
