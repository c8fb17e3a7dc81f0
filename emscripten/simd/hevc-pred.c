// HEVC intra prediction (ITU-T H.265, 8.4.4.2) for samples of 8 and 10 bits. `top` and `left` hold twice the block's
// size, and the corner before them; strides are in samples.
#include <string.h>

#include "libavcodec/hevc/pred.h"

#include "transpose.h"

#define MAX_SIZE 32

INLINE int bytes_of(int bits) { return bits > 8 ? 2 : 1; }

INLINE int sample(const uint8_t *samples, int i, int bits) {
  return bits > 8 ? ((const uint16_t *)samples)[i] : samples[i];
}

INLINE void set_sample(uint8_t *samples, ptrdiff_t i, int value, int bits) {
  if (bits > 8)
    ((uint16_t *)samples)[i] = value;
  else
    samples[i] = value;
}

INLINE int clip_sample(int value, int bits) {
  int highest = (1 << bits) - 1;
  return value < 0 ? 0 : value > highest ? highest : value;
}

// `count` samples, 4 or 8, as words.
INLINE v128_t load_words(const uint8_t *from, int count, int bits) {
  if (bits > 8)
    return count == 8 ? wasm_v128_load(from) : wasm_v128_load64_zero(from);
  return count == 8 ? wasm_u16x8_load8x8(from) : wasm_u16x8_extend_low_u8x16(wasm_v128_load32_zero(from));
}

INLINE void store_samples(uint8_t *to, v128_t words, int count, int bits) {
  v128_t samples = bits > 8 ? words : wasm_u8x16_narrow_i16x8(words, words);
  int bytes = count * bytes_of(bits);
  if (bytes == 16)
    wasm_v128_store(to, samples);
  else if (bytes == 8)
    wasm_v128_store64_lane(to, samples, 0);
  else
    wasm_v128_store32_lane(to, samples, 0);
}

// Eight columns at a time (8-42). A row's sum is that of the row before and a constant, but for the left sample; it is
// less than 1 << 16.
INLINE void planar(uint8_t *dst, const uint8_t *top, const uint8_t *left, ptrdiff_t stride, int size, int bits) {
  int count = size == 4 ? 4 : 8, shift = __builtin_ctz(size) + 1;
  int top_right = sample(top, size, bits), bottom_left = sample(left, size, bits);
  for (int x = 0; x < size; x += count) {
    v128_t column = wasm_i16x8_add(wasm_i16x8_make(1, 2, 3, 4, 5, 6, 7, 8), wasm_i16x8_splat(x));
    v128_t from_left = wasm_i16x8_sub(wasm_i16x8_splat(size), column);
    v128_t above = load_words(top + x * bytes_of(bits), count, bits);
    v128_t sum = wasm_i16x8_add(wasm_i16x8_mul(column, wasm_i16x8_splat(top_right)), wasm_i16x8_splat(size));
    sum = wasm_i16x8_add(sum, wasm_i16x8_mul(above, wasm_i16x8_splat(size)));
    v128_t step = wasm_i16x8_sub(wasm_i16x8_splat(bottom_left), above);
    uint8_t *to = dst + x * bytes_of(bits);
    for (int y = 0; y < size; y++, to += stride * bytes_of(bits)) {
      sum = wasm_i16x8_add(sum, step);
      v128_t value = wasm_i16x8_add(sum, wasm_i16x8_mul(from_left, wasm_i16x8_splat(sample(left, y, bits))));
      store_samples(to, wasm_u16x8_shr(value, shift), count, bits);
    }
  }
}

INLINE void dc_of(uint8_t *dst, const uint8_t *top, const uint8_t *left, ptrdiff_t stride, int log2_size, int is_luma,
                  int bits) {
  int size = 1 << log2_size, dc = size;
  for (int i = 0; i < size; i++)
    dc += sample(left, i, bits) + sample(top, i, bits);
  dc >>= log2_size + 1;
  int count = size == 4 ? 4 : 8;
  uint8_t *to = dst;
  for (int y = 0; y < size; y++, to += stride * bytes_of(bits))
    for (int x = 0; x < size; x += count)
      store_samples(to + x * bytes_of(bits), wasm_i16x8_splat(dc), count, bits);
  if (!is_luma || size == MAX_SIZE)
    return;
  for (int i = 1; i < size; i++) {
    set_sample(dst, i, (sample(top, i, bits) + 3 * dc + 2) >> 2, bits);
    set_sample(dst, i * stride, (sample(left, i, bits) + 3 * dc + 2) >> 2, bits);
  }
  set_sample(dst, 0, (sample(left, 0, bits) + 2 * dc + sample(top, 0, bits) + 2) >> 2, bits);
}

static const int8_t angles[33] = {32,  26,  21,  17, 13, 9,  5,  2,  0,  -2, -5, -9, -13, -17, -21, -26, -32,
                                  -26, -21, -17, -13, -9, -5, -2, 0, 2,  5,  9,  13, 17,  21,  26,  32};
