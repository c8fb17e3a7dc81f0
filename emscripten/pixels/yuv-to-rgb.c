// YUV to 8-bit RGB, or to `row` where the colours change too. The arithmetic, and why it is this: src/pixels/yuv-matrix.ts.
#include "pixels.h"

#ifdef __wasm__
// Eight bytes per pixel (four planes of 16 bits), and a quarter more for strides that are kept.
uint8_t input[10 * TILE_PIXELS + 4 * 2 * BLOCK];
#endif

// Fixed-point coefficients, one to all lanes.
static PIXELS_STATE struct {
  v128_t luma, red_v, green_u, green_v, blue_u, luma_bias, chroma_bias, luma_of_red_and_blue;
} matrix;

// Coefficients of what a pixel begins with, red and V or blue and U, and of what follows green.
struct order {
  v128_t first, green_of_first, third, green_of_third;
};

INLINE struct order order_of(int blue_first) {
  if (blue_first) return (struct order){matrix.blue_u, matrix.green_u, matrix.red_v, matrix.green_v};
  return (struct order){matrix.red_v, matrix.green_v, matrix.blue_u, matrix.green_u};
}

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
  // `first` and `third` are the planes of chroma in the order of the pixels' colours; those of NV12 are one.
  const uint8_t *y, *first, *third, *alpha;
  int y_stride, alpha_stride;
  // Bits that bring NV12's sample for the first colour to the top.
  int first_shift;
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

// Three colours of eight pixels, in the order of the pixels.
struct colors {
  v128_t first, green, third;
};

// The chroma's share of what eight samples of each stand for.
INLINE struct colors load_chroma(const struct planes *planes, struct order order, int sample, enum layout layout) {
  v128_t first, third, sign = wasm_i16x8_const_splat(INT16_MIN);
  if (layout == NV12) {
    v128_t pairs = wasm_v128_load(planes->first + 2 * sample), top = wasm_i16x8_const_splat((int16_t)0xff00);
    first = wasm_v128_and(wasm_i16x8_shl(pairs, planes->first_shift), top);
    third = wasm_v128_and(wasm_i16x8_shl(pairs, 8 - planes->first_shift), top);
  } else {
    int bytes = bytes_of(layout);
    first = load_top(planes->first + bytes * sample, bytes, planes->to_top);
    third = load_top(planes->third + bytes * sample, bytes, planes->to_top);
  }
  first = wasm_v128_xor(first, sign);
  third = wasm_v128_xor(third, sign);
  return (struct colors){
      wasm_i16x8_add(wasm_i16x8_q15mulr_sat(first, order.first), matrix.chroma_bias),
      wasm_i16x8_add(wasm_i16x8_q15mulr_sat(first, order.green_of_first),
                     wasm_i16x8_q15mulr_sat(third, order.green_of_third)),
      wasm_i16x8_add(wasm_i16x8_q15mulr_sat(third, order.third), matrix.chroma_bias),
  };
}

INLINE struct colors add_luma(struct colors chroma, v128_t luma) {
  v128_t of_red_and_blue = wasm_v128_and(luma, matrix.luma_of_red_and_blue);
  return (struct colors){
      wasm_i16x8_add_sat(chroma.first, of_red_and_blue),
      wasm_i16x8_add_sat(chroma.green, luma),
      wasm_i16x8_add_sat(chroma.third, of_red_and_blue),
  };
}

INLINE struct colors low_twice(struct colors c) {
  return (struct colors){LOW16(c.first, c.first), LOW16(c.green, c.green), LOW16(c.third, c.third)};
}

INLINE struct colors high_twice(struct colors c) {
  return (struct colors){HIGH16(c.first, c.first), HIGH16(c.green, c.green), HIGH16(c.third, c.third)};
}

