// AV1 motion compensation for pictures of 10 and 12 bits (AV1 bitstream specification, 7.11.3).
//
// Between two passes, and in predictions yet to be blended, samples are words of 14 bits and a sign at most; predictions
// have a bias taken off, so that they do. All sums are of 32 bits.
//
// Widths are as in av1-mc.c; reads may run over a row's end by up to 14 bytes.
#define BITDEPTH 16
#include "config.h"

#include <string.h>
#include <wasm_simd128.h>

#include "src/mc.h"

#include "av1-mc.h"

#define BIAS 8192

// How many bits more than in the picture such words have.
INLINE int extra_bits(int bitdepth_max) { return bitdepth_max > 1023 ? 2 : 4; }

// Words, and what they are clipped to: a picture's samples, or nothing that matters.
typedef struct Words {
  int16_t *at;
  ptrdiff_t stride; // in words
  int least, most;
} Words;

#define TO_PICTURE(dst, stride) ((Words){(int16_t *)(dst), (stride) / 2, 0, bitdepth_max})
#define TO_WORDS(to, stride) ((Words){to, stride, INT16_MIN, INT16_MAX})

INLINE void store_words(int16_t *to, v128_t words, int width) {
  if (width >= 8)
    wasm_v128_store(to, words);
  else if (width == 4)
    wasm_v128_store64_lane(to, words, 0);
  else
    wasm_v128_store32_lane(to, words, 0);
}

INLINE v128_t clip_words(v128_t words, const Words *like) {
  return wasm_i16x8_max(wasm_i16x8_min(words, wasm_i16x8_splat(like->most)), wasm_i16x8_splat(like->least));
}

// Eight words filtered along a row: products of pairs make sums for every other one.
INLINE v128_t filter_across(const int16_t *src, const Taps *pairs, int count, Rounding rounding) {
  v128_t even = wasm_i32x4_splat(rounding.add), odd = even;
  for (int i = 0; i < count / 2; i++) {
    const int16_t *from = src + 2 * i - BEFORE(count);
    even = wasm_i32x4_add(even, wasm_i32x4_dot_i16x8(wasm_v128_load(from), pairs->at[i]));
    odd = wasm_i32x4_add(odd, wasm_i32x4_dot_i16x8(wasm_v128_load(from + 1), pairs->at[i]));
  }
  even = wasm_i32x4_shr(even, rounding.shift), odd = wasm_i32x4_shr(odd, rounding.shift);
  return LOW16(wasm_i16x8_narrow_i32x4(even, even), wasm_i16x8_narrow_i32x4(odd, odd));
}

INLINE void filter_horizontally(Words to, const int16_t *src, ptrdiff_t stride, int width, int height,
                                const int8_t *filter, int count, Rounding rounding) {
  Taps pairs = splat_pairs(filter, count);
  for (int y = 0; y < height; y++, to.at += to.stride, src += stride)
    for (int x = 0; x < width; x += 8)
      store_words(to.at + x, clip_words(filter_across(src + x, &pairs, count, rounding), &to), width);
}

// `src` is where the first window begins.
INLINE void filter_vertically(Words to, const int16_t *src, ptrdiff_t stride, int width, int height,
                              const int8_t *filter, int count, Rounding rounding) {
  Taps pairs = splat_pairs(filter, count);
  int y = 0;
  for (; y + 4 <= height; y += 4, to.at += 4 * to.stride, src += 4 * stride)
    for (int x = 0; x < width; x += 8) {
      v128_t results[4];
      filter_words(src + x, stride, &pairs, count, rounding, 4, width, results);
      for (int row = 0; row < 4; row++)
        store_words(to.at + row * to.stride + x, clip_words(results[row], &to), width);
    }
  for (; y < height; y++, to.at += to.stride, src += stride)
    for (int x = 0; x < width; x += 8) {
      v128_t result;
      filter_words(src + x, stride, &pairs, count, rounding, 1, width, &result);
      store_words(to.at + x, clip_words(result, &to), width);
    }
}

#define PASSES(count)                                                                                                  \
  OUTLINE void filter_h_##count(Words to, const int16_t *src, ptrdiff_t stride, int w, int h, const int8_t *filter,    \
                                Rounding rounding) {                                                                   \
    filter_horizontally(to, src, stride, w, h, filter, count, rounding);                                               \
  }                                                                                                                    \
  OUTLINE void filter_v_##count(Words to, const int16_t *src, ptrdiff_t stride, int w, int h, const int8_t *filter,    \
                                Rounding rounding) {                                                                   \
    filter_vertically(to, src, stride, w, h, filter, count, rounding);                                                 \
  }

