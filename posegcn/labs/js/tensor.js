// Arrays of numbers as Python writes them: shape, kind of number, bytes in base64.

/** Bits of a half-precision number to the number. */
function fromHalf(bits) {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction ? NaN : sign * Infinity;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/** Two letters for each number, as posegcn/labs/fixed_point.py writes them. */
function fromLetters(letters, step) {
  return Float32Array.from({ length: letters.length / 2 }, (_, n) => {
    const [high, low] = [0, 1].map((place) => LETTERS.indexOf(letters[2 * n + place]));
    return (64 * high + low - 2048) * step;
  });
}

/** {shape, kind, bytes} -> {shape, values}, values as Float32Array in row-major order. */
export function decode({ shape, kind, bytes, step }) {
  if (kind === "fixed12") return { shape, values: fromLetters(bytes, step) };
  const raw = Uint8Array.from(atob(bytes), (letter) => letter.charCodeAt(0));
  if (kind === "float32") return { shape, values: new Float32Array(raw.buffer) };
  if (kind === "int16") return { shape, values: Float32Array.from(new Int16Array(raw.buffer)) };
  const halves = new Uint16Array(raw.buffer);
  return { shape, values: Float32Array.from(halves, fromHalf) };
}

/** Rows of a matrix, as arrays. */
export function rows({ shape, values }) {
  const [height, width] = shape;
  return Array.from({ length: height }, (_, i) => values.slice(i * width, (i + 1) * width));
}

/** An array of any number of axes, as arrays in arrays. */
export function nested({ shape, values }) {
  if (shape.length === 1) return Array.from(values);
  const [count, ...inner] = shape;
  const size = values.length / count;
  return Array.from({ length: count }, (_, n) =>
    nested({ shape: inner, values: values.subarray(n * size, (n + 1) * size) }));
}

/** A matrix of zeros as an array of rows. */
export function zeros(height, width) {
  return Array.from({ length: height }, () => new Float64Array(width));
}

/** Product of two matrices given as rows. */
export function multiply(a, b) {
  return a.map((row) => {
    const sum = new Float64Array(b[0].length);
    row.forEach((value, k) => {
      if (value !== 0) for (let j = 0; j < sum.length; j++) sum[j] += value * b[k][j];
    });
    return sum;
  });
}
