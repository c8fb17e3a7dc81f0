// AV1 motion compensation for 8-bit pictures (AV1 bitstream specification, 7.11.3).
//
// dav1d keeps the filters' taps halved, so that they sum up to 64: the sum over a window of bytes fits 16 bits. Between
// two passes, and in predictions yet to be blended, samples have four bits more than in the picture.
//
// Widths are 2 (only where a picture is written) or multiples of 4 that are powers of two. Reads may run over a row's
// end by up to 14 bytes and begin one byte early; pictures, and dav1d's scratch buffers, have that much around them.
#define BITDEPTH 8
#include "config.h"

#include <string.h>
#include <wasm_simd128.h>

#include "src/mc.h"

#include "av1-mc.h"

// Filters

INLINE Taps splat_taps(const int8_t *filter, int count) {
  Taps taps;
  for (int i = 0; i < count; i++)
    taps.at[i] = wasm_i16x8_splat(filter[4 - count / 2 + i]);
  return taps;
}

INLINE v128_t load_even(const uint8_t *src) { return wasm_v128_and(wasm_v128_load(src), wasm_i16x8_splat(0xff)); }
INLINE v128_t load_odd(const uint8_t *src) { return wasm_u16x8_shr(wasm_v128_load(src), 8); }

// Sixteen samples filtered along a row. Neighbours of samples at even places, and of those at odd places, are found in
// the even and odd bytes of the same few vectors.
INLINE void filter_sixteen(const uint8_t *src, const Taps *taps, int count, Rounding rounding, v128_t *even,
                           v128_t *odd) {
  *even = *odd = wasm_i16x8_splat(rounding.add);
  for (int i = 0; i < count; i++) {
    int offset = i - BEFORE(count);
    v128_t a = offset & 1 ? load_odd(src + offset - 1) : load_even(src + offset);
    v128_t b = offset & 1 ? load_even(src + offset + 1) : load_odd(src + offset);
    *even = wasm_i16x8_add(*even, wasm_i16x8_mul(a, taps->at[i]));
    *odd = wasm_i16x8_add(*odd, wasm_i16x8_mul(b, taps->at[i]));
  }
  *even = wasm_i16x8_shr(*even, rounding.shift);
  *odd = wasm_i16x8_shr(*odd, rounding.shift);
}

// Eight samples of several rows, filtered along lines whose samples lie `step` bytes apart.
INLINE void filter_eight(const uint8_t *src, ptrdiff_t step, const Taps *taps, int count, Rounding rounding, int rows,
                         v128_t *sums) {
  for (int row = 0; row < rows; row++)
    sums[row] = wasm_i16x8_splat(rounding.add);
  for (int i = 0; i < count + rows - 1; i++) {
    v128_t samples = wasm_u16x8_load8x8(src + (i - BEFORE(count)) * step);
    for (int row = 0; row < rows; row++)
      if (i >= row && i < row + count)
        sums[row] = wasm_i16x8_add(sums[row], wasm_i16x8_mul(samples, taps->at[i - row]));
  }
  for (int row = 0; row < rows; row++)
    sums[row] = wasm_i16x8_shr(sums[row], rounding.shift);
}

// Where results go: to a picture as bytes, or to a buffer as words.
typedef struct Output {
  uint8_t *bytes; // or NULL
  ptrdiff_t stride;
  int16_t *words;
} Output;

INLINE void store_words(int16_t *to, v128_t words, int width) {
  if (width >= 8)
    wasm_v128_store(to, words);
  else
    wasm_v128_store64_lane(to, words, 0);
}

INLINE void store_at(const Output *out, int y, int x, v128_t words, int width) {
  if (out->bytes)
    store_bytes(out->bytes + y * out->stride + x, words, width);
  else
    store_words(out->words + y * out->stride + x, words, width);
}

