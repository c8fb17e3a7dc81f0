// NEON intrinsics for WebAssembly: SIMDe's, which come with emcc, with those in whose place better instructions stand.
//
// SIMDe leaves much to LLVM, which merges permutations into patterns that no machine has, fills the unused half of a
// 64-bit vector's permutation with lanes that make it such a pattern, and emulates what it has no expression for, lane
// by lane. V8 turns the permutations that it knows into one to three instructions; any other costs five, and a constant.
#ifndef EVERYCODEC_ARM_NEON_H
#define EVERYCODEC_ARM_NEON_H

#include_next <arm_neon.h>
#include <wasm_simd128.h>

#undef vabs_s16
#undef vabs_s32
#undef vabs_s8
#undef vaddlv_u16
#undef vaddlv_u8
#undef vaddlvq_s16
#undef vaddlvq_s8
#undef vaddlvq_u16
#undef vaddlvq_u8
#undef vaddv_s32
#undef vaddv_u16
#undef vaddv_u32
#undef vaddvq_s32
#undef vaddvq_u16
#undef vaddvq_u32
#undef vbsl_s16
#undef vbsl_s32
#undef vbsl_s8
#undef vbsl_u16
#undef vbsl_u32
#undef vbsl_u8
#undef vcombine_s16
#undef vcombine_s32
#undef vcombine_s8
#undef vcombine_u16
#undef vcombine_u32
#undef vcombine_u8
#undef vdup_lane_s16
#undef vdup_lane_u16
#undef vdupq_lane_s16
#undef vdupq_lane_u16
#undef vext_s16
#undef vext_s8
#undef vext_u16
#undef vext_u8
#undef vget_high_s16
#undef vget_high_s32
#undef vget_high_s8
#undef vget_high_u16
#undef vget_high_u32
#undef vget_high_u8
#undef vhadd_u16
#undef vhadd_u8
#undef vhaddq_u16
#undef vhaddq_u8
#undef vhsub_s16
#undef vhsubq_s16
#undef vhsubq_s32
#undef vmaxvq_s16
#undef vmaxvq_u16
#undef vmaxvq_u8
#undef vminvq_s16
#undef vminvq_u16
#undef vminvq_u8
#undef vmla_lane_s16
#undef vmlal_lane_s16
#undef vmlal_lane_u16
#undef vmlaq_lane_s16
#undef vmlsl_lane_s16
#undef vmovn_s16
#undef vmovn_u16
#undef vmul_lane_s16
#undef vmull_lane_s16
#undef vmull_lane_u16
#undef vmulq_lane_s16
#undef vpadal_s16
#undef vpadal_u16
#undef vpadal_u8
#undef vpadalq_s16
#undef vpadalq_s8
#undef vpadalq_u16
#undef vpadalq_u8
#undef vpadd_s32
#undef vpadd_u32
#undef vpaddl_u16
#undef vpaddl_u8
#undef vpaddlq_s16
#undef vpaddlq_s8
#undef vpaddlq_u16
#undef vpaddlq_u8
#undef vqadd_s16
#undef vqadd_s8
#undef vqadd_u16
#undef vqadd_u8
#undef vqdmulhq_n_s16
#undef vqdmulhq_s16
#undef vqdmulhq_s32
#undef vqmovn_s16
#undef vqmovn_s32
#undef vqmovn_u16
#undef vqmovun_s16
#undef vqmovun_s32
#undef vqrdmulh_lane_s16
#undef vqrdmulh_n_s16
#undef vqrdmulh_s16
#undef vqrdmulhq_lane_s16
#undef vqrdmulhq_n_s16
#undef vqrdmulhq_s16
#undef vqrdmulhq_s32
#undef vqrshlq_s32
#undef vqrshrn_n_s32
#undef vqrshrn_n_u16
#undef vqrshrun_n_s16
#undef vqrshrun_n_s32
#undef vqshrun_n_s16
#undef vqshrun_n_s32
#undef vqsub_s16
#undef vqsub_s8
#undef vqsub_u8
#undef vqtbl1_u8
#undef vqtbl2_u8
#undef vrev64_s16
#undef vrev64_u16
#undef vrev64_u8
#undef vrev64q_s16
#undef vrev64q_s32
#undef vrev64q_u16
#undef vrev64q_u32
#undef vrev64q_u8
#undef vrhadd_u16
#undef vrhadd_u8
#undef vrshl_u16
#undef vrshlq_s16
#undef vrshlq_s32
#undef vrshlq_u16
#undef vrshlq_u32
#undef vrshrn_n_s16
#undef vrshrn_n_s32
#undef vrshrn_n_u16
#undef vrshrn_n_u32
#undef vshl_s16
#undef vshl_u16
#undef vshlq_s16
#undef vshlq_s32
#undef vshlq_u16
#undef vshrn_n_s16
#undef vshrn_n_u16
#undef vtbl2_s8
#undef vtbl2_u8
#undef vtbl4_u8
#undef vtrn1q_s16
#undef vtrn1q_s32
#undef vtrn1q_s64
#undef vtrn1q_s8
#undef vtrn1q_u16
#undef vtrn1q_u32
#undef vtrn1q_u64
#undef vtrn1q_u8
#undef vtrn2q_s16
#undef vtrn2q_s32
#undef vtrn2q_s64
#undef vtrn2q_s8
#undef vtrn2q_u16
#undef vtrn2q_u32
#undef vtrn2q_u64
#undef vtrn2q_u8
#undef vtrn_s16
#undef vtrn_s32
#undef vtrn_s8
#undef vtrn_u16
#undef vtrn_u32
#undef vtrn_u8
#undef vtrnq_s16
#undef vtrnq_s32
#undef vtrnq_s8
#undef vtrnq_u16
#undef vtrnq_u32
#undef vtrnq_u8
#undef vuzp1q_s16
#undef vuzp1q_s8
#undef vuzp1q_u16
#undef vuzp1q_u8
#undef vuzp2q_s16
#undef vuzp2q_s8
#undef vuzp2q_u16
#undef vuzp2q_u8
#undef vuzp_s16
#undef vuzp_s8
#undef vuzp_u16
#undef vuzp_u8
#undef vuzpq_s16
#undef vuzpq_s8
#undef vuzpq_u16
#undef vuzpq_u8
#undef vzip1_s16
#undef vzip1_s32
#undef vzip1_s8
#undef vzip1_u16
#undef vzip1_u32
#undef vzip1_u8
#undef vzip1q_s16
#undef vzip1q_s32
#undef vzip1q_s64
#undef vzip1q_s8
#undef vzip1q_u16
#undef vzip1q_u32
#undef vzip1q_u64
#undef vzip1q_u8
#undef vzip2q_s16
#undef vzip2q_s32
#undef vzip2q_s64
#undef vzip2q_s8
#undef vzip2q_u16
#undef vzip2q_u32
#undef vzip2q_u64
#undef vzip2q_u8
#undef vzip_s16
#undef vzip_s32
#undef vzip_s8
#undef vzip_u16
#undef vzip_u32
#undef vzip_u8
#undef vzipq_s16
#undef vzipq_s32
#undef vzipq_s8
#undef vzipq_u16
#undef vzipq_u32
#undef vzipq_u8

