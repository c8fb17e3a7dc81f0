// Loop filters of VP8 and VP9 on bytes: eight or sixteen positions along an edge at a time (RFC 6386, 15; VP9 bitstream
// specification, 8.8). s[P0] is the sample before the edge, s[Q0] the one after it. The arithmetic of both codecs is
// that of saturating bytes.
#ifndef EVERYCODEC_EDGES_H
#define EVERYCODEC_EDGES_H

#include "transpose.h"

enum { P7 = -8, P6, P5, P4, P3, P2, P1, P0, Q0, Q1, Q2, Q3, Q4, Q5, Q6, Q7 };

INLINE v128_t distance(v128_t a, v128_t b) { return wasm_v128_or(wasm_u8x16_sub_sat(a, b), wasm_u8x16_sub_sat(b, a)); }
INLINE v128_t largest(v128_t a, v128_t b) { return wasm_u8x16_max(a, b); }

// To signed bytes and back.
INLINE v128_t centred(v128_t a) { return wasm_v128_xor(a, wasm_i8x16_splat(-128)); }

INLINE v128_t simple_mask(const v128_t *s, v128_t E) {
  v128_t middle = distance(s[P0], s[Q0]);
  v128_t across = wasm_u8x16_add_sat(wasm_u8x16_add_sat(middle, middle), wasm_u8x16_shr(distance(s[P1], s[Q1]), 1));
  return wasm_u8x16_le(across, E);
}

INLINE v128_t normal_mask(const v128_t *s, v128_t E, v128_t I) {
  v128_t inner = largest(largest(distance(s[P3], s[P2]), distance(s[P2], s[P1])), distance(s[P1], s[P0]));
  inner = largest(inner, largest(largest(distance(s[Q3], s[Q2]), distance(s[Q2], s[Q1])), distance(s[Q1], s[Q0])));
  return wasm_v128_and(simple_mask(s, E), wasm_u8x16_le(inner, I));
}

INLINE v128_t high_variance(const v128_t *s, v128_t threshold) {
  return wasm_u8x16_gt(largest(distance(s[P1], s[P0]), distance(s[Q1], s[Q0])), threshold);
}

// The filter's base value; `outer` is where p1 and q1 take part. Where a filter applies, q0 − p0 fits a signed byte.
INLINE v128_t adjustment(const v128_t *s, v128_t outer) {
  v128_t difference = wasm_i8x16_sub_sat(centred(s[Q0]), centred(s[P0]));
  v128_t w = wasm_v128_and(wasm_i8x16_sub_sat(centred(s[P1]), centred(s[Q1])), outer);
  return wasm_i8x16_add_sat(wasm_i8x16_add_sat(wasm_i8x16_add_sat(w, difference), difference), difference);
}

INLINE void raise(v128_t *sample, v128_t by) { *sample = centred(wasm_i8x16_add_sat(centred(*sample), by)); }
INLINE void lower(v128_t *sample, v128_t by) { *sample = centred(wasm_i8x16_sub_sat(centred(*sample), by)); }

// The filter of two samples on either side; p1 and q1 change where `inner` holds.
INLINE void filter_common(v128_t *s, v128_t a, v128_t mask, v128_t inner) {
  v128_t f1 = wasm_i8x16_shr(wasm_i8x16_add_sat(a, wasm_i8x16_splat(4)), 3);
  v128_t f2 = wasm_i8x16_shr(wasm_i8x16_add_sat(a, wasm_i8x16_splat(3)), 3);
  raise(&s[P0], wasm_v128_and(f2, mask));
  lower(&s[Q0], wasm_v128_and(f1, mask));
  v128_t half = wasm_i8x16_shr(wasm_i8x16_add(f1, wasm_i8x16_splat(1)), 1);
  half = wasm_v128_and(half, wasm_v128_and(mask, inner));
  raise(&s[P1], half);
  lower(&s[Q1], half);
}

// An edge's sixteen positions are two halves of eight, of one plane or of U and V. Where `second` is NULL there is only
// the first half.
#define HALVES uint8_t *first, uint8_t *second, ptrdiff_t stride

INLINE void load_rows(HALVES, v128_t *s) {
  for (int i = P3; i <= Q3; i++) {
    s[i] = wasm_v128_load64_zero(first + i * stride);
    if (second)
      s[i] = wasm_v128_load64_lane(second + i * stride, s[i], 1);
  }
}

