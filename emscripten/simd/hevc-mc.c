// HEVC inter prediction (ITU-T H.265, 8.5.3.3.3 and 8.5.3.3.4) for samples of 8 and 10 bits: luma at quarter samples,
// chroma at eighths, with one or two predictions, weighted or not.
//
// Blocks are 2 to 64 samples wide and worked on in columns of eight; the last column may have 2, 4 or 6. Reads may go
// up to six samples beyond what the filter needs: FFmpeg's pictures and its buffer for blocks at the picture's edges
// have rows that are longer than that.
#include "libavcodec/hevc/dsp.h"

#include "hevc-dsp.h"
#include "transpose.h"

// Samples of eight columns, as 16-bit words.
INLINE v128_t load_samples(const uint8_t *src, int bits) {
  return bits == 8 ? wasm_u16x8_load8x8(src) : wasm_v128_load(src);
}

// Words of two rows, alternating.
INLINE v128_t pairs_low(v128_t a, v128_t b) { return wasm_i16x8_shuffle(a, b, 0, 8, 1, 9, 2, 10, 3, 11); }
INLINE v128_t pairs_high(v128_t a, v128_t b) { return wasm_i16x8_shuffle(a, b, 4, 12, 5, 13, 6, 14, 7, 15); }

INLINE v128_t splat_pair(int a, int b) { return wasm_i32x4_splat((int)((unsigned)(uint16_t)b << 16 | (uint16_t)a)); }

// Output: what becomes of eight values of 14 bits

enum Operation {
  PUT,    // kept for the second prediction
  UNI,    // the only prediction
  UNI_W,  // the same, weighted
  BI,     // the mean with the first prediction
  BI_W,   // the same, weighted
};

typedef struct Output {
  enum Operation operation;
  int bits;
  uint8_t *dst;
  ptrdiff_t stride;     // bytes
  const int16_t *other; // the first prediction
  v128_t weights;       // pairs: of the value and of the first prediction
  v128_t rounding;      // 32 bits, before the shift
  v128_t offset;        // 16 bits, after the shift
  int shift;
} Output;

// The values of a filter in both directions take more than 16 bits by a little in the worst case. They come with this
// bias, which the outputs take away.
#define BIAS 8192

INLINE void store_words(uint8_t *dst, v128_t words, int count) {
  if (count == 8) {
    wasm_v128_store(dst, words);
  } else {
    if (count >= 4)
      wasm_v128_store64_lane(dst, words, 0);
    if (count == 6)
      wasm_v128_store32_lane(dst + 8, words, 2);
    if (count == 2)
      wasm_v128_store32_lane(dst, words, 0);
  }
}

// Clipped to the samples' range.
INLINE void store_clipped(uint8_t *dst, v128_t words, int count, int bits) {
  if (bits > 8) {
    v128_t clipped = wasm_i16x8_max(words, wasm_i16x8_splat(0));
    store_words(dst, wasm_i16x8_min(clipped, wasm_i16x8_splat((1 << bits) - 1)), count);
    return;
  }
  v128_t bytes = wasm_u8x16_narrow_i16x8(words, words);
  if (count == 8) {
    wasm_v128_store64_lane(dst, bytes, 0);
  } else {
    if (count >= 4)
      wasm_v128_store32_lane(dst, bytes, 0);
    if (count == 6)
      wasm_v128_store16_lane(dst + 4, bytes, 2);
    if (count == 2)
      wasm_v128_store16_lane(dst, bytes, 0);
  }
}

INLINE v128_t weigh(const Output *out, v128_t value, v128_t other) {
  v128_t low = wasm_i32x4_add(wasm_i32x4_dot_i16x8(pairs_low(value, other), out->weights), out->rounding);
  v128_t high = wasm_i32x4_add(wasm_i32x4_dot_i16x8(pairs_high(value, other), out->weights), out->rounding);
  return wasm_i16x8_narrow_i32x4(wasm_i32x4_shr(low, out->shift), wasm_i32x4_shr(high, out->shift));
}

// Where a sum saturates, its clipped sample is the same.
INLINE v128_t round_words(v128_t value, int bias, int shift) {
  return wasm_i16x8_shr(wasm_i16x8_add_sat(value, wasm_i16x8_splat(bias + (1 << (shift - 1)))), shift);
}

