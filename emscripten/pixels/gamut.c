// From the colours of a picture to those of a canvas; the plain code beside it: src/pixels/gamut.ts.
#include "pixels.h"

struct row row;

uint8_t output[4 * (TILE_PIXELS + BLOCK)];

// The tables of the transform, which the caller fills in: linear light of a value, bytes of linear light.
float light[4096];
uint8_t encoding[65536];

static v128_t of_red, of_green, of_blue;

// What red, green and blue contribute to the three bytes of a pixel, in their order.
void set_gamut(float r1, float r2, float r3, float g1, float g2, float g3, float b1, float b2, float b3) {
  of_red = wasm_f32x4_make(r1, r2, r3, 0);
  of_green = wasm_f32x4_make(g1, g2, g3, 0);
  of_blue = wasm_f32x4_make(b1, b2, b3, 0);
}

// Adding 2^23 leaves a float no bits for fractions: the lowest 16 bits are the value, rounded.
INLINE v128_t to_steps(v128_t value) {
  v128_t clipped = wasm_f32x4_pmin(wasm_f32x4_const_splat(1), wasm_f32x4_pmax(wasm_f32x4_const_splat(0), value));
  return wasm_f32x4_add(wasm_f32x4_mul(clipped, wasm_f32x4_const_splat(65535)), wasm_f32x4_const_splat(8388608));
}

void transform_row(uint8_t *out, int width) {
  v128_t red = of_red, green = of_green, blue = of_blue;
  for (int x = 0; x < width; x++, out += 4) {
    v128_t r = wasm_v128_load32_splat(light + row.red[x]), g = wasm_v128_load32_splat(light + row.green[x]);
    v128_t b = wasm_v128_load32_splat(light + row.blue[x]);
    v128_t sum = wasm_f32x4_add(wasm_f32x4_mul(red, r), wasm_f32x4_mul(green, g));
    v128_t steps = to_steps(wasm_f32x4_add(sum, wasm_f32x4_mul(blue, b)));
    uint32_t first = encoding[wasm_u16x8_extract_lane(steps, 0)];
    uint32_t second = encoding[wasm_u16x8_extract_lane(steps, 2)];
    uint32_t third = encoding[wasm_u16x8_extract_lane(steps, 4)];
    *(uint32_t *)out = first | second << 8 | third << 16 | (uint32_t)row.alpha[x] << 24;
  }
}