#define NEON static inline __attribute__((always_inline, nodebug, unused))

// A permutation that LLVM leaves as it is.
#define neon_shuffle(a, b, ...) ((v128_t)__builtin_wasm_shuffle_i8x16((neon_bytes)(a), (neon_bytes)(b), __VA_ARGS__))

typedef signed char neon_bytes __attribute__((vector_size(16)));
typedef signed char neon_8x8 __attribute__((vector_size(8)));
typedef signed char neon_8x16 __attribute__((vector_size(16)));
typedef short neon_16x4 __attribute__((vector_size(8)));
typedef short neon_16x8 __attribute__((vector_size(16)));
typedef int neon_32x2 __attribute__((vector_size(8)));
typedef int neon_32x4 __attribute__((vector_size(16)));
typedef long long neon_64x2 __attribute__((vector_size(16)));

// A 64-bit vector as the lower half of a register whose upper half is anything, and back: no instruction.
NEON v128_t neon_wide_8(neon_8x8 a) {
  return (v128_t)__builtin_shufflevector(a, a, 0, 1, 2, 3, 4, 5, 6, 7, -1, -1, -1, -1, -1, -1, -1, -1);
}
NEON v128_t neon_wide_16(neon_16x4 a) { return (v128_t)__builtin_shufflevector(a, a, 0, 1, 2, 3, -1, -1, -1, -1); }
NEON v128_t neon_wide_32(neon_32x2 a) { return (v128_t)__builtin_shufflevector(a, a, 0, 1, -1, -1); }
NEON neon_8x8 neon_low_8(v128_t a) {
  return __builtin_shufflevector((neon_8x16)a, (neon_8x16)a, 0, 1, 2, 3, 4, 5, 6, 7);
}
NEON neon_16x4 neon_low_16(v128_t a) { return __builtin_shufflevector((neon_16x8)a, (neon_16x8)a, 0, 1, 2, 3); }
NEON neon_32x2 neon_low_32(v128_t a) { return __builtin_shufflevector((neon_32x4)a, (neon_32x4)a, 0, 1); }

// Halves ------------------------------------------------------------------------------------------

// The upper half moved down.
NEON v128_t neon_upper(v128_t a) {
  return neon_shuffle(a, a, 8, 9, 10, 11, 12, 13, 14, 15, 8, 9, 10, 11, 12, 13, 14, 15);
}
// The two lower halves.
NEON v128_t neon_combine(v128_t a, v128_t b) { return wasm_i64x2_shuffle(a, b, 0, 2); }

// Halves exchanged; words exchanged in each half: for sums and extremes over a vector.
NEON v128_t neon_swap_32(v128_t a) {
  return neon_shuffle(a, a, 4, 5, 6, 7, 0, 1, 2, 3, 12, 13, 14, 15, 8, 9, 10, 11);
}

// Pairs -------------------------------------------------------------------------------------------

NEON v128_t neon_zip1_8(v128_t a, v128_t b) {
  return neon_shuffle(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
}
NEON v128_t neon_zip2_8(v128_t a, v128_t b) {
  return neon_shuffle(a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
}
NEON v128_t neon_zip1_16(v128_t a, v128_t b) {
  return neon_shuffle(a, b, 0, 1, 16, 17, 2, 3, 18, 19, 4, 5, 20, 21, 6, 7, 22, 23);
}
NEON v128_t neon_zip2_16(v128_t a, v128_t b) {
  return neon_shuffle(a, b, 8, 9, 24, 25, 10, 11, 26, 27, 12, 13, 28, 29, 14, 15, 30, 31);
}
NEON v128_t neon_zip1_32(v128_t a, v128_t b) {
  return neon_shuffle(a, b, 0, 1, 2, 3, 16, 17, 18, 19, 4, 5, 6, 7, 20, 21, 22, 23);
}
NEON v128_t neon_zip2_32(v128_t a, v128_t b) {
  return neon_shuffle(a, b, 8, 9, 10, 11, 24, 25, 26, 27, 12, 13, 14, 15, 28, 29, 30, 31);
}
NEON v128_t neon_zip1_64(v128_t a, v128_t b) {
  return neon_shuffle(a, b, 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23);
}
NEON v128_t neon_zip2_64(v128_t a, v128_t b) {
  return neon_shuffle(a, b, 8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31);
}

// Transposed pairs: a shift and a blend of words, where there is no instruction.
NEON v128_t neon_trn1_8(v128_t a, v128_t b) {
  return neon_shuffle(a, b, 0, 16, 2, 18, 4, 20, 6, 22, 8, 24, 10, 26, 12, 28, 14, 30);
}
NEON v128_t neon_trn2_8(v128_t a, v128_t b) {
  return neon_shuffle(a, b, 1, 17, 3, 19, 5, 21, 7, 23, 9, 25, 11, 27, 13, 29, 15, 31);
}
NEON v128_t neon_trn1_16(v128_t a, v128_t b) {
  return neon_shuffle(a, wasm_i32x4_shl(b, 16), 0, 1, 18, 19, 4, 5, 22, 23, 8, 9, 26, 27, 12, 13, 30, 31);
}
NEON v128_t neon_trn2_16(v128_t a, v128_t b) {
  return neon_shuffle(wasm_u32x4_shr(a, 16), b, 0, 1, 18, 19, 4, 5, 22, 23, 8, 9, 26, 27, 12, 13, 30, 31);
}
NEON v128_t neon_trn1_32(v128_t a, v128_t b) {
  return neon_shuffle(a, wasm_i64x2_shl(b, 32), 0, 1, 2, 3, 20, 21, 22, 23, 8, 9, 10, 11, 28, 29, 30, 31);
}
NEON v128_t neon_trn2_32(v128_t a, v128_t b) {
  return neon_shuffle(wasm_u64x2_shr(a, 32), b, 0, 1, 2, 3, 20, 21, 22, 23, 8, 9, 10, 11, 28, 29, 30, 31);
}
#define neon_trn1_64 neon_zip1_64
#define neon_trn2_64 neon_zip2_64

// Even and odd lanes.
NEON v128_t neon_uzp1_8(v128_t a, v128_t b) {
  v128_t mask = wasm_i16x8_const_splat(255);
  return wasm_u8x16_narrow_i16x8(wasm_v128_and(a, mask), wasm_v128_and(b, mask));
}
NEON v128_t neon_uzp2_8(v128_t a, v128_t b) {
  return wasm_u8x16_narrow_i16x8(wasm_u16x8_shr(a, 8), wasm_u16x8_shr(b, 8));
}
NEON v128_t neon_uzp1_16(v128_t a, v128_t b) {
  return neon_shuffle(a, b, 0, 1, 4, 5, 8, 9, 12, 13, 16, 17, 20, 21, 24, 25, 28, 29);
}
NEON v128_t neon_uzp2_16(v128_t a, v128_t b) {
  return wasm_i16x8_narrow_i32x4(wasm_i32x4_shr(a, 16), wasm_i32x4_shr(b, 16));
}

// Sums and extremes over a vector -----------------------------------------------------------------

NEON v128_t neon_sum_32(v128_t a) {
  a = wasm_i32x4_add(a, neon_upper(a));
  return wasm_i32x4_add(a, neon_swap_32(a));
}
// Of the lower half alone.
NEON int neon_sum_32_low(v128_t a) { return wasm_i32x4_extract_lane(wasm_i32x4_add(a, neon_swap_32(a)), 0); }

#define NEON_ACROSS(OP, a) ({ \
  v128_t neon_a = (a); \
  neon_a = OP(neon_a, neon_upper(neon_a)); \
  neon_a = OP(neon_a, neon_swap_32(neon_a)); \
  OP(neon_a, wasm_u32x4_shr(neon_a, 16)); \
})
#define NEON_ACROSS_8(OP, a) ({ \
  v128_t neon_b = NEON_ACROSS(OP, a); \
  OP(neon_b, wasm_u16x8_shr(neon_b, 8)); \
})