PASSES(4)
PASSES(6)
PASSES(8)

INLINE void filter_h(Words to, const int16_t *src, ptrdiff_t stride, int w, int h, const int8_t *filter,
                     Rounding rounding) {
  int count = count_taps(filter);
  (count == 4 ? filter_h_4 : count == 6 ? filter_h_6 : filter_h_8)(to, src, stride, w, h, filter, rounding);
}

INLINE void filter_v(Words to, const int16_t *src, ptrdiff_t stride, int w, int h, const int8_t *filter,
                     Rounding rounding) {
  int count = count_taps(filter);
  (count == 4 ? filter_v_4 : count == 6 ? filter_v_6 : filter_v_8)(to, src, stride, w, h, filter, rounding);
}

// Both ways, in strips whose rows in between stay in the first cache.
#define STRIP 32

OUTLINE void filter_hv(Words to, const int16_t *src, ptrdiff_t stride, int w, int h, const int8_t *across,
                       const int8_t *down, Rounding first, Rounding second) {
  _Alignas(16) int16_t rows[STRIP * (128 + 7)];
  int before = BEFORE(count_taps(down)), strip = w < STRIP ? w : STRIP;
  ptrdiff_t between = strip < 8 ? 8 : strip;
  for (int x = 0; x < w; x += STRIP, to.at += STRIP, src += STRIP) {
    filter_h(TO_WORDS(rows, between), src - before * stride, stride, strip, h + 2 * before + 1, across, first);
    filter_v(to, rows, between, strip, h, down, second);
  }
}

INLINE void copy(Words to, const int16_t *src, ptrdiff_t stride, int width, int height, int shift, int bias) {
  for (int y = 0; y < height; y++, to.at += to.stride, src += stride)
    for (int x = 0; x < width; x += 8)
      store_words(to.at + x, wasm_i16x8_sub(wasm_i16x8_shl(wasm_v128_load(src + x), shift), wasm_i16x8_splat(bias)),
                  width);
}

// A rounding of `shift` bits, after which `bias` is taken off.
INLINE Rounding rounding_of(int shift, int bias) { return (Rounding){(1 << shift >> 1) - (bias << shift), shift}; }

#define PUT uint16_t *dst, ptrdiff_t dst_stride, const uint16_t *src, ptrdiff_t stride, int w, int h, int mx, int my
#define PREP int16_t *to, const uint16_t *src, ptrdiff_t stride, int w, int h, int mx, int my

OUTLINE void put_8tap(PUT, int type_h, int type_v, int bitdepth_max) {
  const int8_t *across = subpel_filter(type_h, w, mx), *down = subpel_filter(type_v, h, my);
  const int16_t *from = (const int16_t *)src;
  int extra = extra_bits(bitdepth_max);
  Words to = TO_PICTURE(dst, dst_stride);
  stride /= 2;
  if (across && down)
    filter_hv(to, from, stride, w, h, across, down, rounding_of(6 - extra, 0), rounding_of(6 + extra, 0));
  else if (across)
    // Rounded twice, to the bits in between as well.
    filter_h(to, from, stride, w, h, across, (Rounding){32 + (1 << (6 - extra) >> 1), 6});
  else if (down)
    filter_v(to, from - BEFORE(count_taps(down)) * stride, stride, w, h, down, rounding_of(6, 0));
  else
    copy(to, from, stride, w, h, 0, 0);
}

OUTLINE void prep_8tap(PREP, int type_h, int type_v, int bitdepth_max) {
  const int8_t *across = subpel_filter(type_h, w, mx), *down = subpel_filter(type_v, h, my);
  const int16_t *from = (const int16_t *)src;
  int extra = extra_bits(bitdepth_max);
  stride /= 2;
  if (across && down)
    filter_hv(TO_WORDS(to, w), from, stride, w, h, across, down, rounding_of(6 - extra, 0), rounding_of(6, BIAS));
  else if (across)
    filter_h(TO_WORDS(to, w), from, stride, w, h, across, rounding_of(6 - extra, BIAS));
  else if (down)
    filter_v(TO_WORDS(to, w), from - BEFORE(count_taps(down)) * stride, stride, w, h, down,
             rounding_of(6 - extra, BIAS));
  else
    copy(TO_WORDS(to, w), from, stride, w, h, extra, BIAS);
}