// The three kinds of passes. Bytes along rows:
INLINE void filter_horizontally(Output out, const uint8_t *src, ptrdiff_t stride, int width, int height,
                                const int8_t *filter, int count, Rounding rounding) {
  Taps taps = splat_taps(filter, count);
  if (width >= 16) {
    for (int y = 0; y < height; y++, src += stride)
      for (int x = 0; x < width; x += 16) {
        v128_t even, odd;
        filter_sixteen(src + x, &taps, count, rounding, &even, &odd);
        v128_t left = LOW16(even, odd);
        v128_t right = HIGH16(even, odd);
        if (out.bytes) {
          wasm_v128_store(out.bytes + y * out.stride + x, wasm_u8x16_narrow_i16x8(left, right));
        } else {
          wasm_v128_store(out.words + y * out.stride + x, left);
          wasm_v128_store(out.words + y * out.stride + x + 8, right);
        }
      }
  } else {
    for (int y = 0; y < height; y++, src += stride) {
      v128_t sum;
      filter_eight(src, 1, &taps, count, rounding, 1, &sum);
      store_at(&out, y, 0, sum, width);
    }
  }
}

// Bytes down columns, four rows at once, which share what is loaded:
INLINE void filter_vertically(Output out, const uint8_t *src, ptrdiff_t stride, int width, int height,
                              const int8_t *filter, int count, Rounding rounding) {
  Taps taps = splat_taps(filter, count);
  int y = 0;
  for (; y + 4 <= height; y += 4, src += 4 * stride)
    for (int x = 0; x < width; x += 8) {
      v128_t sums[4];
      filter_eight(src + x, stride, &taps, count, rounding, 4, sums);
      for (int row = 0; row < 4; row++)
        store_at(&out, y + row, x, sums[row], width);
    }
  for (; y < height; y++, src += stride)
    for (int x = 0; x < width; x += 8) {
      v128_t sum;
      filter_eight(src + x, stride, &taps, count, rounding, 1, &sum);
      store_at(&out, y, x, sum, width);
    }
}

// Words down columns, which begin where the first window does:
INLINE void filter_words_vertically(Output out, const int16_t *src, ptrdiff_t stride, int width, int height,
                                    const int8_t *filter, int count, Rounding rounding) {
  Taps pairs = splat_pairs(filter, count);
  int y = 0;
  for (; y + 4 <= height; y += 4, src += 4 * stride)
    for (int x = 0; x < width; x += 8) {
      v128_t results[4];
      filter_words(src + x, stride, &pairs, count, rounding, 4, width, results);
      for (int row = 0; row < 4; row++)
        store_at(&out, y + row, x, results[row], width);
    }
  for (; y < height; y++, src += stride)
    for (int x = 0; x < width; x += 8) {
      v128_t result;
      filter_words(src + x, stride, &pairs, count, rounding, 1, width, &result);
      store_at(&out, y, x, result, width);
    }
}

#define TO_PICTURE ((Output){dst, dst_stride, NULL})
#define TO_WORDS(to, stride) ((Output){NULL, stride, to})

// The same for each count of taps and kind of output.
#define PASSES(count)                                                                                                  \
  OUTLINE void put_h_##count(uint8_t *dst, ptrdiff_t dst_stride, const uint8_t *src, ptrdiff_t stride, int w, int h,  \
                             const int8_t *filter) {                                                                   \
    filter_horizontally(TO_PICTURE, src, stride, w, h, filter, count, (Rounding){34, 6});                              \
  }                                                                                                                    \
  OUTLINE void put_v_##count(uint8_t *dst, ptrdiff_t dst_stride, const uint8_t *src, ptrdiff_t stride, int w, int h,  \
                             const int8_t *filter) {                                                                   \
    filter_vertically(TO_PICTURE, src, stride, w, h, filter, count, (Rounding){32, 6});                                \
  }                                                                                                                    \
  OUTLINE void put_words_v_##count(uint8_t *dst, ptrdiff_t dst_stride, const int16_t *src, ptrdiff_t stride, int w,   \
                                   int h, const int8_t *filter) {                                                      \
    filter_words_vertically(TO_PICTURE, src, stride, w, h, filter, count, (Rounding){512, 10});                        \
  }                                                                                                                    \
  OUTLINE void prep_h_##count(int16_t *to, ptrdiff_t to_stride, const uint8_t *src, ptrdiff_t stride, int w, int h,   \
                              const int8_t *filter) {                                                                  \
    filter_horizontally(TO_WORDS(to, to_stride), src, stride, w, h, filter, count, (Rounding){2, 2});                  \
  }                                                                                                                    \
  OUTLINE void prep_v_##count(int16_t *to, ptrdiff_t to_stride, const uint8_t *src, ptrdiff_t stride, int w, int h,   \
                              const int8_t *filter) {                                                                  \
    filter_vertically(TO_WORDS(to, to_stride), src, stride, w, h, filter, count, (Rounding){2, 2});                    \
  }                                                                                                                    \
  OUTLINE void prep_words_v_##count(int16_t *to, ptrdiff_t to_stride, const int16_t *src, ptrdiff_t stride, int w,    \
                                    int h, const int8_t *filter) {                                                     \
    filter_words_vertically(TO_WORDS(to, to_stride), src, stride, w, h, filter, count, (Rounding){32, 6});             \
  }

