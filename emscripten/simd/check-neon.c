// Our NEON intrinsics beside SIMDe's, on vectors with many extremes.
#include <arm_neon.h>

#include "check.h"

// Bytes of which a quarter are extremes, or 16-bit or 32-bit words of that kind.
static void take(void *vector, size_t size) {
  static const uint8_t extremes[] = {0, 1, 0x7f, 0x80, 0xff};
  uint8_t *bytes = vector;
  int width = 1 << between(0, 2), special = 0;
  for (size_t i = 0; i < size; i++) {
    if (i % width == 0)
      special = between(0, 3) == 0 ? between(0, 4) : -1;
    bytes[i] = special < 0 ? between(0, 255) : i % width == (size_t)width - 1 ? extremes[special]
             : special == 2 ? 0xff : special == 3 ? 0 : extremes[special];
  }
}

#define ARGUMENT(type, name) type name; take(&name, sizeof name)
#define SAME(name, result, ours, theirs) { \
  result one = ours, other = theirs; \
  if (memcmp(&one, &other, sizeof one)) { \
    printf("%s differs\n", #name); \
    failures++; \
    return; \
  } \
}
#define ONE(name, R, A) \
  static void check_##name(void) { \
    for (int round = 0; round < ROUNDS; round++) { \
      ARGUMENT(A, a); \
      SAME(name, R, name(a), simde_##name(a)) \
    } \
  }
#define TWO(name, R, A, B) \
  static void check_##name(void) { \
    for (int round = 0; round < ROUNDS; round++) { \
      ARGUMENT(A, a); \
      ARGUMENT(B, b); \
      SAME(name, R, name(a, b), simde_##name(a, b)) \
    } \
  }
#define THREE(name, R, A, B, C) \
  static void check_##name(void) { \
    for (int round = 0; round < ROUNDS; round++) { \
      ARGUMENT(A, a); \
      ARGUMENT(B, b); \
      ARGUMENT(C, c); \
      SAME(name, R, name(a, b, c), simde_##name(a, b, c)) \
    } \
  }