#define EIGHT_TAP(name, h_type, v_type)                                                                                \
  static void put_##name(PUT, int bitdepth_max) {                                                                      \
    put_8tap(dst, dst_stride, src, stride, w, h, mx, my, DAV1D_FILTER_8TAP_##h_type, DAV1D_FILTER_8TAP_##v_type,       \
             bitdepth_max);                                                                                            \
  }                                                                                                                    \
  static void prep_##name(PREP, int bitdepth_max) {                                                                    \
    prep_8tap(to, src, stride, w, h, mx, my, DAV1D_FILTER_8TAP_##h_type, DAV1D_FILTER_8TAP_##v_type, bitdepth_max);    \
  }

EIGHT_TAPS(EIGHT_TAP)

// Blending of two predictions, from which the bias is missing

#define TWO_PREDICTIONS uint16_t *dst, ptrdiff_t dst_stride, const int16_t *a, const int16_t *b, int w, int h

// Weights of both sides make up 1 << bits.
INLINE Rounding rounding_of_weights(int bits, int extra) {
  return (Rounding){(1 << (bits + extra - 1)) + BIAS * (1 << bits), bits + extra};
}

// Where the sum of two saturates, the result is clipped as it would be without.
static void average(TWO_PREDICTIONS, int bitdepth_max) {
  int extra = extra_bits(bitdepth_max);
  Words to = TO_PICTURE(dst, dst_stride);
  v128_t half = wasm_i16x8_splat(1 << extra), bias = wasm_i16x8_splat(2 * BIAS >> (extra + 1));
  for (int y = 0; y < h; y++, to.at += to.stride, a += w, b += w)
    for (int x = 0; x < w; x += 8) {
      v128_t sum = wasm_i16x8_add_sat(wasm_i16x8_add_sat(wasm_v128_load(a + x), wasm_v128_load(b + x)), half);
      sum = wasm_i16x8_add(wasm_i16x8_shr(sum, extra + 1), bias);
      store_words(to.at + x, clip_words(sum, &to), w);
    }
}

static void average_weighted(TWO_PREDICTIONS, int weight, int bitdepth_max) {
  Words to = TO_PICTURE(dst, dst_stride);
  Rounding rounding = rounding_of_weights(4, extra_bits(bitdepth_max));
  v128_t weight_a = wasm_i16x8_splat(weight), weight_b = wasm_i16x8_splat(16 - weight);
  for (int y = 0; y < h; y++, to.at += to.stride, a += w, b += w)
    for (int x = 0; x < w; x += 8) {
      v128_t sum = weigh(wasm_v128_load(a + x), wasm_v128_load(b + x), weight_a, weight_b, rounding);
      store_words(to.at + x, clip_words(sum, &to), w);
    }
}

static void average_masked(TWO_PREDICTIONS, const uint8_t *mask, int bitdepth_max) {
  Words to = TO_PICTURE(dst, dst_stride);
  Rounding rounding = rounding_of_weights(6, extra_bits(bitdepth_max));
  for (int y = 0; y < h; y++, to.at += to.stride, a += w, b += w, mask += w)
    for (int x = 0; x < w; x += 8) {
      v128_t weight = wasm_u16x8_load8x8(mask + x), rest = wasm_i16x8_sub(wasm_i16x8_splat(64), weight);
      v128_t sum = weigh(wasm_v128_load(a + x), wasm_v128_load(b + x), weight, rest, rounding);
      store_words(to.at + x, clip_words(sum, &to), w);
    }
}

// Blends eight samples by a mask made from how far the two predictions differ; returns the mask. It is at its largest
// where the difference saturates.
INLINE v128_t blend_by_difference(const Words *to, ptrdiff_t at, const int16_t *a, const int16_t *b, int width,
                                  Rounding rounding) {
  v128_t first = wasm_v128_load(a), second = wasm_v128_load(b);
  v128_t difference = wasm_i16x8_abs(wasm_i16x8_sub_sat(first, second));
  v128_t mask = wasm_u16x8_shr(wasm_i16x8_add(difference, wasm_i16x8_splat(32)), 10);
  mask = wasm_i16x8_min(wasm_i16x8_add(mask, wasm_i16x8_splat(38)), wasm_i16x8_splat(64));
  v128_t sum = weigh(first, second, mask, wasm_i16x8_sub(wasm_i16x8_splat(64), mask), rounding);
  store_words(to->at + at, clip_words(sum, to), width);
  return mask;
}

