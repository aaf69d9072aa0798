// Draws one tag over time: its confidence, the threshold, what stayed unanswered, the markers.

import { toTicks } from "./series.js";

const laneHeight = 12;
const gapHeight = 4;

/** Colors of the page as the style sheets have them, read once per theme. */
export function paletteOf(node) {
  const style = getComputedStyle(node);
  const color = (name) => style.getPropertyValue(name).trim();
  return {
    lane: color("--lane"),
    area: color("--area"),
    areaOff: color("--area-off"),
    line: color("--curve"),
    threshold: color("--threshold"),
    hole: color("--hole"),
    marker: color("--marker"),
  };
}

/** Draws into a canvas; `window` is what is seen, in seconds. */
export function drawTag(canvas, { series, threshold, markers, window, palette }) {
  const scale = Math.min(3, devicePixelRatio || 1);
  const width = Math.max(1, Math.round(canvas.clientWidth * scale));
  const height = Math.max(1, Math.round(canvas.clientHeight * scale));
  if (canvas.width !== width || canvas.height !== height) {
    canvas.width = width;
    canvas.height = height;
  }
  const context = canvas.getContext("2d");
  const plot = height - (laneHeight + gapHeight) * scale;
  const from = toTicks(window.from);
  const perPixel = (toTicks(window.to) - from) / width;
  const x = (ticks) => (ticks - from) / perPixel;
  context.clearRect(0, 0, width, height);
  context.fillStyle = palette.lane;
  context.fillRect(0, 0, width, plot);
  context.fillRect(0, plot + gapHeight * scale, width, laneHeight * scale);
  const columns = columnsOf(series, from, perPixel, width);
  drawHoles(context, columns, plot, palette, scale);
  drawCurve(context, columns, threshold, plot, palette, scale);
  drawThreshold(context, threshold, width, plot, palette, scale);
  drawMarkers(context, markers, x, plot + gapHeight * scale, palette, scale, width);
}

// The highest confidence in every column of pixels: hours of answers cost no more strokes than the screen has columns.
function columnsOf(series, from, perPixel, width) {
  const highest = new Float32Array(width).fill(-1);
  const holes = new Uint8Array(width);
  const end = from + perPixel * width;
  for (let i = series.indexAt(from); i < series.length && series.starts[i] < end; i++) {
    const first = Math.max(0, Math.floor((series.starts[i] - from) / perPixel));
    const last = Math.min(width - 1, Math.max(first, Math.ceil((series.ends[i] - from) / perPixel) - 1));
    if (series.ends[i] <= from) {
      continue;
    }
    if (series.isHole(i)) {
      holes.fill(1, first, last + 1);
      continue;
    }
    const confidence = series.isSeen(i) ? series.confidence[i] : 0;
    for (let column = first; column <= last; column++) {
      highest[column] = confidence > highest[column] ? confidence : highest[column];
    }
  }
  return { highest, holes };
}

function drawHoles(context, { holes }, plot, palette, scale) {
  context.fillStyle = palette.hole;
  context.globalAlpha = 0.18;
  runs(holes, (from, to) => context.fillRect(from, 0, to - from, plot));
  context.globalAlpha = 1;
  runs(holes, (from, to) => context.fillRect(from, plot - 3 * scale, to - from, 3 * scale));
}

function drawCurve(context, { highest }, threshold, plot, palette, scale) {
  const y = (confidence) => plot - confidence * (plot - 2 * scale);
  const known = Uint8Array.from(highest, (value) => (value >= 0 ? 1 : 0));
  const on = Uint8Array.from(highest, (value) => (value > 0 && value >= threshold ? 1 : 0));
  for (const [mask, color] of [
    [known, palette.areaOff],
    [on, palette.area],
  ]) {
    context.fillStyle = color;
    runs(mask, (from, to) => {
      context.beginPath();
      context.moveTo(from, plot);
      for (let column = from; column < to; column++) {
        context.lineTo(column, y(highest[column]));
        context.lineTo(column + 1, y(highest[column]));
      }
      context.lineTo(to, plot);
      context.fill();
    });
  }
  context.strokeStyle = palette.line;
  context.lineWidth = 1.25 * scale;
  context.lineJoin = "round";
  runs(known, (from, to) => {
    context.beginPath();
    for (let column = from; column < to; column++) {
      context.lineTo(column, y(highest[column]));
      context.lineTo(column + 1, y(highest[column]));
    }
    context.stroke();
  });
}

function drawThreshold(context, threshold, width, plot, palette, scale) {
  const y = plot - threshold * (plot - 2 * scale);
  context.strokeStyle = palette.threshold;
  context.lineWidth = 1.5 * scale;
  context.setLineDash([5 * scale, 4 * scale]);
  context.beginPath();
  context.moveTo(0, y);
  context.lineTo(width, y);
  context.stroke();
  context.setLineDash([]);
}

function drawMarkers(context, markers, x, top, palette, scale, width) {
  context.fillStyle = palette.marker;
  for (const marker of markers) {
    const left = x(marker.start);
    const length = Math.max(2 * scale, x(marker.end) - left);
    if (left < width && left + length > 0) {
      context.beginPath();
      context.roundRect(left, top, length, laneHeight * scale, 3 * scale);
      context.fill();
    }
  }
}

function runs(mask, draw) {
  for (let i = 0; i < mask.length; i++) {
    if (mask[i]) {
      const from = i;
      while (i < mask.length && mask[i]) {
        i++;
      }
      draw(from, i);
    }
  }
}
