"use strict";
// Opens the packed samples (JSON, gzip, base64) and lists them; the page is whole without it.
(async () => {
  const root = document.getElementById("browser");
  const packed = document.getElementById("samples").textContent.trim();
  const bytes = Uint8Array.from(atob(packed), (letter) => letter.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  const samples = JSON.parse(await new Response(stream).text());
  if (!samples.length) return;

  const part = (name) => root.querySelector(`[data-part="${name}"]`);
  const [source, reason, query, count, list, detail] =
    ["source", "reason", "query", "count", "list", "detail"].map(part);
  const outcome = (sample) => (sample.stage ? `${sample.stage}: ${sample.reason}` : "");
  const named = (sample) => (sample.stage ? `${sample.reason_km} · ${sample.reason_en} (${sample.stage})`
                                          : `${sample.reason_km} · ${sample.reason_en}`);
  const MOST = 200;

  function node(name, text, className) {
    const made = document.createElement(name);
    made.textContent = text;
    if (className) made.className = className;
    return made;
  }
  function choices(select, pairs) {
    for (const [value, text] of [...new Map(pairs)].sort((a, b) => (a[0] < b[0] ? -1 : 1))) {
      select.append(Object.assign(node("option", text), { value }));
    }
  }
  function show(sample) {
    detail.replaceChildren(node("h3", sample.title || sample.url || sample.id));
    const verdict = sample.evidence ? `${named(sample)}: ${sample.evidence}` : named(sample);
    const score = sample.score === null ? "" : ` (${Number(sample.score.toPrecision(4))})`;
    detail.append(node("p", verdict + score, "about"));
    detail.append(node("p", [sample.source, sample.licence, sample.url, sample.id].filter(Boolean).join(" · "), "about mono"));
    const text = node("p", sample.text || "—");
    text.lang = "km";
    detail.append(text);
    detail.className = sample.stage ? "sample out" : "sample";
    for (const button of list.querySelectorAll("button")) button.setAttribute("aria-current", button.dataset.id === sample.id);
  }
  function refresh() {
    const wanted = query.value.trim().toLowerCase();
    const found = samples.filter((sample) =>
      (source.value === "*" || sample.source === source.value) &&
      (reason.value === "*" || outcome(sample) === reason.value) &&
      (!wanted || [sample.text, sample.title, sample.url, sample.id].some((t) => t && t.toLowerCase().includes(wanted))));
    count.textContent = `${found.length.toLocaleString("en")} / ${samples.length.toLocaleString("en")}`;
    list.replaceChildren(...found.slice(0, MOST).map((sample) => {
      const item = document.createElement("li");
      const button = node("button", `${sample.stage ? "−" : "+"} ${sample.title || sample.text.slice(0, 90) || sample.url || sample.id}`);
      button.type = "button";
      button.dataset.id = sample.id;
      button.addEventListener("click", () => { show(sample); history.replaceState(null, "", `#doc=${sample.id}`); });
      item.append(button);
      return item;
    }));
    return found;
  }
  choices(source, samples.map((sample) => [sample.source, sample.source]));
  choices(reason, samples.map((sample) => [outcome(sample), named(sample)]));
  for (const control of [source, reason]) control.addEventListener("change", refresh);
  query.addEventListener("input", refresh);
  root.classList.add("ready");
  const linked = new URLSearchParams(location.hash.slice(1)).get("doc");
  const found = refresh();
  show(samples.find((sample) => sample.id === linked) || found[0]);
})();
