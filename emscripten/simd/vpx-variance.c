// libvpx's variances of the differences between two blocks, the first of which lies between samples. Both filters and
// the sums take one pass: no block in memory. (Where it does not lie between samples, libvpx's own are as fast.)
#include "differences.h"

typedef struct Sums {
  v128_t differences; // 32-bit
  v128_t squares;
} Sums;

// Eight or sixteen samples as words.
typedef struct Row {
  v128_t low, high;
} Row;

INLINE v128_t mix_of_words(v128_t a, v128_t b, int eighths, v128_t weight) {
  if (eighths == 4)
    return wasm_u16x8_avgr(a, b);
  v128_t product = wasm_i16x8_mul(wasm_i16x8_sub(b, a), weight);
  return wasm_i16x8_add(a, wasm_i16x8_shr(wasm_i16x8_add(product, wasm_i16x8_const_splat(4)), 3));
}

// `eighths` tells the cases apart that need no multiplication; any other number stands for those that do.
INLINE Row mix(Row a, Row b, int eighths, v128_t weight) {
  return (Row){mix_of_words(a.low, b.low, eighths, weight), mix_of_words(a.high, b.high, eighths, weight)};
}

INLINE Row load_row(const uint8_t *at, int width) {
  v128_t low = wasm_u16x8_load8x8(at);
  return (Row){low, width == 16 ? wasm_u16x8_load8x8(at + 8) : low};
}

INLINE Row row_between(const uint8_t *src, int width, int eighths, v128_t weight) {
  Row row = load_row(src, width);
  return eighths ? mix(row, load_row(src + 1, width), eighths, weight) : row;
}

// A column of 8 or 16 samples: words hold the sums of differences of the 64 rows that the largest block has.
INLINE Sums add_column(Sums sums, const uint8_t *src, int src_stride, const uint8_t *ref, int ref_stride, int width,
                       int height, int x, v128_t x_weight, int y, v128_t y_weight) {
  v128_t low = wasm_i16x8_const_splat(0), high = low;
  Row row, next;
  if (y)
    next = row_between(src, width, x, x_weight);
  ROWS_IN_A_LOOP
  for (int i = 0; i < height; i++, src += src_stride, ref += ref_stride) {
    if (y) {
      row = next;
      next = row_between(src + src_stride, width, x, x_weight);
      row = mix(row, next, y, y_weight);
    } else {
      row = row_between(src, width, x, x_weight);
    }
    Row other = load_row(ref, width);
    v128_t difference = wasm_i16x8_sub(row.low, other.low);
    low = wasm_i16x8_add(low, difference);
    sums.squares = wasm_i32x4_add(sums.squares, wasm_i32x4_dot_i16x8(difference, difference));
    if (width == 16) {
      difference = wasm_i16x8_sub(row.high, other.high);
      high = wasm_i16x8_add(high, difference);
      sums.squares = wasm_i32x4_add(sums.squares, wasm_i32x4_dot_i16x8(difference, difference));
    }
  }
  sums.differences = wasm_i32x4_add(sums.differences, wasm_i32x4_extadd_pairwise_i16x8(low));
  sums.differences = wasm_i32x4_add(sums.differences, wasm_i32x4_extadd_pairwise_i16x8(high));
  return sums;
}

INLINE unsigned variance_of(const uint8_t *src, int src_stride, const uint8_t *ref, int ref_stride, int width,
                            int height, int column, int x_case, int x, int y_case, int y, unsigned *squares) {
  Sums sums = {};
  v128_t x_weight = wasm_i16x8_splat(x), y_weight = wasm_i16x8_splat(y);
  ROWS_IN_A_LOOP
  for (int left = 0; left < width; left += column)
    sums = add_column(sums, src + left, src_stride, ref + left, ref_stride, column, height, x_case, x_weight, y_case,
                      y_weight);
  int64_t difference = total_32(sums.differences);
  *squares = total_32(sums.squares);
  return *squares - (unsigned)(difference * difference >> __builtin_ctz(width * height));
}

#define OTHER 1

// Blocks of all sizes share this code, which takes V8 long to compile: in columns of 8 samples, or of 16.
#define COLUMN(column)                                                                                               \
  static __attribute__((noinline)) unsigned between_samples##column(                                                 \
      const uint8_t *src, int src_stride, int x, int y, const uint8_t *ref, int ref_stride, int width, int height,   \
      unsigned *squares) {                                                                                           \
    CASE(column, 0, 0)                                                                                               \
    CASE(column, 4, 0)                                                                                               \
    CASE(column, 0, 4)                                                                                               \
    CASE(column, 4, 4)                                                                                               \
    if (x == 0)                                                                                                      \
      RESULT(column, 0, OTHER)                                                                                       \
    if (y == 0)                                                                                                      \
      RESULT(column, OTHER, 0)                                                                                       \
    if (x == 4)                                                                                                      \
      RESULT(column, 4, OTHER)                                                                                       \
    if (y == 4)                                                                                                      \
      RESULT(column, OTHER, 4)                                                                                       \
    RESULT(column, OTHER, OTHER)                                                                                     \
  }
#define RESULT(column, x_case, y_case)                                                                               \
  return variance_of(src, src_stride, ref, ref_stride, width, height, column, x_case, x, y_case, y, squares);
#define CASE(column, x_case, y_case)                                                                                 \
  if (x == x_case && y == y_case)                                                                                    \
    RESULT(column, x_case, y_case)

COLUMN(8)
COLUMN(16)

#define SIZE(column, width, height)                                                                                  \
  unsigned __wrap_vpx_sub_pixel_variance##width##x##height##_neon(const uint8_t *src, int src_stride, int x, int y,  \
                                                                  const uint8_t *ref, int ref_stride,                \
                                                                  unsigned *squares) {                               \
    return between_samples##column(src, src_stride, x, y, ref, ref_stride, width, height, squares);                  \
  }

SIZE(8, 8, 4)
SIZE(8, 8, 8)
SIZE(8, 8, 16)
SIZE(16, 16, 8)
SIZE(16, 16, 16)
SIZE(16, 16, 32)
SIZE(16, 32, 16)
SIZE(16, 32, 32)
SIZE(16, 32, 64)
SIZE(16, 64, 32)
SIZE(16, 64, 64)
