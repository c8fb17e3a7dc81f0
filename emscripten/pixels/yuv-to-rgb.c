// YUV to 8-bit RGB, or to `row` where the colours change too. The arithmetic, and why it is this: src/pixels/yuv-matrix.ts.
#include "pixels.h"

// Eight bytes per pixel (four planes of 16 bits), and a quarter more for strides that are kept.
uint8_t input[10 * TILE_PIXELS + 4 * 2 * BLOCK];

// Fixed-point coefficients, one to all lanes.
static struct {
  v128_t luma, red_v, green_u, green_v, blue_u, luma_bias, chroma_bias, luma_of_red_and_blue;
} matrix;

// `gbr`: the planes are green, blue and red, so luma is no part of red and blue.
void set_matrix(int luma, int red_v, int green_u, int green_v, int blue_u, int luma_bias, int chroma_bias, int gbr) {
  matrix.luma = wasm_i16x8_splat(luma);
  matrix.red_v = wasm_i16x8_splat(red_v);
  matrix.green_u = wasm_i16x8_splat(green_u);
  matrix.green_v = wasm_i16x8_splat(green_v);
  matrix.blue_u = wasm_i16x8_splat(blue_u);
  matrix.luma_bias = wasm_i16x8_splat(luma_bias);
  matrix.chroma_bias = wasm_i16x8_splat(chroma_bias);
  matrix.luma_of_red_and_blue = wasm_i16x8_splat(gbr ? 0 : -1);
}

enum layout { FULL_8, HALF_8, FULL_16, HALF_16, NV12 };

struct planes {
  const uint8_t *y, *u, *v, *alpha;
  // Brings the highest bit of a sample of 16 bits to the top, and drops what lies beyond the depth.
  v128_t to_top;
  int alpha_shift;
};

INLINE int bytes_of(enum layout layout) { return layout == FULL_16 || layout == HALF_16 ? 2 : 1; }
INLINE int is_half(enum layout layout) { return layout == HALF_8 || layout == HALF_16 || layout == NV12; }

// Eight samples, each at the top of its 16 bits.
INLINE v128_t load_top(const uint8_t *at, int bytes, v128_t to_top) {
  if (bytes == 2) return wasm_i16x8_mul(wasm_v128_load(at), to_top);
  v128_t zero = wasm_i16x8_const_splat(0);
  return LOW8(zero, wasm_v128_load64_zero(at));
}

// The luma's share of eight pixels.
INLINE v128_t load_luma(const uint8_t *at, int bytes, v128_t to_top) {
  v128_t samples = wasm_u16x8_shr(load_top(at, bytes, to_top), 1);
  return wasm_i16x8_add(wasm_i16x8_q15mulr_sat(samples, matrix.luma), matrix.luma_bias);
}

struct rgb {
  v128_t red, green, blue;
};

// The chroma's share of what eight samples of each stand for.
INLINE struct rgb load_chroma(const struct planes *planes, int sample, enum layout layout) {
  v128_t u, v, sign = wasm_i16x8_const_splat(INT16_MIN);
  if (layout == NV12) {
    v128_t pairs = wasm_v128_load(planes->u + 2 * sample);
    u = wasm_i16x8_shl(pairs, 8);
    v = wasm_v128_and(pairs, wasm_i16x8_const_splat((int16_t)0xff00));
  } else {
    int bytes = bytes_of(layout);
    u = load_top(planes->u + bytes * sample, bytes, planes->to_top);
    v = load_top(planes->v + bytes * sample, bytes, planes->to_top);
  }
  u = wasm_v128_xor(u, sign);
  v = wasm_v128_xor(v, sign);
  return (struct rgb){
      wasm_i16x8_add(wasm_i16x8_q15mulr_sat(v, matrix.red_v), matrix.chroma_bias),
      wasm_i16x8_add(wasm_i16x8_q15mulr_sat(u, matrix.green_u), wasm_i16x8_q15mulr_sat(v, matrix.green_v)),
      wasm_i16x8_add(wasm_i16x8_q15mulr_sat(u, matrix.blue_u), matrix.chroma_bias),
  };
}

INLINE struct rgb add_luma(struct rgb chroma, v128_t luma) {
  v128_t of_red_and_blue = wasm_v128_and(luma, matrix.luma_of_red_and_blue);
  return (struct rgb){
      wasm_i16x8_add_sat(chroma.red, of_red_and_blue),
      wasm_i16x8_add_sat(chroma.green, luma),
      wasm_i16x8_add_sat(chroma.blue, of_red_and_blue),
  };
}

INLINE struct rgb low_twice(struct rgb c) {
  return (struct rgb){LOW16(c.red, c.red), LOW16(c.green, c.green), LOW16(c.blue, c.blue)};
}