PASSES(4)
PASSES(6)
PASSES(8)

#define BY_COUNT(pass, to, to_stride, src, stride, w, h, filter)                                                       \
  switch (count_taps(filter)) {                                                                                        \
  case 4: pass##_4(to, to_stride, src, stride, w, h, filter); break;                                                   \
  case 6: pass##_6(to, to_stride, src, stride, w, h, filter); break;                                                   \
  default: pass##_8(to, to_stride, src, stride, w, h, filter);                                                         \
  }

// Both ways, in strips whose rows in between stay in the first cache.
#define STRIP 32
#define BOTH_WAYS(pass, to, to_stride, to_next)                                                                        \
  _Alignas(16) int16_t rows[STRIP * (128 + 7)];                                                                        \
  int before = BEFORE(count_taps(down)), strip = w < STRIP ? w : STRIP;                                                \
  ptrdiff_t between = strip < 8 ? 8 : strip;                                                                           \
  for (int x = 0; x < w; x += STRIP) {                                                                                 \
    BY_COUNT(prep_h, rows, between, src + x - before * stride, stride, strip, h + 2 * before + 1, across)              \
    BY_COUNT(pass, to_next, to_stride, rows, between, strip, h, down)                                                  \
  }

OUTLINE void put_hv(uint8_t *dst, ptrdiff_t dst_stride, const uint8_t *src, ptrdiff_t stride, int w, int h,
                    const int8_t *across, const int8_t *down) {
  BOTH_WAYS(put_words_v, dst, dst_stride, dst + x)
}

OUTLINE void prep_hv(int16_t *to, const uint8_t *src, ptrdiff_t stride, int w, int h, const int8_t *across,
                     const int8_t *down) {
  BOTH_WAYS(prep_words_v, to, w, to + x)
}

INLINE void copy_row(uint8_t *dst, const uint8_t *src, int width) {
  if (width >= 16)
    for (int x = 0; x < width; x += 16)
      wasm_v128_store(dst + x, wasm_v128_load(src + x));
  else
    memcpy(dst, src, width == 8 ? 8 : width == 4 ? 4 : 2);
}

OUTLINE void put_copy(uint8_t *dst, ptrdiff_t dst_stride, const uint8_t *src, ptrdiff_t stride, int w, int h) {
  for (int y = 0; y < h; y++, dst += dst_stride, src += stride)
    copy_row(dst, src, w);
}

OUTLINE void prep_copy(int16_t *to, const uint8_t *src, ptrdiff_t stride, int w, int h) {
  for (int y = 0; y < h; y++, to += w, src += stride)
    for (int x = 0; x < w; x += 8)
      store_words(to + x, wasm_i16x8_shl(wasm_u16x8_load8x8(src + x), 4), w);
}

#define PUT uint8_t *dst, ptrdiff_t dst_stride, const uint8_t *src, ptrdiff_t stride, int w, int h, int mx, int my
#define PREP int16_t *to, const uint8_t *src, ptrdiff_t stride, int w, int h, int mx, int my

OUTLINE void put_8tap(PUT, int type_h, int type_v) {
  const int8_t *across = subpel_filter(type_h, w, mx), *down = subpel_filter(type_v, h, my);
  if (across && down) {
    put_hv(dst, dst_stride, src, stride, w, h, across, down);
  } else if (across) {
    BY_COUNT(put_h, dst, dst_stride, src, stride, w, h, across)
  } else if (down) {
    BY_COUNT(put_v, dst, dst_stride, src, stride, w, h, down)
  } else {
    put_copy(dst, dst_stride, src, stride, w, h);
  }
}