INLINE void store_rows(HALVES, const v128_t *s, int reach) {
  for (int i = -reach; i < reach; i++) {
    wasm_v128_store64_lane(first + i * stride, s[i], 0);
    if (second)
      wasm_v128_store64_lane(second + i * stride, s[i], 1);
  }
}

INLINE void load_edge_columns(HALVES, v128_t *s) {
  v128_t upper[4], lower_half[4];
  load_column_pairs(first - 4, stride, upper);
  if (second)
    load_column_pairs(second - 4, stride, lower_half);
  for (int i = 0; i < 4; i++) {
    s[P3 + 2 * i] = second ? wasm_i64x2_shuffle(upper[i], lower_half[i], 0, 2) : upper[i];
    s[P3 + 2 * i + 1] = wasm_i64x2_shuffle(upper[i], second ? lower_half[i] : upper[i], 1, 3);
  }
}

#define LOW8(a, b) wasm_i8x16_shuffle(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23)
#define HIGH8(a, b) wasm_i8x16_shuffle(a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31)
#define LOW16(a, b) wasm_i16x8_shuffle(a, b, 0, 8, 1, 9, 2, 10, 3, 11)
#define HIGH16(a, b) wasm_i16x8_shuffle(a, b, 4, 12, 5, 13, 6, 14, 7, 15)

INLINE void store_rows_of_four(uint8_t *at, ptrdiff_t stride, v128_t top, v128_t bottom) {
  wasm_v128_store32_lane(at, top, 0), wasm_v128_store32_lane(at + stride, top, 1);
  wasm_v128_store32_lane(at + 2 * stride, top, 2), wasm_v128_store32_lane(at + 3 * stride, top, 3);
  wasm_v128_store32_lane(at + 4 * stride, bottom, 0), wasm_v128_store32_lane(at + 5 * stride, bottom, 1);
  wasm_v128_store32_lane(at + 6 * stride, bottom, 2), wasm_v128_store32_lane(at + 7 * stride, bottom, 3);
}

// p1 to q1 back into their columns.
INLINE void store_inner_columns(HALVES, const v128_t *s) {
  v128_t p = LOW8(s[P1], s[P0]), q = LOW8(s[Q0], s[Q1]);
  store_rows_of_four(first - 2, stride, LOW16(p, q), HIGH16(p, q));
  if (!second)
    return;
  p = HIGH8(s[P1], s[P0]), q = HIGH8(s[Q0], s[Q1]);
  store_rows_of_four(second - 2, stride, LOW16(p, q), HIGH16(p, q));
}

INLINE void store_rows_of_eight(uint8_t *at, ptrdiff_t stride, v128_t left, v128_t right) {
  v128_t rows01 = wasm_i32x4_shuffle(left, right, 0, 4, 1, 5), rows23 = wasm_i32x4_shuffle(left, right, 2, 6, 3, 7);
  wasm_v128_store64_lane(at, rows01, 0), wasm_v128_store64_lane(at + stride, rows01, 1);
  wasm_v128_store64_lane(at + 2 * stride, rows23, 0), wasm_v128_store64_lane(at + 3 * stride, rows23, 1);
}

// All eight samples back into their columns.
INLINE void store_all_columns(HALVES, const v128_t *s) {
  v128_t a = LOW8(s[P3], s[P2]), b = LOW8(s[P1], s[P0]), c = LOW8(s[Q0], s[Q1]), d = LOW8(s[Q2], s[Q3]);
  store_rows_of_eight(first - 4, stride, LOW16(a, b), LOW16(c, d));
  store_rows_of_eight(first - 4 + 4 * stride, stride, HIGH16(a, b), HIGH16(c, d));
  if (!second)
    return;
  a = HIGH8(s[P3], s[P2]), b = HIGH8(s[P1], s[P0]), c = HIGH8(s[Q0], s[Q1]), d = HIGH8(s[Q2], s[Q3]);
  store_rows_of_eight(second - 4, stride, LOW16(a, b), LOW16(c, d));
  store_rows_of_eight(second - 4 + 4 * stride, stride, HIGH16(a, b), HIGH16(c, d));
}

#endif
