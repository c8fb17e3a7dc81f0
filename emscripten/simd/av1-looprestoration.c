// AV1's loop restoration filters for 8-bit pictures (AV1 specification, 7.17): of a stripe of up to 384 by 64 samples.
#define BITDEPTH 8
#include "config.h"

#include <string.h>
#include <wasm_simd128.h>

#include "common/intops.h"
#include "src/looprestoration.h"
#include "src/tables.h"

#define INLINE static inline __attribute__((always_inline))

// A stripe with three samples around it, and room to compute eight samples beyond its width. Sample 0 of a row is at
// LEFT, also in the rows of words and double words made from it.
enum { LEFT = 8, PITCH = 384 + 3 * LEFT, BORDER = 3, MAX_HEIGHT = 64 };
typedef struct Stripe {
  uint8_t rows[MAX_HEIGHT + 2 * BORDER][PITCH];
} Stripe;

typedef uint16_t Words[PITCH];
typedef int32_t DoubleWords[PITCH];

INLINE v128_t mix_low(v128_t a, v128_t b) { return wasm_i16x8_shuffle(a, b, 0, 8, 1, 9, 2, 10, 3, 11); }
INLINE v128_t mix_high(v128_t a, v128_t b) { return wasm_i16x8_shuffle(a, b, 4, 12, 5, 13, 6, 14, 7, 15); }
INLINE v128_t pair(int a, int b) { return wasm_i32x4_splat((a & 0xffff) | (int)((unsigned)b << 16)); }

// `left`: four samples that stand in for those before the row, or NULL.
INLINE void copy_row(uint8_t *to, const uint8_t *from, const uint8_t *left, int width, enum LrEdgeFlags edges) {
  to += LEFT;
  memcpy(to, from, width);
  for (int i = 1; i <= BORDER; i++) {
    to[-i] = !(edges & LR_HAVE_LEFT) ? from[0] : left ? left[4 - i] : from[-i];
    to[width - 1 + i] = edges & LR_HAVE_RIGHT ? from[width - 1 + i] : from[width - 1];
  }
}

// `lpf`: two rows from above the stripe and, four rows further down, two from below. Of three rows the outermost is
// the one next to it.
static __attribute__((noinline)) void copy_stripe(Stripe *stripe, const uint8_t *src, ptrdiff_t stride,
                                                  const uint8_t (*left)[4], const uint8_t *lpf, int width, int height,
                                                  enum LrEdgeFlags edges) {
  for (int y = 0; y < height; y++)
    copy_row(stripe->rows[BORDER + y], src + y * stride, left[y], width, edges);
  for (int y = 1; y <= BORDER; y++) {
    int above = BORDER - y, below = BORDER + height - 1 + y;
    if (edges & LR_HAVE_TOP)
      copy_row(stripe->rows[above], lpf + (y == 1 ? stride : 0), NULL, width, edges);
    else
      memcpy(stripe->rows[above], stripe->rows[BORDER], PITCH);
    if (edges & LR_HAVE_BOTTOM)
      copy_row(stripe->rows[below], lpf + (y == 1 ? 6 : 7) * stride, NULL, width, edges);
    else
      memcpy(stripe->rows[below], stripe->rows[BORDER + height - 1], PITCH);
  }
}

// Up to eight words as bytes.
INLINE void store_pixels(uint8_t *to, v128_t words, int count) {
  v128_t bytes = wasm_u8x16_narrow_i16x8(words, words);
  if (count >= 8)
    wasm_v128_store64_lane(to, bytes, 0);
  else
    for (int i = 0; i < count; i++, bytes = wasm_u64x2_shr(bytes, 8))
      to[i] = wasm_u8x16_extract_lane(bytes, 0);
}

// Wiener filter, 7.17.4. Its taps are symmetrical.

typedef struct Taps {
  v128_t outer, inner;
} Taps;

INLINE Taps make_taps(const int16_t *filter, int center) {
  return (Taps){pair(filter[0], filter[1]), pair(filter[2], center)};
}

