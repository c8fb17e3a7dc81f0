// AV1's constrained directional enhancement filter for 8-bit pictures (AV1 specification, 7.15).
#define BITDEPTH 8
#include "config.h"

#include "common/intops.h"
#include "src/cdef.h"

#include <string.h>
#include <wasm_simd128.h>

#define INLINE static inline __attribute__((always_inline))

// The block with two samples around it: rows of 16 bytes, the first sample of the block at ORIGIN.
enum { PITCH = 16, ORIGIN = 2 * PITCH + 2 };
typedef struct Padded {
  _Alignas(16) uint8_t samples[12 * PITCH];
  _Alignas(16) uint8_t valid[12 * PITCH]; // 255 where there is a sample; only at the edges of the picture
} Padded;

// Cdef_Directions as distances in a padded block; two more at either end, so that dir - 2 and dir + 2 need no modulo.
#define AT(y, x) ((y) * PITCH + (x))
static const int8_t directions[12][2] = {
    {AT(1, 0), AT(2, 0)},   {AT(1, 0), AT(2, -1)}, {AT(-1, 1), AT(-2, 2)}, {AT(0, 1), AT(-1, 2)},
    {AT(0, 1), AT(0, 2)},   {AT(0, 1), AT(1, 2)},  {AT(1, 1), AT(2, 2)},   {AT(1, 0), AT(2, 1)},
    {AT(1, 0), AT(2, 0)},   {AT(1, 0), AT(2, -1)}, {AT(-1, 1), AT(-2, 2)}, {AT(0, 1), AT(-1, 2)},
};

// width + 4 bytes from two before `from`, and nothing beyond.
INLINE v128_t load_row(const uint8_t *from, int width) {
  return width == 8 ? wasm_v128_load32_lane(from + 6, wasm_v128_load64_zero(from - 2), 2)
                    : wasm_v128_load64_zero(from - 2);
}

INLINE void copy_block(Padded *padded, const uint8_t *src, ptrdiff_t stride, const uint8_t (*left)[2],
                       const uint8_t *top, const uint8_t *bottom, int width, int height) {
  uint8_t *to = padded->samples;
  for (int y = 0; y < 2; y++)
    wasm_v128_store(to + y * PITCH, load_row(top + y * stride, width));
  for (int y = 0; y < height; y++)
    wasm_v128_store(to + (2 + y) * PITCH, wasm_v128_load16_lane(left[y], load_row(src + y * stride, width), 0));
  for (int y = 0; y < 2; y++)
    wasm_v128_store(to + (2 + height + y) * PITCH, load_row(bottom + y * stride, width));
}

// The same where samples are missing; slow and rare.
static __attribute__((noinline)) void copy_edge_block(Padded *padded, const uint8_t *src, ptrdiff_t stride,
                                                      const uint8_t (*left)[2], const uint8_t *top,
                                                      const uint8_t *bottom, int width, int height,
                                                      enum CdefEdgeFlags edges) {
  memset(padded, 0, sizeof(*padded));
  int first_x = edges & CDEF_HAVE_LEFT ? -2 : 0, end_x = edges & CDEF_HAVE_RIGHT ? width + 2 : width;
  int first_y = edges & CDEF_HAVE_TOP ? -2 : 0, end_y = edges & CDEF_HAVE_BOTTOM ? height + 2 : height;
  for (int y = first_y; y < end_y; y++) {
    const uint8_t *row = y < 0        ? top + (y + 2) * stride
                         : y < height ? src + y * stride
                                      : bottom + (y - height) * stride;
    for (int x = first_x; x < end_x; x++) {
      int is_left = x < 0 && y >= 0 && y < height;
      padded->samples[ORIGIN + AT(y, x)] = is_left ? left[y][2 + x] : row[x];
      padded->valid[ORIGIN + AT(y, x)] = 255;
    }
  }
}

// Sixteen samples: two rows of eight or four rows of four.
INLINE v128_t load_samples(const uint8_t *from, int width) {
  v128_t rows;
  if (width == 8) {
    rows = wasm_v128_load64_zero(from);
    return wasm_v128_load64_lane(from + PITCH, rows, 1);
  }
  rows = wasm_v128_load32_zero(from);
  rows = wasm_v128_load32_lane(from + PITCH, rows, 1);
  rows = wasm_v128_load32_lane(from + 2 * PITCH, rows, 2);
  return wasm_v128_load32_lane(from + 3 * PITCH, rows, 3);
}

INLINE void store_samples(uint8_t *to, ptrdiff_t stride, v128_t rows, int width) {
  if (width == 8) {
    wasm_v128_store64_lane(to, rows, 0);
    wasm_v128_store64_lane(to + stride, rows, 1);
    return;
  }
  wasm_v128_store32_lane(to, rows, 0);
  wasm_v128_store32_lane(to + stride, rows, 1);
  wasm_v128_store32_lane(to + 2 * stride, rows, 2);
  wasm_v128_store32_lane(to + 3 * stride, rows, 3);
}