OUTLINE void prep_8tap(PREP, int type_h, int type_v) {
  const int8_t *across = subpel_filter(type_h, w, mx), *down = subpel_filter(type_v, h, my);
  if (across && down) {
    prep_hv(to, src, stride, w, h, across, down);
  } else if (across) {
    BY_COUNT(prep_h, to, w, src, stride, w, h, across)
  } else if (down) {
    BY_COUNT(prep_v, to, w, src, stride, w, h, down)
  } else {
    prep_copy(to, src, stride, w, h);
  }
}

#define EIGHT_TAP(name, h_type, v_type)                                                                                \
  static void put_##name(PUT) {                                                                                        \
    put_8tap(dst, dst_stride, src, stride, w, h, mx, my, DAV1D_FILTER_8TAP_##h_type, DAV1D_FILTER_8TAP_##v_type);      \
  }                                                                                                                    \
  static void prep_##name(PREP) {                                                                                      \
    prep_8tap(to, src, stride, w, h, mx, my, DAV1D_FILTER_8TAP_##h_type, DAV1D_FILTER_8TAP_##v_type);                  \
  }

EIGHT_TAPS(EIGHT_TAP)

// Bilinear: sixteenths of two neighbours, at most 16 bits without sign after two passes.

INLINE v128_t mix(v128_t a, v128_t b, int position) {
  return wasm_i16x8_add(wasm_i16x8_mul(a, wasm_i16x8_splat(16 - position)),
                        wasm_i16x8_mul(b, wasm_i16x8_splat(position)));
}

INLINE v128_t mix_across(const uint8_t *src, int mx) {
  return mix(wasm_u16x8_load8x8(src), wasm_u16x8_load8x8(src + 1), mx);
}

INLINE void filter_bilinearly(Output out, const uint8_t *src, ptrdiff_t stride, int width, int height, int mx, int my,
                              Rounding rounding) {
  for (int x = 0; x < width; x += 8) {
    v128_t upper = mix_across(src + x, mx);
    for (int y = 0; y < height; y++) {
      // Without a position between rows there need not be a row below.
      v128_t lower = my ? mix_across(src + (y + 1) * stride + x, mx) : upper;
      v128_t sum = wasm_i16x8_add(mix(upper, lower, my), wasm_i16x8_splat(rounding.add));
      store_at(&out, y, x, wasm_u16x8_shr(sum, rounding.shift), width);
      upper = my || y + 1 == height ? lower : mix_across(src + (y + 1) * stride + x, mx);
    }
  }
}

static void put_bilinear(PUT) {
  if (mx | my)
    filter_bilinearly(TO_PICTURE, src, stride, w, h, mx, my, (Rounding){128, 8});
  else
    put_copy(dst, dst_stride, src, stride, w, h);
}

static void prep_bilinear(PREP) {
  if (mx | my)
    filter_bilinearly(TO_WORDS(to, w), src, stride, w, h, mx, my, (Rounding){8, 4});
  else
    prep_copy(to, src, stride, w, h);
}

// Blending of two predictions

#define TWO_PREDICTIONS uint8_t *dst, ptrdiff_t dst_stride, const int16_t *a, const int16_t *b, int w, int h

INLINE v128_t average_eight(const int16_t *a, const int16_t *b) {
  v128_t sum = wasm_i16x8_add(wasm_v128_load(a), wasm_v128_load(b));
  return wasm_i16x8_shr(wasm_i16x8_add(sum, wasm_i16x8_splat(16)), 5);
}

static void average(TWO_PREDICTIONS) {
  if (w >= 16) {
    for (int y = 0; y < h; y++, dst += dst_stride)
      for (int x = 0; x < w; x += 16, a += 16, b += 16)
        wasm_v128_store(dst + x, wasm_u8x16_narrow_i16x8(average_eight(a, b), average_eight(a + 8, b + 8)));
  } else {
    for (int y = 0; y < h; y++, dst += dst_stride, a += w, b += w)
      store_bytes(dst, average_eight(a, b), w);
  }
}

