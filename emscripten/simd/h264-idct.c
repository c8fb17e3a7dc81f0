// H.264 inverse transforms (ITU-T H.264, 8.5.12 and 8.5.13) for 8-bit pictures. As in FFmpeg, coefficients are stored
// with rows and columns exchanged, and a block is zero again once it has been added to the picture.
#include "h264-idct.h"

#include "libavcodec/h264_parse.h"

#include "transpose.h"

INLINE v128_t half(v128_t words) { return wasm_i16x8_shr(words, 1); }

// Adds two rows of four words to the picture's rows, all four rows in one go.
INLINE void add_rows_of_four(uint8_t *dst, ptrdiff_t stride, v128_t residue01, v128_t residue23) {
  v128_t row01 = wasm_i32x4_shuffle(wasm_v128_load32_zero(dst), wasm_v128_load32_zero(dst + stride), 0, 4, 1, 5);
  uint8_t *third = dst + 2 * stride;
  v128_t row23 = wasm_i32x4_shuffle(wasm_v128_load32_zero(third), wasm_v128_load32_zero(third + stride), 0, 4, 1, 5);
  v128_t bytes = wasm_u8x16_narrow_i16x8(wasm_i16x8_add(wasm_u16x8_extend_low_u8x16(row01), residue01),
                                         wasm_i16x8_add(wasm_u16x8_extend_low_u8x16(row23), residue23));
  wasm_v128_store32_lane(dst, bytes, 0);
  wasm_v128_store32_lane(dst + stride, bytes, 1);
  wasm_v128_store32_lane(third, bytes, 2);
  wasm_v128_store32_lane(third + stride, bytes, 3);
}

static void idct_add(uint8_t *dst, int16_t *block, int stride) {
#define ROW(n) wasm_v128_load64_zero(block + 4 * n)
  v128_t c0 = ROW(0), c1 = ROW(1), c2 = ROW(2), c3 = ROW(3);
#undef ROW
  wasm_v128_store(block, wasm_i16x8_const_splat(0));
  wasm_v128_store(block + 8, wasm_i16x8_const_splat(0));
  v128_t z0 = wasm_i16x8_add(c0, c2), z1 = wasm_i16x8_sub(c0, c2);
  v128_t z2 = wasm_i16x8_sub(half(c1), c3), z3 = wasm_i16x8_add(c1, half(c3));
  v128_t top = wasm_i16x8_shuffle(wasm_i16x8_add(z0, z3), wasm_i16x8_add(z1, z2), 0, 8, 1, 9, 2, 10, 3, 11);
  v128_t bottom = wasm_i16x8_shuffle(wasm_i16x8_sub(z1, z2), wasm_i16x8_sub(z0, z3), 0, 8, 1, 9, 2, 10, 3, 11);
  // Turned on its side: coefficients 0 and 1, 2 and 3 in the halves of a vector.
  v128_t c01 = wasm_i32x4_shuffle(top, bottom, 0, 4, 1, 5), c23 = wasm_i32x4_shuffle(top, bottom, 2, 6, 3, 7);
  v128_t sums = wasm_i64x2_shuffle(wasm_i16x8_add(c01, c23), wasm_i16x8_sub(c01, c23), 0, 2);
  v128_t turns = wasm_i64x2_shuffle(wasm_i16x8_add(c01, half(c23)), wasm_i16x8_sub(half(c01), c23), 1, 3);
  sums = wasm_i16x8_add(sums, wasm_i16x8_const_splat(32));
  v128_t row01 = wasm_i16x8_shr(wasm_i16x8_add(sums, turns), 6);
  v128_t row32 = wasm_i16x8_shr(wasm_i16x8_sub(sums, turns), 6);
  add_rows_of_four(dst, stride, row01, wasm_i64x2_shuffle(row32, row32, 1, 0));
}

INLINE v128_t dc_of(int16_t *block) {
  v128_t dc = wasm_i16x8_splat((block[0] + 32) >> 6);
  block[0] = 0;
  return dc;
}

static void idct_dc_add(uint8_t *dst, int16_t *block, int stride) {
  v128_t dc = dc_of(block);
  add_rows_of_four(dst, stride, dc, dc);
}

INLINE void add_row_of_eight(uint8_t *dst, v128_t residue) {
  store_bytes(dst, wasm_i16x8_add(wasm_u16x8_load8x8(dst), residue));
}

static void idct8_dc_add(uint8_t *dst, int16_t *block, int stride) {
  v128_t dc = dc_of(block);
  for (int y = 0; y < 8; y++, dst += stride)
    add_row_of_eight(dst, dc);
}

INLINE v128_t plus_half(v128_t words) { return wasm_i16x8_add(words, half(words)); }

