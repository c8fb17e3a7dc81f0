// What Kvazaar compares pictures by: sums of absolute differences, of those of Hadamard transforms, and of squares; and
// its copies of blocks.
#include "image.h"
#include "strategies/generic/picture-generic.h"
#include "strategies/strategies-picture.h"

#include "kvazaar-simd.h"

#include "differences.h"

// In no header of Kvazaar's.
reg_sad_func kvz_reg_sad_avx2;

INLINE v128_t difference_of_eight(const uint8_t *a, const uint8_t *b) {
  return wasm_i16x8_sub(wasm_u16x8_load8x8(a), wasm_u16x8_load8x8(b));
}

// Sums of absolute differences

// At most 64 rows of 16 bytes fit into one sum of words.
INLINE uint32_t sad(const uint8_t *a, const uint8_t *b, int width, int height, unsigned a_stride, unsigned b_stride) {
  v128_t total = wasm_i32x4_const_splat(0);
  for (int top = 0; top < height; top += 64) {
    int bottom = height - top < 64 ? height : top + 64;
    for (int x = 0; x < width; x += 16) {
      v128_t sum = wasm_i16x8_const_splat(0);
      for (int y = top; y < bottom; y++) {
        v128_t left = wasm_v128_load(a + y * a_stride + x), right = wasm_v128_load(b + y * b_stride + x);
        sum = add_differences(sum, left, right);
      }
      total = wasm_i32x4_add(total, wasm_u32x4_extadd_pairwise_u16x8(sum));
    }
  }
  return (uint32_t)total_32(total);
}

#define SAD_OF_WIDTH(width)                                                                                            \
  static uint32_t sad_##width(const uint8_t *a, const uint8_t *b, int height, unsigned a_stride, unsigned b_stride) {  \
    return sad(a, b, width, height, a_stride, b_stride);                                                               \
  }
SAD_OF_WIDTH(16)
SAD_OF_WIDTH(32)
SAD_OF_WIDTH(64)

// NULL: there is none, and kvz_reg_sad is called.
static optimized_sad_func_ptr_t sad_for_width(int32_t width) {
  return (optimized_sad_func_ptr_t)(width == 16 ? sad_16 : width == 32 ? sad_32 : width == 64 ? sad_64 : NULL);
}

static unsigned reg_sad(const uint8_t *a, const uint8_t *b, int width, int height, unsigned a_stride,
                        unsigned b_stride) {
  optimized_sad_func_ptr_t function = sad_for_width(width);
  return function ? function(a, b, height, a_stride, b_stride)
                  : kvz_reg_sad_avx2(a, b, width, height, a_stride, b_stride);
}

// Hadamard transforms

INLINE void butterflies(v128_t *row, int distance) {
  for (int i = 0; i < 8; i++) {
    if (i & distance)
      continue;
    v128_t a = row[i], b = row[i + distance];
    row[i] = wasm_i16x8_add(a, b);
    row[i + distance] = wasm_i16x8_sub(a, b);
  }
}

// Every two rows become one of their first and one of their second halves, interleaved: what stands four lanes apart in
// a row then stands in both at the same place.
INLINE void interleave_rows(v128_t *row) {
  for (int i = 0; i < 8; i += 2) {
    v128_t a = row[i], b = row[i + 1];
    row[i] = wasm_i16x8_shuffle(a, b, 0, 8, 1, 9, 2, 10, 3, 11);
    row[i + 1] = wasm_i16x8_shuffle(a, b, 4, 12, 5, 13, 6, 14, 7, 15);
  }
}

// The order of the transform's results does not matter to their sum. |a + b| + |a − b| is 2 max(|a|, |b|).
INLINE unsigned hadamard_sum(v128_t row[8]) {
  butterflies(row, 1);
  butterflies(row, 2);
  butterflies(row, 4);
  interleave_rows(row);
  butterflies(row, 1);
  interleave_rows(row);
  butterflies(row, 1);
  interleave_rows(row);
  v128_t sum = wasm_i32x4_const_splat(0);
  for (int i = 0; i < 8; i += 2) {
    v128_t largest = wasm_u16x8_max(wasm_i16x8_abs(row[i]), wasm_i16x8_abs(row[i + 1]));
    sum = wasm_i32x4_add(sum, wasm_u32x4_extadd_pairwise_u16x8(largest));
  }
  return 2 * (unsigned)total_32(sum);
}

static unsigned satd_block(const uint8_t *a, int a_stride, const uint8_t *b, int b_stride) {
  v128_t row[8];
  for (int y = 0; y < 8; y++)
    row[y] = difference_of_eight(a + y * a_stride, b + y * b_stride);
  return (hadamard_sum(row) + 2) >> 2;
}

static unsigned satd_blocks(int width, int height, const uint8_t *a, int a_stride, const uint8_t *b, int b_stride) {
  unsigned sum = 0;
  for (int y = 0; y < height; y += 8)
    for (int x = 0; x < width; x += 8)
      sum += satd_block(a + y * a_stride + x, a_stride, b + y * b_stride + x, b_stride);
  return sum;
}

static unsigned satd_column(int height, const uint8_t *a, int a_stride, const uint8_t *b, int b_stride) {
  unsigned sum = 0;
  for (int y = 0; y < height; y += 4)
    sum += kvz_satd_4x4_subblock_generic(a + y * a_stride, a_stride, b + y * b_stride, b_stride);
  return sum;
}