static void average_weighted(TWO_PREDICTIONS, int weight) {
  v128_t weight_a = wasm_i16x8_splat(weight), weight_b = wasm_i16x8_splat(16 - weight);
  for (int y = 0; y < h; y++, dst += dst_stride, a += w, b += w)
    for (int x = 0; x < w; x += 8)
      store_bytes(dst + x, weigh(wasm_v128_load(a + x), wasm_v128_load(b + x), weight_a, weight_b, (Rounding){128, 8}), w);
}

static void average_masked(TWO_PREDICTIONS, const uint8_t *mask) {
  for (int y = 0; y < h; y++, dst += dst_stride, a += w, b += w, mask += w)
    for (int x = 0; x < w; x += 8) {
      v128_t weight = wasm_u16x8_load8x8(mask + x);
      v128_t rest = wasm_i16x8_sub(wasm_i16x8_splat(64), weight);
      store_bytes(dst + x, weigh(wasm_v128_load(a + x), wasm_v128_load(b + x), weight, rest, (Rounding){512, 10}), w);
    }
}

// Blends eight samples by a mask made from how far the two predictions differ; returns the mask.
INLINE v128_t blend_by_difference(uint8_t *dst, const int16_t *a, const int16_t *b, int width) {
  v128_t first = wasm_v128_load(a), second = wasm_v128_load(b);
  v128_t difference = wasm_i16x8_abs(wasm_i16x8_sub(first, second));
  v128_t mask = wasm_u16x8_shr(wasm_i16x8_add(difference, wasm_i16x8_splat(8)), 8);
  mask = wasm_i16x8_min(wasm_i16x8_add(mask, wasm_i16x8_splat(38)), wasm_i16x8_splat(64));
  store_bytes(dst, weigh(first, second, mask, wasm_i16x8_sub(wasm_i16x8_splat(64), mask), (Rounding){512, 10}), width);
  return mask;
}

static void mask_444(TWO_PREDICTIONS, uint8_t *mask, int sign) {
  (void)sign;
  for (int y = 0; y < h; y++, dst += dst_stride, a += w, b += w, mask += w)
    for (int x = 0; x < w; x += 8)
      store_bytes(mask + x, blend_by_difference(dst + x, a + x, b + x, w), w);
}

static void mask_422(TWO_PREDICTIONS, uint8_t *mask, int sign) {
  for (int y = 0; y < h; y++, dst += dst_stride, a += w, b += w, mask += w / 2)
    for (int x = 0; x < w; x += 8)
      store_subsampled(mask + x / 2, blend_by_difference(dst + x, a + x, b + x, w), 1 - sign, 1, w);
}

static void mask_420(TWO_PREDICTIONS, uint8_t *mask, int sign) {
  for (int y = 0; y < h; y += 2, dst += 2 * dst_stride, a += 2 * w, b += 2 * w, mask += w / 2)
    for (int x = 0; x < w; x += 8) {
      v128_t upper = blend_by_difference(dst + x, a + x, b + x, w);
      v128_t lower = blend_by_difference(dst + dst_stride + x, a + w + x, b + w + x, w);
      store_subsampled(mask + x / 2, wasm_i16x8_add(upper, lower), 2 - sign, 2, w);
    }
}

// Blending of a prediction into the picture

INLINE void blend_eight(uint8_t *dst, const uint8_t *with, v128_t mask, int width) {
  v128_t a = wasm_u16x8_load8x8(dst), b = wasm_u16x8_load8x8(with);
  v128_t change = wasm_i16x8_mul(wasm_i16x8_sub(b, a), mask);
  v128_t sum = wasm_i16x8_add(wasm_i16x8_add(wasm_i16x8_shl(a, 6), change), wasm_i16x8_splat(32));
  store_bytes(dst, wasm_i16x8_shr(sum, 6), width);
}

static void blend(uint8_t *dst, ptrdiff_t dst_stride, const uint8_t *with, int w, int h, const uint8_t *mask) {
  for (int y = 0; y < h; y++, dst += dst_stride, with += w, mask += w)
    for (int x = 0; x < w; x += 8)
      blend_eight(dst + x, with + x, wasm_u16x8_load8x8(mask + x), w);
}

