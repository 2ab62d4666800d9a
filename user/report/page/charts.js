/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The timeline, the heat map and the histograms, each of what the other filters choose. */

const STEPS = [1e-3, 1e-2, .1, .5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 43200, 86400];
const HEAT_CAUSES = 14, HEAT_PROCESSES = 12;
const range = Math.max(data.to_ms - data.from_ms, 1e-3) * 1000; /* microseconds */

function stepFor(length, most) {
	return (STEPS.find(step => length / 1e6 / step <= most) || length / 1e6 / most) * 1e6;
}

/* Labels along the time axis; a date where a day begins. */
function timeAxis(svg, left, width, height, from, to) {
	const step = stepFor(to - from, Math.max(2, width / 110));
	for (let at = Math.ceil(from / step) * step; at <= to; at += step) {
		const x = left + (at - from) / (to - from) * width;
		svg.append(shape("line", { x1: x, x2: x, y1: height, y2: height + 4, class: "axis" }));
		const anchor = x > left + width - 30 ? "end" : "middle";
		svg.append(shape("text", { x, y: height + 16, "text-anchor": anchor }, clock(at, step < 1e6)));
	}
}

function valueAxis(svg, left, width, height, most, tall = part => part) {
	for (const part of most < 4 ? [1] : [.25, 1]) {
		const y = height - tall(part) * (height - 8);
		svg.append(shape("line", { x1: left, x2: left + width, y1: y, y2: y, class: "axis" }));
		svg.append(shape("text", { x: left - 6, y: y + 4, "text-anchor": "end" },
			figure(Math.round(most * part))));
	}
	svg.append(shape("line", { x1: left, x2: left + width, y1: height, y2: height, class: "axis" }));
}

const timeline = { svg: document.getElementById("timeline"), left: 46, height: 164 };

function drawTimeline() {
	const { svg, left, height } = timeline, width = svg.clientWidth - left - 4;
	const step = stepFor(range, 120), count = Math.floor(range / step) + 1;
	const sums = Array.from({ length: count }, () => new Map());
	for (const row of chosen("time")) {
		const sum = sums[Math.min(count - 1, Math.max(0, Math.floor(row[TIME] / step)))];
		sum.set(row[KIND], (sum.get(row[KIND]) || 0) + row[COUNT]);
	}
	const totals = sums.map(sum => [...sum.values()].reduce((a, b) => a + b, 0)), most = Math.max(1, ...totals);
	svg.replaceChildren();
	valueAxis(svg, left, width, height, most, Math.sqrt);
	timeAxis(svg, left, width, height, 0, range);
	sums.forEach((sum, i) => {
		let y = height;
		const x = left + i * step / range * width, wide = Math.max(1, step / range * width - 1);
		const group = shape("g", { class: "bar" });
		group.append(shape("title", {}, `${clock(i * step, step < 1e6)}: ${figure(totals[i])} deaths` +
			[...sum].map(([kind, deaths]) => `\n${words[kind]} ${figure(deaths)}`).join("")));
		for (const kind of kinds) {
			if (!sum.get(kind))
				continue;
			/* So that a burst of a thousand does not hide one of ten. */
			const tall = sum.get(kind) / totals[i] * Math.sqrt(totals[i] / most) * (height - 8);
			y -= tall;
			group.append(shape("rect", { x, y, width: wide, height: Math.max(tall, .5),
				style: `fill:${colour(kind)}` }));
		}
		svg.append(group);
	});
	const time = filters.get("time");
	if (time)
		svg.append(shape("rect", { x: left + time.from / range * width, y: 0, class: "brush", height,
			width: Math.max(2, (time.to - time.from) / range * width) }));
}

function brush() {
	const { svg, left } = timeline;
	let from = null;
	const at = event => {
		const box = svg.getBoundingClientRect();
		const part = (event.clientX - box.left - left) / (box.width - left - 4);
		return Math.min(1, Math.max(0, part)) * range;
	};
	svg.addEventListener("pointerdown", event => {
		from = at(event);
		svg.setPointerCapture(event.pointerId);
	});
	svg.addEventListener("pointerup", event => {
		const to = at(event), small = Math.abs(to - from) < range / 200;
		if (from !== null)
			chooseTime(small ? null : Math.min(from, to), Math.max(from, to));
		from = null;
	});
}

