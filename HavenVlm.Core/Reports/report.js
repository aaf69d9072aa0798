(() => {
  "use strict";
  const chart = document.getElementById("chart");
  const cursor = document.getElementById("cursor");
  const readout = document.getElementById("readout");
  const data = JSON.parse(document.getElementById("data").textContent);
  const lane = chart.querySelector(".lane");
  if (data.times.length === 0 || !(data.duration > 0)) {
    readout.remove();
    return;
  }
  const unanswered = new Set(data.unanswered);
  const seen = data.tags.map((tag) => {
    const at = new Map();
    for (let i = 0; i < tag.seen.length; i += 2) {
      at.set(tag.seen[i], tag.seen[i + 1]);
    }
    return at;
  });
  const clock = (seconds) => {
    const s = Math.floor(seconds);
    const two = (n) => String(n).padStart(2, "0");
    const rest = two(Math.floor(s / 60) % 60) + ":" + two(s % 60);
    return s >= 3600 ? Math.floor(s / 3600) + ":" + rest : rest;
  };
  const indexAt = (time) => {
    let low = 0;
    let high = data.times.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (data.times[middle] <= time) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    return low;
  };
  const show = (index) => {
    readout.textContent = "";
    const when = document.createElement("b");
    when.textContent = clock(data.times[index]);
    readout.append(when, "  ");
    const found = data.tags
      .map((tag, i) => ({ name: tag.name, value: seen[i].get(index) }))
      .filter((tag) => tag.value !== undefined)
      .sort((a, b) => b.value - a.value);
    const parts = found.map((tag) => {
      const part = document.createElement("bdi");
      part.textContent = tag.name + " " + (tag.value / 100).toFixed(2);
      return part;
    });
    if (unanswered.has(index)) {
      parts.push(found.length ? "some tags unanswered" : "unanswered");
    } else if (!found.length) {
      parts.push("nothing seen");
    }
    parts.forEach((part, i) => readout.append(i ? "  ·  " : "", part));
  };
  chart.addEventListener("pointermove", (event) => {
    const area = lane.getBoundingClientRect();
    const share = (event.clientX - area.left) / area.width;
    cursor.hidden = share < 0 || share > 1;
    if (!cursor.hidden) {
      cursor.style.left = event.clientX - chart.getBoundingClientRect().left + "px";
      show(indexAt(share * data.duration));
    }
  });
  chart.addEventListener("pointerleave", () => {
    cursor.hidden = true;
  });
})();
