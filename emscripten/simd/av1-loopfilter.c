// AV1's deblocking filters for 8-bit pictures (AV1 specification, 7.14), on sixteen samples along an edge at a time.
#define BITDEPTH 8
#include "config.h"

#include <wasm_simd128.h>

#include "common/intops.h"
#include "src/loopfilter.h"

#define INLINE static inline __attribute__((always_inline))
#define UNROLL _Pragma("clang loop unroll(full)")

// s[P(n)] and s[Q(n)] are the n-th samples before and after the edge.
#define P(n) (7 - (n))
#define Q(n) (8 + (n))

// Limits and masks of four units of four samples.
typedef struct Edge {
  v128_t e, i, h; // the specification's blimit, limit and thresh
  v128_t active, wide, widest;
} Edge;

INLINE v128_t distance(v128_t a, v128_t b) { return wasm_v128_or(wasm_u8x16_sub_sat(a, b), wasm_u8x16_sub_sat(b, a)); }
INLINE v128_t max(v128_t a, v128_t b) { return wasm_u8x16_max(a, b); }
INLINE v128_t is_at_most(v128_t a, v128_t b) { return wasm_i8x16_eq(wasm_u8x16_sub_sat(a, b), wasm_i64x2_const(0, 0)); }
INLINE v128_t shift_right(v128_t bytes, int bits) {
  return wasm_v128_and(wasm_u16x8_shr(bytes, bits), wasm_i8x16_splat(255 >> bits));
}
INLINE v128_t select(v128_t mask, v128_t a, v128_t b) { return wasm_v128_bitselect(a, b, mask); }

// 7.14.6.3 into p1, p0, q0, q1: bytes less 128, so that sums saturate where pixels are clipped.
INLINE void narrow_filter(const v128_t *s, v128_t is_high_variance, v128_t out[4]) {
  v128_t top_bit = wasm_i8x16_splat(-128), sixteen = wasm_i8x16_splat(16);
  v128_t p1 = wasm_v128_xor(s[P(1)], top_bit), p0 = wasm_v128_xor(s[P(0)], top_bit);
  v128_t q0 = wasm_v128_xor(s[Q(0)], top_bit), q1 = wasm_v128_xor(s[Q(1)], top_bit);
  v128_t step = wasm_i8x16_sub_sat(q0, p0), f = wasm_v128_and(wasm_i8x16_sub_sat(p1, q1), is_high_variance);
  f = wasm_i8x16_add_sat(wasm_i8x16_add_sat(wasm_i8x16_add_sat(f, step), step), step);
  // Arithmetic shifts as logical ones of what is 128 more.
  v128_t f1 = shift_right(wasm_v128_xor(wasm_i8x16_add_sat(f, wasm_i8x16_splat(4)), top_bit), 3);
  v128_t f2 = shift_right(wasm_v128_xor(wasm_i8x16_add_sat(f, wasm_i8x16_splat(3)), top_bit), 3);
  v128_t half = wasm_i8x16_sub(wasm_u8x16_avgr(f1, wasm_i64x2_const(0, 0)), wasm_i8x16_splat(8));
  half = wasm_v128_andnot(half, is_high_variance);
  out[0] = wasm_v128_xor(wasm_i8x16_add_sat(p1, half), top_bit);
  out[1] = wasm_v128_xor(wasm_i8x16_add_sat(p0, wasm_i8x16_sub(f2, sixteen)), top_bit);
  out[2] = wasm_v128_xor(wasm_i8x16_sub_sat(q0, wasm_i8x16_sub(f1, sixteen)), top_bit);
  out[3] = wasm_v128_xor(wasm_i8x16_sub_sat(q1, half), top_bit);
}

// 7.14.6.4 for eight samples as words: moving sums over `taps` samples with the edges' samples repeated. n is the
// number of samples that are changed on either side.
INLINE void wide_filter_words(const v128_t *w, v128_t *out, int n, int log2_size) {
  int size = 1 << log2_size;
  v128_t sum = wasm_i16x8_splat(size / 2);
#define AT(k) w[(k) < P(n) ? P(n) : (k) > Q(n) ? Q(n) : (k)]
  // The sample itself counts twice in the filters of 8 and 13 taps, with its neighbours in the 6-tap and 13-tap ones.
  int reach = n == 6 ? 6 : n == 3 ? 3 : 2, twice = n == 3 ? 0 : 1;
#define SUM(k)                                                                                                       \
  UNROLL for (int t = -reach; t <= reach; t++) {                                                                     \
    sum = wasm_i16x8_add(sum, AT((k) + t));                                                                          \
    if (t >= -twice && t <= twice)                                                                                   \
      sum = wasm_i16x8_add(sum, AT((k) + t));                                                                        \
  }
  SUM(P(n - 1))
#undef SUM
  UNROLL for (int k = P(n - 1); k <= Q(n - 1); k++) {
    out[k] = wasm_u16x8_shr(sum, log2_size);
    // From k to k + 1: the window moves, and so do the samples that count twice.
    sum = wasm_i16x8_sub(sum, wasm_i16x8_add(AT(k - reach), AT(k - twice)));
    sum = wasm_i16x8_add(sum, wasm_i16x8_add(AT(k + 1 + reach), AT(k + 1 + twice)));
  }
#undef AT
}