static void mask_444(TWO_PREDICTIONS, uint8_t *mask, int sign, int bitdepth_max) {
  (void)sign;
  Words to = TO_PICTURE(dst, dst_stride);
  Rounding rounding = rounding_of_weights(6, extra_bits(bitdepth_max));
  for (int y = 0; y < h; y++, to.at += to.stride, a += w, b += w, mask += w)
    for (int x = 0; x < w; x += 8)
      store_bytes(mask + x, blend_by_difference(&to, x, a + x, b + x, w, rounding), w);
}

static void mask_422(TWO_PREDICTIONS, uint8_t *mask, int sign, int bitdepth_max) {
  Words to = TO_PICTURE(dst, dst_stride);
  Rounding rounding = rounding_of_weights(6, extra_bits(bitdepth_max));
  for (int y = 0; y < h; y++, to.at += to.stride, a += w, b += w, mask += w / 2)
    for (int x = 0; x < w; x += 8)
      store_subsampled(mask + x / 2, blend_by_difference(&to, x, a + x, b + x, w, rounding), 1 - sign, 1, w);
}

static void mask_420(TWO_PREDICTIONS, uint8_t *mask, int sign, int bitdepth_max) {
  Words to = TO_PICTURE(dst, dst_stride);
  Rounding rounding = rounding_of_weights(6, extra_bits(bitdepth_max));
  for (int y = 0; y < h; y += 2, to.at += 2 * to.stride, a += 2 * w, b += 2 * w, mask += w / 2)
    for (int x = 0; x < w; x += 8) {
      v128_t upper = blend_by_difference(&to, x, a + x, b + x, w, rounding);
      v128_t lower = blend_by_difference(&to, to.stride + x, a + w + x, b + w + x, w, rounding);
      store_subsampled(mask + x / 2, wasm_i16x8_add(upper, lower), 2 - sign, 2, w);
    }
}

// Blending of a prediction into the picture

INLINE void blend_eight(uint16_t *dst, const uint16_t *with, v128_t mask, int width) {
  v128_t rest = wasm_i16x8_sub(wasm_i16x8_splat(64), mask);
  store_words((int16_t *)dst, weigh(wasm_v128_load(dst), wasm_v128_load(with), rest, mask, (Rounding){32, 6}), width);
}

static void blend(uint16_t *dst, ptrdiff_t dst_stride, const uint16_t *with, int w, int h, const uint8_t *mask) {
  for (int y = 0; y < h; y++, dst += dst_stride / 2, with += w, mask += w)
    for (int x = 0; x < w; x += 8)
      blend_eight(dst + x, with + x, wasm_u16x8_load8x8(mask + x), w);
}

// Of a row, the last quarter has a mask of zeros and stays as it is.
static void blend_v(uint16_t *dst, ptrdiff_t dst_stride, const uint16_t *with, int w, int h) {
  for (int x = 0; x < w * 3 / 4; x += 8) {
    v128_t mask = wasm_u16x8_load8x8(dav1d_obmc_masks + w + x);
    for (int y = 0; y < h; y++)
      blend_eight(dst + y * (dst_stride / 2) + x, with + y * w + x, mask, w);
  }
}

static void blend_h(uint16_t *dst, ptrdiff_t dst_stride, const uint16_t *with, int w, int h) {
  for (int y = 0; y < h * 3 / 4; y++, dst += dst_stride / 2, with += w) {
    v128_t mask = wasm_i16x8_splat(dav1d_obmc_masks[h + y]);
    for (int x = 0; x < w; x += 8)
      blend_eight(dst + x, with + x, mask, w);
  }
}

void __real_dav1d_mc_dsp_init_16bpc(Dav1dMCDSPContext *context);

// Linked in the place of dav1d's own (wasm-ld --wrap).
void __wrap_dav1d_mc_dsp_init_16bpc(Dav1dMCDSPContext *context) {
  __real_dav1d_mc_dsp_init_16bpc(context);
#define ENTER(name, h_type, v_type)                                                                                    \
  context->mc[FILTER_2D_8TAP_##name] = put_##name;                                                                     \
  context->mct[FILTER_2D_8TAP_##name] = prep_##name;
  EIGHT_TAPS(ENTER)
  context->avg = average;
  context->w_avg = average_weighted;
  context->mask = average_masked;
  context->w_mask[0] = mask_444;
  context->w_mask[1] = mask_422;
  context->w_mask[2] = mask_420;
  context->blend = blend;
  context->blend_v = blend_v;
  context->blend_h = blend_h;
}