// Narrowing ---------------------------------------------------------------------------------------

NEON v128_t neon_low_bits_8(v128_t a) { return wasm_v128_and(a, wasm_i16x8_const_splat(255)); }
NEON v128_t neon_narrow_8(v128_t a) { return wasm_u8x16_narrow_i16x8(a, a); }
NEON v128_t neon_narrow_16(v128_t a) { return wasm_u16x8_narrow_i32x4(a, a); }

// Of a shift right, the lower bytes: a shift by eight leaves nothing else.
NEON v128_t neon_shift_narrow_8(v128_t a, int n) {
  a = wasm_u16x8_shr(a, n);
  return neon_narrow_8(n == 8 ? a : neon_low_bits_8(a));
}
// The carry that rounding may lose does not reach the bits that remain.
NEON v128_t neon_round_narrow_8(v128_t a, int n) {
  return neon_shift_narrow_8(wasm_i16x8_add(a, wasm_i16x8_splat(1 << (n - 1))), n);
}

// Products ----------------------------------------------------------------------------------------

// 2ab >> 16, of which only (-32768)² does not fit.
NEON v128_t neon_qdmulh_16(v128_t a, v128_t b) {
  return wasm_i16x8_narrow_i32x4(wasm_i32x4_shr(wasm_i32x4_extmul_low_i16x8(a, b), 15),
                                 wasm_i32x4_shr(wasm_i32x4_extmul_high_i16x8(a, b), 15));
}

NEON v128_t neon_qdmulh_32(v128_t a, v128_t b, long long rounding) {
  v128_t half = wasm_i64x2_splat(rounding);
  v128_t low = wasm_u64x2_shr(wasm_i64x2_add(wasm_i64x2_extmul_low_i32x4(a, b), half), 31);
  v128_t high = wasm_u64x2_shr(wasm_i64x2_add(wasm_i64x2_extmul_high_i32x4(a, b), half), 31);
  v128_t product = neon_shuffle(low, high, 0, 1, 2, 3, 8, 9, 10, 11, 16, 17, 18, 19, 24, 25, 26, 27);
  // Only (-2³¹)² comes out as this.
  return wasm_v128_xor(product, wasm_i32x4_eq(product, wasm_i32x4_const_splat(-2147483647 - 1)));
}

// Halves of sums and differences, without the carry -----------------------------------------------

// b(n) for bit n: a - b = (a ^ b) - 2(~a & b).
NEON v128_t neon_hsub_s16(v128_t a, v128_t b) {
  return wasm_i16x8_sub(wasm_i16x8_shr(wasm_v128_xor(a, b), 1), wasm_v128_andnot(b, a));
}
NEON v128_t neon_hsub_s32(v128_t a, v128_t b) {
  return wasm_i32x4_sub(wasm_i32x4_shr(wasm_v128_xor(a, b), 1), wasm_v128_andnot(b, a));
}
// The mean that rounds up, less what it rounded.
NEON v128_t neon_hadd_u8(v128_t a, v128_t b) {
  return wasm_i8x16_sub(wasm_u8x16_avgr(a, b), wasm_v128_and(wasm_v128_xor(a, b), wasm_i8x16_const_splat(1)));
}
NEON v128_t neon_hadd_u16(v128_t a, v128_t b) {
  return wasm_i16x8_sub(wasm_u16x8_avgr(a, b), wasm_v128_and(wasm_v128_xor(a, b), wasm_i16x8_const_splat(1)));
}

// Tables ------------------------------------------------------------------------------------------

NEON v128_t neon_table_32(v128_t first, v128_t second, v128_t index) {
  return wasm_v128_or(wasm_i8x16_swizzle(first, index),
                      wasm_i8x16_swizzle(second, wasm_i8x16_sub(index, wasm_i8x16_const_splat(16))));
}

// The intrinsics ----------------------------------------------------------------------------------

#define NEON_Q(T, S, BITS) \
  NEON T##_t vzip1q_##S(T##_t a, T##_t b) { return (T##_t)neon_zip1_##BITS((v128_t)a, (v128_t)b); } \
  NEON T##_t vzip2q_##S(T##_t a, T##_t b) { return (T##_t)neon_zip2_##BITS((v128_t)a, (v128_t)b); } \
  NEON T##_t vtrn1q_##S(T##_t a, T##_t b) { return (T##_t)neon_trn1_##BITS((v128_t)a, (v128_t)b); } \
  NEON T##_t vtrn2q_##S(T##_t a, T##_t b) { return (T##_t)neon_trn2_##BITS((v128_t)a, (v128_t)b); }
#define NEON_Q2(T, S) \
  NEON T##x2_t vzipq_##S(T##_t a, T##_t b) { return (T##x2_t){{vzip1q_##S(a, b), vzip2q_##S(a, b)}}; } \
  NEON T##x2_t vtrnq_##S(T##_t a, T##_t b) { return (T##x2_t){{vtrn1q_##S(a, b), vtrn2q_##S(a, b)}}; }
#define NEON_UZP(T, S, BITS) \
  NEON T##_t vuzp1q_##S(T##_t a, T##_t b) { return (T##_t)neon_uzp1_##BITS((v128_t)a, (v128_t)b); } \
  NEON T##_t vuzp2q_##S(T##_t a, T##_t b) { return (T##_t)neon_uzp2_##BITS((v128_t)a, (v128_t)b); } \
  NEON T##x2_t vuzpq_##S(T##_t a, T##_t b) { return (T##x2_t){{vuzp1q_##S(a, b), vuzp2q_##S(a, b)}}; }

