// AV1 intra prediction for 8-bit pictures (AV1 bitstream specification, 7.11.2 and 7.11.4, 7.11.5).
//
// `corner` points into a buffer of dav1d's that has 128 samples before and after it: at 1 and on, the row above the
// block from left to right; at −1 and on backwards, the column to its left from top to bottom. Reads may run over the
// samples in use by up to 15 bytes within that buffer or what follows it in the same structure.
#define BITDEPTH 8
#include "config.h"

#include <stdlib.h>
#include <string.h>
#include <wasm_simd128.h>

#include "src/ipred.h"
#include "src/tables.h"

#include "transpose.h"

#define ANGULAR                                                                                                        \
  uint8_t *dst, ptrdiff_t stride, const uint8_t *corner, int width, int height, int angle, int max_width, int max_height
#define UNUSED_ANGLE (void)angle, (void)max_width, (void)max_height

// Four or eight bytes.
INLINE void store_up_to_eight(uint8_t *to, v128_t bytes, int width) {
  if (width >= 8)
    wasm_v128_store64_lane(to, bytes, 0);
  else
    wasm_v128_store32_lane(to, bytes, 0);
}

INLINE void store_row_part(uint8_t *to, v128_t words, int width) {
  store_up_to_eight(to, wasm_u8x16_narrow_i16x8(words, words), width);
}

INLINE void fill_row(uint8_t *dst, v128_t bytes, int width) {
  if (width >= 16)
    for (int x = 0; x < width; x += 16)
      wasm_v128_store(dst + x, bytes);
  else
    store_up_to_eight(dst, bytes, width);
}

INLINE v128_t add_words(v128_t a, v128_t b) { return wasm_i16x8_add(a, b); }

// Mean, and chroma from luma

INLINE int sum_of_words(v128_t words) {
  v128_t sums = wasm_i32x4_extadd_pairwise_i16x8(words);
  sums = wasm_i32x4_add(sums, wasm_i32x4_shuffle(sums, sums, 2, 3, 0, 1));
  return wasm_i32x4_extract_lane(sums, 0) + wasm_i32x4_extract_lane(sums, 1);
}

INLINE int sum_of_bytes(const uint8_t *from, int count) {
  if (count == 4)
    return sum_of_words(wasm_u16x8_extend_low_u8x16(wasm_v128_load32_zero(from)));
  if (count == 8)
    return sum_of_words(wasm_u16x8_load8x8(from));
  v128_t sums = wasm_i16x8_splat(0);
  for (int i = 0; i < count; i += 16)
    sums = add_words(sums, wasm_u16x8_extadd_pairwise_u8x16(wasm_v128_load(from + i)));
  return sum_of_words(sums);
}

INLINE int mean_above(const uint8_t *corner, int width) {
  return (sum_of_bytes(corner + 1, width) + width / 2) >> __builtin_ctz(width);
}

INLINE int mean_left(const uint8_t *corner, int height) {
  return (sum_of_bytes(corner - height, height) + height / 2) >> __builtin_ctz(height);
}

// Sizes differ by powers of two: one more factor, 3 or 5, is divided by as the specification's result allows.
INLINE int mean_of_both(const uint8_t *corner, int width, int height) {
  int size = width + height;
  int sum = sum_of_bytes(corner + 1, width) + sum_of_bytes(corner - height, height) + size / 2;
  int mean = sum >> __builtin_ctz(size);
  if (width == height)
    return mean;
  return mean * (width > height * 2 || height > width * 2 ? 0x3334 : 0x5556) >> 16;
}

INLINE void fill_block(uint8_t *dst, ptrdiff_t stride, int width, int height, int value) {
  v128_t bytes = wasm_i8x16_splat(value);
  for (int y = 0; y < height; y++, dst += stride)
    fill_row(dst, bytes, width);
}

