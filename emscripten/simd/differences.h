// Differences between blocks of samples: what encoders search by.
#ifndef EVERYCODEC_DIFFERENCES_H
#define EVERYCODEC_DIFFERENCES_H

#include <stdint.h>
#include <wasm_simd128.h>

#ifndef INLINE
#define INLINE static inline __attribute__((always_inline))
#endif

// Loops over rows must stay loops: unrolled, all their loads come first, and V8 spills what has no register.
#define ROWS_IN_A_LOOP _Pragma("clang loop unroll(disable)")

INLINE v128_t difference(v128_t a, v128_t b) {
  return wasm_v128_or(wasm_u8x16_sub_sat(a, b), wasm_u8x16_sub_sat(b, a));
}

INLINE v128_t add_differences(v128_t sums, v128_t a, v128_t b) {
  return wasm_i16x8_add(sums, wasm_u16x8_extadd_pairwise_u8x16(difference(a, b)));
}

INLINE int total_32(v128_t sums) {
  sums = wasm_i32x4_add(sums, wasm_i64x2_shuffle(sums, sums, 1, 0));
  return wasm_i32x4_extract_lane(wasm_i32x4_add(sums, wasm_i32x4_shuffle(sums, sums, 1, 0, 3, 2)), 0);
}

INLINE int total(v128_t words) { // of eight words without sign
  return total_32(wasm_u32x4_extadd_pairwise_u16x8(words));
}

#endif