static unsigned satd_row(int width, const uint8_t *a, int a_stride, const uint8_t *b, int b_stride) {
  unsigned sum = 0;
  for (int x = 0; x < width; x += 4)
    sum += kvz_satd_4x4_subblock_generic(a + x, a_stride, b + x, b_stride);
  return sum;
}

// What is left of multiples of 8 at the left and at the top are blocks of 4 × 4.
static unsigned satd_any_size(int width, int height, const uint8_t *a, int a_stride, const uint8_t *b, int b_stride) {
  unsigned sum = 0;
  if (width % 8) {
    sum += satd_column(height, a, a_stride, b, b_stride);
    a += 4;
    b += 4;
    width -= 4;
  }
  if (height % 8) {
    sum += satd_row(width, a, a_stride, b, b_stride);
    a += 4 * a_stride;
    b += 4 * b_stride;
    height -= 4;
  }
  return sum + satd_blocks(width, height, a, a_stride, b, b_stride);
}

// Blocks that lie row after row without a gap, alone and as two predictions of one.
#define SATD_OF_SIZE(size)                                                                                             \
  static unsigned satd_##size(const uint8_t *a, const uint8_t *b) {                                                    \
    return satd_blocks(size, size, a, size, b, size);                                                                  \
  }                                                                                                                    \
  static void satd_dual_##size(const pred_buffer predictions, const uint8_t *source, unsigned count, unsigned *sums) { \
    (void)count;                                                                                                       \
    for (int i = 0; i < 2; i++)                                                                                        \
      sums[i] = satd_##size(predictions[i], source);                                                                   \
  }
SATD_OF_SIZE(8)
SATD_OF_SIZE(16)
SATD_OF_SIZE(32)
SATD_OF_SIZE(64)

static int register_satd(void *opaque) {
  return register_kernel(opaque, "satd_8x8", satd_8) && register_kernel(opaque, "satd_16x16", satd_16) &&
         register_kernel(opaque, "satd_32x32", satd_32) && register_kernel(opaque, "satd_64x64", satd_64) &&
         register_kernel(opaque, "satd_8x8_dual", satd_dual_8) &&
         register_kernel(opaque, "satd_16x16_dual", satd_dual_16) &&
         register_kernel(opaque, "satd_32x32_dual", satd_dual_32) &&
         register_kernel(opaque, "satd_64x64_dual", satd_dual_64) &&
         register_kernel(opaque, "satd_any_size", satd_any_size);
}

// Sums of squares

INLINE v128_t add_squares(v128_t sum, v128_t difference) {
  return wasm_i32x4_add(sum, wasm_i32x4_dot_i16x8(difference, difference));
}

INLINE v128_t widen_four(const uint8_t *at) { return wasm_u16x8_extend_low_u8x16(wasm_v128_load32_zero(at)); }

static unsigned ssd(const uint8_t *a, const uint8_t *b, int a_stride, int b_stride, int width) {
  v128_t sum = wasm_i32x4_const_splat(0);
  for (int y = 0; y < width; y++, a += a_stride, b += b_stride) {
    if (width == 4)
      sum = add_squares(sum, wasm_i16x8_sub(widen_four(a), widen_four(b)));
    else
      for (int x = 0; x < width; x += 8)
        sum = add_squares(sum, difference_of_eight(a + x, b + x));
  }
  return (unsigned)total_32(sum);
}

// Copies

INLINE void copy_row(const uint8_t *from, uint8_t *to, unsigned width) {
  unsigned x = 0;
  for (; x + 16 <= width; x += 16)
    wasm_v128_store(to + x, wasm_v128_load(from + x));
  if (width & 8) {
    wasm_v128_store64_lane(to + x, wasm_v128_load64_zero(from + x), 0);
    x += 8;
  }
  for (; x < width; x++)
    to[x] = from[x];
}

INLINE void copy_rows(const uint8_t *from, uint8_t *to, unsigned width, unsigned height, unsigned from_stride,
                      unsigned to_stride) {
  for (unsigned y = 0; y < height; y++, from += from_stride, to += to_stride)
    copy_row(from, to, width);
}

// memcpy() of a width that varies is a call out of WebAssembly: these loops must not become one.
__attribute__((no_builtin("memcpy", "memmove")))
void __wrap_kvz_pixels_blit(const uint8_t *from, uint8_t *to, unsigned width, unsigned height, unsigned from_stride,
                            unsigned to_stride) {
  if (from == to && from_stride == to_stride)
    return;
  if (width == 64)
    copy_rows(from, to, 64, height, from_stride, to_stride);
  else if (width == 32)
    copy_rows(from, to, 32, height, from_stride, to_stride);
  else if (width == 16)
    copy_rows(from, to, 16, height, from_stride, to_stride);
  else if (width == 8)
    copy_rows(from, to, 8, height, from_stride, to_stride);
  else
    copy_rows(from, to, width, height, from_stride, to_stride);
}

int __real_kvz_strategy_register_picture_avx2(void *opaque, uint8_t bit_depth);

int __wrap_kvz_strategy_register_picture_avx2(void *opaque, uint8_t bit_depth) {
  return __real_kvz_strategy_register_picture_avx2(opaque, bit_depth) && register_satd(opaque) &&
         register_kernel(opaque, "reg_sad", reg_sad) && register_kernel(opaque, "get_optimized_sad", sad_for_width) &&
         register_kernel(opaque, "pixels_calc_ssd", ssd);
}