typedef struct Strength {
  v128_t threshold, mask; // mask: what a byte keeps when its word is shifted
  int shift;
} Strength;

INLINE Strength make_strength(int strength, int damping) {
  int shift = strength ? imax(0, damping - ulog2(strength)) : 0;
  return (Strength){wasm_i8x16_splat(strength), wasm_i8x16_splat(255 >> shift), shift};
}

typedef struct Range {
  v128_t low, high;
} Range;

// Adds the constrained difference of one tap. It is no larger than the strength, 15 at most: a byte holds four.
INLINE v128_t add_tap(v128_t sum, v128_t x, const uint8_t *at, ptrdiff_t to_valid, int width, Strength strength,
                      Range *range) {
  v128_t p = load_samples(at, width);
  if (to_valid)
    p = wasm_v128_bitselect(p, x, load_samples(at + to_valid, width));
  v128_t above = wasm_u8x16_sub_sat(p, x), below = wasm_u8x16_sub_sat(x, p);
  v128_t distance = wasm_v128_or(above, below);
  v128_t shifted = wasm_v128_and(wasm_u16x8_shr(distance, strength.shift), strength.mask);
  v128_t limit = wasm_u8x16_sub_sat(strength.threshold, shifted);
  if (range) {
    range->low = wasm_u8x16_min(range->low, p);
    range->high = wasm_u8x16_max(range->high, p);
  }
  return wasm_i8x16_sub(wasm_i8x16_add(sum, wasm_u8x16_min(above, limit)), wasm_u8x16_min(below, limit));
}

INLINE v128_t add_two_taps(v128_t sum, v128_t x, const uint8_t *at, int offset, ptrdiff_t to_valid, int width,
                           Strength strength, Range *range) {
  sum = add_tap(sum, x, at + offset, to_valid, width, strength, range);
  return add_tap(sum, x, at - offset, to_valid, width, strength, range);
}

// (sum + 8 - (sum < 0)) >> 4 of primary * factor + secondary.
INLINE v128_t round_words(v128_t primary, v128_t factor, v128_t secondary) {
  v128_t sum = wasm_i16x8_add(wasm_i16x8_mul(primary, factor), secondary);
  sum = wasm_i16x8_add(wasm_i16x8_add(sum, wasm_i16x8_shr(sum, 15)), wasm_i16x8_splat(8));
  return wasm_i16x8_shr(sum, 4);
}

INLINE void filter_padded(uint8_t *dst, ptrdiff_t stride, const Padded *padded, int pri_strength, int sec_strength,
                          int dir, int damping, int width, int height, ptrdiff_t to_valid, int has_primary,
                          int has_secondary) {
  const int8_t(*direction)[2] = directions + dir;
  Strength primary = make_strength(pri_strength, damping), secondary = make_strength(sec_strength, damping);
  // The taps are 4 and 2 where the strength is even: twice 2 and 1; else 3 and 3.
  int is_even = !(pri_strength & 1);
  v128_t twice_if_even = wasm_i8x16_splat(is_even ? -1 : 0), factor = wasm_i16x8_splat(is_even ? 2 : 3);
  v128_t zero = wasm_i64x2_const(0, 0), top_bit = wasm_i8x16_splat(-128);
  for (int y = 0; y < height; y += 16 / width) {
    const uint8_t *at = padded->samples + ORIGIN + y * PITCH;
    v128_t x = load_samples(at, width);
    Range both = {x, x}, *range = has_primary && has_secondary ? &both : 0;
    v128_t pri = zero, sec = zero;
    if (has_primary) {
      v128_t near = add_two_taps(zero, x, at, direction[2][0], to_valid, width, primary, range);
      pri = wasm_i8x16_add(near, wasm_v128_and(near, twice_if_even));
      pri = add_two_taps(pri, x, at, direction[2][1], to_valid, width, primary, range);
    }
    if (has_secondary) {
      sec = add_two_taps(zero, x, at, direction[4][0], to_valid, width, secondary, range);
      sec = add_two_taps(sec, x, at, direction[0][0], to_valid, width, secondary, range);
      sec = wasm_i8x16_add(sec, sec);
      sec = add_two_taps(sec, x, at, direction[4][1], to_valid, width, secondary, range);
      sec = add_two_taps(sec, x, at, direction[0][1], to_valid, width, secondary, range);
    }
    v128_t low = round_words(wasm_i16x8_extend_low_i8x16(pri), factor, wasm_i16x8_extend_low_i8x16(sec));
    v128_t high = round_words(wasm_i16x8_extend_high_i8x16(pri), factor, wasm_i16x8_extend_high_i8x16(sec));
    // Signed saturation of what is 128 less saturates to 0 … 255.
    v128_t result = wasm_i8x16_add_sat(wasm_v128_xor(x, top_bit), wasm_i8x16_narrow_i16x8(low, high));
    result = wasm_v128_xor(result, top_bit);
    if (range)
      result = wasm_u8x16_min(wasm_u8x16_max(result, both.low), both.high);
    store_samples(dst + y * stride, stride, result, width);
  }
}

