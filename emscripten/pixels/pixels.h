// What the files of this module share: memory, and vectors of sixteen pixels.
//
// The module has no heap and no imports: the caller copies a tile of a picture into `input`, calls a function, and
// copies the RGB pixels out of `output`. Rows of `output` follow each other without a gap. Everything is done in
// blocks of sixteen pixels: what a block writes beyond the end of its row, the next row overwrites.
#ifndef EVERYCODEC_PIXELS_H
#define EVERYCODEC_PIXELS_H

#include <stdint.h>
#include <wasm_simd128.h>

#define INLINE static inline __attribute__((always_inline))

// A tile's limits; src/pixels/kernels.ts keeps to them.
#define TILE_PIXELS 65536
#define TILE_WIDTH 4096
#define BLOCK 16

// Natively (src/accel-native/addon/rgb.c), several threads convert at a time.
#ifdef __wasm__
#define PIXELS_STATE
#else
#define PIXELS_STATE _Thread_local
#endif

extern PIXELS_STATE uint8_t output[4 * (TILE_PIXELS + BLOCK)];

// One row on its way through the change of colours: indices into the table of light, and alpha.
struct row {
  uint16_t red[TILE_WIDTH + BLOCK], green[TILE_WIDTH + BLOCK], blue[TILE_WIDTH + BLOCK];
  uint8_t alpha[TILE_WIDTH + BLOCK];
};
extern PIXELS_STATE struct row row;

// Brings `row` to the target's colours.
void transform_row(uint8_t *out, int width);

// Four vectors of sixteen bytes as sixteen pixels.
INLINE void store_pixels(uint8_t *out, v128_t first, v128_t second, v128_t third, v128_t fourth) {
#define LOW8(a, b) wasm_i8x16_shuffle(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23)
#define HIGH8(a, b) wasm_i8x16_shuffle(a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31)
#define LOW16(a, b) wasm_i16x8_shuffle(a, b, 0, 8, 1, 9, 2, 10, 3, 11)
#define HIGH16(a, b) wasm_i16x8_shuffle(a, b, 4, 12, 5, 13, 6, 14, 7, 15)
  v128_t low12 = LOW8(first, second), high12 = HIGH8(first, second);
  v128_t low34 = LOW8(third, fourth), high34 = HIGH8(third, fourth);
  wasm_v128_store(out, LOW16(low12, low34));
  wasm_v128_store(out + 16, HIGH16(low12, low34));
  wasm_v128_store(out + 32, LOW16(high12, high34));
  wasm_v128_store(out + 48, HIGH16(high12, high34));
}

#endif