INLINE v128_t load_alpha(const struct planes *planes, const uint8_t *alpha, int x, int bytes) {
  if (!alpha) return wasm_i8x16_const_splat(-1);
  if (bytes == 1) return wasm_v128_load(alpha + x);
  v128_t low = wasm_v128_load(alpha + 2 * x), high = wasm_v128_load(alpha + 2 * x + 16);
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

// One row, or two that share their chroma. From right to left, as the last block of the first row runs over the
// beginning of the second.
INLINE void convert_rows(const struct planes *planes, struct order order, uint8_t *out, int width, int rows,
                         enum layout layout) {
  int bytes = bytes_of(layout);
  for (int x = (width - 1) / BLOCK * BLOCK; x >= 0; x -= BLOCK) {
    struct colors chroma = load_chroma(planes, order, is_half(layout) ? x / 2 : x, layout);
    struct colors chroma_low = is_half(layout) ? low_twice(chroma) : chroma;
    struct colors chroma_high = is_half(layout) ? high_twice(chroma) : load_chroma(planes, order, x + 8, layout);
    for (int i = 0; i < rows; i++) {
      const uint8_t *y = planes->y + i * planes->y_stride + bytes * x;
      struct colors low = add_luma(chroma_low, load_luma(y, bytes, planes->to_top));
      struct colors high = add_luma(chroma_high, load_luma(y + 8 * bytes, bytes, planes->to_top));
      v128_t alpha = load_alpha(planes, planes->alpha ? planes->alpha + i * planes->alpha_stride : 0, x, bytes);
      store_pixels(out + 4 * (i * width + x), to_bytes(low.first, high.first), to_bytes(low.green, high.green),
                   to_bytes(low.third, high.third), alpha);
    }
  }
}

// One row whose colours change: its indices go to `row`, red first.
INLINE void transform_planes(const struct planes *planes, struct order order, uint8_t *out, int width,
                             enum layout layout) {
  int bytes = bytes_of(layout);
  for (int x = 0; x < width; x += BLOCK) {
    struct colors chroma = load_chroma(planes, order, is_half(layout) ? x / 2 : x, layout);
    struct colors low = is_half(layout) ? low_twice(chroma) : chroma;
    struct colors high = is_half(layout) ? high_twice(chroma) : load_chroma(planes, order, x + 8, layout);
    low = add_luma(low, load_luma(planes->y + bytes * x, bytes, planes->to_top));
    high = add_luma(high, load_luma(planes->y + bytes * (x + 8), bytes, planes->to_top));
    store_indices(row.red + x, low.first, high.first);
    store_indices(row.green + x, low.green, high.green);
    store_indices(row.blue + x, low.third, high.third);
    wasm_v128_store(row.alpha + x, load_alpha(planes, planes->alpha, x, bytes));
  }
  transform_row(out, width);
}

// Functions for each layout, so that an engine optimizes only those in use, and soon.
#define LAYOUT_FUNCTIONS(name, layout) \
  __attribute__((noinline)) static void name##_row(const struct planes *planes, const struct order *order, \
                                                   uint8_t *out, int width) { \
    convert_rows(planes, *order, out, width, 1, layout); \
  } \
  __attribute__((noinline)) static void name##_pair(const struct planes *planes, const struct order *order, \
                                                    uint8_t *out, int width) { \
    convert_rows(planes, *order, out, width, 2, layout); \
  } \
  __attribute__((noinline)) static void name##_transform(const struct planes *planes, const struct order *order, \
                                                         uint8_t *out, int width) { \
    transform_planes(planes, *order, out, width, layout); \
  }
LAYOUT_FUNCTIONS(full_8, FULL_8)
LAYOUT_FUNCTIONS(half_8, HALF_8)
LAYOUT_FUNCTIONS(full_16, FULL_16)
LAYOUT_FUNCTIONS(half_16, HALF_16)
LAYOUT_FUNCTIONS(nv12, NV12)

enum kind { ROW, PAIR, TRANSFORM };

#define ENTRY(name) {[ROW] = name##_row, [PAIR] = name##_pair, [TRANSFORM] = name##_transform}
static void (*const functions[][3])(const struct planes *, const struct order *, uint8_t *, int) = {
    [FULL_8] = ENTRY(full_8), [HALF_8] = ENTRY(half_8), [FULL_16] = ENTRY(full_16),
    [HALF_16] = ENTRY(half_16), [NV12] = ENTRY(nv12),
};

// `alpha` may be null. Strides are bytes; NV12's pairs lie at `u`. `vertical`: rows of pixels per row of chroma.
void yuv_to_rgb(enum layout layout, int depth, int vertical, int width, int rows, const uint8_t *y, int y_stride,
                const uint8_t *u, const uint8_t *v, int chroma_stride, const uint8_t *alpha, int alpha_stride,
                int blue_first, int transform) {
  // A change of colours takes red first.
  int u_first = blue_first && !transform;
  struct order order = order_of(u_first);
  struct planes planes = {
      .y_stride = y_stride,
      .alpha_stride = alpha_stride,
      .first_shift = u_first ? 8 : 0,
      .to_top = wasm_i16x8_splat(1 << (16 - depth)),
      .alpha_shift = depth - 8,
  };
  for (int i = 0; i < rows;) {
    int chroma = chroma_stride * (vertical == 2 ? i / 2 : i);
    planes.y = y + i * y_stride;
    planes.first = (u_first ? u : v) + chroma;
    planes.third = (u_first ? v : u) + chroma;
    if (layout == NV12) planes.first = u + chroma;
    planes.alpha = alpha ? alpha + i * alpha_stride : 0;
    enum kind kind = transform ? TRANSFORM : vertical == 2 && i + 1 < rows ? PAIR : ROW;
    functions[layout][kind](&planes, &order, output + 4 * width * i, width);
    i += kind == PAIR ? 2 : 1;
  }
}