NEON_Q(uint8x16, u8, 8)
NEON_Q(int8x16, s8, 8)
NEON_Q(uint16x8, u16, 16)
NEON_Q(int16x8, s16, 16)
NEON_Q(uint32x4, u32, 32)
NEON_Q(int32x4, s32, 32)
NEON_Q(uint64x2, u64, 64)
NEON_Q(int64x2, s64, 64)
NEON_Q2(uint8x16, u8)
NEON_Q2(int8x16, s8)
NEON_Q2(uint16x8, u16)
NEON_Q2(int16x8, s16)
NEON_Q2(uint32x4, u32)
NEON_Q2(int32x4, s32)
NEON_UZP(uint8x16, u8, 8)
NEON_UZP(int8x16, s8, 8)
NEON_UZP(uint16x8, u16, 16)
NEON_UZP(int16x8, s16, 16)

// 64-bit vectors of bytes and 16-bit words: H and Q are the types of 64 and 128 bits.
#define NEON_WIDE_u8(a) neon_wide_8((neon_8x8)(a))
#define NEON_WIDE_s8(a) neon_wide_8((neon_8x8)(a))
#define NEON_WIDE_u16(a) neon_wide_16((neon_16x4)(a))
#define NEON_WIDE_s16(a) neon_wide_16((neon_16x4)(a))
#define NEON_WIDE_u32(a) neon_wide_32((neon_32x2)(a))
#define NEON_WIDE_s32(a) neon_wide_32((neon_32x2)(a))
#define NEON_LOW_u8(a) ((uint8x8_t)neon_low_8(a))
#define NEON_LOW_s8(a) ((int8x8_t)neon_low_8(a))
#define NEON_LOW_u16(a) ((uint16x4_t)neon_low_16(a))
#define NEON_LOW_s16(a) ((int16x4_t)neon_low_16(a))
#define NEON_LOW_u32(a) ((uint32x2_t)neon_low_32(a))
#define NEON_LOW_s32(a) ((int32x2_t)neon_low_32(a))

// Left to LLVM, which widens and multiplies upper halves where they are, if their elements have the right size.
#define NEON_HIGH_u8(a) ((uint8x8_t)__builtin_shufflevector(a, a, 8, 9, 10, 11, 12, 13, 14, 15))
#define NEON_HIGH_s8(a) ((int8x8_t)__builtin_shufflevector(a, a, 8, 9, 10, 11, 12, 13, 14, 15))
#define NEON_HIGH_u16(a) ((uint16x4_t)__builtin_shufflevector(a, a, 4, 5, 6, 7))
#define NEON_HIGH_s16(a) ((int16x4_t)__builtin_shufflevector(a, a, 4, 5, 6, 7))
#define NEON_HIGH_u32(a) ((uint32x2_t)__builtin_shufflevector(a, a, 2, 3))
#define NEON_HIGH_s32(a) ((int32x2_t)__builtin_shufflevector(a, a, 2, 3))

#define NEON_D(H, Q, S) \
  NEON H##_t vget_high_##S(Q##_t a) { return NEON_HIGH_##S(a); } \
  NEON Q##_t vcombine_##S(H##_t a, H##_t b) { \
    return (Q##_t)neon_combine(NEON_WIDE_##S(a), NEON_WIDE_##S(b)); \
  } \
  NEON H##_t vbsl_##S(NEON_MASK_##S mask, H##_t a, H##_t b) { \
    return NEON_LOW_##S(wasm_v128_bitselect(NEON_WIDE_##S(a), NEON_WIDE_##S(b), NEON_WIDE_##S(mask))); \
  }
#define NEON_MASK_u8 uint8x8_t
#define NEON_MASK_s8 uint8x8_t
#define NEON_MASK_u16 uint16x4_t
#define NEON_MASK_s16 uint16x4_t
#define NEON_MASK_u32 uint32x2_t
#define NEON_MASK_s32 uint32x2_t

NEON_D(uint8x8, uint8x16, u8)
NEON_D(int8x8, int8x16, s8)
NEON_D(uint16x4, uint16x8, u16)
NEON_D(int16x4, int16x8, s16)
NEON_D(uint32x2, uint32x4, u32)
NEON_D(int32x2, int32x4, s32)

#define NEON_D_ZIP(H, S, BITS) \
  NEON H##x2_t vzip_##S(H##_t a, H##_t b) { \
    v128_t both = neon_zip1_##BITS(NEON_WIDE_##S(a), NEON_WIDE_##S(b)); \
    return (H##x2_t){{NEON_LOW_##S(both), NEON_LOW_##S(neon_upper(both))}}; \
  } \
  NEON H##_t vzip1_##S(H##_t a, H##_t b) { \
    return NEON_LOW_##S(neon_zip1_##BITS(NEON_WIDE_##S(a), NEON_WIDE_##S(b))); \
  }
#define NEON_D_TRN(H, S, BITS) \
  NEON H##x2_t vtrn_##S(H##_t a, H##_t b) { \
    v128_t first = NEON_WIDE_##S(a), second = NEON_WIDE_##S(b); \
    return (H##x2_t){{NEON_LOW_##S(neon_trn1_##BITS(first, second)), NEON_LOW_##S(neon_trn2_##BITS(first, second))}}; \
  }
#define NEON_D_UZP(H, S, BITS) \
  NEON H##x2_t vuzp_##S(H##_t a, H##_t b) { \
    v128_t both = neon_combine(NEON_WIDE_##S(a), NEON_WIDE_##S(b)); \
    return (H##x2_t){{NEON_LOW_##S(neon_uzp1_##BITS(both, both)), NEON_LOW_##S(neon_uzp2_##BITS(both, both))}}; \
  }
NEON_D_ZIP(uint8x8, u8, 8)
NEON_D_ZIP(int8x8, s8, 8)
NEON_D_ZIP(uint16x4, u16, 16)
NEON_D_ZIP(int16x4, s16, 16)
NEON_D_ZIP(uint32x2, u32, 32)
NEON_D_ZIP(int32x2, s32, 32)
NEON_D_TRN(uint8x8, u8, 8)
NEON_D_TRN(int8x8, s8, 8)
NEON_D_TRN(uint16x4, u16, 16)
NEON_D_TRN(int16x4, s16, 16)
NEON_D_UZP(uint8x8, u8, 8)
NEON_D_UZP(int8x8, s8, 8)
NEON_D_UZP(uint16x4, u16, 16)
NEON_D_UZP(int16x4, s16, 16)
NEON uint32x2x2_t vtrn_u32(uint32x2_t a, uint32x2_t b) { return vzip_u32(a, b); }
NEON int32x2x2_t vtrn_s32(int32x2_t a, int32x2_t b) { return vzip_s32(a, b); }

// Lanes n and following of two 64-bit vectors in a row.
#define NEON_EXT(S, SIZE, a, b, n) ({ \
  v128_t neon_c = neon_combine(NEON_WIDE_##S(a), NEON_WIDE_##S(b)); \
  NEON_LOW_##S(NEON_FROM(neon_c, (n) * SIZE)); \
})
#define NEON_FROM(c, n) \
  neon_shuffle(c, c, (n), (n) + 1, (n) + 2, (n) + 3, (n) + 4, (n) + 5, (n) + 6, (n) + 7, (n) + 8, (n) + 9, (n) + 10, \
               (n) + 11, (n) + 12, (n) + 13, (n) + 14, (n) + 15)
