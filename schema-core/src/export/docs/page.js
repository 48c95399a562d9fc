(() => {
  "use strict";
  const all = (what, within = document) => [...within.querySelectorAll(what)];
  const one = (what, within = document) => within.querySelector(what);
  document.documentElement.classList.add("js");

  // An address that somebody cut off is no address.
  const fragment = () => {
    try {
      return decodeURIComponent(location.hash.slice(1));
    } catch {
      return "";
    }
  };

  // Search: every word must be somewhere in a table. `#q=words` in the address is a search.
  const form = one("header form"), input = one("input", form), count = one("output", form);
  const sections = all("section.table, section.type");
  const tables = all("section.table").length;
  const texts = new Map(sections.map((section) => [
    section,
    all("h3 a, code, .comment, td, .key", section).map((it) => it.textContent).join("\n").toLowerCase(),
  ]));
  const entries = new Map(all("nav li a").map((link) => [link.getAttribute("href").slice(1), link.parentElement]));
  const svg = one(".canvas svg"), canvas = one(".canvas");
  const boxes = new Map(svg ? all(".box", svg).map((box) => [box.dataset.table, box]) : []);
  const lines = svg ? all(".line", svg) : [];
  form.hidden = false;

  const light = (ids, connected) => {
    if (!svg) return;
    svg.classList.toggle("lit", ids !== null);
    for (const [id, box] of boxes) box.classList.toggle("on", ids !== null && ids.has(id));
    for (const line of lines) line.classList.toggle("on", ids !== null && connected(line));
  };
  const find = (query) => {
    const words = query.toLowerCase().split(/\s+/).filter(Boolean);
    const found = new Set();
    let shown = 0;
    for (const section of sections) {
      const text = texts.get(section);
      const hit = words.every((word) => text.includes(word));
      section.hidden = !hit;
      const entry = entries.get(section.id);
      if (entry) entry.hidden = !hit;
      if (hit) found.add(section.id);
      if (hit && section.classList.contains("table")) shown += 1;
      for (const row of all("tbody tr", section)) {
        const inside = row.textContent.toLowerCase();
        row.classList.toggle("hit", words.length > 0 && words.some((word) => inside.includes(word)));
      }
    }
    for (const group of all("nav details")) {
      const names = all("li", group), left = names.filter((entry) => !entry.hidden).length;
      const summary = one("summary", group);
      const told = words.length ? `(${left} of ${names.length})` : `(${names.length})`;
      summary.textContent = summary.textContent.replace(/\(\d[^(]*\)$/, told);
      group.hidden = left === 0;
    }
    for (const heading of all("main > h2[data-group]")) {
      heading.hidden = !all("section", heading.parentElement)
        .some((it) => it.dataset.group === heading.dataset.group && !it.hidden);
    }
    count.textContent = words.length ? `${shown} of ${tables} tables` : "";
    // A search shows where its tables are in the whole.
    if (words.length) whole();
    light(words.length ? found : null, (line) => found.has(line.dataset.from) && found.has(line.dataset.to));
  };
  const search = (query) => {
    input.value = query;
    find(query);
  };
  input.addEventListener("input", () => {
    find(input.value);
    history.replaceState(null, "", input.value ? `#q=${encodeURIComponent(input.value)}` : location.pathname + location.search);
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const first = all("section.table").find((section) => !section.hidden);
    if (first && input.value) one("h3 a", first).focus();
  });
  addEventListener("keydown", (event) => {
    const typing = event.target.matches("input");
    if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault();
      input.focus();
    } else if (event.key === "Escape") {
      if (input.value) search("");
      whole();
      if (location.hash.startsWith("#q=") || location.hash.startsWith("#near=")) {
        history.replaceState(null, "", location.pathname + location.search);
      }
    }
  });

  // The diagram: scrolled by its own bars, a drag or the arrow keys; zoomed by buttons, keys, Ctrl and wheel.
  let scale = 1, size = [0, 0], near = null, whole = () => {};
  const zoom = (to, at) => {
    const box = canvas.getBoundingClientRect();
    const [x, y] = at || [box.width / 2, box.height / 2];
    const [left, top] = [(canvas.scrollLeft + x) / scale, (canvas.scrollTop + y) / scale];
    scale = Math.min(4, Math.max(0.05, to));
    svg.setAttribute("width", size[0] * scale);
    svg.setAttribute("height", size[1] * scale);
    canvas.scrollLeft = left * scale - x;
    canvas.scrollTop = top * scale - y;
  };
  const fit = () => zoom(Math.min(1, (canvas.clientWidth - 2) / size[0], (canvas.clientHeight - 2) / size[1]));
  const view = (x, y, width, height) => {
    size = [width, height];
    svg.setAttribute("viewBox", `${x} ${y} ${width} ${height}`);
    const wanted = height * Math.min(1, canvas.clientWidth / width) + 4;
    canvas.style.height = `${Math.max(200, Math.min(wanted, innerHeight * 0.78))}px`;
    fit();
  };

  if (svg) {
    const home = svg.viewBox.baseVal;
    const start = [home.x, home.y, home.width, home.height];
    const places = new Map([...boxes].map(([id, box]) => [id, box.getAttribute("transform")]));
    const paths = new Map(lines.map((line) => [line, line.getAttribute("d")]));
    const state = one("#state");
    const touches = (id) => (line) => line.dataset.from === id || line.dataset.to === id;
    const around = (id) => new Set([id, ...lines.filter(touches(id)).flatMap((line) => [line.dataset.from, line.dataset.to])]);

    whole = () => {
      if (near === null) return;
      near = null;
      svg.classList.remove("only");
      for (const [id, box] of boxes) box.setAttribute("transform", places.get(id));
      for (const [line, path] of paths) line.setAttribute("d", path);
      state.textContent = "";
      light(null);
      one("#all").hidden = true;
      view(...start);
    };
    // One table in the middle, what it references at the left, what references it at the right.
    const neighbours = (id) => {
      if (!boxes.has(id)) return;
      whole();
      near = id;
      const kept = lines.filter((line) => touches(id)(line) && line.dataset.from !== line.dataset.to);
      const left = [...new Set(kept.filter((line) => line.dataset.from === id).map((line) => line.dataset.to))];
      const right = [...new Set(kept.map((line) => line.dataset.from))].filter((it) => it !== id && !left.includes(it));
      const area = new Map();
      const measure = (it) => {
        const rect = one("rect", boxes.get(it));
        return [Number(rect.getAttribute("width")), Number(rect.getAttribute("height"))];
      };
      let x = 0;
      // Many are put into several columns of about the height of a screen.
      const column = (ids) => {
        const most = Math.max(8, Math.ceil(Math.sqrt(ids.length * 3)));
        for (let at = 0; at < ids.length; at += most) {
          const part = ids.slice(at, at + most);
          const heights = part.map((it) => measure(it)[1] + 18);
          let y = -heights.reduce((sum, it) => sum + it, 0) / 2;
          part.forEach((it, n) => {
            area.set(it, [x, y, ...measure(it)]);
            y += heights[n];
          });
          x += Math.max(...part.map((it) => measure(it)[0])) + 60;
        }
        if (ids.length) x += 50;
      };
      column(left);
      column([id]);
      column(right);
      for (const [it, [left, top]] of area) boxes.get(it).setAttribute("transform", `translate(${left} ${top})`);
      for (const line of kept) {
        const [fx, fy, fw, fh] = area.get(line.dataset.from), [tx, ty, tw, th] = area.get(line.dataset.to);
        const forth = fx > tx;
        const [a, b] = forth ? [fx, tx + tw] : [fx + fw, tx];
        const bend = (forth ? -1 : 1) * Math.max(40, Math.abs(b - a) / 2);
        line.setAttribute("d", `M${a} ${fy + fh / 2}C${a + bend} ${fy + fh / 2} ${b - bend} ${ty + th / 2} ${b} ${ty + th / 2}`);
      }
      light(new Set(area.keys()), (line) => kept.includes(line));
      svg.classList.add("only");
      svg.classList.remove("lit");
      const rects = [...area.values()];
      const edge = (pick, at) => pick(...rects.map((rect) => rect[at] + (pick === Math.max ? rect[at + 2] : 0)));
      const [x0, y0, x1, y1] = [edge(Math.min, 0), edge(Math.min, 1), edge(Math.max, 0), edge(Math.max, 1)];
      state.textContent = `${one("h3 a", document.getElementById(id)).textContent} and its ${left.length + right.length} neighbours`;
      one("#all").hidden = false;
      view(x0 - 30, y0 - 30, x1 - x0 + 60, y1 - y0 + 60);
    };

    for (const section of all("section.table")) {
      if (!boxes.has(section.id)) continue;
      const link = document.createElement("a");
      link.className = "near";
      link.href = `#near=${encodeURIComponent(section.id)}`;
      link.textContent = "neighbours";
      link.setAttribute("aria-label", `Show the neighbours of ${one("h3 a", section).textContent} in the diagram`);
      one("h3", section).append(link);
    }
    for (const [id, box] of boxes) {
      const show = () => near === null && !input.value && light(around(id), touches(id));
      const hide = () => near === null && !input.value && light(null);
      box.addEventListener("pointerenter", show);
      box.addEventListener("pointerleave", hide);
      box.addEventListener("focus", show);
      box.addEventListener("blur", hide);
    }
    one("#in").onclick = () => zoom(scale * 1.3);
    one("#out").onclick = () => zoom(scale / 1.3);
    one("#fit").onclick = fit;
    one("#full").onclick = () => zoom(1);
    one("#all").onclick = () => {
      whole();
      history.replaceState(null, "", location.pathname + location.search);
    };
    canvas.addEventListener("keydown", (event) => {
      const act = { "+": () => zoom(scale * 1.3), "=": () => zoom(scale * 1.3), "-": () => zoom(scale / 1.3), 0: fit, 1: () => zoom(1) }[event.key];
      if (act && !event.ctrlKey && !event.metaKey) {
        event.preventDefault();
        act();
      }
    });
    canvas.addEventListener("wheel", (event) => {
      if (!event.ctrlKey) return;
      event.preventDefault();
      const box = canvas.getBoundingClientRect();
      zoom(scale * Math.exp(-event.deltaY / 300), [event.clientX - box.left, event.clientY - box.top]);
    }, { passive: false });
    let from = null, moved = false;
    canvas.addEventListener("pointerdown", (event) => {
      if (event.pointerType !== "mouse" || event.button !== 0) return;
      from = [event.clientX, event.clientY, canvas.scrollLeft, canvas.scrollTop];
      moved = false;
    });
    addEventListener("pointermove", (event) => {
      if (!from) return;
      const [x, y] = [event.clientX - from[0], event.clientY - from[1]];
      moved = moved || Math.abs(x) + Math.abs(y) > 5;
      if (!moved) return;
      canvas.classList.add("drag");
      canvas.scrollLeft = from[2] - x;
      canvas.scrollTop = from[3] - y;
    });
    addEventListener("pointerup", () => {
      from = null;
      canvas.classList.remove("drag");
    });
    // The end of a drag is no click, and a link is not dragged away.
    canvas.addEventListener("click", (event) => {
      if (moved) event.preventDefault();
      moved = false;
    }, true);
    canvas.addEventListener("dragstart", (event) => event.preventDefault());
    for (const button of all(".top button:not(#all)")) button.hidden = false;
    view(...start);

    const go = () => {
      const hash = fragment();
      if (hash.startsWith("near=")) {
        search("");
        neighbours(hash.slice(5));
        one("#diagram").scrollIntoView();
      }
    };
    addEventListener("hashchange", go);
    go();
  }
  const arrive = () => {
    const hash = fragment();
    if (hash.startsWith("q=")) search(hash.slice(2));
    const target = hash && document.getElementById(hash);
    if (target && target.hidden) {
      search("");
      target.scrollIntoView();
    }
  };
  addEventListener("hashchange", arrive);
  arrive();
  if (matchMedia("(max-width: 52rem)").matches) for (const group of all("nav details")) group.open = false;
})();