#define ARGUMENTS dst, stride, padded, pri_strength, sec_strength, dir, damping, width, height
INLINE void filter_strengths(uint8_t *dst, ptrdiff_t stride, const Padded *padded, int pri_strength, int sec_strength,
                             int dir, int damping, int width, int height, ptrdiff_t to_valid) {
  if (!pri_strength)
    filter_padded(ARGUMENTS, to_valid, 0, 1);
  else if (!sec_strength)
    filter_padded(ARGUMENTS, to_valid, 1, 0);
  else
    filter_padded(ARGUMENTS, to_valid, 1, 1);
}

static __attribute__((noinline)) void filter_edge(uint8_t *dst, ptrdiff_t stride, const Padded *padded,
                                                  int pri_strength, int sec_strength, int dir, int damping, int width,
                                                  int height) {
  enum { TO_VALID = offsetof(Padded, valid) - offsetof(Padded, samples) };
  filter_padded(ARGUMENTS, TO_VALID, 1, 1);
}

#define BLOCK(width, height)                                                                                         \
  static void filter_##width##x##height(uint8_t *dst, ptrdiff_t stride, const uint8_t (*left)[2],                    \
                                        const uint8_t *top, const uint8_t *bottom, int pri_strength,                 \
                                        int sec_strength, int dir, int damping, enum CdefEdgeFlags edges) {          \
    Padded padded;                                                                                                   \
    if (edges == (CDEF_HAVE_LEFT | CDEF_HAVE_RIGHT | CDEF_HAVE_TOP | CDEF_HAVE_BOTTOM)) {                            \
      copy_block(&padded, dst, stride, left, top, bottom, width, height);                                            \
      filter_strengths(dst, stride, &padded, pri_strength, sec_strength, dir, damping, width, height, 0);            \
    } else {                                                                                                         \
      copy_edge_block(&padded, dst, stride, left, top, bottom, width, height, edges);                                \
      filter_edge(dst, stride, &padded, pri_strength, sec_strength, dir, damping, width, height);                    \
    }                                                                                                                \
  }
BLOCK(8, 8)
BLOCK(4, 8)
BLOCK(4, 4)

// Direction. The sums along lines of one slope are symmetrical to those of its mirror image, which is the block with
// its rows in reverse order.

INLINE v128_t sum4(v128_t v) {
  v = wasm_i32x4_add(v, wasm_i32x4_shuffle(v, v, 2, 3, 0, 1));
  return wasm_i32x4_add(v, wasm_i32x4_shuffle(v, v, 1, 0, 3, 2));
}

INLINE unsigned total(v128_t v) { return wasm_u32x4_extract_lane(sum4(v), 0); }

INLINE v128_t square_pairs(v128_t v) { return wasm_i32x4_dot_i16x8(v, v); }

// v moved by n lanes within 16 lanes: the lower and the upper eight.
#define LOWER(v, n) wasm_i16x8_shuffle(zero, v, 8 - n, 9 - n, 10 - n, 11 - n, 12 - n, 13 - n, 14 - n, 15 - n)
#define UPPER(v, n) wasm_i16x8_shuffle(v, zero, 8 - n, 9 - n, 10 - n, 11 - n, 12 - n, 13 - n, 14 - n, 15 - n)

// Lines of slope 1: sample x of row y lies on line x + y.
INLINE unsigned diagonal_cost(v128_t r0, v128_t r1, v128_t r2, v128_t r3, v128_t r4, v128_t r5, v128_t r6, v128_t r7) {
  v128_t zero = wasm_i64x2_const(0, 0);
#define SUM(part) \
  wasm_i16x8_add(wasm_i16x8_add(wasm_i16x8_add(part(r1, 1), part(r2, 2)), wasm_i16x8_add(part(r3, 3), part(r4, 4))), \
                 wasm_i16x8_add(wasm_i16x8_add(part(r5, 5), part(r6, 6)), part(r7, 7)))
  v128_t lines = wasm_i16x8_add(r0, SUM(LOWER)), rest = SUM(UPPER);
#undef SUM
  // Line n has the weight of line 14 - n.
  rest = wasm_i16x8_shuffle(rest, rest, 6, 5, 4, 3, 2, 1, 0, 7);
  v128_t outer = square_pairs(wasm_i16x8_shuffle(lines, rest, 0, 8, 1, 9, 2, 10, 3, 11));
  v128_t inner = square_pairs(wasm_i16x8_shuffle(lines, rest, 4, 12, 5, 13, 6, 14, 7, 15));
  return total(wasm_i32x4_add(wasm_i32x4_mul(outer, wasm_i32x4_const(840, 420, 280, 210)),
                              wasm_i32x4_mul(inner, wasm_i32x4_const(168, 140, 120, 105))));
}