// n samples on either side become those of the wide filter where the mask is set; `s` holds what they are made of.
INLINE void wide_filter(const v128_t *s, v128_t *result, v128_t mask, int n, int log2_size) {
  v128_t low[16], high[16], low_out[16], high_out[16];
  UNROLL for (int k = P(n); k <= Q(n); k++) {
    low[k] = wasm_u16x8_extend_low_u8x16(s[k]);
    high[k] = wasm_u16x8_extend_high_u8x16(s[k]);
  }
  wide_filter_words(low, low_out, n, log2_size);
  wide_filter_words(high, high_out, n, log2_size);
  UNROLL for (int k = P(n - 1); k <= Q(n - 1); k++)
      result[k] = select(mask, wasm_u8x16_narrow_i16x8(low_out[k], high_out[k]), result[k]);
}

// 7.14.6. `taps`: 4, 6, 8 or 16, of the longest filter that occurs. Returns 0 if nothing changes.
INLINE int filter_edge(v128_t *s, const Edge *edge, int taps) {
  v128_t one = wasm_i8x16_splat(1);
  v128_t near = max(distance(s[P(1)], s[P(0)]), distance(s[Q(1)], s[Q(0)])), steps = near;
  if (taps >= 6) {
    v128_t further = max(distance(s[P(2)], s[P(1)]), distance(s[Q(2)], s[Q(1)]));
    if (taps >= 8)
      further = max(further, max(distance(s[P(3)], s[P(2)]), distance(s[Q(3)], s[Q(2)])));
    steps = max(steps, wasm_v128_and(further, edge->wide));
  }
  v128_t across = distance(s[P(0)], s[Q(0)]);
  across = wasm_u8x16_add_sat(wasm_u8x16_add_sat(across, across), shift_right(distance(s[P(1)], s[Q(1)]), 1));
  v128_t active = wasm_v128_and(is_at_most(steps, edge->i), is_at_most(across, edge->e));
  active = wasm_v128_and(active, edge->active);
  if (!wasm_v128_any_true(active))
    return 0;

  v128_t flat = wasm_i64x2_const(0, 0), flattest = flat;
  if (taps >= 6) {
    v128_t spread = max(near, max(distance(s[P(2)], s[P(0)]), distance(s[Q(2)], s[Q(0)])));
    if (taps >= 8)
      spread = max(spread, max(distance(s[P(3)], s[P(0)]), distance(s[Q(3)], s[Q(0)])));
    flat = wasm_v128_and(wasm_v128_and(active, edge->wide), is_at_most(spread, one));
  }
  v128_t result[16], narrow[4];
  UNROLL for (int k = 0; k < 16; k++) result[k] = s[k];
  v128_t is_narrow = wasm_v128_andnot(active, flat);
  narrow_filter(s, wasm_v128_not(is_at_most(near, edge->h)), narrow);
  UNROLL for (int k = 0; k < 4; k++) result[P(1) + k] = select(is_narrow, narrow[k], s[P(1) + k]);
  if (taps >= 6 && wasm_v128_any_true(flat)) {
    if (taps == 16) {
      v128_t spread = max(distance(s[P(6)], s[P(0)]), distance(s[Q(6)], s[Q(0)]));
      spread = max(spread, max(distance(s[P(5)], s[P(0)]), distance(s[Q(5)], s[Q(0)])));
      spread = max(spread, max(distance(s[P(4)], s[P(0)]), distance(s[Q(4)], s[Q(0)])));
      flattest = wasm_v128_and(wasm_v128_and(flat, edge->widest), is_at_most(spread, one));
    }
    wide_filter(s, result, flat, taps == 6 ? 2 : 3, 3);
    if (taps == 16 && wasm_v128_any_true(flattest))
      wide_filter(s, result, flattest, 6, 4);
  }
  UNROLL for (int k = 0; k < 16; k++) s[k] = result[k];
  return 1;
}

