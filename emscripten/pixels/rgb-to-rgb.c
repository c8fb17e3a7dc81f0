// 8-bit RGB to the target's order of bytes, opaque or not, and its colours.
#include "pixels.h"

// Where the four pixels of a vector have what becomes the first, second and third byte.
INLINE v128_t swapped(v128_t pixels) {
  return wasm_i8x16_shuffle(pixels, pixels, 2, 1, 0, 3, 6, 5, 4, 7, 10, 9, 8, 11, 14, 13, 12, 15);
}

INLINE void reorder_row(const uint8_t *in, uint8_t *out, int width, int swap, v128_t fourth) {
  for (int x = 0; x < width; x += 4) {
    v128_t pixels = wasm_v128_load(in + 4 * x);
    wasm_v128_store(out + 4 * x, wasm_v128_or(swap ? swapped(pixels) : pixels, fourth));
  }
}

// One byte of each of eight pixels, in 16 bits.
INLINE v128_t byte_of(v128_t low, v128_t high, int shift) {
  v128_t mask = wasm_i32x4_const_splat(255);
  return wasm_u16x8_narrow_i32x4(wasm_v128_and(wasm_u32x4_shr(low, shift), mask),
                                 wasm_v128_and(wasm_u32x4_shr(high, shift), mask));
}

INLINE void split_row(const uint8_t *in, int width, int swap, v128_t fourth) {
  for (int x = 0; x < width; x += 8, in += 32) {
    v128_t low = wasm_v128_or(wasm_v128_load(in), fourth), high = wasm_v128_or(wasm_v128_load(in + 16), fourth);
    wasm_v128_store(row.red + x, byte_of(low, high, swap ? 16 : 0));
    wasm_v128_store(row.green + x, byte_of(low, high, 8));
    wasm_v128_store(row.blue + x, byte_of(low, high, swap ? 0 : 16));
    v128_t alpha = byte_of(low, high, 24);
    wasm_v128_store64_lane(row.alpha + x, wasm_u8x16_narrow_i16x8(alpha, alpha), 0);
  }
}

// `swap` exchanges the first and the third byte; with `transform` the first is to be red.
void rgb_to_rgb(int width, int rows, const uint8_t *in, int stride, int swap, int opaque, int transform) {
  v128_t fourth = wasm_u32x4_splat(opaque ? 0xff000000 : 0);
  for (int i = 0; i < rows; i++, in += stride) {
    uint8_t *out = output + 4 * width * i;
    if (transform) {
      split_row(in, width, swap, fourth);
      transform_row(out, width);
    } else reorder_row(in, out, width, swap, fourth);
  }
}