// With shifts and lanes that stand in the instruction.
#define SHIFTS(name, R, A) \
  static void check_##name(void) { \
    for (int round = 0; round < ROUNDS; round++) { \
      ARGUMENT(A, a); \
      SAME(name, R, name(a, 1), simde_##name(a, 1)) \
      SAME(name, R, name(a, 2), simde_##name(a, 2)) \
      SAME(name, R, name(a, 7), simde_##name(a, 7)) \
      SAME(name, R, name(a, 8), simde_##name(a, 8)) \
    } \
  }
#define LANES(name, R, A, B) \
  static void check_##name(void) { \
    for (int round = 0; round < ROUNDS; round++) { \
      ARGUMENT(A, a); \
      ARGUMENT(B, b); \
      SAME(name, R, name(a, b, 0), simde_##name(a, b, 0)) \
      SAME(name, R, name(a, b, 1), simde_##name(a, b, 1)) \
      SAME(name, R, name(a, b, 3), simde_##name(a, b, 3)) \
    } \
  }

TWO(vzip1q_u8, uint8x16_t, uint8x16_t, uint8x16_t)
TWO(vzip2q_u8, uint8x16_t, uint8x16_t, uint8x16_t)
TWO(vtrn1q_u8, uint8x16_t, uint8x16_t, uint8x16_t)
TWO(vtrn2q_u8, uint8x16_t, uint8x16_t, uint8x16_t)
TWO(vzip1q_s8, int8x16_t, int8x16_t, int8x16_t)
TWO(vzip2q_s8, int8x16_t, int8x16_t, int8x16_t)
TWO(vtrn1q_s8, int8x16_t, int8x16_t, int8x16_t)
TWO(vtrn2q_s8, int8x16_t, int8x16_t, int8x16_t)
TWO(vzip1q_u16, uint16x8_t, uint16x8_t, uint16x8_t)
TWO(vzip2q_u16, uint16x8_t, uint16x8_t, uint16x8_t)
TWO(vtrn1q_u16, uint16x8_t, uint16x8_t, uint16x8_t)
TWO(vtrn2q_u16, uint16x8_t, uint16x8_t, uint16x8_t)
TWO(vzip1q_s16, int16x8_t, int16x8_t, int16x8_t)
TWO(vzip2q_s16, int16x8_t, int16x8_t, int16x8_t)
TWO(vtrn1q_s16, int16x8_t, int16x8_t, int16x8_t)
TWO(vtrn2q_s16, int16x8_t, int16x8_t, int16x8_t)
TWO(vzip1q_u32, uint32x4_t, uint32x4_t, uint32x4_t)
TWO(vzip2q_u32, uint32x4_t, uint32x4_t, uint32x4_t)
TWO(vtrn1q_u32, uint32x4_t, uint32x4_t, uint32x4_t)
TWO(vtrn2q_u32, uint32x4_t, uint32x4_t, uint32x4_t)
TWO(vzip1q_s32, int32x4_t, int32x4_t, int32x4_t)
TWO(vzip2q_s32, int32x4_t, int32x4_t, int32x4_t)
TWO(vtrn1q_s32, int32x4_t, int32x4_t, int32x4_t)
TWO(vtrn2q_s32, int32x4_t, int32x4_t, int32x4_t)
TWO(vzip1q_u64, uint64x2_t, uint64x2_t, uint64x2_t)
TWO(vzip2q_u64, uint64x2_t, uint64x2_t, uint64x2_t)
TWO(vtrn1q_u64, uint64x2_t, uint64x2_t, uint64x2_t)
TWO(vtrn2q_u64, uint64x2_t, uint64x2_t, uint64x2_t)
TWO(vzip1q_s64, int64x2_t, int64x2_t, int64x2_t)
TWO(vzip2q_s64, int64x2_t, int64x2_t, int64x2_t)
TWO(vtrn1q_s64, int64x2_t, int64x2_t, int64x2_t)
TWO(vtrn2q_s64, int64x2_t, int64x2_t, int64x2_t)
TWO(vzipq_u8, uint8x16x2_t, uint8x16_t, uint8x16_t)
TWO(vtrnq_u8, uint8x16x2_t, uint8x16_t, uint8x16_t)
TWO(vzip_u8, uint8x8x2_t, uint8x8_t, uint8x8_t)
TWO(vtrn_u8, uint8x8x2_t, uint8x8_t, uint8x8_t)
TWO(vzip1_u8, uint8x8_t, uint8x8_t, uint8x8_t)
TWO(vcombine_u8, uint8x16_t, uint8x8_t, uint8x8_t)
ONE(vget_high_u8, uint8x8_t, uint8x16_t)
THREE(vbsl_u8, uint8x8_t, uint8x8_t, uint8x8_t, uint8x8_t)
TWO(vzipq_s8, int8x16x2_t, int8x16_t, int8x16_t)
TWO(vtrnq_s8, int8x16x2_t, int8x16_t, int8x16_t)
TWO(vzip_s8, int8x8x2_t, int8x8_t, int8x8_t)
TWO(vtrn_s8, int8x8x2_t, int8x8_t, int8x8_t)
TWO(vzip1_s8, int8x8_t, int8x8_t, int8x8_t)
TWO(vcombine_s8, int8x16_t, int8x8_t, int8x8_t)
ONE(vget_high_s8, int8x8_t, int8x16_t)
THREE(vbsl_s8, int8x8_t, uint8x8_t, int8x8_t, int8x8_t)
TWO(vzipq_u16, uint16x8x2_t, uint16x8_t, uint16x8_t)
TWO(vtrnq_u16, uint16x8x2_t, uint16x8_t, uint16x8_t)
TWO(vzip_u16, uint16x4x2_t, uint16x4_t, uint16x4_t)
TWO(vtrn_u16, uint16x4x2_t, uint16x4_t, uint16x4_t)
TWO(vzip1_u16, uint16x4_t, uint16x4_t, uint16x4_t)
TWO(vcombine_u16, uint16x8_t, uint16x4_t, uint16x4_t)
ONE(vget_high_u16, uint16x4_t, uint16x8_t)
THREE(vbsl_u16, uint16x4_t, uint16x4_t, uint16x4_t, uint16x4_t)
TWO(vzipq_s16, int16x8x2_t, int16x8_t, int16x8_t)
TWO(vtrnq_s16, int16x8x2_t, int16x8_t, int16x8_t)
TWO(vzip_s16, int16x4x2_t, int16x4_t, int16x4_t)
TWO(vtrn_s16, int16x4x2_t, int16x4_t, int16x4_t)
TWO(vzip1_s16, int16x4_t, int16x4_t, int16x4_t)
TWO(vcombine_s16, int16x8_t, int16x4_t, int16x4_t)
ONE(vget_high_s16, int16x4_t, int16x8_t)
THREE(vbsl_s16, int16x4_t, uint16x4_t, int16x4_t, int16x4_t)
TWO(vzipq_u32, uint32x4x2_t, uint32x4_t, uint32x4_t)
TWO(vtrnq_u32, uint32x4x2_t, uint32x4_t, uint32x4_t)
TWO(vzip_u32, uint32x2x2_t, uint32x2_t, uint32x2_t)
TWO(vtrn_u32, uint32x2x2_t, uint32x2_t, uint32x2_t)
TWO(vzip1_u32, uint32x2_t, uint32x2_t, uint32x2_t)
TWO(vcombine_u32, uint32x4_t, uint32x2_t, uint32x2_t)
ONE(vget_high_u32, uint32x2_t, uint32x4_t)
THREE(vbsl_u32, uint32x2_t, uint32x2_t, uint32x2_t, uint32x2_t)
TWO(vzipq_s32, int32x4x2_t, int32x4_t, int32x4_t)
TWO(vtrnq_s32, int32x4x2_t, int32x4_t, int32x4_t)
TWO(vzip_s32, int32x2x2_t, int32x2_t, int32x2_t)
TWO(vtrn_s32, int32x2x2_t, int32x2_t, int32x2_t)
TWO(vzip1_s32, int32x2_t, int32x2_t, int32x2_t)
TWO(vcombine_s32, int32x4_t, int32x2_t, int32x2_t)
ONE(vget_high_s32, int32x2_t, int32x4_t)
THREE(vbsl_s32, int32x2_t, uint32x2_t, int32x2_t, int32x2_t)
TWO(vuzp1q_u8, uint8x16_t, uint8x16_t, uint8x16_t)
TWO(vuzp2q_u8, uint8x16_t, uint8x16_t, uint8x16_t)
TWO(vuzpq_u8, uint8x16x2_t, uint8x16_t, uint8x16_t)
TWO(vuzp_u8, uint8x8x2_t, uint8x8_t, uint8x8_t)
LANES(vext_u8, uint8x8_t, uint8x8_t, uint8x8_t)
ONE(vpaddlq_u8, uint16x8_t, uint8x16_t)
TWO(vpadalq_u8, uint16x8_t, uint16x8_t, uint8x16_t)
TWO(vuzp1q_s8, int8x16_t, int8x16_t, int8x16_t)
TWO(vuzp2q_s8, int8x16_t, int8x16_t, int8x16_t)
TWO(vuzpq_s8, int8x16x2_t, int8x16_t, int8x16_t)
TWO(vuzp_s8, int8x8x2_t, int8x8_t, int8x8_t)
LANES(vext_s8, int8x8_t, int8x8_t, int8x8_t)
ONE(vpaddlq_s8, int16x8_t, int8x16_t)
TWO(vpadalq_s8, int16x8_t, int16x8_t, int8x16_t)
TWO(vuzp1q_u16, uint16x8_t, uint16x8_t, uint16x8_t)
TWO(vuzp2q_u16, uint16x8_t, uint16x8_t, uint16x8_t)
TWO(vuzpq_u16, uint16x8x2_t, uint16x8_t, uint16x8_t)
TWO(vuzp_u16, uint16x4x2_t, uint16x4_t, uint16x4_t)
LANES(vext_u16, uint16x4_t, uint16x4_t, uint16x4_t)
ONE(vpaddlq_u16, uint32x4_t, uint16x8_t)
TWO(vpadalq_u16, uint32x4_t, uint32x4_t, uint16x8_t)
TWO(vuzp1q_s16, int16x8_t, int16x8_t, int16x8_t)
TWO(vuzp2q_s16, int16x8_t, int16x8_t, int16x8_t)
TWO(vuzpq_s16, int16x8x2_t, int16x8_t, int16x8_t)
TWO(vuzp_s16, int16x4x2_t, int16x4_t, int16x4_t)
LANES(vext_s16, int16x4_t, int16x4_t, int16x4_t)
ONE(vpaddlq_s16, int32x4_t, int16x8_t)
TWO(vpadalq_s16, int32x4_t, int32x4_t, int16x8_t)
ONE(vrev64_u8, uint8x8_t, uint8x8_t)
ONE(vrev64_u16, uint16x4_t, uint16x4_t)
ONE(vrev64_s16, int16x4_t, int16x4_t)
ONE(vrev64q_u8, uint8x16_t, uint8x16_t)
ONE(vrev64q_u16, uint16x8_t, uint16x8_t)
ONE(vrev64q_s16, int16x8_t, int16x8_t)
ONE(vrev64q_u32, uint32x4_t, uint32x4_t)
ONE(vrev64q_s32, int32x4_t, int32x4_t)
TWO(vqrdmulhq_s16, int16x8_t, int16x8_t, int16x8_t)
TWO(vqrdmulh_s16, int16x4_t, int16x4_t, int16x4_t)
TWO(vqdmulhq_s16, int16x8_t, int16x8_t, int16x8_t)
TWO(vqrdmulhq_s32, int32x4_t, int32x4_t, int32x4_t)
TWO(vqdmulhq_s32, int32x4_t, int32x4_t, int32x4_t)
TWO(vqrdmulhq_n_s16, int16x8_t, int16x8_t, int16_t)
TWO(vqrdmulh_n_s16, int16x4_t, int16x4_t, int16_t)
TWO(vqdmulhq_n_s16, int16x8_t, int16x8_t, int16_t)
LANES(vmull_lane_s16, int32x4_t, int16x4_t, int16x4_t)
LANES(vmull_lane_u16, uint32x4_t, uint16x4_t, uint16x4_t)
LANES(vmul_lane_s16, int16x4_t, int16x4_t, int16x4_t)
LANES(vmulq_lane_s16, int16x8_t, int16x8_t, int16x4_t)
LANES(vqrdmulhq_lane_s16, int16x8_t, int16x8_t, int16x4_t)
LANES(vqrdmulh_lane_s16, int16x4_t, int16x4_t, int16x4_t)
ONE(vaddvq_u32, uint32_t, uint32x4_t)
ONE(vaddvq_s32, int32_t, int32x4_t)
ONE(vaddv_u32, uint32_t, uint32x2_t)
ONE(vaddv_s32, int32_t, int32x2_t)
ONE(vaddvq_u16, uint16_t, uint16x8_t)
ONE(vaddv_u16, uint16_t, uint16x4_t)
ONE(vaddlvq_u16, uint32_t, uint16x8_t)
ONE(vaddlvq_s16, int32_t, int16x8_t)
ONE(vaddlv_u16, uint32_t, uint16x4_t)
ONE(vaddlvq_u8, uint16_t, uint8x16_t)
ONE(vaddlvq_s8, int16_t, int8x16_t)
ONE(vaddlv_u8, uint16_t, uint8x8_t)
ONE(vmaxvq_u16, uint16_t, uint16x8_t)
ONE(vmaxvq_s16, int16_t, int16x8_t)
ONE(vminvq_u16, uint16_t, uint16x8_t)
ONE(vminvq_s16, int16_t, int16x8_t)
ONE(vmaxvq_u8, uint8_t, uint8x16_t)
ONE(vminvq_u8, uint8_t, uint8x16_t)
ONE(vpaddl_u8, uint16x4_t, uint8x8_t)
ONE(vpaddl_u16, uint32x2_t, uint16x4_t)
ONE(vmovn_u16, uint8x8_t, uint16x8_t)
ONE(vmovn_s16, int8x8_t, int16x8_t)
ONE(vqmovun_s16, uint8x8_t, int16x8_t)
ONE(vqmovn_s16, int8x8_t, int16x8_t)
ONE(vqmovn_u16, uint8x8_t, uint16x8_t)
ONE(vqmovun_s32, uint16x4_t, int32x4_t)
ONE(vqmovn_s32, int16x4_t, int32x4_t)
ONE(vabs_s8, int8x8_t, int8x8_t)
ONE(vabs_s16, int16x4_t, int16x4_t)
ONE(vabs_s32, int32x2_t, int32x2_t)
TWO(vpadal_u8, uint16x4_t, uint16x4_t, uint8x8_t)
TWO(vpadal_u16, uint32x2_t, uint32x2_t, uint16x4_t)
TWO(vpadal_s16, int32x2_t, int32x2_t, int16x4_t)
TWO(vpadd_u32, uint32x2_t, uint32x2_t, uint32x2_t)
TWO(vpadd_s32, int32x2_t, int32x2_t, int32x2_t)
SHIFTS(vshrn_n_u16, uint8x8_t, uint16x8_t)
SHIFTS(vshrn_n_s16, int8x8_t, int16x8_t)
SHIFTS(vrshrn_n_u16, uint8x8_t, uint16x8_t)
SHIFTS(vrshrn_n_s16, int8x8_t, int16x8_t)
SHIFTS(vrshrn_n_u32, uint16x4_t, uint32x4_t)
SHIFTS(vrshrn_n_s32, int16x4_t, int32x4_t)
SHIFTS(vqrshrn_n_s32, int16x4_t, int32x4_t)
SHIFTS(vqrshrun_n_s32, uint16x4_t, int32x4_t)
SHIFTS(vqrshrun_n_s16, uint8x8_t, int16x8_t)
SHIFTS(vqrshrn_n_u16, uint8x8_t, uint16x8_t)
SHIFTS(vqshrun_n_s16, uint8x8_t, int16x8_t)
SHIFTS(vqshrun_n_s32, uint16x4_t, int32x4_t)
TWO(vhsubq_s16, int16x8_t, int16x8_t, int16x8_t)
TWO(vhsubq_s32, int32x4_t, int32x4_t, int32x4_t)
TWO(vhaddq_u8, uint8x16_t, uint8x16_t, uint8x16_t)
TWO(vhaddq_u16, uint16x8_t, uint16x8_t, uint16x8_t)
TWO(vrhadd_u8, uint8x8_t, uint8x8_t, uint8x8_t)
TWO(vrhadd_u16, uint16x4_t, uint16x4_t, uint16x4_t)
TWO(vhadd_u8, uint8x8_t, uint8x8_t, uint8x8_t)
TWO(vhadd_u16, uint16x4_t, uint16x4_t, uint16x4_t)
TWO(vhsub_s16, int16x4_t, int16x4_t, int16x4_t)
TWO(vqadd_s8, int8x8_t, int8x8_t, int8x8_t)
TWO(vqadd_s16, int16x4_t, int16x4_t, int16x4_t)
TWO(vqadd_u8, uint8x8_t, uint8x8_t, uint8x8_t)
TWO(vqadd_u16, uint16x4_t, uint16x4_t, uint16x4_t)
TWO(vqsub_s8, int8x8_t, int8x8_t, int8x8_t)
TWO(vqsub_s16, int16x4_t, int16x4_t, int16x4_t)
TWO(vqsub_u8, uint8x8_t, uint8x8_t, uint8x8_t)
TWO(vqtbl1_u8, uint8x8_t, uint8x16_t, uint8x8_t)
TWO(vqtbl2_u8, uint8x8_t, uint8x16x2_t, uint8x8_t)
TWO(vtbl2_u8, uint8x8_t, uint8x8x2_t, uint8x8_t)
TWO(vtbl2_s8, int8x8_t, int8x8x2_t, int8x8_t)
TWO(vtbl4_u8, uint8x8_t, uint8x8x4_t, uint8x8_t)

// By the same shift in all lanes, and by any.
#define VECTOR_SHIFTS(name, R, B, lanes) \
  static void check_##name(void) { \
    for (int round = 0; round < ROUNDS; round++) { \
      ARGUMENT(R, a); \
      ARGUMENT(B, b); \
      int shift = between(-40, 40); \
      if (round & 7) \
        for (int i = 0; i < lanes; i++) \
          b[i] = shift; \
      SAME(name, R, name(a, b), simde_##name(a, b)) \
    } \
  }
VECTOR_SHIFTS(vshlq_s16, int16x8_t, int16x8_t, 8)
VECTOR_SHIFTS(vshlq_u16, uint16x8_t, int16x8_t, 8)
VECTOR_SHIFTS(vrshlq_s16, int16x8_t, int16x8_t, 8)
VECTOR_SHIFTS(vrshlq_u16, uint16x8_t, int16x8_t, 8)
VECTOR_SHIFTS(vshl_s16, int16x4_t, int16x4_t, 4)
VECTOR_SHIFTS(vshl_u16, uint16x4_t, int16x4_t, 4)
VECTOR_SHIFTS(vrshl_u16, uint16x4_t, int16x4_t, 4)
VECTOR_SHIFTS(vshlq_s32, int32x4_t, int32x4_t, 4)
VECTOR_SHIFTS(vrshlq_s32, int32x4_t, int32x4_t, 4)
VECTOR_SHIFTS(vrshlq_u32, uint32x4_t, int32x4_t, 4)
VECTOR_SHIFTS(vqrshlq_s32, int32x4_t, int32x4_t, 4)

int main(void) {
  check_vzip1q_u8();
  check_vzip2q_u8();
  check_vtrn1q_u8();
  check_vtrn2q_u8();
  check_vzip1q_s8();
  check_vzip2q_s8();
  check_vtrn1q_s8();
  check_vtrn2q_s8();
  check_vzip1q_u16();
  check_vzip2q_u16();
  check_vtrn1q_u16();
  check_vtrn2q_u16();
  check_vzip1q_s16();
  check_vzip2q_s16();
  check_vtrn1q_s16();
  check_vtrn2q_s16();
  check_vzip1q_u32();
  check_vzip2q_u32();
  check_vtrn1q_u32();
  check_vtrn2q_u32();
  check_vzip1q_s32();
  check_vzip2q_s32();
  check_vtrn1q_s32();
  check_vtrn2q_s32();
  check_vzip1q_u64();
  check_vzip2q_u64();
  check_vtrn1q_u64();
  check_vtrn2q_u64();
  check_vzip1q_s64();
  check_vzip2q_s64();
  check_vtrn1q_s64();
  check_vtrn2q_s64();
  check_vzipq_u8();
  check_vtrnq_u8();
  check_vzip_u8();
  check_vtrn_u8();
  check_vzip1_u8();
  check_vcombine_u8();
  check_vget_high_u8();
  check_vbsl_u8();
  check_vzipq_s8();
  check_vtrnq_s8();
  check_vzip_s8();
  check_vtrn_s8();
  check_vzip1_s8();
  check_vcombine_s8();
  check_vget_high_s8();
  check_vbsl_s8();
  check_vzipq_u16();
  check_vtrnq_u16();
  check_vzip_u16();
  check_vtrn_u16();
  check_vzip1_u16();
  check_vcombine_u16();
  check_vget_high_u16();
  check_vbsl_u16();
  check_vzipq_s16();
  check_vtrnq_s16();
  check_vzip_s16();
  check_vtrn_s16();
  check_vzip1_s16();
  check_vcombine_s16();
  check_vget_high_s16();
  check_vbsl_s16();
  check_vzipq_u32();
  check_vtrnq_u32();
  check_vzip_u32();
  check_vtrn_u32();
  check_vzip1_u32();
  check_vcombine_u32();
  check_vget_high_u32();
  check_vbsl_u32();
  check_vzipq_s32();
  check_vtrnq_s32();
  check_vzip_s32();
  check_vtrn_s32();
  check_vzip1_s32();
  check_vcombine_s32();
  check_vget_high_s32();
  check_vbsl_s32();
  check_vuzp1q_u8();
  check_vuzp2q_u8();
  check_vuzpq_u8();
  check_vuzp_u8();
  check_vext_u8();
  check_vpaddlq_u8();
  check_vpadalq_u8();
  check_vuzp1q_s8();
  check_vuzp2q_s8();
  check_vuzpq_s8();
  check_vuzp_s8();
  check_vext_s8();
  check_vpaddlq_s8();
  check_vpadalq_s8();
  check_vuzp1q_u16();
  check_vuzp2q_u16();
  check_vuzpq_u16();
  check_vuzp_u16();
  check_vext_u16();
  check_vpaddlq_u16();
  check_vpadalq_u16();
  check_vuzp1q_s16();
  check_vuzp2q_s16();
  check_vuzpq_s16();
  check_vuzp_s16();
  check_vext_s16();
  check_vpaddlq_s16();
  check_vpadalq_s16();
  check_vrev64_u8();
  check_vrev64_u16();
  check_vrev64_s16();
  check_vrev64q_u8();
  check_vrev64q_u16();
  check_vrev64q_s16();
  check_vrev64q_u32();
  check_vrev64q_s32();
  check_vqrdmulhq_s16();
  check_vqrdmulh_s16();
  check_vqdmulhq_s16();
  check_vqrdmulhq_s32();
  check_vqdmulhq_s32();
  check_vqrdmulhq_n_s16();
  check_vqrdmulh_n_s16();
  check_vqdmulhq_n_s16();
  check_vmull_lane_s16();
  check_vmull_lane_u16();
  check_vmul_lane_s16();
  check_vmulq_lane_s16();
  check_vqrdmulhq_lane_s16();
  check_vqrdmulh_lane_s16();
  check_vaddvq_u32();
  check_vaddvq_s32();
  check_vaddv_u32();
  check_vaddv_s32();
  check_vaddvq_u16();
  check_vaddv_u16();
  check_vaddlvq_u16();
  check_vaddlvq_s16();
  check_vaddlv_u16();
  check_vaddlvq_u8();
  check_vaddlvq_s8();
  check_vaddlv_u8();
  check_vmaxvq_u16();
  check_vmaxvq_s16();
  check_vminvq_u16();
  check_vminvq_s16();
  check_vmaxvq_u8();
  check_vminvq_u8();
  check_vpaddl_u8();
  check_vpaddl_u16();
  check_vmovn_u16();
  check_vmovn_s16();
  check_vqmovun_s16();
  check_vqmovn_s16();
  check_vqmovn_u16();
  check_vqmovun_s32();
  check_vqmovn_s32();
  check_vabs_s8();
  check_vabs_s16();
  check_vabs_s32();
  check_vpadal_u8();
  check_vpadal_u16();
  check_vpadal_s16();
  check_vpadd_u32();
  check_vpadd_s32();
  check_vshrn_n_u16();
  check_vshrn_n_s16();
  check_vrshrn_n_u16();
  check_vrshrn_n_s16();
  check_vrshrn_n_u32();
  check_vrshrn_n_s32();
  check_vqrshrn_n_s32();
  check_vqrshrun_n_s32();
  check_vqrshrun_n_s16();
  check_vqrshrn_n_u16();
  check_vqshrun_n_s16();
  check_vqshrun_n_s32();
  check_vhsubq_s16();
  check_vhsubq_s32();
  check_vhaddq_u8();
  check_vhaddq_u16();
  check_vrhadd_u8();
  check_vrhadd_u16();
  check_vhadd_u8();
  check_vhadd_u16();
  check_vhsub_s16();
  check_vqadd_s8();
  check_vqadd_s16();
  check_vqadd_u8();
  check_vqadd_u16();
  check_vqsub_s8();
  check_vqsub_s16();
  check_vqsub_u8();
  check_vqtbl1_u8();
  check_vqtbl2_u8();
  check_vtbl2_u8();
  check_vtbl2_s8();
  check_vtbl4_u8();
  check_vshlq_s16();
  check_vshlq_u16();
  check_vrshlq_s16();
  check_vrshlq_u16();
  check_vshl_s16();
  check_vshl_u16();
  check_vrshl_u16();
  check_vshlq_s32();
  check_vrshlq_s32();
  check_vrshlq_u32();
  check_vqrshlq_s32();
  return report("NEON");
}