INLINE v128_t weigh(const v128_t s[7], Taps taps, int offset, int shift) {
  v128_t a = wasm_i16x8_add(s[0], s[6]), b = wasm_i16x8_add(s[1], s[5]), c = wasm_i16x8_add(s[2], s[4]);
  v128_t low = wasm_i32x4_add(wasm_i32x4_dot_i16x8(mix_low(a, b), taps.outer),
                              wasm_i32x4_dot_i16x8(mix_low(c, s[3]), taps.inner));
  v128_t high = wasm_i32x4_add(wasm_i32x4_dot_i16x8(mix_high(a, b), taps.outer),
                               wasm_i32x4_dot_i16x8(mix_high(c, s[3]), taps.inner));
  v128_t rounding = wasm_i32x4_splat(offset + (1 << (shift - 1)));
  return wasm_i16x8_narrow_i32x4(wasm_i32x4_shr(wasm_i32x4_add(low, rounding), shift),
                                 wasm_i32x4_shr(wasm_i32x4_add(high, rounding), shift));
}

INLINE void wiener_horizontally(uint16_t *to, const uint8_t *row, int width, Taps taps) {
  for (int x = 0; x < width; x += 8) {
    v128_t s[7];
    for (int k = 0; k < 7; k++)
      s[k] = wasm_u16x8_load8x8(row + LEFT + x + k - 3);
    v128_t v = weigh(s, taps, 1 << 14, 3);
    wasm_v128_store(to + x, wasm_i16x8_min(wasm_i16x8_max(v, wasm_i16x8_splat(0)), wasm_i16x8_splat(8191)));
  }
}

static void wiener(uint8_t *dst, ptrdiff_t stride, const uint8_t (*left)[4], const uint8_t *lpf, int width, int height,
                   const LooprestorationParams *params, enum LrEdgeFlags edges) {
  Stripe stripe;
  copy_stripe(&stripe, dst, stride, left, lpf, width, height, edges);
  Taps across = make_taps(params->filter[0], params->filter[0][3] + 128);
  Taps down = make_taps(params->filter[1], params->filter[1][3]);
  Words filtered[8]; // row y of the stripe's copy is filtered[y % 8]
  for (int y = 0; y < 6; y++)
    wiener_horizontally(filtered[y], stripe.rows[y], width, across);
  for (int y = 0; y < height; y++, dst += stride) {
    wiener_horizontally(filtered[(y + 6) % 8], stripe.rows[y + 6], width, across);
    for (int x = 0; x < width; x += 8) {
      v128_t s[7];
      for (int k = 0; k < 7; k++)
        s[k] = wasm_v128_load(filtered[(y + k) % 8] + x);
      store_pixels(dst + x, weigh(s, down, -(1 << 18), 11), width - x);
    }
  }
}

// Self-guided filter, 7.17.3. Rows and columns of boxes count from -1 to the size inclusive.

typedef struct Boxes {
  DoubleWords a;
  Words b;
} Boxes;

INLINE v128_t sum_of_rows(const uint8_t *at, int size) {
  v128_t sum = wasm_u16x8_load8x8(at);
  for (int k = 1; k < size; k++)
    sum = wasm_i16x8_add(sum, wasm_u16x8_load8x8(at + k * PITCH));
  return sum;
}

INLINE void squares_of_rows(const uint8_t *at, int size, v128_t *low, v128_t *high) {
  *low = *high = wasm_i32x4_splat(0);
  for (int k = 0; k < size; k += 2) {
    v128_t a = wasm_u16x8_load8x8(at + k * PITCH);
    v128_t b = k + 1 < size ? wasm_u16x8_load8x8(at + (k + 1) * PITCH) : wasm_i16x8_splat(0);
    v128_t mixed_low = mix_low(a, b), mixed_high = mix_high(a, b);
    *low = wasm_i32x4_add(*low, wasm_i32x4_dot_i16x8(mixed_low, mixed_low));
    *high = wasm_i32x4_add(*high, wasm_i32x4_dot_i16x8(mixed_high, mixed_high));
  }
}

