// Blocks that reach beyond the picture, with its outermost samples repeated.
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <wasm_simd128.h>

#include "libavcodec/videodsp.h"

#define INLINE static inline __attribute__((always_inline))

// Copies of rows: inline, as they are short. What is left at the end overlaps what is before it.
INLINE void copy_row(uint8_t *to, const uint8_t *from, int bytes) {
  int x = 0;
  for (; x + 16 <= bytes; x += 16)
    wasm_v128_store(to + x, wasm_v128_load(from + x));
  if (x == bytes)
    return;
  if (bytes >= 16) {
    wasm_v128_store(to + bytes - 16, wasm_v128_load(from + bytes - 16));
  } else if (bytes >= 8) {
    wasm_v128_store64_lane(to, wasm_v128_load64_zero(from), 0);
    wasm_v128_store64_lane(to + bytes - 8, wasm_v128_load64_zero(from + bytes - 8), 0);
  } else if (bytes >= 4) {
    wasm_v128_store32_lane(to, wasm_v128_load32_zero(from), 0);
    wasm_v128_store32_lane(to + bytes - 4, wasm_v128_load32_zero(from + bytes - 4), 0);
  } else {
    for (; x < bytes; x++)
      to[x] = from[x];
  }
}

INLINE v128_t splat_sample(const uint8_t *sample, int pixel) {
  return pixel == 1 ? wasm_v128_load8_splat(sample) : wasm_v128_load16_splat(sample);
}

INLINE void fill_row(uint8_t *to, const uint8_t *sample, int pixel, int bytes) {
  v128_t value = splat_sample(sample, pixel);
  int x = 0;
  for (; x + 16 <= bytes; x += 16)
    wasm_v128_store(to + x, value);
  if (bytes & 8) {
    wasm_v128_store64_lane(to + x, value, 0);
    x += 8;
  }
  if (bytes & 4) {
    wasm_v128_store32_lane(to + x, value, 0);
    x += 4;
  }
  if (bytes & 2) {
    wasm_v128_store16_lane(to + x, value, 0);
    x += 2;
  }
  if (bytes & 1)
    to[x] = *sample;
}

INLINE int clip(int value, int least, int most) { return value < least ? least : value > most ? most : value; }

// The block at (x, y), of which any part may lie outside; `src` points at its place, outside too. width and height are
// the picture's.
INLINE void emulate_edge(uint8_t *dst, const uint8_t *src, ptrdiff_t dst_stride, ptrdiff_t src_stride, int block_width,
                         int block_height, int x, int y, int width, int height, int pixel) {
  if (!width || !height)
    return;
  // Columns before, inside and after the picture: one inside at least, to repeat.
  int nearest = clip(x, 1 - block_width, width - 1);
  int first = nearest < 0 ? -nearest : 0, end = width - nearest < block_width ? width - nearest : block_width;
  const uint8_t *column = src + (ptrdiff_t)(nearest - x + first) * pixel;
  for (int row = 0; row < block_height; row++, dst += dst_stride) {
    const uint8_t *from = column + (clip(y + row, 0, height - 1) - y) * src_stride;
    copy_row(dst + first * pixel, from, (end - first) * pixel);
    if (first)
      fill_row(dst, from, pixel, first * pixel);
    if (end < block_width)
      fill_row(dst + end * pixel, from + (end - first - 1) * pixel, pixel, (block_width - end) * pixel);
  }
}

static void emulate_edge_8(uint8_t *dst, const uint8_t *src, ptrdiff_t dst_stride, ptrdiff_t src_stride,
                           int block_width, int block_height, int x, int y, int width, int height) {
  emulate_edge(dst, src, dst_stride, src_stride, block_width, block_height, x, y, width, height, 1);
}

static void emulate_edge_16(uint8_t *dst, const uint8_t *src, ptrdiff_t dst_stride, ptrdiff_t src_stride,
                            int block_width, int block_height, int x, int y, int width, int height) {
  emulate_edge(dst, src, dst_stride, src_stride, block_width, block_height, x, y, width, height, 2);
}

void __real_ff_videodsp_init(VideoDSPContext *context, int bits);
void __wrap_ff_videodsp_init(VideoDSPContext *context, int bits);

// Linked in the place of FFmpeg's own (wasm-ld --wrap).
void __wrap_ff_videodsp_init(VideoDSPContext *context, int bits) {
  __real_ff_videodsp_init(context, bits);
  context->emulated_edge_mc = bits <= 8 ? emulate_edge_8 : emulate_edge_16;
}