function chooseTime(from, to) {
	if (from === null)
		filters.delete("time");
	else
		filters.set("time", { from, to,
			label: `${clock(from, to - from < 6e7)} to ${clock(to, to - from < 6e7)}`,
			holds: row => row[TIME] >= from && row[TIME] <= to });
	redraw();
}

function top(counts, most) {
	return [...counts].sort((a, b) => b[1] - a[1] || (words[a[0]] < words[b[0]] ? -1 : 1)).slice(0, most)
		.map(([word]) => word);
}

function drawHeat() {
	const table = document.getElementById("heat"), cells = new Map(), causes = new Map(), processes = new Map();
	for (const row of chosen("cell")) {
		const key = row[CAUSE] + " " + row[PROCESS];
		cells.set(key, (cells.get(key) || 0) + row[COUNT]);
		causes.set(row[CAUSE], (causes.get(row[CAUSE]) || 0) + row[COUNT]);
		processes.set(row[PROCESS], (processes.get(row[PROCESS]) || 0) + row[COUNT]);
	}
	const columns = top(processes, HEAT_PROCESSES), most = Math.max(1, ...cells.values());
	const name = word => words[word] || "(no process)";
	table.tHead.replaceChildren(element("tr", {}, element("th"),
		...columns.map(word => element("th", { scope: "col", title: name(word) }, name(word)))));
	table.tBodies[0].replaceChildren(...top(causes, HEAT_CAUSES).map(cause => element("tr", {},
		element("th", { scope: "row" }, words[cause]), ...columns.map(process => {
			const deaths = cells.get(cause + " " + process) || 0, cell = filters.get("cell");
			if (!deaths)
				return element("td");
			const strength = .12 + .78 * Math.log1p(deaths) / Math.log1p(most);
			const isChosen = Boolean(cell && cell.cause === cause && cell.process === process);
			const button = element("button", { type: "button", "aria-pressed": isChosen,
				title: `${words[cause]}, ${name(process)}: ${figure(deaths)}`,
				onclick: () => chooseCell(isChosen ? null : cause, process) }, figure(deaths));
			button.style.background = `rgba(var(--heat), ${strength.toFixed(2)})`;
			button.style.color = strength > .65 ? "var(--card)" : "inherit";
			return element("td", {}, button);
		}))));
}

function chooseCell(cause, process) {
	if (cause === null)
		filters.delete("cell");
	else
		filters.set("cell", { cause, process, label: `${words[cause]}, ${words[process] || "no process"}`,
			holds: row => row[CAUSE] === cause && row[PROCESS] === process });
	redraw();
}

/* Each column holds twice the values of the one before it. */
function drawHistogram(id, column, label) {
	const svg = document.getElementById(id), sums = [], left = 40, height = 100;
	for (const row of chosen()) {
		if (row[column] < 0)
			continue;
		const i = row[column] < 1 ? 0 : Math.floor(Math.log2(row[column])) + 1;
		sums[i] = (sums[i] || 0) + row[COUNT];
	}
	svg.replaceChildren();
	if (!sums.length) {
		svg.append(shape("text", { x: 0, y: 20 }, "not known of any of these"));
		return;
	}
	const width = svg.clientWidth - left - 4, wide = width / sums.length;
	const most = Math.max(...sums.filter(sum => sum));
	valueAxis(svg, left, width, height, most);
	for (let i = 0; i < sums.length; i++) {
		const tall = (sums[i] || 0) / most * (height - 8), low = i ? 2 ** (i - 1) : 0;
		const bar = shape("rect", { x: left + i * wide + .5, y: height - tall, height: tall, class: "bar",
			width: Math.max(1, wide - 1), style: "fill:var(--accent)" });
		bar.append(shape("title", {}, `${label(low)} to ${label(2 ** i)}: ${figure(sums[i] || 0)}`));
		svg.append(bar);
		if (i % Math.ceil(sums.length * 58 / width) === 0)
			svg.append(shape("text", { x: left + i * wide, y: height + 16 }, label(low)));
	}
}