// Adds what luma varies by, times alpha / 64, rounded away from zero.
static void add_luma(uint8_t *dst, ptrdiff_t stride, int width, int height, int mean, const int16_t *ac, int alpha) {
  v128_t factor = wasm_i16x8_splat(alpha), level = wasm_i16x8_splat(mean), half = wasm_i16x8_splat(32);
  for (int y = 0; y < height; y++, dst += stride, ac += width)
    for (int x = 0; x < width; x += 8) {
      v128_t product = wasm_i16x8_mul(wasm_v128_load(ac + x), factor);
      v128_t size = wasm_u16x8_shr(add_words(wasm_i16x8_abs(product), half), 6), sign = wasm_i16x8_shr(product, 15);
      store_row_part(dst + x, add_words(level, wasm_i16x8_sub(wasm_v128_xor(size, sign), sign)), width);
    }
}

#define MEAN(name, mean)                                                                                               \
  static void dc_##name(ANGULAR) {                                                                                     \
    UNUSED_ANGLE, (void)corner;                                                                                        \
    fill_block(dst, stride, width, height, mean);                                                                      \
  }                                                                                                                    \
  static void cfl_##name(uint8_t *dst, ptrdiff_t stride, const uint8_t *corner, int width, int height,                 \
                         const int16_t *ac, int alpha) {                                                               \
    (void)corner;                                                                                                      \
    add_luma(dst, stride, width, height, mean, ac, alpha);                                                             \
  }

MEAN(both, mean_of_both(corner, width, height))
MEAN(above, mean_above(corner, width))
MEAN(left, mean_left(corner, height))
MEAN(128, 128)

// Eight samples of luma at chroma's resolution, times 8.
INLINE v128_t load_luma(const uint8_t *luma, ptrdiff_t stride, int ss_hor, int ss_ver) {
  if (!ss_hor)
    return wasm_i16x8_shl(wasm_u16x8_load8x8(luma), 3);
  v128_t sum = wasm_u16x8_extadd_pairwise_u8x16(wasm_v128_load(luma));
  if (!ss_ver)
    return wasm_i16x8_shl(sum, 2);
  return wasm_i16x8_shl(add_words(sum, wasm_u16x8_extadd_pairwise_u8x16(wasm_v128_load(luma + stride))), 1);
}

INLINE void store_words(int16_t *to, v128_t words, int width) {
  if (width >= 8)
    wasm_v128_store(to, words);
  else
    wasm_v128_store64_lane(to, words, 0);
}

// What luma varies by around its mean. Columns and rows outside the picture, in fours, repeat the last ones; pictures
// are allocated with those columns.
INLINE void subsample_luma(int16_t *ac, const uint8_t *luma, ptrdiff_t stride, int w_pad, int h_pad, int width,
                           int height, int ss_hor, int ss_ver) {
  int columns = width - 4 * w_pad, rows = height - 4 * h_pad;
  int16_t *row = ac;
  for (int y = 0; y < rows; y++, row += width, luma += stride * (1 << ss_ver)) {
    for (int x = 0; x < columns; x += 8)
      store_words(row + x, load_luma(luma + x * (1 << ss_hor), stride, ss_hor, ss_ver), width);
    v128_t last = wasm_i16x8_splat(row[columns - 1]);
    for (int x = columns; x < width; x += 4)
      store_words(row + x, last, 4);
  }
  for (int y = rows; y < height; y++, row += width)
    memcpy(row, row - width, width * sizeof(*row));
  v128_t sums = wasm_i32x4_splat(0);
  int count = width * height;
  for (int i = 0; i < count; i += 8)
    sums = wasm_i32x4_add(sums, wasm_i32x4_extadd_pairwise_i16x8(wasm_v128_load(ac + i)));
  sums = wasm_i32x4_add(sums, wasm_i32x4_shuffle(sums, sums, 2, 3, 0, 1));
  int sum = wasm_i32x4_extract_lane(sums, 0) + wasm_i32x4_extract_lane(sums, 1);
  v128_t mean = wasm_i16x8_splat((sum + count / 2) >> __builtin_ctz(count));
  for (int i = 0; i < count; i += 8)
    wasm_v128_store(ac + i, wasm_i16x8_sub(wasm_v128_load(ac + i), mean));
}

#define LUMA(layout, ss_hor, ss_ver)                                                                                   \
  static void luma_##layout(int16_t *ac, const uint8_t *luma, ptrdiff_t stride, int w_pad, int h_pad, int width,       \
                            int height) {                                                                              \
    subsample_luma(ac, luma, stride, w_pad, h_pad, width, height, ss_hor, ss_ver);                                     \
  }