INLINE void put_row(Output *out, v128_t value, int bias, int count) {
  int shift = 14 - out->bits;
  switch (out->operation) {
  case PUT:
    store_words(out->dst, bias ? wasm_i16x8_add(value, wasm_i16x8_splat(bias)) : value, count);
    break;
  case UNI:
    store_clipped(out->dst, round_words(value, bias, shift), count, out->bits);
    break;
  case UNI_W:
    value = wasm_i16x8_add_sat(weigh(out, value, wasm_i16x8_splat(0)), out->offset);
    store_clipped(out->dst, value, count, out->bits);
    break;
  case BI:
    value = wasm_i16x8_add_sat(value, wasm_v128_load(out->other));
    store_clipped(out->dst, round_words(value, bias, shift + 1), count, out->bits);
    break;
  case BI_W:
    store_clipped(out->dst, weigh(out, value, wasm_v128_load(out->other)), count, out->bits);
    break;
  }
  out->dst += out->stride;
  out->other += MAX_PB_SIZE;
}

// Filters

typedef struct Taps {
  int count; // 8 for luma, 4 for chroma
  v128_t one[8];
  v128_t pair[4];
} Taps;

INLINE Taps load_taps(const int8_t *filter, int count) {
  Taps taps = {.count = count};
  for (int i = 0; i < count; i++)
    taps.one[i] = wasm_i16x8_splat(filter[i]);
  for (int i = 0; i < count / 2; i++)
    taps.pair[i] = splat_pair(filter[2 * i], filter[2 * i + 1]);
  return taps;
}

// How many samples before the position the filter begins.
INLINE int lead(const Taps *taps) { return taps->count / 2 - 1; }

// A filter over words whose products need 32 bits.
INLINE v128_t filter_wide(const v128_t *low, const v128_t *high, int distance, const Taps *taps, int shift) {
  v128_t low_sum = wasm_i32x4_dot_i16x8(low[0], taps->pair[0]);
  v128_t high_sum = wasm_i32x4_dot_i16x8(high[0], taps->pair[0]);
  for (int i = 1; i < taps->count / 2; i++) {
    low_sum = wasm_i32x4_add(low_sum, wasm_i32x4_dot_i16x8(low[i * distance], taps->pair[i]));
    high_sum = wasm_i32x4_add(high_sum, wasm_i32x4_dot_i16x8(high[i * distance], taps->pair[i]));
  }
  return wasm_i16x8_narrow_i32x4(wasm_i32x4_shr(low_sum, shift), wasm_i32x4_shr(high_sum, shift));
}

// Eight values from samples that lie `step` bytes apart.
INLINE v128_t filter_samples(const uint8_t *src, ptrdiff_t step, const Taps *taps, int bits) {
  src -= lead(taps) * step;
  if (bits == 8) {
    v128_t sum = wasm_i16x8_mul(load_samples(src, 8), taps->one[0]);
    for (int i = 1; i < taps->count; i++)
      sum = wasm_i16x8_add(sum, wasm_i16x8_mul(load_samples(src + i * step, 8), taps->one[i]));
    return sum;
  }
  v128_t low[4], high[4];
  for (int i = 0; i < taps->count / 2; i++) {
    v128_t a = load_samples(src + 2 * i * step, bits), b = load_samples(src + (2 * i + 1) * step, bits);
    low[i] = pairs_low(a, b);
    high[i] = pairs_high(a, b);
  }
  return filter_wide(low, high, 1, taps, bits - 8);
}

// Without fraction; the only prediction is a copy then.
INLINE void copy_column(Output out, const uint8_t *src, ptrdiff_t stride, int height, int count) {
  for (int y = 0; y < height; y++, src += stride) {
    v128_t samples = load_samples(src, out.bits);
    if (out.operation == UNI) {
      store_clipped(out.dst, samples, count, out.bits);
      out.dst += out.stride;
    } else {
      put_row(&out, wasm_i16x8_shl(samples, 14 - out.bits), 0, count);
    }
  }
}

INLINE void filter_column_h(Output out, const uint8_t *src, ptrdiff_t stride, int height, const Taps *taps, int count) {
  for (int y = 0; y < height; y++, src += stride)
    put_row(&out, filter_samples(src, out.bits > 8 ? 2 : 1, taps, out.bits), 0, count);
}

// Two rows at a time (heights are even), which share most of their samples.
INLINE void filter_column_v(Output out, const uint8_t *src, ptrdiff_t stride, int height, const Taps *taps, int count) {
  if (out.bits > 8) {
    for (int y = 0; y < height; y++, src += stride)
      put_row(&out, filter_samples(src, stride, taps, out.bits), 0, count);
    return;
  }
  src -= lead(taps) * stride;
  for (int y = 0; y < height; y += 2, src += 2 * stride) {
    v128_t samples = load_samples(src, 8);
    v128_t first = wasm_i16x8_mul(samples, taps->one[0]), second = wasm_i16x8_splat(0);
    for (int i = 1; i <= taps->count; i++) {
      samples = load_samples(src + i * stride, 8);
      if (i < taps->count)
        first = wasm_i16x8_add(first, wasm_i16x8_mul(samples, taps->one[i]));
      second = wasm_i16x8_add(second, wasm_i16x8_mul(samples, taps->one[i - 1]));
    }
    put_row(&out, first, 0, count);
    put_row(&out, second, 0, count);
  }
}