INLINE struct rgb high_twice(struct rgb c) {
  return (struct rgb){HIGH16(c.red, c.red), HIGH16(c.green, c.green), HIGH16(c.blue, c.blue)};
}

INLINE v128_t load_alpha(const struct planes *planes, int x, int bytes) {
  if (!planes->alpha) return wasm_i8x16_const_splat(-1);
  if (bytes == 1) return wasm_v128_load(planes->alpha + x);
  v128_t low = wasm_v128_load(planes->alpha + 2 * x), high = wasm_v128_load(planes->alpha + 2 * x + 16);
  return wasm_u8x16_narrow_i16x8(wasm_u16x8_shr(low, planes->alpha_shift), wasm_u16x8_shr(high, planes->alpha_shift));
}

// Sixty-fourths of a step as bytes.
INLINE v128_t to_bytes(v128_t low, v128_t high) {
  return wasm_u8x16_narrow_i16x8(wasm_i16x8_shr(low, 6), wasm_i16x8_shr(high, 6));
}

// Sixty-fourths of a step as sixteenths, which are the indices into the table of light.
INLINE v128_t to_index(v128_t value) {
  v128_t last = wasm_i16x8_const_splat(255 * 16);
  return wasm_i16x8_max(wasm_i16x8_min(wasm_i16x8_shr(value, 2), last), wasm_i16x8_const_splat(0));
}

INLINE void store_indices(uint16_t *at, v128_t low, v128_t high) {
  wasm_v128_store(at, to_index(low));
  wasm_v128_store(at + 8, to_index(high));
}

INLINE void convert_row(const struct planes *planes, uint8_t *out, int width, int blue_first, int transform,
                        enum layout layout) {
  int bytes = bytes_of(layout);
  for (int x = 0; x < width; x += BLOCK) {
    struct rgb chroma = load_chroma(planes, is_half(layout) ? x / 2 : x, layout);
    struct rgb low = is_half(layout) ? low_twice(chroma) : chroma;
    struct rgb high = is_half(layout) ? high_twice(chroma) : load_chroma(planes, x + 8, layout);
    low = add_luma(low, load_luma(planes->y + bytes * x, bytes, planes->to_top));
    high = add_luma(high, load_luma(planes->y + bytes * (x + 8), bytes, planes->to_top));
    v128_t alpha = load_alpha(planes, x, bytes);
    if (transform) {
      store_indices(row.red + x, low.red, high.red);
      store_indices(row.green + x, low.green, high.green);
      store_indices(row.blue + x, low.blue, high.blue);
      wasm_v128_store(row.alpha + x, alpha);
      continue;
    }
    v128_t red = to_bytes(low.red, high.red), blue = to_bytes(low.blue, high.blue);
    v128_t green = to_bytes(low.green, high.green);
    store_pixels(out + 4 * x, blue_first ? blue : red, green, blue_first ? red : blue, alpha);
  }
  if (transform) transform_row(out, width);
}

// A function for each layout, so that an engine optimizes only those in use, and soon.
#define ROW_FUNCTION(name, layout) \
  __attribute__((noinline)) static void name(const struct planes *planes, uint8_t *out, int width, int blue_first, \
                                             int transform) { \
    convert_row(planes, out, width, blue_first, transform, layout); \
  }
ROW_FUNCTION(full_8, FULL_8)
ROW_FUNCTION(half_8, HALF_8)
ROW_FUNCTION(full_16, FULL_16)
ROW_FUNCTION(half_16, HALF_16)
ROW_FUNCTION(nv12, NV12)

static void (*const row_functions[])(const struct planes *, uint8_t *, int, int, int) = {
    [FULL_8] = full_8, [HALF_8] = half_8, [FULL_16] = full_16, [HALF_16] = half_16, [NV12] = nv12,
};

// `alpha` may be null. Strides are bytes; NV12's pairs lie at `u`. `vertical`: rows of pixels per row of chroma.
void yuv_to_rgb(enum layout layout, int depth, int vertical, int width, int rows, const uint8_t *y, int y_stride,
                const uint8_t *u, const uint8_t *v, int chroma_stride, const uint8_t *alpha, int alpha_stride,
                int blue_first, int transform) {
  for (int i = 0; i < rows; i++) {
    int chroma = chroma_stride * (vertical == 2 ? i / 2 : i);
    struct planes planes = {
        .y = y + i * y_stride,
        .u = u + chroma,
        .v = v + chroma,
        .alpha = alpha ? alpha + i * alpha_stride : 0,
        .to_top = wasm_i16x8_splat(1 << (16 - depth)),
        .alpha_shift = depth - 8,
    };
    row_functions[layout](&planes, output + 4 * width * i, width, blue_first, transform);
  }
}
