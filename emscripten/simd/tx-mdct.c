// FFmpeg's inverse MDCT of floats (libavutil/tx_template.c), by which AAC and Vorbis make samples, two complex numbers
// at a time. Tables and their order are FFmpeg's, the operations those of its C functions, in the same order: results
// are equal bit by bit.
#include "libavutil/tx_priv.h"

#include "complex-pairs.h"

#define LEAST_LENGTH 32
#define GREATEST_LENGTH 8192

// Cosines of a quarter of a circle, for transforms of 8, 16 … numbers.
#define TABLES(table) \
  table(8) table(16) table(32) table(64) table(128) table(256) table(512) table(1024) table(2048) table(4096)
#define DECLARE(size) extern float ff_tx_tab_##size##_float[];
#define NAME(size) ff_tx_tab_##size##_float,
TABLES(DECLARE)
static const float *const tables[] = {TABLES(NAME)};

// Joins a transform of 2 × `quarter` numbers and two of `quarter`; sines are cosines from the end.
static void combine(Complex *x, const float *cosines, int quarter) {
  for (int i = 0; i < quarter; i += 2, x += 2) {
    v128_t cosine = wasm_v128_load64_zero(cosines + i), sine = wasm_v128_load64_zero(cosines + quarter - i - 1);
    cosine = wasm_i32x4_shuffle(cosine, cosine, 0, 0, 1, 1);
    sine = wasm_i32x4_shuffle(sine, sine, 1, 1, 0, 0);
    v128_t a = load(x), b = load(x + quarter), c = load(x + 2 * quarter), d = load(x + 3 * quarter);
    c = wasm_f32x4_add(wasm_f32x4_mul(c, cosine), wasm_f32x4_mul(rotate(c), sine));
    d = wasm_f32x4_sub(wasm_f32x4_mul(d, cosine), wasm_f32x4_mul(rotate(d), sine));
    v128_t sum = wasm_f32x4_add(c, d), turned = rotate(wasm_f32x4_sub(c, d));
    store(x, wasm_f32x4_add(a, sum));
    store(x + quarter, wasm_f32x4_add(b, turned));
    store(x + 2 * quarter, wasm_f32x4_sub(a, sum));
    store(x + 3 * quarter, wasm_f32x4_sub(b, turned));
  }
}

static void fft4(Complex *x) {
  v128_t a = load(x), b = load(x + 2);
  v128_t first = wasm_i64x2_shuffle(a, b, 0, 2), second = wasm_i64x2_shuffle(a, b, 1, 3);
  butterfly4(x, wasm_f32x4_add(first, second), wasm_f32x4_sub(first, second));
}

static void fft8(Complex *x) {
  fft4(x);
  v128_t a = load(x + 4), b = load(x + 6);
  v128_t first = wasm_i64x2_shuffle(a, b, 0, 2), second = wasm_i64x2_shuffle(a, b, 1, 3);
  v128_t sum = wasm_f32x4_add(first, second), difference = wasm_f32x4_sub(first, second);
  store(x + 4, wasm_i64x2_shuffle(sum, difference, 0, 2));
  store(x + 6, wasm_i64x2_shuffle(sum, difference, 1, 3));
  combine(x, tables[0], 2);
}

static void fft16(Complex *x) {
  fft8(x);
  fft4(x + 8);
  fft4(x + 12);
  combine(x, tables[1], 4);
}

// Of 8 << `level` numbers, which lie in the order of the split radix.
static void fft(Complex *x, int level) {
  if (level == 0) {
    fft8(x);
  } else if (level == 1) {
    fft16(x);
  } else {
    int quarter = 2 << level;
    fft(x, level - 1);
    fft(x + 2 * quarter, level - 2);
    fft(x + 3 * quarter, level - 2);
    combine(x, tables[level], quarter);
  }
}

static void rotate_before(Complex *to, const float *from, const AVTXContext *context, ptrdiff_t stride) {
  int count = context->len / 2;
  const Complex *factors = (const Complex *)context->exp;
  const float *last = from + (context->len - 1) * stride;
  for (int i = 0; i < count; i += 2) {
    ptrdiff_t a = context->map[i] * stride, b = context->map[i + 1] * stride;
    v128_t values = wasm_v128_load32_zero(last - a);
    values = wasm_v128_load32_lane(from + a, values, 1);
    values = wasm_v128_load32_lane(last - b, values, 2);
    values = wasm_v128_load32_lane(from + b, values, 3);
    store(to + i, multiply(values, load(factors + i)));
  }
}

static v128_t rotated_after(const Complex *from, const Complex *factors) {
  v128_t a = load(from), b = load(factors);
  v128_t straight = wasm_f32x4_mul(a, both_real(b)), crossed = wasm_f32x4_mul(swap_parts(a), both_imaginary(b));
  return wasm_f32x4_add(crossed, negate_real(straight));
}

// The imaginary parts end up in reverse order.
static void rotate_after(Complex *x, const AVTXContext *context) {
  int count = context->len / 2;
  const Complex *factors = (const Complex *)context->exp + count;
  for (int i = count / 2, j = i - 2; i < count; i += 2, j -= 2) {
    v128_t later = rotated_after(x + i, factors + i), earlier = rotated_after(x + j, factors + j);
    store(x + i, wasm_i32x4_shuffle(later, earlier, 0, 7, 2, 5));
    store(x + j, wasm_i32x4_shuffle(earlier, later, 0, 7, 2, 5));
  }
}

static void inverse_mdct(AVTXContext *context, void *to, void *from, ptrdiff_t stride) {
  rotate_before(to, from, context, stride / (ptrdiff_t)sizeof(float));
  fft(to, __builtin_ctz(context->len) - 4);
  rotate_after(to, context);
}

int __real_av_tx_init(AVTXContext **context, av_tx_fn *transform, enum AVTXType type, int inverse, int length,
                      const void *scale, uint64_t flags);

int __wrap_av_tx_init(AVTXContext **context, av_tx_fn *transform, enum AVTXType type, int inverse, int length,
                      const void *scale, uint64_t flags) {
  int result = __real_av_tx_init(context, transform, type, inverse, length, scale, flags);
  int is_power_of_2 = (length & (length - 1)) == 0;
  if (result >= 0 && type == AV_TX_FLOAT_MDCT && inverse && !(flags & AV_TX_FULL_IMDCT) && is_power_of_2 &&
      length >= LEAST_LENGTH && length <= GREATEST_LENGTH)
    *transform = inverse_mdct;
  return result;
}