// Of a row, the last quarter has a mask of zeros and stays as it is.
static void blend_v(uint8_t *dst, ptrdiff_t dst_stride, const uint8_t *with, int w, int h) {
  for (int x = 0; x < w * 3 / 4; x += 8) {
    v128_t mask = wasm_u16x8_load8x8(dav1d_obmc_masks + w + x);
    for (int y = 0; y < h; y++)
      blend_eight(dst + y * dst_stride + x, with + y * w + x, mask, w);
  }
}

static void blend_h(uint8_t *dst, ptrdiff_t dst_stride, const uint8_t *with, int w, int h) {
  for (int y = 0; y < h * 3 / 4; y++, dst += dst_stride, with += w) {
    v128_t mask = wasm_i16x8_splat(dav1d_obmc_masks[h + y]);
    for (int x = 0; x < w; x += 8)
      blend_eight(dst + x, with + x, mask, w);
  }
}

// Warped motion: each sample of a block of 8×8 has filters of its own, in both directions.

// Of each of four vectors, the sum of its lanes.
INLINE v128_t sums_of_lanes(const v128_t v[4]) {
  v128_t ab = wasm_i32x4_add(LOW32(v[0], v[1]), HIGH32(v[0], v[1]));
  v128_t cd = wasm_i32x4_add(LOW32(v[2], v[3]), HIGH32(v[2], v[3]));
  return wasm_i32x4_add(LOW64(ab, cd), HIGH64(ab, cd));
}

// Eight windows, each filtered as its position asks.
INLINE v128_t filter_each(const v128_t windows[8], int position, int step, Rounding rounding) {
  v128_t products[8];
  for (int i = 0; i < 8; i++, position += step)
    products[i] = wasm_i32x4_dot_i16x8(windows[i], wasm_i16x8_load8x8(dav1d_mc_warp_filter[64 + ((position + 512) >> 10)]));
  v128_t half = wasm_i32x4_splat(rounding.add);
  v128_t left = wasm_i32x4_shr(wasm_i32x4_add(sums_of_lanes(products), half), rounding.shift);
  v128_t right = wasm_i32x4_shr(wasm_i32x4_add(sums_of_lanes(products + 4), half), rounding.shift);
  return wasm_i16x8_narrow_i32x4(left, right);
}

// Eight rows of words become columns, `stride` words apart.
INLINE void store_transposed(int16_t *to, ptrdiff_t stride, const v128_t r[8]) {
  for (int half = 0; half < 2; half++) {
#define MIX(a, b) (half ? HIGH16(r[a], r[b]) : LOW16(r[a], r[b]))
    v128_t a = MIX(0, 1), b = MIX(2, 3), c = MIX(4, 5), d = MIX(6, 7);
#undef MIX
    v128_t top_low = LOW32(a, b), top_high = HIGH32(a, b), bottom_low = LOW32(c, d), bottom_high = HIGH32(c, d);
    int16_t *column = to + 4 * half * stride;
    wasm_v128_store(column, LOW64(top_low, bottom_low));
    wasm_v128_store(column + stride, HIGH64(top_low, bottom_low));
    wasm_v128_store(column + 2 * stride, LOW64(top_high, bottom_high));
    wasm_v128_store(column + 3 * stride, HIGH64(top_high, bottom_high));
  }
}

#define WARP const uint8_t *src, ptrdiff_t stride, const int16_t *abcd, int mx, int my

INLINE void warp(Output out, WARP, Rounding rounding) {
  // Columns of fifteen rows, which the last of sixteen only fills up.
  _Alignas(16) int16_t columns[8 * 16];
  src -= 3 * stride;
  for (int top = 0; top < 16; top += 8) {
    v128_t rows[8];
    for (int y = 0; y < 8 - top / 8; y++, mx += abcd[1], src += stride) {
      v128_t windows[8];
      for (int x = 0; x < 8; x++)
        windows[x] = wasm_u16x8_load8x8(src + x - 3);
      rows[y] = filter_each(windows, mx, abcd[0], (Rounding){4, 3});
    }
    if (top)
      rows[7] = rows[6];
    store_transposed(columns + top, 16, rows);
  }
  for (int y = 0; y < 8; y++, my += abcd[3]) {
    v128_t windows[8];
    for (int x = 0; x < 8; x++)
      windows[x] = wasm_v128_load(columns + 16 * x + y);
    store_at(&out, y, 0, filter_each(windows, my, abcd[2], rounding), 8);
  }
}