// One dimension (8.5.13), eight columns at a time.
INLINE void transform8(v128_t c[8]) {
  v128_t a0 = wasm_i16x8_add(c[0], c[4]), a2 = wasm_i16x8_sub(c[0], c[4]);
  v128_t a4 = wasm_i16x8_sub(half(c[2]), c[6]), a6 = wasm_i16x8_add(c[2], half(c[6]));
  v128_t b0 = wasm_i16x8_add(a0, a6), b6 = wasm_i16x8_sub(a0, a6);
  v128_t b2 = wasm_i16x8_add(a2, a4), b4 = wasm_i16x8_sub(a2, a4);
  v128_t a1 = wasm_i16x8_sub(wasm_i16x8_sub(c[5], c[3]), plus_half(c[7]));
  v128_t a3 = wasm_i16x8_sub(wasm_i16x8_add(c[1], c[7]), plus_half(c[3]));
  v128_t a5 = wasm_i16x8_add(wasm_i16x8_sub(c[7], c[1]), plus_half(c[5]));
  v128_t a7 = wasm_i16x8_add(wasm_i16x8_add(c[3], c[5]), plus_half(c[1]));
  v128_t b1 = wasm_i16x8_add(wasm_i16x8_shr(a7, 2), a1), b7 = wasm_i16x8_sub(a7, wasm_i16x8_shr(a1, 2));
  v128_t b3 = wasm_i16x8_add(a3, wasm_i16x8_shr(a5, 2)), b5 = wasm_i16x8_sub(wasm_i16x8_shr(a3, 2), a5);
  c[0] = wasm_i16x8_add(b0, b7), c[7] = wasm_i16x8_sub(b0, b7);
  c[1] = wasm_i16x8_add(b2, b5), c[6] = wasm_i16x8_sub(b2, b5);
  c[2] = wasm_i16x8_add(b4, b3), c[5] = wasm_i16x8_sub(b4, b3);
  c[3] = wasm_i16x8_add(b6, b1), c[4] = wasm_i16x8_sub(b6, b1);
}

static void idct8_add(uint8_t *dst, int16_t *block, int stride) {
  v128_t c[8];
  for (int i = 0; i < 8; i++) {
    c[i] = wasm_v128_load(block + 8 * i);
    wasm_v128_store(block + 8 * i, wasm_i16x8_const_splat(0));
  }
  transform8(c);
  transpose_words(c);
  c[0] = wasm_i16x8_add(c[0], wasm_i16x8_const_splat(32));
  transform8(c);
  for (int i = 0; i < 8; i++, dst += stride)
    add_row_of_eight(dst, wasm_i16x8_shr(c[i], 6));
}

// The blocks of a macroblock. nnzc: how many coefficients each has; of an intra macroblock's luma and of chroma
// without the DC, which was coded apart.

static void idct_add16(uint8_t *dst, const int *offset, int16_t *block, int stride, const uint8_t nnzc[5 * 8]) {
  for (int i = 0; i < 16; i++, block += 16) {
    int count = nnzc[scan8[i]];
    if (!count)
      continue;
    if (count == 1 && block[0])
      idct_dc_add(dst + offset[i], block, stride);
    else
      idct_add(dst + offset[i], block, stride);
  }
}

INLINE void add_with_dc_apart(uint8_t *dst, int16_t *block, int stride, int count) {
  if (count)
    idct_add(dst, block, stride);
  else if (block[0])
    idct_dc_add(dst, block, stride);
}

static void idct_add16intra(uint8_t *dst, const int *offset, int16_t *block, int stride, const uint8_t nnzc[5 * 8]) {
  for (int i = 0; i < 16; i++, block += 16)
    add_with_dc_apart(dst + offset[i], block, stride, nnzc[scan8[i]]);
}

static void idct_add8(uint8_t **dst, const int *offset, int16_t *block, int stride, const uint8_t nnzc[15 * 8]) {
  for (int plane = 1; plane < 3; plane++)
    for (int i = 16 * plane; i < 16 * plane + 4; i++)
      add_with_dc_apart(dst[plane - 1] + offset[i], block + 16 * i, stride, nnzc[scan8[i]]);
}

static void idct8_add4(uint8_t *dst, const int *offset, int16_t *block, int stride, const uint8_t nnzc[5 * 8]) {
  for (int i = 0; i < 16; i += 4, block += 64) {
    int count = nnzc[scan8[i]];
    if (!count)
      continue;
    if (count == 1 && block[0])
      idct8_dc_add(dst + offset[i], block, stride);
    else
      idct8_add(dst + offset[i], block, stride);
  }
}

void h264_set_idct(H264DSPContext *context, int chroma_format_idc) {
  context->idct_add = idct_add;
  context->idct_dc_add = idct_dc_add;
  context->idct8_add = idct8_add;
  context->idct8_dc_add = idct8_dc_add;
  context->idct_add16 = idct_add16;
  context->idct_add16intra = idct_add16intra;
  context->idct8_add4 = idct8_add4;
  if (chroma_format_idc <= 1)
    context->idct_add8 = idct_add8;
}