// 8192 / angle, for modes 11 to 25.
static const int16_t inverse_angles[15] = {-4096, -1638, -910, -630, -482, -390, -315, -256,
                                           -315,  -390,  -482, -630, -910, -1638, -4096};

// The samples that the block is projected from, beginning with the corner. Where the angle also meets the other side,
// its samples stand before them.
INLINE const uint8_t *reference(uint8_t *buffer, const uint8_t *main_side, const uint8_t *other_side, int mode,
                                int size, int bits) {
  int bytes = bytes_of(bits), last = size * angles[mode - 2] >> 5;
  if (last >= -1)
    return main_side - bytes;
  uint8_t *corner = buffer + size * bytes;
  memcpy(corner, main_side - bytes, (size + 1) * bytes);
  for (int i = last; i < 0; i++)
    set_sample(corner, i, sample(other_side, ((i * inverse_angles[mode - 11] + 128) >> 8) - 1, bits), bits);
  return corner;
}

// The block as if it were projected from above (8-47 …).
INLINE void project(uint8_t *dst, ptrdiff_t stride, const uint8_t *from, int angle, int size, int bits) {
  int bytes = bytes_of(bits), count = size == 4 ? 4 : 8;
  for (int y = 0; y < size; y++, dst += stride * bytes) {
    int fraction = (y + 1) * angle & 31;
    const uint8_t *row = from + (((y + 1) * angle >> 5) + 1) * bytes;
    for (int x = 0; x < size; x += count) {
      v128_t value = load_words(row + x * bytes, count, bits);
      // There need be no sample after the last one without fraction.
      if (fraction) {
        v128_t next = load_words(row + (x + 1) * bytes, count, bits);
        value = wasm_i16x8_add(wasm_i16x8_mul(value, wasm_i16x8_splat(32 - fraction)),
                               wasm_i16x8_mul(next, wasm_i16x8_splat(fraction)));
        value = wasm_i16x8_shr(wasm_i16x8_add(value, wasm_i16x8_splat(16)), 5);
      }
      store_samples(dst + x * bytes, value, count, bits);
    }
  }
}

INLINE void turn_four_by_four(uint8_t *dst, ptrdiff_t stride, const uint8_t *from, int bits) {
  if (bits == 8) {
    v128_t rows = wasm_v128_load(from);
    v128_t columns = wasm_i8x16_shuffle(rows, rows, 0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15);
    wasm_v128_store32_lane(dst, columns, 0);
    wasm_v128_store32_lane(dst + stride, columns, 1);
    wasm_v128_store32_lane(dst + 2 * stride, columns, 2);
    wasm_v128_store32_lane(dst + 3 * stride, columns, 3);
  } else {
    v128_t a = wasm_v128_load(from), b = wasm_v128_load(from + 16);
    v128_t low = wasm_i16x8_shuffle(a, b, 0, 4, 8, 12, 1, 5, 9, 13);
    v128_t high = wasm_i16x8_shuffle(a, b, 2, 6, 10, 14, 3, 7, 11, 15);
    wasm_v128_store64_lane(dst, low, 0);
    wasm_v128_store64_lane(dst + 2 * stride, low, 1);
    wasm_v128_store64_lane(dst + 4 * stride, high, 0);
    wasm_v128_store64_lane(dst + 6 * stride, high, 1);
  }
}

INLINE void turn_eight_by_eight(uint8_t *dst, ptrdiff_t stride, const uint8_t *from, int size, int bits) {
  if (bits == 8) {
    v128_t pair[4];
    load_column_pairs(from, size, pair);
    for (int i = 0; i < 4; i++) {
      wasm_v128_store64_lane(dst + 2 * i * stride, pair[i], 0);
      wasm_v128_store64_lane(dst + (2 * i + 1) * stride, pair[i], 1);
    }
  } else {
    v128_t column[8];
    load_word_columns(from, 2 * size, column);
    for (int i = 0; i < 8; i++)
      wasm_v128_store(dst + 2 * i * stride, column[i]);
  }
}

// A block of `size` samples a row, with rows and columns exchanged.
INLINE void turn(uint8_t *dst, ptrdiff_t stride, const uint8_t *from, int size, int bits) {
  int bytes = bytes_of(bits);
  if (size == 4) {
    turn_four_by_four(dst, stride, from, bits);
    return;
  }
  for (int y = 0; y < size; y += 8)
    for (int x = 0; x < size; x += 8)
      turn_eight_by_eight(dst + (y * stride + x) * bytes, stride, from + (x * size + y) * bytes, size, bits);
}