INLINE v128_t sum_of_words(const uint16_t *at, int size) {
  v128_t sum = wasm_v128_load(at);
  for (int k = 1; k < size; k++)
    sum = wasm_i16x8_add(sum, wasm_v128_load(at + k));
  return sum;
}

INLINE v128_t sum_of_double_words(const int32_t *at, int size) {
  v128_t sum = wasm_v128_load(at);
  for (int k = 1; k < size; k++)
    sum = wasm_i32x4_add(sum, wasm_v128_load(at + k));
  return sum;
}

// How flat four boxes are, as the index of dav1d_sgr_x_by_x.
INLINE v128_t flatness(v128_t squares, v128_t square_of_sum, int count, unsigned strength) {
  v128_t p = wasm_i32x4_sub(wasm_i32x4_mul(squares, wasm_i32x4_splat(count)), square_of_sum);
  p = wasm_i32x4_mul(wasm_i32x4_max(p, wasm_i32x4_splat(0)), wasm_i32x4_splat(strength));
  v128_t z = wasm_u32x4_shr(wasm_i32x4_add(p, wasm_i32x4_splat(1 << 19)), 20);
  return wasm_u32x4_min(z, wasm_i32x4_splat(255));
}

INLINE v128_t look_up(v128_t indices) {
  v128_t bytes = wasm_i8x16_splat(0);
#define LANE(n) bytes = wasm_v128_load8_lane(&dav1d_sgr_x_by_x[wasm_u16x8_extract_lane(indices, n)], bytes, n);
  LANE(0) LANE(1) LANE(2) LANE(3) LANE(4) LANE(5) LANE(6) LANE(7)
#undef LANE
  return wasm_u16x8_extend_low_u8x16(bytes);
}

// One row of boxes of size * size samples around row `y`.
INLINE void sum_boxes(Boxes *boxes, const Stripe *stripe, int y, int width, int size, unsigned strength) {
  int reach = size / 2, count = size * size, one_by_count = size == 5 ? 164 : 455;
  Words sums;
  DoubleWords squares;
  const uint8_t *row = stripe->rows[BORDER + y - reach];
  for (int x = LEFT - BORDER; x < LEFT + width + BORDER; x += 8) {
    v128_t low, high;
    squares_of_rows(row + x, size, &low, &high);
    wasm_v128_store(sums + x, sum_of_rows(row + x, size));
    wasm_v128_store(squares + x, low);
    wasm_v128_store(squares + x + 4, high);
  }
  for (int x = LEFT - 1; x < LEFT + width + 1; x += 8) {
    v128_t sum = sum_of_words(sums + x - reach, size);
    v128_t low = flatness(sum_of_double_words(squares + x - reach, size), wasm_u32x4_extmul_low_u16x8(sum, sum), count,
                          strength);
    v128_t high = flatness(sum_of_double_words(squares + x + 4 - reach, size), wasm_u32x4_extmul_high_u16x8(sum, sum),
                           count, strength);
    v128_t b = look_up(wasm_u16x8_narrow_i32x4(low, high));
    wasm_v128_store(boxes->b + x, b);
    v128_t factor = wasm_i32x4_splat(one_by_count), rounding = wasm_i32x4_splat(1 << 11);
    low = wasm_i32x4_mul(wasm_u32x4_extmul_low_u16x8(sum, b), factor);
    high = wasm_i32x4_mul(wasm_u32x4_extmul_high_u16x8(sum, b), factor);
    wasm_v128_store(boxes->a + x, wasm_u32x4_shr(wasm_i32x4_add(low, rounding), 12));
    wasm_v128_store(boxes->a + x + 4, wasm_u32x4_shr(wasm_i32x4_add(high, rounding), 12));
  }
}

static __attribute__((noinline)) void sum_boxes3(Boxes *boxes, const Stripe *stripe, int y, int width,
                                                 unsigned strength) {
  sum_boxes(boxes, stripe, y, width, 3, strength);
}

