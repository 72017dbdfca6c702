// Pictures that look enough like photos to judge a page by: made of a seed, drawn as SVG, and as raw pixels for a ThumbHash.

export function random(seed) {
  let state = (seed * 2654435761 + 0x9e3779b9) >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

// Sky from top to horizon, then ridges from far to near.
const moods = [
  { sky: ["#2b4a73", "#8fb3cf", "#f4d9b8"], land: ["#7c93a6", "#4d6676", "#27383f"], light: "#fff3d6" },
  { sky: ["#3a2f57", "#c2597a", "#f7b36a"], land: ["#6b3f5e", "#3c2543", "#1b1424"], light: "#ffd99a" },
  { sky: ["#5fa3d8", "#a9d2ee", "#e8f3f7"], land: ["#7fa88a", "#4f8257", "#2b5233"], light: "#ffffff" },
  { sky: ["#10192b", "#22395c", "#4a5f86"], land: ["#1d2b40", "#131d2c", "#090e16"], light: "#e9eefc" },
  { sky: ["#c9d3d6", "#dfe5e4", "#efeee8"], land: ["#a5aeab", "#76827f", "#465150"], light: "#fbfaf2" },
  { sky: ["#e8a33d", "#f2c46c", "#f9e4b0"], land: ["#c27a3a", "#8a4f2a", "#4b2a1a"], light: "#fff6d8" },
  { sky: ["#1f5f5b", "#58a29a", "#c7e3d4"], land: ["#3d7f6f", "#23564c", "#12332f"], light: "#f5ffe9" },
];

export function scene(seed) {
  const next = random(seed + 1);
  const mood = moods[Math.floor(next() * moods.length)];
  const horizon = 0.38 + next() * 0.3;
  const ridges = mood.land.map((color, index) => ({
    color,
    base: horizon + index * (0.1 + next() * 0.08),
    waves: [1, 2, 4].map((scale) => ({ size: (0.09 / scale) * (0.4 + next()), pace: scale * (2 + next() * 4), shift: next() * 7 })),
  }));
  return { mood, ridges, sun: { x: 0.15 + next() * 0.7, y: horizon * (0.3 + next() * 0.55), r: 0.03 + next() * 0.05 } };
}

const ridgeAt = (ridge, u) => ridge.base + ridge.waves.reduce((sum, wave) => sum + wave.size * Math.sin(u * wave.pace + wave.shift), 0);

export function svg(seed, width, height) {
  const { mood, ridges, sun } = scene(seed);
  const r = sun.r * Math.min(width, height);
  const hills = ridges.map((ridge) => {
    const points = Array.from({ length: 41 }, (_, step) => `${((step / 40) * width).toFixed(1)},${(ridgeAt(ridge, step / 40) * height).toFixed(1)}`);
    return `<polygon fill="${ridge.color}" points="0,${height} ${points.join(" ")} ${width},${height}"/>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}"><defs><linearGradient id="s" x2="0" y2="1">${mood.sky.map((color, index) => `<stop offset="${index * 0.38}" stop-color="${color}"/>`).join("")}</linearGradient><radialGradient id="g"><stop stop-color="${mood.light}"/><stop offset=".25" stop-color="${mood.light}" stop-opacity=".55"/><stop offset="1" stop-color="${mood.light}" stop-opacity="0"/></radialGradient></defs><rect width="100%" height="100%" fill="url(#s)"/><circle cx="${sun.x * width}" cy="${sun.y * height}" r="${r * 5}" fill="url(#g)"/><circle cx="${sun.x * width}" cy="${sun.y * height}" r="${r}" fill="${mood.light}"/>${hills.join("")}</svg>`;
}

/** RGBA of at most 24 pixels a side. */
export function pixels(seed, ratio) {
  const { mood, ridges, sun } = scene(seed);
  const w = ratio >= 1 ? 24 : Math.max(4, Math.round(24 * ratio));
  const h = ratio >= 1 ? Math.max(4, Math.round(24 / ratio)) : 24;
  const rgba = new Uint8Array(w * h * 4);
  const colors = mood.sky.map(rgb);
  for (let y = 0; y < h; y++) {
    for (let x = 0; x < w; x++) {
      const u = (x + 0.5) / w;
      const v = (y + 0.5) / h;
      const near = ridges.findLast((ridge) => v > ridgeAt(ridge, u));
      let color = near ? rgb(near.color) : mix(colors, v / 0.38);
      const glow = Math.max(0, 1 - Math.hypot((u - sun.x) * ratio, v - sun.y) / (sun.r * 4));
      if (!near) color = mix([color, rgb(mood.light)], glow);
      rgba.set([...color.map(Math.round), 255], (y * w + x) * 4);
    }
  }
  return { w, h, rgba };
}

const rgb = (hex) => [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16));

function mix(stops, at) {
  const position = Math.min(Math.max(at, 0), stops.length - 1);
  const low = Math.min(Math.floor(position), stops.length - 2);
  const part = position - low;
  return stops[low].map((value, index) => value * (1 - part) + stops[low + 1][index] * part);
}
