/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The head of the page, the stories, and what happens when something is chosen. */

const byId = id => document.getElementById(id);

function drawHead() {
	const sign = data.offset_s < 0 ? "\u2212" : "+";
	const zone = data.offset_s ? `UTC${sign}${Math.abs(data.offset_s) / 3600}` : "UTC";
	byId("title").textContent = `${figure(digest.deaths)} ${digest.deaths === 1 ? "death" : "deaths"}` +
		(digest.host ? ` on ${digest.host}` : "");
	byId("subtitle").textContent = `${date(0)} ${clock(0)} to ${date(range) === date(0) ? "" : date(range) + " "}` +
		`${clock(range)} ${zone}, from ${digest.source}; ` +
		`${figure(digest.unknown)} unknown, ${figure(digest.lost)} lost` +
		(data.left_out ? `; the last ${figure(data.left_out)} incidents are counted but not in this page` : "");
	document.title = `${byId("title").textContent}: rsttrace report`;
}

function drawKinds() {
	const sums = new Map();
	for (const row of chosen("kind"))
		sums.set(row[KIND], (sums.get(row[KIND]) || 0) + row[COUNT]);
	byId("kinds").replaceChildren(...kinds.map(kind => {
		const isChosen = Boolean(filters.get("kind") && filters.get("kind").kind === kind);
		const swatch = element("span", { class: "swatch" });
		swatch.style.background = colour(kind);
		return element("button", { type: "button", "aria-pressed": isChosen, onclick: () => {
			if (isChosen)
				filters.delete("kind");
			else
				filters.set("kind", { kind, label: words[kind], holds: row => row[KIND] === kind });
			redraw();
		} }, swatch, words[kind] + " ", element("span", { class: "number" }, figure(sums.get(kind) || 0)));
	}));
}

function chooseStory(story, number) {
	filters.clear();
	byId("search").value = "";
	filters.set("story", { label: `story ${number}`, holds: row => row[STORY] === story.id });
	redraw();
	byId("h-incidents").scrollIntoView({ block: "start" });
}

/* A sentence, with what stands in backquotes as code. */
function sentence(text) {
	const parts = (text.charAt(0).toUpperCase() + text.slice(1) + ".").split("`");
	return parts.map((part, i) => i % 2 ? element("code", {}, part) : part);
}

function drawStories() {
	const news = digest.stories.filter(story => !story.usual);
	byId("no-stories").hidden = news.length > 0;
	byId("stories").replaceChildren(...news.slice(0, 12).map((story, i) => element("li", {},
		element("p", {}, ...sentence(story.sentence)),
		element("p", { class: "next" }, "Next: ", ...sentence(story.check)),
		element("button", { type: "button", onclick: () => chooseStory(story, i + 1) },
			`Show its ${figure(story.facts.deaths)} incidents`))));
}

function drawChanges() {
	const before = digest.before, body = byId("changes").tBodies[0];
	byId("compared").textContent = before ?
		`Compared with the ${duration(before.recorded_ms)} recorded before it.` :
		"Nothing was recorded before it to compare with.";
	const notes = digest.notes.map(note => [clock(since(note.time)), note.text]);
	const hours = before ? before.recorded_ms / 3600e3 : 1;
	const isChange = change => change.deaths && (!change.before || change.times >= 3);
	const rate = change => change.before ? `${(change.before / hours).toFixed(1)} an hour before` : "never before";
	const changes = !before ? [] : digest.changes.filter(isChange).slice(0, 12).map(change => [
		change.before ? `\u00d7 ${change.times.toFixed(change.times < 10 ? 1 : 0)}` : "new",
		`${change.cause} of ${change.process || "no process"}: ${figure(change.deaths)} now, ${rate(change)}`]);
	body.replaceChildren(...[...changes, ...notes].map(([times, text]) => element("tr", {},
		element("td", { class: "times" }, times), element("td", {}, text))));
}

function drawChips() {
	byId("chips").replaceChildren(...[...filters].filter(([name]) => name !== "search").map(([name, filter]) =>
		element("button", { type: "button", "aria-label": `Remove the filter ${filter.label}`, onclick: () => {
			filters.delete(name);
			redraw();
		} }, `${filter.label} \u00d7`)));
}

function redraw() {
	drawKinds();
	drawChips();
	drawTimeline();
	drawHeat();
	drawHistogram("ages", AGE, duration);
	drawHistogram("idles", IDLE, duration);
	drawHistogram("retransmits", RETRANSMITS, String);
	drawTable();
}

function listen() {
	let waiting = 0;
	byId("search").addEventListener("input", event => {
		clearTimeout(waiting);
		waiting = setTimeout(() => {
			const text = event.target.value.trim();
			if (text)
				filters.set("search", { label: text, holds: searcher(text) });
			else
				filters.delete("search");
			redraw();
		}, 120);
	});
	table.body.addEventListener("scroll", drawRows);
	table.body.addEventListener("keydown", event => {
		const by = { ArrowDown: 1, ArrowUp: -1, PageDown: 15, PageUp: -15 }[event.key];
		if (by) {
			event.preventDefault();
			move(by);
		}
	});
	window.addEventListener("resize", redraw);
	brush();
}

drawHead();
drawStories();
drawChanges();
redraw();
listen();