// Rows filtered horizontally are kept as pairs with the row that follows.
INLINE void filter_column_hv(Output out, const uint8_t *src, ptrdiff_t stride, int height, const Taps *h, const Taps *v,
                             int count) {
  v128_t low[MAX_PB_SIZE + 7], high[MAX_PB_SIZE + 7];
  int pixel = out.bits > 8 ? 2 : 1, rows = height + v->count - 1;
  v128_t bias = wasm_i16x8_splat(BIAS);
  src -= lead(v) * stride;
  v128_t previous = wasm_i16x8_sub(filter_samples(src, pixel, h, out.bits), bias);
  for (int y = 1; y < rows; y++) {
    src += stride;
    v128_t row = wasm_i16x8_sub(filter_samples(src, pixel, h, out.bits), bias);
    low[y - 1] = pairs_low(previous, row);
    high[y - 1] = pairs_high(previous, row);
    previous = row;
  }
  for (int y = 0; y < height; y++)
    put_row(&out, filter_wide(low + y, high + y, 2, v, 6), BIAS, count);
}

INLINE void filter_column(Output out, const uint8_t *src, ptrdiff_t stride, int height, const Taps *h, const Taps *v,
                          int count) {
  if (h && v)
    filter_column_hv(out, src, stride, height, h, v, count);
  else if (h)
    filter_column_h(out, src, stride, height, h, count);
  else if (v)
    filter_column_v(out, src, stride, height, v, count);
  else
    copy_column(out, src, stride, height, count);
}

INLINE void filter_block(Output out, const uint8_t *src, ptrdiff_t stride, int width, int height, const Taps *h,
                         const Taps *v) {
  int bytes = out.bits > 8 ? 16 : 8;
  int x = width;
  for (; x >= 8; x -= 8) {
    filter_column(out, src, stride, height, h, v, 8);
    src += bytes;
    out.dst += out.operation == PUT ? 16 : bytes;
    out.other += 8;
  }
  if (x)
    filter_column(out, src, stride, height, h, v, x);
}

// The functions of FFmpeg's tables. `count` is that of the taps; 0 where there is no fraction.

INLINE void interpolate(Output out, const uint8_t *src, ptrdiff_t stride, int width, int height, int count, int mx,
                        int my, int has_h, int has_v) {
  Taps h, v;
  if (has_h)
    h = load_taps(count == 8 ? ff_hevc_qpel_filters[mx] : ff_hevc_epel_filters[mx], count);
  if (has_v)
    v = load_taps(count == 8 ? ff_hevc_qpel_filters[my] : ff_hevc_epel_filters[my], count);
  filter_block(out, src, stride, width, height, has_h ? &h : 0, has_v ? &v : 0);
}

INLINE Output weighted_uni(uint8_t *dst, ptrdiff_t stride, int denom, int weight, int offset, int bias, int bits) {
  int shift = denom + 14 - bits;
  return (Output){
      .operation = UNI_W, .bits = bits, .dst = dst, .stride = stride, .weights = splat_pair(weight, 0),
      .rounding = wasm_i32x4_splat(weight * bias + (1 << (shift - 1))),
      .offset = wasm_i16x8_splat(offset * (1 << (bits - 8))), .shift = shift};
}

INLINE Output weighted_bi(uint8_t *dst, ptrdiff_t stride, const int16_t *other, int denom, int other_weight, int weight,
                          int other_offset, int offset, int bias, int bits) {
  int shift = denom + 14 - bits;
  int offsets = (offset + other_offset) * (1 << (bits - 8)) + 1;
  return (Output){
      .operation = BI_W, .bits = bits, .dst = dst, .stride = stride, .other = other,
      .weights = splat_pair(weight, other_weight),
      .rounding = wasm_i32x4_splat(weight * bias + (int)((unsigned)offsets << shift)), .shift = shift + 1};
}