static void put_warped(uint8_t *dst, ptrdiff_t dst_stride, WARP) {
  warp(TO_PICTURE, src, stride, abcd, mx, my, (Rounding){1024, 11});
}

static void prep_warped(int16_t *to, ptrdiff_t to_stride, WARP) {
  warp(TO_WORDS(to, to_stride), src, stride, abcd, mx, my, (Rounding){64, 7});
}

// A block that lies over a picture's edges

INLINE int clip(intptr_t value, intptr_t least, intptr_t most) {
  return value < least ? least : value > most ? most : value;
}

// Sixteen bytes at once, the last of which may overlap those before.
INLINE void copy_bytes(uint8_t *dst, const uint8_t *src, int count) {
  if (count < 16) {
    for (; count >= 4; dst += 4, src += 4, count -= 4)
      memcpy(dst, src, 4);
    for (; count > 0; count--)
      *dst++ = *src++;
    return;
  }
  for (int i = 0; i < count - 16; i += 16)
    wasm_v128_store(dst + i, wasm_v128_load(src + i));
  wasm_v128_store(dst + count - 16, wasm_v128_load(src + count - 16));
}

INLINE void fill_bytes(uint8_t *dst, uint8_t value, int count) {
  v128_t values = wasm_i8x16_splat(value);
  for (; count >= 16; dst += 16, count -= 16)
    wasm_v128_store(dst, values);
  if (count & 8)
    wasm_v128_store64_lane(dst, values, 0), dst += 8;
  if (count & 4)
    wasm_v128_store32_lane(dst, values, 0), dst += 4;
  for (count &= 3; count > 0; count--)
    *dst++ = value;
}

static void extend_edges(intptr_t bw, intptr_t bh, intptr_t iw, intptr_t ih, intptr_t x, intptr_t y, uint8_t *dst,
                         ptrdiff_t dst_stride, const uint8_t *src, ptrdiff_t stride) {
  int left = clip(-x, 0, bw - 1), right = clip(x + bw - iw, 0, bw - 1), middle = bw - left - right;
  int top = clip(-y, 0, bh - 1), bottom = clip(y + bh - ih, 0, bh - 1), rows = bh - top - bottom;
  src += clip(y, 0, ih - 1) * stride + clip(x, 0, iw - 1);
  uint8_t *first = dst + top * dst_stride, *row = first;
  for (int i = 0; i < rows; i++, row += dst_stride, src += stride) {
    fill_bytes(row, src[0], left);
    copy_bytes(row + left, src, middle);
    fill_bytes(row + left + middle, src[middle - 1], right);
  }
  for (int i = 0; i < top; i++)
    copy_bytes(dst + i * dst_stride, first, bw);
  for (int i = 0; i < bottom; i++, row += dst_stride)
    copy_bytes(row, row - dst_stride, bw);
}

void __real_dav1d_mc_dsp_init_8bpc(Dav1dMCDSPContext *context);

// Linked in the place of dav1d's own (wasm-ld --wrap).
void __wrap_dav1d_mc_dsp_init_8bpc(Dav1dMCDSPContext *context) {
  __real_dav1d_mc_dsp_init_8bpc(context);
#define ENTER(name, h_type, v_type)                                                                                    \
  context->mc[FILTER_2D_8TAP_##name] = put_##name;                                                                     \
  context->mct[FILTER_2D_8TAP_##name] = prep_##name;
  EIGHT_TAPS(ENTER)
  context->mc[FILTER_2D_BILINEAR] = put_bilinear;
  context->mct[FILTER_2D_BILINEAR] = prep_bilinear;
  context->avg = average;
  context->w_avg = average_weighted;
  context->mask = average_masked;
  context->w_mask[0] = mask_444;
  context->w_mask[1] = mask_422;
  context->w_mask[2] = mask_420;
  context->blend = blend;
  context->blend_v = blend_v;
  context->blend_h = blend_h;
  context->warp8x8 = put_warped;
  context->warp8x8t = prep_warped;
  context->emu_edge = extend_edges;
}