#define vext_u8(a, b, n) NEON_EXT(u8, 1, a, b, n)
#define vext_s8(a, b, n) NEON_EXT(s8, 1, a, b, n)
#define vext_u16(a, b, n) NEON_EXT(u16, 2, a, b, n)
#define vext_s16(a, b, n) NEON_EXT(s16, 2, a, b, n)

NEON v128_t neon_rev64_8(v128_t a) {
  return neon_shuffle(a, a, 7, 6, 5, 4, 3, 2, 1, 0, 15, 14, 13, 12, 11, 10, 9, 8);
}
NEON v128_t neon_rev64_16(v128_t a) {
  return neon_shuffle(a, a, 6, 7, 4, 5, 2, 3, 0, 1, 14, 15, 12, 13, 10, 11, 8, 9);
}
NEON uint8x8_t vrev64_u8(uint8x8_t a) { return NEON_LOW_u8(neon_rev64_8(NEON_WIDE_u8(a))); }
NEON uint16x4_t vrev64_u16(uint16x4_t a) { return NEON_LOW_u16(neon_rev64_16(NEON_WIDE_u16(a))); }
NEON int16x4_t vrev64_s16(int16x4_t a) { return NEON_LOW_s16(neon_rev64_16(NEON_WIDE_s16(a))); }
NEON uint8x16_t vrev64q_u8(uint8x16_t a) { return (uint8x16_t)neon_rev64_8((v128_t)a); }
NEON uint16x8_t vrev64q_u16(uint16x8_t a) { return (uint16x8_t)neon_rev64_16((v128_t)a); }
NEON int16x8_t vrev64q_s16(int16x8_t a) { return (int16x8_t)neon_rev64_16((v128_t)a); }
NEON uint32x4_t vrev64q_u32(uint32x4_t a) { return (uint32x4_t)neon_swap_32((v128_t)a); }
NEON int32x4_t vrev64q_s32(int32x4_t a) { return (int32x4_t)neon_swap_32((v128_t)a); }

// One lane in all: constants fold only where LLVM sees the permutation.
#define NEON_SPLAT_16(v, l) \
  neon_shuffle(v, v, 2 * (l), 2 * (l) + 1, 2 * (l), 2 * (l) + 1, 2 * (l), 2 * (l) + 1, 2 * (l), 2 * (l) + 1, 2 * (l), \
               2 * (l) + 1, 2 * (l), 2 * (l) + 1, 2 * (l), 2 * (l) + 1, 2 * (l), 2 * (l) + 1)
#define NEON_DUP_16(S, v, l) ({ \
  __typeof__(v) neon_v = (v); \
  __builtin_constant_p(neon_v[l]) ? wasm_i16x8_splat(neon_v[l]) : NEON_SPLAT_16(NEON_WIDE_##S(neon_v), l); \
})
#define vdup_lane_s16(v, l) NEON_LOW_s16(NEON_DUP_16(s16, v, l))
#define vdup_lane_u16(v, l) NEON_LOW_u16(NEON_DUP_16(u16, v, l))
#define vdupq_lane_s16(v, l) ((int16x8_t)NEON_DUP_16(s16, v, l))
#define vdupq_lane_u16(v, l) ((uint16x8_t)NEON_DUP_16(u16, v, l))
#define vmull_lane_s16(a, v, l) vmull_s16(a, vdup_lane_s16(v, l))
#define vmlal_lane_s16(s, a, v, l) vmlal_s16(s, a, vdup_lane_s16(v, l))
#define vmlsl_lane_s16(s, a, v, l) vmlsl_s16(s, a, vdup_lane_s16(v, l))
#define vmul_lane_s16(a, v, l) vmul_s16(a, vdup_lane_s16(v, l))
#define vmla_lane_s16(s, a, v, l) vmla_s16(s, a, vdup_lane_s16(v, l))
#define vmulq_lane_s16(a, v, l) vmulq_s16(a, vdupq_lane_s16(v, l))
#define vmlaq_lane_s16(s, a, v, l) vmlaq_s16(s, a, vdupq_lane_s16(v, l))
#define vqrdmulhq_lane_s16(a, v, l) vqrdmulhq_s16(a, vdupq_lane_s16(v, l))
#define vqrdmulh_lane_s16(a, v, l) vqrdmulh_s16(a, vdup_lane_s16(v, l))
#define vmull_lane_u16(a, v, l) vmull_u16(a, vdup_lane_u16(v, l))
#define vmlal_lane_u16(s, a, v, l) vmlal_u16(s, a, vdup_lane_u16(v, l))

NEON int16x8_t vqrdmulhq_s16(int16x8_t a, int16x8_t b) { return (int16x8_t)wasm_i16x8_q15mulr_sat((v128_t)a, (v128_t)b); }
NEON int16x8_t vqrdmulhq_n_s16(int16x8_t a, int16_t b) { return vqrdmulhq_s16(a, vdupq_n_s16(b)); }
NEON int16x4_t vqrdmulh_s16(int16x4_t a, int16x4_t b) {
  return NEON_LOW_s16(wasm_i16x8_q15mulr_sat(NEON_WIDE_s16(a), NEON_WIDE_s16(b)));
}
NEON int16x4_t vqrdmulh_n_s16(int16x4_t a, int16_t b) { return vqrdmulh_s16(a, vdup_n_s16(b)); }
NEON int16x8_t vqdmulhq_s16(int16x8_t a, int16x8_t b) { return (int16x8_t)neon_qdmulh_16((v128_t)a, (v128_t)b); }
NEON int16x8_t vqdmulhq_n_s16(int16x8_t a, int16_t b) { return vqdmulhq_s16(a, vdupq_n_s16(b)); }

NEON int32x4_t vqrdmulhq_s32(int32x4_t a, int32x4_t b) {
  return (int32x4_t)neon_qdmulh_32((v128_t)a, (v128_t)b, 1ll << 30);
}
NEON int32x4_t vqdmulhq_s32(int32x4_t a, int32x4_t b) { return (int32x4_t)neon_qdmulh_32((v128_t)a, (v128_t)b, 0); }

