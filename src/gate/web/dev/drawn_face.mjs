// A drawn face, moving a little: for a browser without a camera (Y4M) and as a photo (PNG). It shows
// nobody.
import { deflateSync } from 'node:zlib';

const mix = (a, b, share) => a.map((value, i) => value + (b[i] - value) * share);

// Is (x, y) within an ellipse? Below 1: inside.
const ellipse = (x, y, cx, cy, rx, ry) => ((x - cx) / rx) ** 2 + ((y - cy) / ry) ** 2;

const kWall = [[196, 208, 220], [168, 184, 200]];
const kShirt = [70, 104, 148];
const kHair = [52, 44, 42];
const kSkin = [[236, 197, 168], [202, 152, 122]];
const kEye = [48, 44, 46];
const kMouth = [168, 84, 84];

function colour(x, y, { shift, blink }) {
  const u = (x - 0.5 - shift) / 1.15;
  y = 0.46 + (y - 0.46) / 1.15;
  if (ellipse(u, y, 0, 1.08, 0.34, 0.3) < 1) return kShirt;
  if (Math.abs(u) < 0.065 && y > 0.62 && y < 0.84) return kSkin[1];
  if (ellipse(u, y, 0, 0.36, 0.185, 0.22) < 1 && y < 0.3 + 4 * u * u) return kHair;
  if (ellipse(u, y, 0, 0.46, 0.165, 0.26) < 1) {
    for (const side of [-1, 1]) {
      if (ellipse(u, y, side * 0.066, 0.43, 0.021, blink ? 0.004 : 0.014) < 1) return kEye;
      if (ellipse(u, y, side * 0.066, 0.387, 0.036, 0.007) < 1) return kHair;
    }
    if (ellipse(u, y, 0, 0.515, 0.014, 0.03) < 1) return mix(kSkin[0], kSkin[1], 0.7);
    if (ellipse(u, y, 0, 0.6, 0.05, 0.013) < 1) return kMouth;
    return mix(kSkin[0], kSkin[1], Math.min(1, Math.abs(u + 0.05) * 5));
  }
  return mix(kWall[0], kWall[1], y);
}

function frame(width, height, pose) {
  const pixels = Buffer.alloc(width * height * 3);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const rgb = colour((x - width / 2) / height + 0.5, y / height, pose);
      const at = (y * width + x) * 3;
      for (let c = 0; c < 3; c += 1) pixels[at + c] = rgb[c];
    }
  }
  return pixels;
}

// Frames of YUV 4:2:0 (BT.601, limited range), as --use-file-for-fake-video-capture reads them.
function y4m_frame(rgb, width, height) {
  const luma = Buffer.alloc(width * height);
  const chroma = [Buffer.alloc((width / 2) * (height / 2)), Buffer.alloc((width / 2) * (height / 2))];
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const at = (y * width + x) * 3;
      const [r, g, b] = [rgb[at], rgb[at + 1], rgb[at + 2]];
      luma[y * width + x] = 16 + 0.257 * r + 0.504 * g + 0.098 * b;
      if (x % 2 === 0 && y % 2 === 0) {
        const to = (y / 2) * (width / 2) + x / 2;
        chroma[0][to] = 128 - 0.148 * r - 0.291 * g + 0.439 * b;
        chroma[1][to] = 128 + 0.439 * r - 0.368 * g - 0.071 * b;
      }
    }
  }
  return [Buffer.from('FRAME\n'), luma, ...chroma];
}

export function drawn_video(width = 640, height = 480, frames = 8) {
  const parts = [Buffer.from(`YUV4MPEG2 W${width} H${height} F8:1 Ip A1:1 C420jpeg\n`)];
  for (let i = 0; i < frames; i += 1) {
    const pose = { shift: 0.012 * Math.sin((2 * Math.PI * i) / frames), blink: i === frames - 1 };
    parts.push(...y4m_frame(frame(width, height, pose), width, height));
  }
  return Buffer.concat(parts);
}

function crc32(bytes) {
  let crc = ~0;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ~crc >>> 0;
}

function chunk(kind, data) {
  const body = Buffer.concat([Buffer.from(kind), data]);
  const head = Buffer.alloc(4);
  head.writeUInt32BE(data.length);
  const tail = Buffer.alloc(4);
  tail.writeUInt32BE(crc32(body));
  return Buffer.concat([head, body, tail]);
}

export function drawn_photo(width = 320, height = 240, pose = { shift: 0, blink: false }) {
  const rgb = frame(width, height, pose);
  const rows = Buffer.alloc(height * (1 + width * 3));
  for (let y = 0; y < height; y += 1) rgb.copy(rows, y * (1 + width * 3) + 1, y * width * 3, (y + 1) * width * 3);
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2, 0, 0, 0], 8);
  return Buffer.concat([Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk('IHDR', header), chunk('IDAT', deflateSync(rows)), chunk('IEND', Buffer.alloc(0))]);
}