INLINE void angular(uint8_t *dst, const uint8_t *top, const uint8_t *left, ptrdiff_t stride, int is_luma, int mode,
                    int size, int bits) {
  _Alignas(16) uint8_t buffer[(2 * MAX_SIZE + 1) * 2], block[MAX_SIZE * MAX_SIZE * 2];
  int angle = angles[mode - 2], has_edge = is_luma && size < MAX_SIZE;
  if (mode >= 18) {
    project(dst, stride, reference(buffer, top, left, mode, size, bits), angle, size, bits);
    if (mode == 26 && has_edge)
      for (int y = 0; y < size; y++) {
        int change = (sample(left, y, bits) - sample(left, -1, bits)) >> 1;
        set_sample(dst, y * stride, clip_sample(sample(top, 0, bits) + change, bits), bits);
      }
  } else {
    project(block, size, reference(buffer, left, top, mode, size, bits), angle, size, bits);
    turn(dst, stride, block, size, bits);
    if (mode == 10 && has_edge)
      for (int x = 0; x < size; x++) {
        int change = (sample(top, x, bits) - sample(top, -1, bits)) >> 1;
        set_sample(dst, x, clip_sample(sample(left, 0, bits) + change, bits), bits);
      }
  }
}

// One side of the neighbours smoothed (8.4.4.2.3). The sample after the last one is read: FFmpeg has room for sixteen.
// The last one stays as it is.
INLINE void smooth_side(uint8_t *to, const uint8_t *from, int samples, int bits) {
  int bytes = bytes_of(bits);
  for (int i = 0; i < samples; i += 8) {
    v128_t middle = load_words(from + i * bytes, 8, bits);
    v128_t before = load_words(from + (i - 1) * bytes, 8, bits), after = load_words(from + (i + 1) * bytes, 8, bits);
    v128_t sum = wasm_i16x8_add(wasm_i16x8_add(before, after), wasm_i16x8_add(middle, middle));
    sum = wasm_i16x8_add(sum, wasm_i16x8_splat(2));
    store_samples(to + i * bytes, wasm_i16x8_shr(sum, 2), 8, bits);
  }
  set_sample(to, samples - 1, sample(from, samples - 1, bits), bits);
}

INLINE void smooth(uint8_t *filtered_left, uint8_t *filtered_top, const uint8_t *left, const uint8_t *top, int size,
                   int bits) {
  int corner = (sample(left, 0, bits) + 2 * sample(left, -1, bits) + sample(top, 0, bits) + 2) >> 2;
  smooth_side(filtered_left, left, 2 * size, bits);
  smooth_side(filtered_top, top, 2 * size, bits);
  set_sample(filtered_left, -1, corner, bits);
  set_sample(filtered_top, -1, corner, bits);
}

#define SIZE(size, bits)                                                                                            \
  static void planar_##size##_##bits(uint8_t *dst, const uint8_t *top, const uint8_t *left, ptrdiff_t stride) {     \
    planar(dst, top, left, stride, size, bits);                                                                     \
  }                                                                                                                 \
  static void angular_##size##_##bits(uint8_t *dst, const uint8_t *top, const uint8_t *left, ptrdiff_t stride,      \
                                      int c_idx, int mode) {                                                        \
    angular(dst, top, left, stride, c_idx == 0, mode, size, bits);                                                  \
  }

#define FUNCTIONS(bits)                                                                                             \
  SIZE(4, bits)                                                                                                     \
  SIZE(8, bits)                                                                                                     \
  SIZE(16, bits)                                                                                                    \
  SIZE(32, bits)                                                                                                    \
  static void dc_##bits(uint8_t *dst, const uint8_t *top, const uint8_t *left, ptrdiff_t stride, int log2_size,     \
                        int c_idx) {                                                                                \
    dc_of(dst, top, left, stride, log2_size, c_idx == 0, bits);                                                     \
  }                                                                                                                 \
  static void smooth_##bits(uint8_t *filtered_left, uint8_t *filtered_top, const uint8_t *left, const uint8_t *top, \
                            int size) {                                                                             \
    smooth(filtered_left, filtered_top, left, top, size, bits);                                                     \
  }

FUNCTIONS(8)
FUNCTIONS(10)

#define SET(i, size, bits)                                                                                          \
  context->pred_planar[i] = planar_##size##_##bits;                                                                 \
  context->pred_angular[i] = angular_##size##_##bits

#define SET_ALL(bits)                                                                                               \
  SET(0, 4, bits);                                                                                                  \
  SET(1, 8, bits);                                                                                                  \
  SET(2, 16, bits);                                                                                                 \
  SET(3, 32, bits);                                                                                                 \
  context->pred_dc = dc_##bits;                                                                                     \
  context->ref_filter_3tap[0] = context->ref_filter_3tap[1] = context->ref_filter_3tap[2] = smooth_##bits

void __real_ff_hevc_pred_init(HEVCPredContext *context, int bit_depth);
void __wrap_ff_hevc_pred_init(HEVCPredContext *context, int bit_depth);

// Linked in the place of FFmpeg's own (wasm-ld --wrap).
void __wrap_ff_hevc_pred_init(HEVCPredContext *context, int bit_depth) {
  __real_ff_hevc_pred_init(context, bit_depth);
  if (bit_depth == 8) {
    SET_ALL(8);
  } else if (bit_depth == 10) {
    SET_ALL(10);
  }
}