NEON uint32_t vaddvq_u32(uint32x4_t a) { return (uint32_t)wasm_i32x4_extract_lane(neon_sum_32((v128_t)a), 0); }
NEON int32_t vaddvq_s32(int32x4_t a) { return wasm_i32x4_extract_lane(neon_sum_32((v128_t)a), 0); }
NEON uint32_t vaddv_u32(uint32x2_t a) { return (uint32_t)neon_sum_32_low(NEON_WIDE_u32(a)); }
NEON int32_t vaddv_s32(int32x2_t a) { return neon_sum_32_low(NEON_WIDE_s32(a)); }
// Modulo 2¹⁶, where the sign does not matter.
NEON uint16_t vaddvq_u16(uint16x8_t a) {
  return (uint16_t)wasm_i32x4_extract_lane(neon_sum_32(wasm_i32x4_extadd_pairwise_i16x8((v128_t)a)), 0);
}
NEON uint16_t vaddv_u16(uint16x4_t a) {
  return (uint16_t)neon_sum_32_low(wasm_i32x4_extadd_pairwise_i16x8(NEON_WIDE_u16(a)));
}
NEON uint32_t vaddlvq_u16(uint16x8_t a) {
  return (uint32_t)wasm_i32x4_extract_lane(neon_sum_32(wasm_u32x4_extadd_pairwise_u16x8((v128_t)a)), 0);
}
NEON int32_t vaddlvq_s16(int16x8_t a) {
  return wasm_i32x4_extract_lane(neon_sum_32(wasm_i32x4_extadd_pairwise_i16x8((v128_t)a)), 0);
}
NEON uint32_t vaddlv_u16(uint16x4_t a) {
  return (uint32_t)neon_sum_32_low(wasm_u32x4_extadd_pairwise_u16x8(NEON_WIDE_u16(a)));
}
NEON uint16_t vaddlvq_u8(uint8x16_t a) {
  v128_t pairs = wasm_u16x8_extadd_pairwise_u8x16((v128_t)a);
  return (uint16_t)wasm_i32x4_extract_lane(neon_sum_32(wasm_i32x4_extadd_pairwise_i16x8(pairs)), 0);
}
NEON int16_t vaddlvq_s8(int8x16_t a) {
  v128_t pairs = wasm_i16x8_extadd_pairwise_i8x16((v128_t)a);
  return (int16_t)wasm_i32x4_extract_lane(neon_sum_32(wasm_i32x4_extadd_pairwise_i16x8(pairs)), 0);
}
NEON uint16_t vaddlv_u8(uint8x8_t a) {
  v128_t pairs = wasm_u16x8_extadd_pairwise_u8x16(NEON_WIDE_u8(a));
  return (uint16_t)neon_sum_32_low(wasm_i32x4_extadd_pairwise_i16x8(pairs));
}
NEON uint16_t vmaxvq_u16(uint16x8_t a) { return wasm_u16x8_extract_lane(NEON_ACROSS(wasm_u16x8_max, (v128_t)a), 0); }
NEON int16_t vmaxvq_s16(int16x8_t a) { return wasm_i16x8_extract_lane(NEON_ACROSS(wasm_i16x8_max, (v128_t)a), 0); }
NEON uint16_t vminvq_u16(uint16x8_t a) { return wasm_u16x8_extract_lane(NEON_ACROSS(wasm_u16x8_min, (v128_t)a), 0); }
NEON int16_t vminvq_s16(int16x8_t a) { return wasm_i16x8_extract_lane(NEON_ACROSS(wasm_i16x8_min, (v128_t)a), 0); }
NEON uint8_t vmaxvq_u8(uint8x16_t a) { return wasm_u8x16_extract_lane(NEON_ACROSS_8(wasm_u8x16_max, (v128_t)a), 0); }
NEON uint8_t vminvq_u8(uint8x16_t a) { return wasm_u8x16_extract_lane(NEON_ACROSS_8(wasm_u8x16_min, (v128_t)a), 0); }

// LLVM would take the pairs apart again, into shifts and masks.
#define NEON_PAIRS(Q, S, T, SUM, ADD) \
  NEON T##_t vpaddlq_##S(Q##_t a) { return (T##_t)SUM((v128_t)a); } \
  NEON T##_t vpadalq_##S(T##_t s, Q##_t a) { return (T##_t)ADD((v128_t)s, SUM((v128_t)a)); }
NEON_PAIRS(uint8x16, u8, uint16x8, wasm_u16x8_extadd_pairwise_u8x16, wasm_i16x8_add)
NEON_PAIRS(int8x16, s8, int16x8, wasm_i16x8_extadd_pairwise_i8x16, wasm_i16x8_add)
NEON_PAIRS(uint16x8, u16, uint32x4, wasm_u32x4_extadd_pairwise_u16x8, wasm_i32x4_add)
NEON_PAIRS(int16x8, s16, int32x4, wasm_i32x4_extadd_pairwise_i16x8, wasm_i32x4_add)
NEON uint16x4_t vpaddl_u8(uint8x8_t a) { return NEON_LOW_u16(wasm_u16x8_extadd_pairwise_u8x16(NEON_WIDE_u8(a))); }
NEON uint32x2_t vpaddl_u16(uint16x4_t a) { return NEON_LOW_u32(wasm_u32x4_extadd_pairwise_u16x8(NEON_WIDE_u16(a))); }
NEON uint16x4_t vpadal_u8(uint16x4_t s, uint8x8_t a) {
  return NEON_LOW_u16(wasm_i16x8_add(NEON_WIDE_u16(s), wasm_u16x8_extadd_pairwise_u8x16(NEON_WIDE_u8(a))));
}
NEON uint32x2_t vpadal_u16(uint32x2_t s, uint16x4_t a) {
  return NEON_LOW_u32(wasm_i32x4_add(NEON_WIDE_u32(s), wasm_u32x4_extadd_pairwise_u16x8(NEON_WIDE_u16(a))));
}
NEON int32x2_t vpadal_s16(int32x2_t s, int16x4_t a) {
  return NEON_LOW_s32(wasm_i32x4_add(NEON_WIDE_s32(s), wasm_i32x4_extadd_pairwise_i16x8(NEON_WIDE_s16(a))));
}
NEON v128_t neon_padd_32(v128_t a, v128_t b) {
  v128_t pairs = neon_zip1_32(a, b);
  return wasm_i32x4_add(pairs, neon_upper(pairs));
}
NEON uint32x2_t vpadd_u32(uint32x2_t a, uint32x2_t b) {
  return NEON_LOW_u32(neon_padd_32(NEON_WIDE_u32(a), NEON_WIDE_u32(b)));
}
NEON int32x2_t vpadd_s32(int32x2_t a, int32x2_t b) {
  return NEON_LOW_s32(neon_padd_32(NEON_WIDE_s32(a), NEON_WIDE_s32(b)));
}

#define NEON_NARROW(H, Q, S, T, BITS) \
  NEON H##_t vmovn_##S(Q##_t a) { return NEON_LOW_##T(neon_narrow_##BITS(neon_low_bits_##BITS((v128_t)a))); }
NEON_NARROW(uint8x8, uint16x8, u16, u8, 8)
NEON_NARROW(int8x8, int16x8, s16, s8, 8)
#define vshrn_n_u16(a, n) NEON_LOW_u8(neon_shift_narrow_8((v128_t)(a), n))
#define vshrn_n_s16(a, n) NEON_LOW_s8(neon_shift_narrow_8((v128_t)(a), n))
#define vrshrn_n_u16(a, n) NEON_LOW_u8(neon_round_narrow_8((v128_t)(a), n))
#define vrshrn_n_s16(a, n) NEON_LOW_s8(neon_round_narrow_8((v128_t)(a), n))