// Four vectors of sums, the n-th moved by n: 11 lines of slope 2 or 1/2.
INLINE unsigned steep_cost(v128_t v0, v128_t v1, v128_t v2, v128_t v3) {
  v128_t zero = wasm_i64x2_const(0, 0);
  v128_t lines = wasm_i16x8_add(wasm_i16x8_add(v0, LOWER(v1, 1)), wasm_i16x8_add(LOWER(v2, 2), LOWER(v3, 3)));
  v128_t rest = wasm_i16x8_add(wasm_i16x8_add(UPPER(v1, 1), UPPER(v2, 2)), UPPER(v3, 3));
  // Line n has the weight of line 10 - n; those in the middle are full.
  v128_t outer = square_pairs(wasm_i16x8_shuffle(lines, rest, 0, 10, 1, 9, 2, 8, 3, 4));
  v128_t inner = square_pairs(wasm_i16x8_shuffle(lines, zero, 5, 6, 7, 8, 8, 8, 8, 8));
  return total(wasm_i32x4_add(wasm_i32x4_mul(outer, wasm_i32x4_const(420, 210, 140, 105)),
                              wasm_i32x4_mul(inner, wasm_i32x4_const(105, 105, 0, 0))));
}

static int find_direction(const uint8_t *img, ptrdiff_t stride, unsigned *variance) {
  v128_t r[8], pairs[4], offset = wasm_i16x8_splat(128), twice_offset = wasm_i16x8_splat(256);
  for (int y = 0; y < 8; y++)
    r[y] = wasm_i16x8_sub(wasm_u16x8_load8x8(img + y * stride), offset);
  // Sums of two neighbours of row n beside those of row n + 4.
  for (int y = 0; y < 4; y++) {
    v128_t rows = wasm_v128_load64_zero(img + y * stride);
    rows = wasm_v128_load64_lane(img + (y + 4) * stride, rows, 1);
    pairs[y] = wasm_i16x8_sub(wasm_u16x8_extadd_pairwise_u8x16(rows), twice_offset);
  }
#define SWAPPED(v) wasm_i64x2_shuffle(v, v, 1, 0)
  v128_t ab = wasm_i16x8_add(r[0], r[1]), cd = wasm_i16x8_add(r[2], r[3]);
  v128_t ef = wasm_i16x8_add(r[4], r[5]), gh = wasm_i16x8_add(r[6], r[7]);
  v128_t columns = wasm_i16x8_add(wasm_i16x8_add(ab, cd), wasm_i16x8_add(ef, gh));
  v128_t ones = wasm_i16x8_splat(1);
#define ADD_PAIRS(a, b) wasm_i16x8_narrow_i32x4(wasm_i32x4_dot_i16x8(a, ones), wasm_i32x4_dot_i16x8(b, ones))
  v128_t rows = ADD_PAIRS(ADD_PAIRS(pairs[0], pairs[1]), ADD_PAIRS(pairs[2], pairs[3]));
#undef ADD_PAIRS
  unsigned cost[8] = {
      diagonal_cost(r[0], r[1], r[2], r[3], r[4], r[5], r[6], r[7]),
      steep_cost(pairs[0], pairs[1], pairs[2], pairs[3]),
      total(square_pairs(rows)) * 105,
      steep_cost(SWAPPED(pairs[3]), SWAPPED(pairs[2]), SWAPPED(pairs[1]), SWAPPED(pairs[0])),
      diagonal_cost(r[7], r[6], r[5], r[4], r[3], r[2], r[1], r[0]),
      steep_cost(gh, ef, cd, ab),
      total(square_pairs(columns)) * 105,
      steep_cost(ab, cd, ef, gh),
  };
  int best = 0;
  unsigned most = cost[0];
  for (int n = 1; n < 8; n++) {
    best = cost[n] > most ? n : best;
    most = cost[n] > most ? cost[n] : most;
  }
  *variance = (most - cost[best ^ 4]) >> 10;
  return best;
}

void __real_dav1d_cdef_dsp_init_8bpc(Dav1dCdefDSPContext *context);
void __wrap_dav1d_cdef_dsp_init_8bpc(Dav1dCdefDSPContext *context) {
  __real_dav1d_cdef_dsp_init_8bpc(context);
  context->dir = find_direction;
  context->fb[0] = filter_8x8;
  context->fb[1] = filter_4x8;
  context->fb[2] = filter_4x4;
}