static __attribute__((noinline)) void sum_boxes5(Boxes *boxes, const Stripe *stripe, int y, int width,
                                                 unsigned strength) {
  sum_boxes(boxes, stripe, y, width, 5, strength);
}

// Weighted sums of a box and its neighbours, for words and double words alike: of 3x3 boxes, with weights 4 and, in
// the corners, 3; of 5x5 boxes, of which there is one row in two, with 6 and 5 from one row or two.
enum Neighbors { NEIGHBORS_OF_3, NEIGHBORS_OF_5_IN_TWO_ROWS, NEIGHBORS_OF_5_IN_ONE_ROW };

#define WEIGHTED_SUM(name, type, add, shift_left)                                                                    \
  INLINE v128_t name(const type *above, const type *own, const type *below, enum Neighbors kind) {                   \
    v128_t middle = wasm_v128_load(above), corners = add(wasm_v128_load(above - 1), wasm_v128_load(above + 1));      \
    if (kind != NEIGHBORS_OF_5_IN_ONE_ROW) {                                                                         \
      middle = add(middle, wasm_v128_load(below));                                                                   \
      corners = add(corners, add(wasm_v128_load(below - 1), wasm_v128_load(below + 1)));                             \
    }                                                                                                                \
    if (kind == NEIGHBORS_OF_3) {                                                                                    \
      middle = add(middle, add(wasm_v128_load(own), add(wasm_v128_load(own - 1), wasm_v128_load(own + 1))));         \
      return add(shift_left(middle, 2), add(shift_left(corners, 1), corners));                                       \
    }                                                                                                                \
    v128_t all = add(middle, corners);                                                                               \
    return add(add(shift_left(all, 2), all), middle);                                                                \
  }
WEIGHTED_SUM(weigh_words, uint16_t, wasm_i16x8_add, wasm_i16x8_shl)
WEIGHTED_SUM(weigh_double_words, int32_t, wasm_i32x4_add, wasm_i32x4_shl)

// How far eight samples are from the guided filter's result.
INLINE v128_t difference(const Boxes *above, const Boxes *own, const Boxes *below, int x, v128_t samples,
                         enum Neighbors kind) {
  int shift = kind == NEIGHBORS_OF_5_IN_ONE_ROW ? 8 : 9;
  v128_t rounding = wasm_i32x4_splat(1 << (shift - 1));
  v128_t a = weigh_words(above->b + x, own->b + x, below->b + x, kind);
  v128_t low = weigh_double_words(above->a + x, own->a + x, below->a + x, kind);
  v128_t high = weigh_double_words(above->a + x + 4, own->a + x + 4, below->a + x + 4, kind);
  low = wasm_i32x4_sub(low, wasm_u32x4_extmul_low_u16x8(a, samples));
  high = wasm_i32x4_sub(high, wasm_u32x4_extmul_high_u16x8(a, samples));
  return wasm_i16x8_narrow_i32x4(wasm_i32x4_shr(wasm_i32x4_add(low, rounding), shift),
                                 wasm_i32x4_shr(wasm_i32x4_add(high, rounding), shift));
}

// Row y: boxes3[0 … 2] are rows y - 1 … y + 1; boxes5[0 … 1] are y - 1 and y + 1, or both y.
INLINE void finish_row(uint8_t *dst, const uint8_t *row, int width, const Boxes *boxes5[2], const Boxes *boxes3[3],
                       v128_t weights, int has5, int has3, enum Neighbors kind5) {
  v128_t zero = wasm_i16x8_splat(0), rounding = wasm_i32x4_splat(1 << 10);
  for (int x = 0; x < width; x += 8) {
    v128_t samples = wasm_u16x8_load8x8(row + LEFT + x);
    v128_t by5 = has5 ? difference(boxes5[0], boxes5[0], boxes5[1], LEFT + x, samples, kind5) : zero;
    v128_t by3 = has3 ? difference(boxes3[0], boxes3[1], boxes3[2], LEFT + x, samples, NEIGHBORS_OF_3) : zero;
    v128_t low = wasm_i32x4_add(wasm_i32x4_dot_i16x8(mix_low(by5, by3), weights), rounding);
    v128_t high = wasm_i32x4_add(wasm_i32x4_dot_i16x8(mix_high(by5, by3), weights), rounding);
    v128_t sum = wasm_i16x8_narrow_i32x4(wasm_i32x4_shr(low, 11), wasm_i32x4_shr(high, 11));
    store_pixels(dst + x, wasm_i16x8_add(samples, sum), width - x);
  }
}