// Mostly two of these are combined, which LLVM sees, and the two then are three instructions.
#define vrshrn_n_u32(a, n) vshrn_n_u32(vaddq_u32(a, vdupq_n_u32(1u << ((n) - 1))), n)
#define vrshrn_n_s32(a, n) vshrn_n_s32(vaddq_s32(a, vdupq_n_s32((int)(1u << ((n) - 1)))), n)

NEON uint8x8_t vqmovun_s16(int16x8_t a) { return NEON_LOW_u8(neon_narrow_8((v128_t)a)); }
NEON int8x8_t vqmovn_s16(int16x8_t a) { return NEON_LOW_s8(wasm_i8x16_narrow_i16x8((v128_t)a, (v128_t)a)); }
NEON uint8x8_t vqmovn_u16(uint16x8_t a) {
  return NEON_LOW_u8(neon_narrow_8(wasm_u16x8_min((v128_t)a, wasm_i16x8_const_splat(255))));
}
NEON uint16x4_t vqmovun_s32(int32x4_t a) { return NEON_LOW_u16(neon_narrow_16((v128_t)a)); }
NEON int16x4_t vqmovn_s32(int32x4_t a) { return NEON_LOW_s16(wasm_i16x8_narrow_i32x4((v128_t)a, (v128_t)a)); }

// What saturates in the rounding is beyond the range of the result, unless all 8 bits go.
NEON uint8x8_t neon_qrshrun_16(v128_t a, int n) {
  v128_t half = wasm_i16x8_splat((short)(1 << (n - 1)));
  if (n == 8)
    return NEON_LOW_u8(neon_narrow_8(wasm_i16x8_add(wasm_i16x8_shr(a, 8), wasm_v128_and(wasm_i16x8_shr(a, 7), wasm_i16x8_const_splat(1)))));
  return NEON_LOW_u8(neon_narrow_8(wasm_i16x8_shr(wasm_i16x8_add_sat(a, half), n)));
}
NEON uint8x8_t neon_qrshrn_u16(v128_t a, int n) {
  v128_t half = wasm_i16x8_splat((short)(1 << (n - 1)));
  return NEON_LOW_u8(neon_narrow_8(wasm_u16x8_shr(wasm_u16x8_add_sat(a, half), n)));
}
#define vqrshrun_n_s16(a, n) neon_qrshrun_16((v128_t)(a), n)
#define vqrshrn_n_u16(a, n) neon_qrshrn_u16((v128_t)(a), n)
// Rounded by the bit that falls off last.
#define NEON_ROUND_32(a, n) ({ \
  v128_t neon_r = (v128_t)(a); \
  wasm_i32x4_add(wasm_i32x4_shr(neon_r, n), wasm_v128_and(wasm_i32x4_shr(neon_r, (n) - 1), wasm_i32x4_const_splat(1))); \
})
#define vqrshrn_n_s32(a, n) ({ \
  v128_t neon_q = NEON_ROUND_32(a, n); \
  NEON_LOW_s16(wasm_i16x8_narrow_i32x4(neon_q, neon_q)); \
})
#define vqrshrun_n_s32(a, n) NEON_LOW_u16(neon_narrow_16(NEON_ROUND_32(a, n)))
#define vqshrun_n_s16(a, n) NEON_LOW_u8(neon_narrow_8(wasm_i16x8_shr((v128_t)(a), n)))
#define vqshrun_n_s32(a, n) NEON_LOW_u16(neon_narrow_16(wasm_i32x4_shr((v128_t)(a), n)))

NEON int16x8_t vhsubq_s16(int16x8_t a, int16x8_t b) { return (int16x8_t)neon_hsub_s16((v128_t)a, (v128_t)b); }
NEON int32x4_t vhsubq_s32(int32x4_t a, int32x4_t b) { return (int32x4_t)neon_hsub_s32((v128_t)a, (v128_t)b); }
NEON uint8x16_t vhaddq_u8(uint8x16_t a, uint8x16_t b) { return (uint8x16_t)neon_hadd_u8((v128_t)a, (v128_t)b); }
NEON uint16x8_t vhaddq_u16(uint16x8_t a, uint16x8_t b) { return (uint16x8_t)neon_hadd_u16((v128_t)a, (v128_t)b); }

// Operations on 64 bits that WebAssembly has for 128.
#define NEON_D_OP(H, NAME, S, OP) \
  NEON H##_t NAME##_##S(H##_t a, H##_t b) { return NEON_LOW_##S(OP(NEON_WIDE_##S(a), NEON_WIDE_##S(b))); }
NEON_D_OP(uint8x8, vrhadd, u8, wasm_u8x16_avgr)
NEON_D_OP(uint16x4, vrhadd, u16, wasm_u16x8_avgr)
NEON_D_OP(uint8x8, vhadd, u8, neon_hadd_u8)
NEON_D_OP(uint16x4, vhadd, u16, neon_hadd_u16)
NEON_D_OP(int16x4, vhsub, s16, neon_hsub_s16)
NEON_D_OP(int8x8, vqadd, s8, wasm_i8x16_add_sat)
NEON_D_OP(int16x4, vqadd, s16, wasm_i16x8_add_sat)
NEON_D_OP(uint8x8, vqadd, u8, wasm_u8x16_add_sat)
NEON_D_OP(uint16x4, vqadd, u16, wasm_u16x8_add_sat)
NEON_D_OP(int8x8, vqsub, s8, wasm_i8x16_sub_sat)
NEON_D_OP(int16x4, vqsub, s16, wasm_i16x8_sub_sat)
NEON_D_OP(uint8x8, vqsub, u8, wasm_u8x16_sub_sat)
NEON int8x8_t vabs_s8(int8x8_t a) { return NEON_LOW_s8(wasm_i8x16_abs(NEON_WIDE_s8(a))); }
NEON int16x4_t vabs_s16(int16x4_t a) { return NEON_LOW_s16(wasm_i16x8_abs(NEON_WIDE_s16(a))); }
NEON int32x2_t vabs_s32(int32x2_t a) { return NEON_LOW_s32(wasm_i32x4_abs(NEON_WIDE_s32(a))); }