// Rounds of perfect shuffles: each moves the bits of a byte's address (vector, lane) one place to the left, so rows
// of 2^n bytes become columns after four rounds, and columns rows after n.
INLINE void shuffle_rounds(v128_t *v, int count, int rounds) {
  for (int round = 0; round < rounds; round++) {
    v128_t next[16];
    UNROLL for (int i = 0; i < count / 2; i++) {
      v128_t a = v[i], b = v[i + count / 2];
      next[2 * i] = wasm_i8x16_shuffle(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
      next[2 * i + 1] = wasm_i8x16_shuffle(a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
    }
    UNROLL for (int i = 0; i < count; i++) v[i] = next[i];
  }
}

// Sixteen rows around a vertical edge.
INLINE void filter_vertical_edge(uint8_t *dst, ptrdiff_t stride, const Edge *edge, int taps) {
  int columns = taps == 4 ? 4 : taps == 16 ? 16 : 8;
  v128_t s[16], *first = s + 8 - columns / 2;
  uint8_t *from = dst - columns / 2;
  UNROLL for (int k = 0; k < 16; k++) s[k] = wasm_i64x2_const(0, 0);
#define ROW(n) (from + (n) * stride)
  UNROLL for (int k = 0; k < columns; k++) {
    if (columns == 16) {
      first[k] = wasm_v128_load(ROW(k));
    } else if (columns == 8) {
      first[k] = wasm_v128_load64_lane(ROW(2 * k + 1), wasm_v128_load64_zero(ROW(2 * k)), 1);
    } else {
      first[k] = wasm_v128_load32_lane(ROW(4 * k + 1), wasm_v128_load32_zero(ROW(4 * k)), 1);
      first[k] = wasm_v128_load32_lane(ROW(4 * k + 2), first[k], 2);
      first[k] = wasm_v128_load32_lane(ROW(4 * k + 3), first[k], 3);
    }
  }
  shuffle_rounds(first, columns, 4);
  if (!filter_edge(s, edge, taps))
    return;
  shuffle_rounds(first, columns, columns == 16 ? 4 : columns == 8 ? 3 : 2);
  UNROLL for (int k = 0; k < columns; k++) {
    if (columns == 16) {
      wasm_v128_store(ROW(k), first[k]);
    } else if (columns == 8) {
      wasm_v128_store64_lane(ROW(2 * k), first[k], 0);
      wasm_v128_store64_lane(ROW(2 * k + 1), first[k], 1);
    } else {
      wasm_v128_store32_lane(ROW(4 * k), first[k], 0);
      wasm_v128_store32_lane(ROW(4 * k + 1), first[k], 1);
      wasm_v128_store32_lane(ROW(4 * k + 2), first[k], 2);
      wasm_v128_store32_lane(ROW(4 * k + 3), first[k], 3);
    }
  }
#undef ROW
}

// Sixteen columns around a horizontal edge.
INLINE void filter_horizontal_edge(uint8_t *dst, ptrdiff_t stride, const Edge *edge, int taps) {
  int reach = taps == 4 ? 2 : taps == 6 ? 3 : taps == 8 ? 4 : 7, changed = taps == 16 ? 6 : taps == 8 ? 3 : 2;
  v128_t s[16];
  UNROLL for (int k = 0; k < 16; k++) s[k] = wasm_i64x2_const(0, 0);
  UNROLL for (int k = -reach; k < reach; k++) s[8 + k] = wasm_v128_load(dst + k * stride);
  if (!filter_edge(s, edge, taps))
    return;
  UNROLL for (int k = -changed; k < changed; k++) wasm_v128_store(dst + k * stride, s[8 + k]);
}

#define FUNCTION(direction, taps)                                                                                    \
  static __attribute__((noinline)) void direction##_##taps(uint8_t *dst, ptrdiff_t stride, const Edge *edge) {       \
    filter_##direction##_edge(dst, stride, edge, taps);                                                              \
  }
#define FUNCTIONS(direction)                                                                                         \
  FUNCTION(direction, 4) FUNCTION(direction, 6) FUNCTION(direction, 8) FUNCTION(direction, 16)
FUNCTIONS(vertical)
FUNCTIONS(horizontal)

// Four bits as bytes of four lanes each.
INLINE v128_t spread_bits(unsigned bits) {
  v128_t weights = wasm_i32x4_const(1, 2, 4, 8);
  return wasm_i32x4_eq(wasm_v128_and(wasm_i32x4_splat(bits), weights), weights);
}

// The bytes of four lanes of 32 bits, four times each.
INLINE v128_t spread_bytes(v128_t v) {
  return wasm_i8x16_swizzle(v, wasm_i8x16_const(0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3));
}

// Fills in the limits of the units among four that have a bit; clears the bits of those whose level is 0.
INLINE unsigned set_limits(Edge *edge, unsigned bits, const uint8_t (*level)[4], ptrdiff_t unit, ptrdiff_t before,
                           const Av1FilterLUT *lut) {
  v128_t levels = wasm_i64x2_const(0, 0), e = levels, i = levels;
#define UNIT(n)                                                                                                      \
  if (bits & 1 << n) {                                                                                               \
    const uint8_t *at = level[n * unit];                                                                             \
    int own = at[0], l = own ? own : (at - before)[0];                                                               \
    levels = wasm_u8x16_replace_lane(levels, n, l);                                                                  \
    e = wasm_v128_load8_lane(&lut->e[l], e, n);                                                                      \
    i = wasm_v128_load8_lane(&lut->i[l], i, n);                                                                      \
    bits &= ~((unsigned)!l << n);                                                                                    \
  }
  UNIT(0) UNIT(1) UNIT(2) UNIT(3)
#undef UNIT
  edge->e = spread_bytes(e);
  edge->i = spread_bytes(i);
  edge->h = spread_bytes(shift_right(levels, 4));
  edge->active = spread_bits(bits);
  return bits;
}

// All edges of a superblock in one line. Four units of four samples are read and written at a time, some of them
// perhaps unchanged: dav1d's pictures are allocated in multiples of 128 samples either way, and one thread filters
// all units of a superblock.
INLINE void filter_line(uint8_t *dst, ptrdiff_t stride, const uint32_t *mask, const uint8_t (*level)[4],
                        ptrdiff_t level_stride, const Av1FilterLUT *lut, int is_luma, int is_vertical) {
  ptrdiff_t unit = is_vertical ? level_stride : 1, before = is_vertical ? 4 : 4 * level_stride;
  unsigned wide = mask[1], widest = is_luma ? mask[2] : 0, all = mask[0] | wide | widest;
  wide |= widest;
  for (; all; all >>= 4, wide >>= 4, widest >>= 4, dst += is_vertical ? 16 * stride : 16, level += 4 * unit) {
    if (!(all & 15))
      continue;
    Edge edge;
    unsigned bits = set_limits(&edge, all & 15, level, unit, before, lut);
    if (!bits)
      continue;
    edge.wide = spread_bits(wide);
    edge.widest = spread_bits(widest);
#define DISPATCH(direction)                                                                                          \
  if (bits & widest)                                                                                                 \
    direction##_16(dst, stride, &edge);                                                                              \
  else if (!(bits & wide))                                                                                           \
    direction##_4(dst, stride, &edge);                                                                               \
  else if (is_luma)                                                                                                  \
    direction##_8(dst, stride, &edge);                                                                               \
  else                                                                                                               \
    direction##_6(dst, stride, &edge);
    if (is_vertical) {
      DISPATCH(vertical)
    } else {
      DISPATCH(horizontal)
    }
  }
}

#define LINE(name, is_luma, is_vertical)                                                                             \
  static void name(uint8_t *dst, ptrdiff_t stride, const uint32_t *mask, const uint8_t(*level)[4],                   \
                   ptrdiff_t level_stride, const Av1FilterLUT *lut, int length) {                                    \
    (void)length;                                                                                                    \
    filter_line(dst, stride, mask, level, level_stride, lut, is_luma, is_vertical);                                  \
  }
LINE(filter_luma_columns, 1, 1)
LINE(filter_luma_rows, 1, 0)
LINE(filter_chroma_columns, 0, 1)
LINE(filter_chroma_rows, 0, 0)

void __real_dav1d_loop_filter_dsp_init_8bpc(Dav1dLoopFilterDSPContext *context);
void __wrap_dav1d_loop_filter_dsp_init_8bpc(Dav1dLoopFilterDSPContext *context) {
  __real_dav1d_loop_filter_dsp_init_8bpc(context);
  context->loop_filter_sb[0][0] = filter_luma_columns;
  context->loop_filter_sb[0][1] = filter_luma_rows;
  context->loop_filter_sb[1][0] = filter_chroma_columns;
  context->loop_filter_sb[1][1] = filter_chroma_rows;
}