LUMA(420, 1, 1)
LUMA(422, 1, 0)
LUMA(444, 0, 0)

// Without an angle

static void vertical(ANGULAR) {
  UNUSED_ANGLE;
  for (int x = 0; x < width; x += 16) {
    v128_t bytes = wasm_v128_load(corner + 1 + x);
    for (int y = 0; y < height; y++)
      if (width >= 16)
        wasm_v128_store(dst + y * stride + x, bytes);
      else
        store_up_to_eight(dst + y * stride, bytes, width);
  }
}

static void horizontal(ANGULAR) {
  UNUSED_ANGLE;
  for (int y = 0; y < height; y++, dst += stride)
    fill_row(dst, wasm_v128_load8_splat(corner - 1 - y), width);
}

// Whichever of left, above and corner is nearest to left + above − corner.
static void paeth(ANGULAR) {
  UNUSED_ANGLE;
  v128_t c = wasm_i16x8_splat(corner[0]);
  for (int x = 0; x < width; x += 8) {
    v128_t above = wasm_u16x8_load8x8(corner + 1 + x), slope = wasm_i16x8_sub(above, c);
    v128_t from_left = wasm_i16x8_abs(slope);
    for (int y = 0; y < height; y++) {
      v128_t left = wasm_i16x8_splat(corner[-1 - y]), down = wasm_i16x8_sub(left, c);
      v128_t from_above = wasm_i16x8_abs(down), from_corner = wasm_i16x8_abs(add_words(slope, down));
      v128_t other = wasm_v128_bitselect(above, c, wasm_i16x8_le(from_above, from_corner));
      v128_t is_left = wasm_i16x8_le(from_left, wasm_i16x8_min(from_above, from_corner));
      store_row_part(dst + y * stride + x, wasm_v128_bitselect(left, other, is_left), width);
    }
  }
}

// weight · (near − far) + 256 · far: sixteen bits without sign. Means of two of them round to nine bits less when the
// constants added to both make up 255, as u16x8.avgr adds one.
INLINE v128_t fade(v128_t near, v128_t far, v128_t weight, int add) {
  return add_words(wasm_i16x8_mul(wasm_i16x8_sub(near, far), weight),
                   add_words(wasm_i16x8_shl(far, 8), wasm_i16x8_splat(add)));
}

INLINE void smooth(uint8_t *dst, ptrdiff_t stride, const uint8_t *corner, int width, int height, int across,
                   int down) {
  const uint8_t *weights_across = dav1d_sm_weights + width, *weights_down = dav1d_sm_weights + height;
  v128_t right = wasm_i16x8_splat(corner[width]), bottom = wasm_i16x8_splat(corner[-height]);
  for (int x = 0; x < width; x += 8) {
    v128_t above = wasm_u16x8_load8x8(corner + 1 + x), weight = wasm_u16x8_load8x8(weights_across + x);
    for (int y = 0; y < height; y++) {
      v128_t left = wasm_i16x8_splat(corner[-1 - y]), row_weight = wasm_i16x8_splat(weights_down[y]);
      v128_t value;
      if (across && down)
        value = wasm_u16x8_avgr(fade(above, bottom, row_weight, 128), fade(left, right, weight, 127));
      else
        value = down ? fade(above, bottom, row_weight, 128) : fade(left, right, weight, 128);
      store_row_part(dst + y * stride + x, wasm_u16x8_shr(value, 8), width);
    }
  }
}

static void smooth_both(ANGULAR) {
  UNUSED_ANGLE;
  smooth(dst, stride, corner, width, height, 1, 1);
}

static void smooth_vertical(ANGULAR) {
  UNUSED_ANGLE;
  smooth(dst, stride, corner, width, height, 0, 1);
}

static void smooth_horizontal(ANGULAR) {
  UNUSED_ANGLE;
  smooth(dst, stride, corner, width, height, 1, 0);
}