#define FUNCTIONS(name, depth, count, has_h, has_v)                                                                 \
  static void put_##name##_##depth(int16_t *dst, const uint8_t *src, ptrdiff_t stride, int height, intptr_t mx,     \
                                  intptr_t my, int width) {                                                         \
    Output out = {.operation = PUT, .bits = depth, .dst = (uint8_t *)dst, .stride = 2 * MAX_PB_SIZE};               \
    interpolate(out, src, stride, width, height, count, mx, my, has_h, has_v);                                      \
  }                                                                                                                 \
  static void uni_##name##_##depth(uint8_t *dst, ptrdiff_t dst_stride, const uint8_t *src, ptrdiff_t stride,        \
                                  int height, intptr_t mx, intptr_t my, int width) {                                \
    Output out = {.operation = UNI, .bits = depth, .dst = dst, .stride = dst_stride};                               \
    interpolate(out, src, stride, width, height, count, mx, my, has_h, has_v);                                      \
  }                                                                                                                 \
  static void uni_w_##name##_##depth(uint8_t *dst, ptrdiff_t dst_stride, const uint8_t *src, ptrdiff_t stride,      \
                                    int height, int denom, int weight, int offset, intptr_t mx, intptr_t my,        \
                                    int width) {                                                                    \
    Output out = weighted_uni(dst, dst_stride, denom, weight, offset, (has_h) && (has_v) ? BIAS : 0, depth);        \
    interpolate(out, src, stride, width, height, count, mx, my, has_h, has_v);                                      \
  }                                                                                                                 \
  static void bi_##name##_##depth(uint8_t *dst, ptrdiff_t dst_stride, const uint8_t *src, ptrdiff_t stride,         \
                                 const int16_t *other, int height, intptr_t mx, intptr_t my, int width) {           \
    Output out = {.operation = BI, .bits = depth, .dst = dst, .stride = dst_stride, .other = other};                \
    interpolate(out, src, stride, width, height, count, mx, my, has_h, has_v);                                      \
  }                                                                                                                 \
  static void bi_w_##name##_##depth(uint8_t *dst, ptrdiff_t dst_stride, const uint8_t *src, ptrdiff_t stride,       \
                                   const int16_t *other, int height, int denom, int other_weight, int weight,       \
                                   int other_offset, int offset, intptr_t mx, intptr_t my, int width) {             \
    Output out = weighted_bi(dst, dst_stride, other, denom, other_weight, weight, other_offset, offset,             \
                             (has_h) && (has_v) ? BIAS : 0, depth);                                                 \
    interpolate(out, src, stride, width, height, count, mx, my, has_h, has_v);                                      \
  }

#define ALL_FUNCTIONS(depth)                                                                                        \
  FUNCTIONS(pixels, depth, 0, 0, 0)                                                                                 \
  FUNCTIONS(qpel_h, depth, 8, 1, 0)                                                                                 \
  FUNCTIONS(qpel_v, depth, 8, 0, 1)                                                                                 \
  FUNCTIONS(qpel_hv, depth, 8, 1, 1)                                                                                \
  FUNCTIONS(epel_h, depth, 4, 1, 0)                                                                                 \
  FUNCTIONS(epel_v, depth, 4, 0, 1)                                                                                 \
  FUNCTIONS(epel_hv, depth, 4, 1, 1)

ALL_FUNCTIONS(8)
ALL_FUNCTIONS(10)

#define SET(kind, v, h, name, depth)                                                                                \
  dsp->put_hevc_##kind[i][v][h] = put_##name##_##depth;                                                             \
  dsp->put_hevc_##kind##_uni[i][v][h] = uni_##name##_##depth;                                                       \
  dsp->put_hevc_##kind##_uni_w[i][v][h] = uni_w_##name##_##depth;                                                   \
  dsp->put_hevc_##kind##_bi[i][v][h] = bi_##name##_##depth;                                                         \
  dsp->put_hevc_##kind##_bi_w[i][v][h] = bi_w_##name##_##depth

#define SET_ALL(depth)                                                                                              \
  SET(qpel, 0, 0, pixels, depth);                                                                                   \
  SET(qpel, 0, 1, qpel_h, depth);                                                                                   \
  SET(qpel, 1, 0, qpel_v, depth);                                                                                   \
  SET(qpel, 1, 1, qpel_hv, depth);                                                                                  \
  SET(epel, 0, 0, pixels, depth);                                                                                   \
  SET(epel, 0, 1, epel_h, depth);                                                                                   \
  SET(epel, 1, 0, epel_v, depth);                                                                                   \
  SET(epel, 1, 1, epel_hv, depth)

void hevc_mc_init(HEVCDSPContext *dsp, int bit_depth) {
  for (int i = 0; i < 10; i++) {
    if (bit_depth == 8) {
      SET_ALL(8);
    } else if (bit_depth == 10) {
      SET_ALL(10);
    }
  }
}