// Two rows at a time, for which there is one new row of 5x5 boxes.
INLINE void self_guided(uint8_t *dst, ptrdiff_t stride, const uint8_t (*left)[4], const uint8_t *lpf, int width,
                        int height, const LooprestorationParams *params, enum LrEdgeFlags edges, int has5, int has3) {
  Stripe stripe;
  copy_stripe(&stripe, dst, stride, left, lpf, width, height, edges);
  unsigned s0 = params->sgr.s0, s1 = params->sgr.s1;
  v128_t weights = pair(params->sgr.w0, params->sgr.w1);
  Boxes boxes3[4], boxes5[2]; // row y is boxes3[(y + 1) % 4] and, y being odd, boxes5[(y + 1) / 2 % 2]
  if (has5)
    sum_boxes5(&boxes5[0], &stripe, -1, width, s0);
  if (has3)
    for (int y = -1; y < 1; y++)
      sum_boxes3(&boxes3[y + 1], &stripe, y, width, s1);
  for (int y = 0; y < height; y += 2) {
    const Boxes *above5 = &boxes5[y / 2 % 2], *below5 = &boxes5[(y / 2 + 1) % 2];
    const Boxes *even5[2] = {above5, below5}, *odd5[2] = {below5, below5};
    const Boxes *even3[3] = {&boxes3[y % 4], &boxes3[(y + 1) % 4], &boxes3[(y + 2) % 4]};
    const Boxes *odd3[3] = {even3[1], even3[2], &boxes3[(y + 3) % 4]};
    if (has5)
      sum_boxes5((Boxes *)below5, &stripe, y + 1, width, s0);
    if (has3)
      for (int k = 1; k <= 2; k++)
        sum_boxes3(&boxes3[(y + k + 1) % 4], &stripe, y + k, width, s1);
    finish_row(dst + y * stride, stripe.rows[BORDER + y], width, even5, even3, weights, has5, has3,
               NEIGHBORS_OF_5_IN_TWO_ROWS);
    if (y + 1 < height)
      finish_row(dst + (y + 1) * stride, stripe.rows[BORDER + y + 1], width, odd5, odd3, weights, has5, has3,
                 NEIGHBORS_OF_5_IN_ONE_ROW);
  }
}

#define SELF_GUIDED(name, has5, has3)                                                                                \
  static void name(uint8_t *dst, ptrdiff_t stride, const uint8_t(*left)[4], const uint8_t *lpf, int width,           \
                   int height, const LooprestorationParams *params, enum LrEdgeFlags edges) {                        \
    self_guided(dst, stride, left, lpf, width, height, params, edges, has5, has3);                                   \
  }
SELF_GUIDED(self_guided_5, 1, 0)
SELF_GUIDED(self_guided_3, 0, 1)
SELF_GUIDED(self_guided_mixed, 1, 1)

void __real_dav1d_loop_restoration_dsp_init_8bpc(Dav1dLoopRestorationDSPContext *context, int depth);
void __wrap_dav1d_loop_restoration_dsp_init_8bpc(Dav1dLoopRestorationDSPContext *context, int depth) {
  __real_dav1d_loop_restoration_dsp_init_8bpc(context, depth);
  context->wiener[0] = context->wiener[1] = wiener;
  context->sgr[0] = self_guided_5;
  context->sgr[1] = self_guided_3;
  context->sgr[2] = self_guided_mixed;
}