// Recursive filters: four by two samples from seven neighbours, which may be such results themselves.
static void filter(ANGULAR) {
  (void)max_width, (void)max_height;
  const int8_t *rows = dav1d_filter_intra_taps[angle & 511];
  v128_t taps[7];
  for (int i = 0; i < 7; i++)
    taps[i] = wasm_i16x8_load8x8(rows + 8 * i);
  const uint8_t *above = corner + 1;
  for (int y = 0; y < height; y += 2, above = dst + stride, dst += 2 * stride) {
    int before = corner[-y], upper = corner[-y - 1], lower = corner[-y - 2];
    for (int x = 0; x < width; x += 4) {
      int neighbours[] = {before, above[x], above[x + 1], above[x + 2], above[x + 3], upper, lower};
      v128_t sum = wasm_i16x8_splat(8);
      for (int i = 0; i < 7; i++)
        sum = add_words(sum, wasm_i16x8_mul(taps[i], wasm_i16x8_splat(neighbours[i])));
      sum = wasm_i16x8_shr(sum, 4);
      v128_t bytes = wasm_u8x16_narrow_i16x8(sum, sum);
      wasm_v128_store32_lane(dst + x, bytes, 0);
      wasm_v128_store32_lane(dst + stride + x, bytes, 1);
      before = above[x + 3], upper = wasm_u8x16_extract_lane(bytes, 3), lower = wasm_u8x16_extract_lane(bytes, 7);
    }
  }
}