NEON uint8x8_t vqtbl1_u8(uint8x16_t table, uint8x8_t index) {
  return NEON_LOW_u8(wasm_i8x16_swizzle((v128_t)table, NEON_WIDE_u8(index)));
}
NEON uint8x8_t vqtbl2_u8(uint8x16x2_t table, uint8x8_t index) {
  return NEON_LOW_u8(neon_table_32((v128_t)table.val[0], (v128_t)table.val[1], NEON_WIDE_u8(index)));
}
NEON uint8x8_t vtbl2_u8(uint8x8x2_t table, uint8x8_t index) {
  return vqtbl1_u8(vcombine_u8(table.val[0], table.val[1]), index);
}
NEON int8x8_t vtbl2_s8(int8x8x2_t table, int8x8_t index) {
  v128_t both = (v128_t)vcombine_s8(table.val[0], table.val[1]);
  return NEON_LOW_s8(wasm_i8x16_swizzle(both, NEON_WIDE_s8(index)));
}
NEON uint8x8_t vtbl4_u8(uint8x8x4_t table, uint8x8_t index) {
  return NEON_LOW_u8(neon_table_32((v128_t)vcombine_u8(table.val[0], table.val[1]),
                                   (v128_t)vcombine_u8(table.val[2], table.val[3]), NEON_WIDE_u8(index)));
}

// Shifts by vectors: nearly always the same for all lanes, to the right where it is negative. SIMDe shifts lane by lane.

#define NEON_SHIFT(type, lane, wide, name, suffix, bits, equal, splat, all_true, left, right)                          \
  NEON type##_t name##_##suffix(type##_t a, lane##_t b) {                                                              \
    v128_t value = NEON_WIDE_SHIFT_##wide(a), shifts = NEON_WIDE_SHIFT_##wide(b);                                      \
    int shift = (signed char)b[0];                                                                                     \
    if (!all_true(equal(shifts, splat(b[0]))) || shift <= -bits || shift >= bits)                                      \
      return simde_##name##_##suffix(a, b);                                                                            \
    v128_t result = shift < 0 ? right(value, -shift) : left(value, shift);                                             \
    return (type##_t)NEON_NARROW_SHIFT_##wide(result);                                                                 \
  }
#define NEON_WIDE_SHIFT_128(a) ((v128_t)(a))
#define NEON_NARROW_SHIFT_128(a) (a)
// All lanes of the wider vector count: those of the narrow one twice.
#define NEON_WIDE_SHIFT_64(a) neon_twice((neon_16x4)(a))
#define NEON_NARROW_SHIFT_64(a) neon_low_16(a)
NEON v128_t neon_twice(neon_16x4 a) { return (v128_t)__builtin_shufflevector(a, a, 0, 1, 2, 3, 0, 1, 2, 3); }

// Rounded without overflow; not for shifts by 0.
#define NEON_ROUNDED(name, add, shift, one)                                                                            \
  NEON v128_t name(v128_t a, int by) { return add(shift(a, by), wasm_v128_and(shift(a, by - 1), one(1))); }
NEON_ROUNDED(neon_rounded_s16, wasm_i16x8_add, wasm_i16x8_shr, wasm_i16x8_const_splat)
NEON_ROUNDED(neon_rounded_u16, wasm_i16x8_add, wasm_u16x8_shr, wasm_i16x8_const_splat)
NEON_ROUNDED(neon_rounded_s32, wasm_i32x4_add, wasm_i32x4_shr, wasm_i32x4_const_splat)
NEON_ROUNDED(neon_rounded_u32, wasm_i32x4_add, wasm_u32x4_shr, wasm_i32x4_const_splat)

#define NEON_SHIFT_16(type, lane, wide, name, suffix, right)                                                           \
  NEON_SHIFT(type, lane, wide, name, suffix, 16, wasm_i16x8_eq, wasm_i16x8_splat, wasm_i16x8_all_true, wasm_i16x8_shl, \
             right)
#define NEON_SHIFT_32(type, lane, name, suffix, right)                                                                 \
  NEON_SHIFT(type, lane, 128, name, suffix, 32, wasm_i32x4_eq, wasm_i32x4_splat, wasm_i32x4_all_true, wasm_i32x4_shl,  \
             right)
NEON_SHIFT_16(int16x8, int16x8, 128, vshlq, s16, wasm_i16x8_shr)
NEON_SHIFT_16(uint16x8, int16x8, 128, vshlq, u16, wasm_u16x8_shr)
NEON_SHIFT_16(int16x8, int16x8, 128, vrshlq, s16, neon_rounded_s16)
NEON_SHIFT_16(uint16x8, int16x8, 128, vrshlq, u16, neon_rounded_u16)
NEON_SHIFT_16(int16x4, int16x4, 64, vshl, s16, wasm_i16x8_shr)
NEON_SHIFT_16(uint16x4, int16x4, 64, vshl, u16, wasm_u16x8_shr)
NEON_SHIFT_16(uint16x4, int16x4, 64, vrshl, u16, neon_rounded_u16)
NEON_SHIFT_32(int32x4, int32x4, vshlq, s32, wasm_i32x4_shr)
NEON_SHIFT_32(int32x4, int32x4, vrshlq, s32, neon_rounded_s32)
NEON_SHIFT_32(uint32x4, int32x4, vrshlq, u32, neon_rounded_u32)

// To the left it saturates.
NEON int32x4_t vqrshlq_s32(int32x4_t a, int32x4_t b) {
  int shift = (signed char)b[0];
  if (!wasm_i32x4_all_true(wasm_i32x4_eq((v128_t)b, wasm_i32x4_splat(b[0]))) || shift <= -32 || shift > 0)
    return simde_vqrshlq_s32(a, b);
  return shift ? (int32x4_t)neon_rounded_s32((v128_t)a, -shift) : a;
}

// Sums that NEON has no instruction for, for libraries that are patched to use them -------------

// s[i] + a[2i]² + a[2i + 1]²
NEON int32x4_t neon_add_squares(int32x4_t s, int16x8_t a) {
  return (int32x4_t)wasm_i32x4_add((v128_t)s, wasm_i32x4_dot_i16x8((v128_t)a, (v128_t)a));
}
// (a c + b d) / 2¹⁴, rounded, of 16-bit words: the lower four, the upper four.
NEON v128_t neon_rotate(v128_t pairs, int c, int d) {
  v128_t factors = wasm_i32x4_splat((c & 65535) | (int)((unsigned)d << 16));
  return wasm_i32x4_shr(wasm_i32x4_add(wasm_i32x4_dot_i16x8(pairs, factors), wasm_i32x4_const_splat(1 << 13)), 14);
}
NEON int32x4_t neon_rotate_low(int16x8_t a, int16x8_t b, int c, int d) {
  return (int32x4_t)neon_rotate(neon_zip1_16((v128_t)a, (v128_t)b), c, d);
}
NEON int32x4_t neon_rotate_high(int16x8_t a, int16x8_t b, int c, int d) {
  return (int32x4_t)neon_rotate(neon_zip2_16((v128_t)a, (v128_t)b), c, d);
}
NEON int32x4_t neon_rotate_half(int16x4_t a, int16x4_t b, int c, int d) {
  return (int32x4_t)neon_rotate(neon_zip1_16(NEON_WIDE_s16(a), NEON_WIDE_s16(b)), c, d);
}
NEON int16x8_t neon_narrow_rotated(int32x4_t a, int32x4_t b) {
  return (int16x8_t)wasm_i16x8_narrow_i32x4((v128_t)a, (v128_t)b);
}

#endif