// Indices of three bits each, two to a byte.
static void palette(uint8_t *dst, ptrdiff_t stride, const uint8_t *colours, const uint8_t *indices, int width,
                    int height) {
  v128_t table = wasm_v128_load64_zero(colours), mask = wasm_i8x16_splat(7);
  for (int y = 0; y < height; y++, dst += stride, indices += width / 2)
    for (int x = 0; x < width; x += 16) {
      v128_t pairs = wasm_v128_load64_zero(indices + x / 2);
      v128_t low = wasm_v128_and(pairs, mask), high = wasm_v128_and(wasm_u16x8_shr(pairs, 4), mask);
      v128_t each = wasm_i8x16_shuffle(low, high, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
      fill_row(dst + x, wasm_i8x16_swizzle(table, each), width < 16 ? width : 16);
    }
}

// With an angle: from an edge that begins beside the block and runs past it.

// Edges are worked on in buffers of their own, from the corner on, which stands at AT_CORNER.
#define AT_CORNER 31
#define EDGE_SIZE 288
// How many samples behind its last an edge is continued with that.
#define CONTINUED 96

INLINE void continue_edge(uint8_t *end) {
  v128_t last = wasm_v128_load8_splat(end - 1);
  for (int i = 0; i < CONTINUED; i += 16)
    wasm_v128_store(end + i, last);
}

INLINE void copy_edge(uint8_t *edge, const uint8_t *corner, int count) {
  for (int i = 0; i < count; i += 16)
    wasm_v128_store(edge + AT_CORNER + 1 + i, wasm_v128_load(corner + 1 + i));
  edge[AT_CORNER] = edge[AT_CORNER - 1] = corner[0];
  continue_edge(edge + AT_CORNER + 1 + count);
}

// The edge to the left, from top to bottom.
INLINE void copy_left_edge(uint8_t *edge, const uint8_t *corner, int count) {
  for (int i = 0; i < count; i += 16) {
    v128_t v = wasm_v128_load(corner - 16 - i);
    wasm_v128_store(edge + AT_CORNER + 1 + i,
                    wasm_i8x16_shuffle(v, v, 15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0));
  }
  edge[AT_CORNER] = edge[AT_CORNER - 1] = corner[0];
  continue_edge(edge + AT_CORNER + 1 + count);
}

// 7.11.2.9: `angle` is the distance from the block's side.
INLINE int filter_strength(int size, int angle, int is_smooth) {
  if (is_smooth) {
    if (size <= 8)
      return angle >= 64 ? 2 : angle >= 40;
    if (size <= 16)
      return angle >= 48 ? 2 : angle >= 20;
    return size > 24 || angle >= 4 ? 3 : 0;
  }
  if (size <= 8)
    return angle >= 56;
  if (size <= 16)
    return angle >= 40;
  if (size <= 24)
    return angle >= 32 ? 3 : angle >= 16 ? 2 : angle >= 8;
  return size > 32 || angle >= 32 ? 3 : angle >= 4 ? 2 : 1;
}

INLINE int is_upsampled(int size, int angle, int is_smooth) { return angle < 40 && size <= 16 >> is_smooth; }

// Filters `count` samples behind the corner. Returns the new edge in `out`, where the corner is as it was.
static void filter_edge(uint8_t *out, const uint8_t *edge, int count, int strength) {
  static const uint8_t kernels[3][3] = {{0, 4, 8}, {0, 5, 6}, {2, 4, 4}};
  const uint8_t *kernel = kernels[strength - 1];
  v128_t far = wasm_i16x8_splat(kernel[0]), near = wasm_i16x8_splat(kernel[1]), middle = wasm_i16x8_splat(kernel[2]);
  out[AT_CORNER] = edge[AT_CORNER];
  for (int i = AT_CORNER + 1; i < AT_CORNER + 1 + count; i += 8) {
#define AT(n) wasm_u16x8_load8x8(edge + i + (n))
    v128_t sum = add_words(wasm_i16x8_mul(AT(0), middle), wasm_i16x8_splat(8));
    sum = add_words(sum, wasm_i16x8_mul(add_words(AT(-1), AT(1)), near));
    sum = add_words(sum, wasm_i16x8_mul(add_words(AT(-2), AT(2)), far));
    store_bytes(out + i, wasm_u16x8_shr(sum, 4));
#undef AT
  }
}

// Twice as many samples: of `edge` from `first` on, at most 17, and values between them.
static void upsample_edge(uint8_t *out, const uint8_t *edge, int first, int count) {
  for (int i = 0; i < count; i += 8) {
#define AT(n) wasm_u16x8_load8x8(edge + first + i + (n))
    v128_t inner = add_words(AT(0), AT(1)), outer = add_words(AT(-1), AT(2));
    v128_t sum = wasm_i16x8_sub(add_words(wasm_i16x8_shl(inner, 3), inner), outer);
    v128_t between = wasm_i16x8_shr(add_words(sum, wasm_i16x8_splat(8)), 4);
    between = wasm_u8x16_narrow_i16x8(between, between);
    v128_t samples = wasm_v128_load64_zero(edge + first + i);
    wasm_v128_store(out + 2 * i, wasm_i8x16_shuffle(samples, between, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22,
                                                    7, 23));
#undef AT
  }
}

// Eight samples at `edge`, those of an upsampled edge two apart, mixed with their next ones.
INLINE v128_t interpolate(const uint8_t *edge, int upsampled, int fraction) {
  v128_t a, b;
  if (upsampled) {
    v128_t both = wasm_v128_load(edge);
    a = wasm_v128_and(both, wasm_i16x8_splat(0xff)), b = wasm_u16x8_shr(both, 8);
  } else {
    a = wasm_u16x8_load8x8(edge), b = wasm_u16x8_load8x8(edge + 1);
  }
  v128_t change = wasm_i16x8_mul(wasm_i16x8_sub(b, a), wasm_i16x8_splat(fraction));
  return wasm_i16x8_shr(add_words(add_words(wasm_i16x8_shl(a, 6), change), wasm_i16x8_splat(32)), 6);
}

// Lines along one edge, `edge` being what lies behind the corner: each begins `slope` / 64 further on, until it has
// nothing left but the edge's last sample.
INLINE void predict_from_one(uint8_t *dst, ptrdiff_t stride, const uint8_t *edge, int last, int width, int height,
                             int slope, int upsampled) {
  for (int y = 0, position = slope; y < height; y++, position += slope, dst += stride) {
    int base = position >> 6;
    if (base >= last) {
      fill_block(dst, stride, width, height - y, edge[last]);
      return;
    }
    for (int x = 0; x < width; x += 8)
      store_row_part(dst + x, interpolate(edge + base + (x << upsampled), upsampled, position & 0x3e), width);
  }
}

// Prepares the copied edge of one side, `filtered`, and predicts lines along it.
static void predict_along(uint8_t *dst, ptrdiff_t stride, const uint8_t *edge, int width, int height, int angle,
                          int slope, int flags) {
  uint8_t changed[EDGE_SIZE];
  int size = width + height, valid = width + (width < height ? width : height), is_smooth = flags & 1;
  int uses_filter = flags >> 1;
  if (uses_filter && is_upsampled(size, angle, is_smooth)) {
    upsample_edge(changed, edge, AT_CORNER + 1, size);
    continue_edge(changed + 2 * size - 1);
    predict_from_one(dst, stride, changed, 2 * size - 2, width, height, 2 * slope, 1);
    return;
  }
  int strength = uses_filter ? filter_strength(size, angle, is_smooth) : 0;
  if (strength) {
    filter_edge(changed, edge, size, strength);
    continue_edge(changed + AT_CORNER + 1 + size);
    predict_from_one(dst, stride, changed + AT_CORNER + 1, size - 1, width, height, slope, 0);
  } else {
    predict_from_one(dst, stride, edge + AT_CORNER + 1, valid - 1, width, height, slope, 0);
  }
}

#define LINES 64

// Lines as predicted from the left are columns of the block.
INLINE void store_turned(uint8_t *dst, ptrdiff_t stride, const uint8_t *lines, int width, int height) {
  for (int x = 0; x < width; x += 8)
    for (int y = 0; y < height; y += 8) {
      v128_t rows[4];
      load_column_pairs(lines + x * LINES + y, LINES, rows);
      uint8_t *to = dst + y * stride + x;
      for (int i = 0; i < 4 && y + 2 * i < height; i++, to += 2 * stride) {
        if (width >= 8) {
          wasm_v128_store64_lane(to, rows[i], 0);
          wasm_v128_store64_lane(to + stride, rows[i], 1);
        } else {
          wasm_v128_store32_lane(to, rows[i], 0);
          wasm_v128_store32_lane(to + stride, rows[i], 2);
        }
      }
    }
}

// Angles below 90°: from above.
static void from_above(ANGULAR) {
  (void)max_width, (void)max_height;
  uint8_t edge[EDGE_SIZE];
  int flags = angle >> 9;
  angle &= 511;
  copy_edge(edge, corner, width + (width < height ? width : height));
  predict_along(dst, stride, edge, width, height, 90 - angle, dav1d_dr_intra_derivative[angle >> 1], flags);
}

// Angles over 180°: from the left, the same turned on its side.
static void from_left(ANGULAR) {
  (void)max_width, (void)max_height;
  uint8_t edge[EDGE_SIZE];
  _Alignas(16) uint8_t lines[LINES * LINES];
  int flags = angle >> 9;
  angle &= 511;
  copy_left_edge(edge, corner, height + (width < height ? width : height));
  predict_along(lines, LINES, edge, height, width, angle - 180, dav1d_dr_intra_derivative[(270 - angle) >> 1], flags);
  store_turned(dst, stride, lines, width, height);
}

// An edge of `count` samples, of which `filtered` may be changed, as angles between 90° and 180° use it; `angle` is
// the distance from its side. Returns where its corner is; `upsampled` tells whether samples lie two apart.
static const uint8_t *prepare_edge(uint8_t *changed, const uint8_t *edge, int count, int filtered, int size, int angle,
                                   int flags, int *upsampled) {
  int is_smooth = flags & 1, uses_filter = flags >> 1;
  *upsampled = uses_filter && is_upsampled(size, angle, is_smooth);
  if (*upsampled) {
    upsample_edge(changed + AT_CORNER, edge, AT_CORNER, count + 1);
    return changed + AT_CORNER;
  }
  int strength = uses_filter ? filter_strength(size, angle, is_smooth) : 0;
  if (!strength)
    return edge + AT_CORNER;
  if (filtered > count)
    filtered = count;
  filter_edge(changed, edge, filtered, strength);
  for (int i = AT_CORNER + 1 + filtered; i < AT_CORNER + 1 + count; i += 16)
    wasm_v128_store(changed + i, wasm_v128_load(edge + i));
  return changed + AT_CORNER;
}

// Whole vectors of which no sample lies on this edge are left out; others may read up to 15 samples before it.
INLINE int first_from_edge(int base, int upsampled) { return base >= 0 ? 0 : (upsampled - base) >> upsampled; }

static void predict_lines(uint8_t *lines, const uint8_t *edge, int width, int height, int slope, int upsampled) {
  for (int y = 0, position = 64 << upsampled; y < height; y++, lines += LINES) {
    position -= slope;
    int base = position >> 6, fraction = position & 0x3e;
    for (int x = first_from_edge(base, upsampled) & ~7; x < width; x += 8)
      store_bytes(lines + x, interpolate(edge + base + (x << upsampled), upsampled, fraction));
  }
}

// Puts what comes from above over what came from the left.
static void predict_over(uint8_t *dst, ptrdiff_t stride, const uint8_t *edge, int width, int height, int slope,
                         int upsampled) {
  v128_t places = wasm_i16x8_make(0, 1, 2, 3, 4, 5, 6, 7);
  for (int y = 0, position = 64 << upsampled; y < height; y++, dst += stride) {
    position -= slope;
    int base = position >> 6, fraction = position & 0x3e, first = first_from_edge(base, upsampled);
    for (int x = first & ~7; x < width; x += 8) {
      v128_t above = interpolate(edge + base + (x << upsampled), upsampled, fraction);
      v128_t left = wasm_u16x8_extend_low_u8x16(width >= 8 ? wasm_v128_load64_zero(dst + x)
                                                           : wasm_v128_load32_zero(dst + x));
      v128_t is_above = wasm_i16x8_ge(places, wasm_i16x8_splat(first - x));
      store_row_part(dst + x, wasm_v128_bitselect(above, left, is_above), width);
    }
  }
}

// Angles in between: from both edges.
static void from_both(ANGULAR) {
  uint8_t edge[EDGE_SIZE], changed[EDGE_SIZE];
  _Alignas(16) uint8_t lines[LINES * LINES];
  int flags = angle >> 9, size = width + height, upsampled;
  angle &= 511;
  copy_left_edge(edge, corner, height);
  const uint8_t *from = prepare_edge(changed, edge, height, max_height, size, 180 - angle, flags, &upsampled);
  predict_lines(lines, from, height, width, dav1d_dr_intra_derivative[(angle - 90) >> 1] << upsampled, upsampled);
  store_turned(dst, stride, lines, width, height);
  copy_edge(edge, corner, width);
  from = prepare_edge(changed, edge, width, max_width, size, angle - 90, flags, &upsampled);
  predict_over(dst, stride, from, width, height, dav1d_dr_intra_derivative[(180 - angle) >> 1] << upsampled, upsampled);
}

void __real_dav1d_intra_pred_dsp_init_8bpc(Dav1dIntraPredDSPContext *context);

// Linked in the place of dav1d's own (wasm-ld --wrap).
void __wrap_dav1d_intra_pred_dsp_init_8bpc(Dav1dIntraPredDSPContext *context) {
  __real_dav1d_intra_pred_dsp_init_8bpc(context);
  context->intra_pred[DC_PRED] = dc_both;
  context->intra_pred[DC_128_PRED] = dc_128;
  context->intra_pred[TOP_DC_PRED] = dc_above;
  context->intra_pred[LEFT_DC_PRED] = dc_left;
  context->intra_pred[HOR_PRED] = horizontal;
  context->intra_pred[VERT_PRED] = vertical;
  context->intra_pred[PAETH_PRED] = paeth;
  context->intra_pred[SMOOTH_PRED] = smooth_both;
  context->intra_pred[SMOOTH_V_PRED] = smooth_vertical;
  context->intra_pred[SMOOTH_H_PRED] = smooth_horizontal;
  context->intra_pred[Z1_PRED] = from_above;
  context->intra_pred[Z2_PRED] = from_both;
  context->intra_pred[Z3_PRED] = from_left;
  context->intra_pred[FILTER_PRED] = filter;
  context->cfl_ac[DAV1D_PIXEL_LAYOUT_I420 - 1] = luma_420;
  context->cfl_ac[DAV1D_PIXEL_LAYOUT_I422 - 1] = luma_422;
  context->cfl_ac[DAV1D_PIXEL_LAYOUT_I444 - 1] = luma_444;
  context->cfl_pred[DC_PRED] = cfl_both;
  context->cfl_pred[DC_128_PRED] = cfl_128;
  context->cfl_pred[TOP_DC_PRED] = cfl_above;
  context->cfl_pred[LEFT_DC_PRED] = cfl_left;
  context->pal_pred = palette;
}
